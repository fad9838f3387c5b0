"""Lists that staff edit: proposed by one, put in force by another, kept version by version, rolled back in one step.

What is shipped is version 0 of every list and never goes away (docs/adr/0011-reference-lists.md).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from domain.permissions import StaffFacts, may
from domain.terms import Action, CaseEventKind, ReferenceList, VersionStatus
from models import ReferenceVersion, Staff
from services.base import Service
from services.documents import LetterForm, check_template
from services.supervision import RECOMPUTE_DEADLINES

MAX_NOTE = 500
LETTER_LISTS = (
    ReferenceList.ACCEPTANCE_LETTER,
    ReferenceList.ASSIGNMENT_SLIP,
    ReferenceList.SUPERVISION_LETTER,
    ReferenceList.FEEDBACK_LETTER,
    ReferenceList.MONTHLY_REPORT,
)
LISTS_CHANGED = "lists changed"  # in the session's notes: when this is committed, the process looks what is in force


@dataclass(frozen=True, slots=True)
class InForce:
    """What holds today: number 0 and no content is what is shipped."""

    id: int
    content: bytes | None
    effective_from: date | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version. `may_decide` and `may_return` are for the reader of the page."""

    id: int
    list: ReferenceList
    status: VersionStatus
    effective_from: date
    note: str
    is_shipped: bool
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    is_in_force: bool
    may_decide: bool
    may_return: bool


