"""What the domain refuses. Raised below, translated once: `app/errors.py` for pages, `bot/conversation.py` for the chat."""

from collections.abc import Iterable
from dataclasses import dataclass


class DomainError(Exception):
    """Base of all refusals. `code` names the letter in `words/errors.yaml` that explains it in Chinese."""

    code = "domain_error"


class NotAllowed(DomainError):
    """This member of staff may not do this, or may not see it."""

    code = "not_allowed"


class NotFound(DomainError):
    """No such thing, or nothing that this person may know of: the two look the same on purpose."""

    code = "not_found"


class IllegalTransition(DomainError):
    """The case stands where this cannot follow."""

    code = "illegal_transition"


class UnknownUnit(DomainError):
    """A unit, group or office key that `groups.yaml` does not have."""

    code = "unknown_unit"


class Conflict(DomainError):
    """Somebody else changed the same thing first."""

    code = "conflict"


class InvalidInput(DomainError):
    """A value that cannot be used; `field` says which, `reason` is a code of `words/errors.yaml`."""

    code = "invalid_input"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class UnfitContent(DomainError):
    """A file or list that staff edited cannot be used; `faults` are codes of `words/errors.yaml`, each with its place."""

    code = "unfit_content"

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{code} {where}" for code, where in self.faults))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row of an edited list; `code` is one of `words/errors.yaml`, `row` the number in the spreadsheet."""

    code: str
    sheet: str
    row: int
    column: str = ""
    detail: str = ""


class UnfitRows(DomainError):
    """Rows of a list that staff edited cannot be used: nothing of it is taken."""

    code = "unfit_content"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.code} {fault.sheet} {fault.row}" for fault in self.faults))


class NotOurs(DomainError):
    """The report is about somebody this level may not hear about (article 15). Nothing of it may be kept."""

    code = "not_ours"

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


class Throttled(DomainError):
    """Too many tries in too short a time."""

    code = "throttled"


class StorageFailed(DomainError):
    """The database cannot be used now: nothing was stored, and nobody may be thanked."""

    code = "storage"


class DamagedFile(DomainError):
    """A stored file is gone or was changed: what is left of it is not shown."""

    code = "damaged_file"


class OutsideNetwork(DomainError):
    """The console was called from a network that is not on the list."""

    code = "outside_network"
