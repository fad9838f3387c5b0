"""What hangs on the office wall: figures and lights, no case, no number of one, no person."""

from dataclasses import dataclass

from domain.permissions import StaffFacts
from domain.terms import Light, Role
from services.base import Service
from services.calendar_of_due import BodyLight

# The same figures whoever hung the screen up: what the petition office sees, without what is closed to it.
_EYES = StaffFacts(0, Role.AUDITOR, None)


@dataclass(frozen=True, slots=True)
class WallFigures:
    """All of the wall. `oldest_days` is how long the oldest open case waits, None without one."""

    received_today: int
    concluded_today: int
    open: int
    late: int
    soon: int
    unassigned: int
    oldest_days: int | None
    lights: tuple[BodyLight, ...]
    by_light: dict[Light, int]


class Wall(Service):
    """Reads the wall's figures."""

    def figures(self) -> WallFigures:
        """As of now."""
        rows = self.services.calendar_of_due.lights(_EYES)
        received, concluded = self.services.statistics.today_in_and_out(_EYES)
        bodies = tuple(row for row in rows if row.body)
        return WallFigures(
            received_today=received,
            concluded_today=concluded,
            open=sum(row.open for row in rows),
            late=sum(row.late for row in rows),
            soon=sum(row.soon for row in rows),
            unassigned=sum(row.open for row in rows if not row.body),
            oldest_days=max((row.oldest_days for row in rows if row.oldest_days is not None), default=None),
            lights=bodies,
            by_light={light: sum(row.signal.light is light for row in bodies) for light in Light},
        )