class ReferenceLists(Service):
    """Versions of lists."""

    def in_force(self, which: ReferenceList, day: date | None = None) -> InForce:
        """The version that holds on a day, today if none is given."""
        number = versions_in_force(self.session, day or self.today(), (which,))[which]
        found = self.session.get(ReferenceVersion, number)
        return InForce(found.id, found.content, found.effective_from) if found else InForce(0, None, None)

    def versions(self, staff: StaffFacts, which: ReferenceList) -> tuple[VersionView, ...]:
        """All versions, the newest first."""
        _check(staff, Action.VIEW_REFERENCE)
        proposer, decider = aliased(Staff), aliased(Staff)
        now = self.in_force(which).id
        rows = self.session.execute(
            select(ReferenceVersion, proposer.display_name, decider.display_name)
            .join(proposer, proposer.id == ReferenceVersion.proposed_by)
            .outerjoin(decider, decider.id == ReferenceVersion.decided_by)
            .where(ReferenceVersion.list == which)
            .order_by(ReferenceVersion.id.desc())
        )
        confirms = may(staff, Action.CONFIRM_REFERENCE)
        return tuple(
            VersionView(
                id=v.id,
                list=v.list,
                status=v.status,
                effective_from=v.effective_from,
                note=v.note,
                is_shipped=v.content is None,
                proposed_by=by,
                proposed_at=v.proposed_at,
                decided_by=decided_by,
                decided_at=v.decided_at,
                is_in_force=v.id == now,
                may_decide=confirms and v.status is VersionStatus.DRAFT and v.proposed_by != staff.staff_id,
                may_return=confirms and v.status is VersionStatus.ACTIVE and v.id != now,
            )
            for v, by, decided_by in rows
        )

    def waiting(self, staff: StaffFacts) -> Mapping[ReferenceList, int]:
        """How many versions of each list wait for somebody to decide."""
        _check(staff, Action.VIEW_REFERENCE)
        counted = self.session.execute(
            select(ReferenceVersion.list, func.count())
            .where(ReferenceVersion.status == VersionStatus.DRAFT)
            .group_by(ReferenceVersion.list)
        )
        return dict.fromkeys(ReferenceList, 0) | dict(counted.all())

    def content(self, staff: StaffFacts, which: ReferenceList, version: int) -> bytes | None:
        """The content of a version; None for what is shipped (number 0). Raises NotFound."""
        _check(staff, Action.VIEW_REFERENCE)
        return self._version(which, version).content if version else None

    def propose(
        self, staff: StaffFacts, which: ReferenceList, *, content: bytes | None, effective_from: date, note: str
    ) -> int:
        """A new version, checked, not in force until somebody else agrees. None proposes what is shipped.

        Raises UnfitContent or UnfitRows with all that is wrong with it, InvalidInput for the day or the note.
        """
        _check(staff, Action.PROPOSE_REFERENCE)
        if effective_from < self.today():
            raise InvalidInput("effective_from", "in_the_past")
        if not note.strip() or len(note) > MAX_NOTE:
            raise InvalidInput("note", "too_long" if note.strip() else "empty")
        self._check_content(which, content)
        version = ReferenceVersion(
            list=which,
            content=content,
            status=VersionStatus.DRAFT,
            effective_from=effective_from,
            note=note.strip(),
            proposed_by=staff.staff_id,
            proposed_at=self.now(),
        )
        self.session.add(version)
        self.session.flush()
        self._write(CaseEventKind.REFERENCE_PROPOSED, staff, version)
        return version.id

    def decide(self, staff: StaffFacts, which: ReferenceList, version: int, *, is_confirmed: bool) -> None:
        """Puts a draft in force from its day on, or refuses it. Never one's own.

        A day that has passed meanwhile becomes today: nothing holds for days that are over.
        """
        _check(staff, Action.CONFIRM_REFERENCE)
        draft = self._version(which, version)
        if draft.proposed_by == staff.staff_id:
            raise NotAllowed(Action.CONFIRM_REFERENCE)
        if draft.status is not VersionStatus.DRAFT:
            raise Conflict(version)
        if is_confirmed:
            self._check_content(which, draft.content)  # what it builds on may have changed since
        draft.status = VersionStatus.ACTIVE if is_confirmed else VersionStatus.REFUSED
        draft.effective_from = max(draft.effective_from, self.today())
        draft.decided_by, draft.decided_at = staff.staff_id, self.now()
        if is_confirmed:
            self._put_in_force(draft)
        kind = CaseEventKind.REFERENCE_ACTIVATED if is_confirmed else CaseEventKind.REFERENCE_REFUSED
        self._write(kind, staff, draft)

    def go_back(self, staff: StaffFacts, which: ReferenceList, version: int, *, note: str) -> int:
        """Puts an older version (0: the shipped one) in force again, at once: two people agreed to it before."""
        _check(staff, Action.CONFIRM_REFERENCE)
        if not note.strip() or len(note) > MAX_NOTE:
            raise InvalidInput("note", "too_long" if note.strip() else "empty")
        older = self._version(which, version) if version else None
        if older is not None and older.status is not VersionStatus.ACTIVE:
            raise Conflict(version)
        self._check_content(which, older.content if older else None)
        again = ReferenceVersion(
            list=which,
            content=older.content if older else None,
            status=VersionStatus.ACTIVE,
            effective_from=self.today(),
            note=note.strip(),
            proposed_by=staff.staff_id,
            proposed_at=self.now(),
            decided_by=staff.staff_id,
            decided_at=self.now(),
        )
        self.session.add(again)
        self.session.flush()
        self._put_in_force(again)
        self._write(CaseEventKind.REFERENCE_ACTIVATED, staff, again, before=version)
        return again.id

    def form(self, which: ReferenceList) -> LetterForm:
        """The fields of a letter. Raises NotFound for a list that is no letter."""
        forms: Mapping[ReferenceList, LetterForm] = self.parts.letters
        if which not in forms:
            raise NotFound(which)
        return forms[which]

    def _check_content(self, which: ReferenceList, content: bytes | None) -> None:
        if which in LETTER_LISTS:
            if content is not None:
                check_template(content, self.form(which))
            return
        lists = self.services.edited_lists
        if content is None:
            lists.check(which, lists.form(which).shipped)
        else:
            lists.parsed(which, content)

    def _version(self, which: ReferenceList, version: int) -> ReferenceVersion:
        found = self.session.scalar(
            select(ReferenceVersion)
            .where(ReferenceVersion.id == version, ReferenceVersion.list == which)
            .with_for_update()
        )
        if found is None:
            raise NotFound(which)
        return found

    def _put_in_force(self, version: ReferenceVersion) -> None:
        self.session.info[LISTS_CHANGED] = True
        if version.list is ReferenceList.CALENDAR and version.effective_from <= self.today():
            self.services.schedule.hurry(RECOMPUTE_DEADLINES)

    def _write(
        self, kind: CaseEventKind, staff: StaffFacts, version: ReferenceVersion, *, before: int | None = None
    ) -> None:
        self.services.journal.write(
            kind,
            actor=staff,
            old_value=None if before is None else str(before),
            new_value=f"{version.list}/{version.id}/{version.effective_from.isoformat()}",
            reason=version.note,
        )
        self.session.flush()


def versions_in_force(session: Session, day: date, lists: Collection[ReferenceList]) -> dict[ReferenceList, int]:
    """The version of each list that holds on a day, by its number; 0 for what is shipped. One query that reads few rows."""
    held = session.execute(
        select(ReferenceVersion.list, ReferenceVersion.id)
        .where(
            ReferenceVersion.list.in_(lists),
            ReferenceVersion.status == VersionStatus.ACTIVE,
            ReferenceVersion.effective_from <= day,
        )
        # Who decided last means it: going back is deciding anew.
        .order_by(ReferenceVersion.decided_at, ReferenceVersion.id)
    )
    return dict.fromkeys(lists, 0) | {row.list: row.id for row in held}


def contents_of(session: Session, numbers: Collection[int]) -> dict[int, bytes]:
    """The contents of versions, by number; those that are the shipped one have none."""
    rows = session.execute(
        select(ReferenceVersion.id, ReferenceVersion.content).where(
            ReferenceVersion.id.in_(numbers), ReferenceVersion.content.is_not(None)
        )
    )
    return {number: content for number, content in rows if content is not None}


def _check(staff: StaffFacts, action: Action) -> None:
    if not may(staff, action):
        raise NotAllowed(action)
