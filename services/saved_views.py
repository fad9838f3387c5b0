"""Filters of the worklist that a member of staff keeps for himself. Knows nothing of what a filter means."""

from dataclasses import dataclass

from sqlalchemy import func, select

from domain.errors import InvalidInput, NotFound
from domain.permissions import StaffFacts
from models import SavedView
from services.base import Service

MAX_VIEWS = 12
MAX_NAME = 20


@dataclass(frozen=True, slots=True)
class OwnView:
    """A name and the filter as it stands in an address."""

    id: int
    name: str
    query: str


class SavedViews(Service):
    """One's own questions."""

    def of(self, staff: StaffFacts) -> tuple[OwnView, ...]:
        """What this member of staff keeps, in the order it was kept."""
        kept = self.session.scalars(
            select(SavedView).where(SavedView.staff_id == staff.staff_id).order_by(SavedView.id)
        )
        return tuple(OwnView(view.id, view.name, view.query) for view in kept)

    def save(self, staff: StaffFacts, *, name: str, query: str) -> None:
        """Keeps a filter. Raises InvalidInput without a name, for a long one, or when there are too many."""
        name = name.strip()
        if not name or len(name) > MAX_NAME:
            raise InvalidInput("name", "too_long" if name else "empty")
        own = select(func.count(SavedView.id)).where(SavedView.staff_id == staff.staff_id)
        if (self.session.scalar(own) or 0) >= MAX_VIEWS:
            raise InvalidInput("name", "too_many_views")
        self.session.add(SavedView(staff_id=staff.staff_id, name=name, query=query, created_at=self.now()))
        self.session.flush()

    def forget(self, staff: StaffFacts, view_id: int) -> None:
        """Removes one's own. Raises NotFound for another's as for none."""
        view = self.session.get(SavedView, view_id)
        if view is None or view.staff_id != staff.staff_id:
            raise NotFound(str(view_id))
        self.session.delete(view)
        self.session.flush()
