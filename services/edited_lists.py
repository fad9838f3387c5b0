"""Lists that staff edit as sheets: what a version says, what an upload would change, what it must not take away.

Versions themselves, who proposes and who confirms: `services/reference_lists.py`.
"""

import json
from typing import cast

from sqlalchemy import select

from domain.directory import Directory
from domain.edited_lists import Change, Data, EditedList, Tables, differences
from domain.errors import Fault, NotFound, UnfitRows
from domain.permissions import StaffFacts
from domain.terms import ReferenceList
from models import Case, Staff
from services.base import Service


class EditedLists(Service):
    """Sheets in and out."""

    def form(self, which: ReferenceList) -> EditedList:
        """How a list stands in sheets. Raises NotFound for one that is none, a letter."""
        if which not in self.parts.lists:
            raise NotFound(which)
        return self.parts.lists[which]

    def data(self, staff: StaffFacts, which: ReferenceList, version: int) -> Data:
        """The content of a version; number 0 is what is shipped. Raises NotFound."""
        content = self.services.reference_lists.content(staff, which, version)
        return self.form(which).shipped if content is None else _parsed(content)

    def in_force(self, which: ReferenceList) -> Data:
        """What holds today."""
        content = self.services.reference_lists.in_force(which).content
        return self.form(which).shipped if content is None else _parsed(content)

    def read(self, which: ReferenceList, tables: Tables) -> bytes:
        """The content of a version that these sheets say, over what is in force. Raises UnfitRows with every fault."""
        data = self.form(which).read(tables, self.in_force(which))
        self.check(which, data)
        return json.dumps(data, ensure_ascii=False).encode()

    def parsed(self, which: ReferenceList, content: bytes) -> Data:
        """The content of a version, held against every rule for rows anew: it may come from a browser. Raises UnfitRows."""
        form = self.form(which)
        try:
            data = form.read(form.tables(_parsed(content)), self.in_force(which))
            self.check(which, data)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnfitRows([Fault("list_unfit", "", 0)]) from error
        return data

    def changes(self, which: ReferenceList, data: Data) -> tuple[Change, ...]:
        """How it differs from what is in force. A name that changes is one row, not all the rows that point at it."""
        form = self.form(which)
        return differences(form.tables(self.in_force(which), named_by=data), form.tables(data))

    def check(self, which: ReferenceList, data: Data) -> None:
        """Refuses what the program cannot work with, and the loss of what cases or accounts are tied to.

        Raises UnfitRows for what people can mend, ValueError or KeyError for content that is none.
        """
        form = self.form(which)
        form.check(data)
        if which is ReferenceList.DIRECTORY:
            lost = self._lost(cast("Directory", form.built(data)))
            if lost:
                raise UnfitRows(Fault("row_still_used", sheet, 0, detail=name) for sheet, name in lost)

    def _lost(self, proposed: Directory) -> list[tuple[str, str]]:
        """Units and bodies that are gone though a case or an account has them, as sheet and name."""
        present = cast("Directory", self.form(ReferenceList.DIRECTORY).built(self.in_force(ReferenceList.DIRECTORY)))
        units = set(present.units) - set(proposed.units)
        bodies = present.bodies - proposed.bodies
        if not units and not bodies:
            return []
        used = {
            *self.session.scalars(select(Case.unit).where(Case.unit.in_(units)).distinct()),
            *self.session.scalars(select(Case.assigned_body).where(Case.assigned_body.in_(bodies)).distinct()),
            *self.session.scalars(select(Staff.body).where(Staff.body.in_(bodies)).distinct()),
        }
        return [
            ("groups" if key in present.groups else "units", present.name_of(key)) for key in sorted(filter(None, used))
        ]


def _parsed(content: bytes) -> Data:
    data: Data = json.loads(content)
    return data
