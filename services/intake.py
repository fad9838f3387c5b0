"""A report becomes a case: rules applied, clocks started, everything in the caller's one transaction."""

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Table, func, select

from domain.deadlines import RUN_AGAIN, Deadline, deadlines_on_receipt
from domain.errors import Conflict, InvalidInput, NotOurs
from domain.permissions import UPWARD_RULES, StaffFacts
from domain.routing import EMERGENCY
from domain.taxonomy import report_kind_of, track_of
from domain.terms import (
    CaseEventKind,
    CaseStatus,
    IdentityClaim,
    ReportKind,
    ReportPart,
    Source,
)
from domain.times import local_day
from domain.values import Suggestion, is_blank, new_case_number, new_query_code
from models import Attachment, Case, CaseDeadline, CaseEvent, Report, ReporterIdentity
from services.base import CITIZEN, INSERTS, Service
from services.suggestions import with_unit_first

log = structlog.get_logger(__name__)

# Who presses twice or reloads does so at once; later somebody else may sit at the same browser.
CODE_SHOWN_AGAIN = timedelta(minutes=10)
MAX_STATEMENT = 20_000  # characters; about ten pages, more than any letter of the corpus

# Light on purpose: the code is twelve random digits and every guess is throttled, so the hash only has to make a
# stolen table useless, not slow a human password down. Under a millisecond, and a thousand core years for all codes.
_CODE_HASHER = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)

# What every report writes, below the object mapper (docs/performance.md).
_CASE, _REPORT = cast("Table", Case.__table__), cast("Table", Report.__table__)
_IDENTITY, _DEADLINE = cast("Table", ReporterIdentity.__table__), cast("Table", CaseDeadline.__table__)
_OPEN_CASE = {
    engine: insert(_CASE).on_conflict_do_nothing().returning(_CASE.c.id) for engine, insert in INSERTS.items()
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Name and contact of somebody who reports under his name. A claim until a clerk confirms it."""

    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class QueryCode:
    """The code in clear, for the citizen, and its hash, for the case."""

    plain: str = field(repr=False)
    hashed: str

    @classmethod
    def new(cls) -> "QueryCode":
        """A fresh code."""
        return cls.of(new_query_code())

    @classmethod
    def of(cls, plain: str) -> "QueryCode":
        """The code that is `plain`."""
        return cls(plain, _CODE_HASHER.hash(plain))


@dataclass(frozen=True, slots=True)
class NewReport:
    """All that is known when a citizen lodges. `label` and `unit` are what the person confirmed, None if nothing.

    The code is made with it, before a transaction is opened: hashing is slow on purpose, and others wait to write.

    `received_at` and `entered_by` are set where a clerk enters what came on paper: the clocks count from the day it came.

    `sending` is the digest of the form it came by: the same form opens one case.

    `was_asked` says that the person was asked for the kind: then None is an answer, and the suggestion does not stand in.
    """

    statement: str
    source: Source
    suggestion: Suggestion
    label: str | None = None
    unit: str | None = None
    was_asked: bool = False
    report_kind: ReportKind | None = None
    slots: tuple[tuple[str, str], ...] = ()
    identity: Identity | None = None
    reporter_id: int | None = None
    attachment_ids: tuple[int, ...] = ()
    scene_code: str | None = None
    in_danger: bool = False
    received_at: datetime | None = None
    entered_by: StaffFacts | None = None
    sending: str | None = None
    code: QueryCode = field(default_factory=QueryCode.new)


@dataclass(frozen=True, slots=True)
class Lodged:
    """What the citizen is given. The code exists in clear only here."""

    case_number: str
    query_code: str


@dataclass(frozen=True, slots=True)
class LodgedBefore:
    """The case that a form opened when it came first. `is_fresh` while its code may still be shown again."""

    case_number: str
    is_fresh: bool


class Intake(Service):
    """Lodges reports."""

    def lodged_before(self, sending: str) -> LodgedBefore | None:
        """The case that was opened by the same form; None if it comes for the first time."""
        row = self.connection.execute(
            select(_CASE.c.case_number, _CASE.c.received_at).where(_CASE.c.sending == sending)
        ).first()
        return LodgedBefore(row.case_number, self.now() - row.received_at <= CODE_SHOWN_AGAIN) if row else None

    def lodge_report(self, report: NewReport) -> Lodged:
        """Opens a case.

        Raises InvalidInput without a usable statement, NotOurs when art. 15 forbids to keep it, Conflict when the same form
        opened one already.
        """
        statement = report.statement.strip()
        if is_blank(statement) or len(statement) > MAX_STATEMENT:
            raise InvalidInput("statement", "empty" if is_blank(statement) else "too_long")
        suggestion = report.suggestion
        mentions = with_unit_first(suggestion.mentions, report.unit)
        upward = self.services.suggestions.upward_rule(mentions)
        if upward is not None:
            raise NotOurs(upward)
        label = report.label or (None if report.was_asked or suggestion.abstained else suggestion.label)
        in_danger = report.in_danger or label == EMERGENCY
        route = self.services.suggestions.kept_route(label, mentions, in_danger=in_danger)
        if route.rule in UPWARD_RULES:
            raise NotOurs(route.rule)

        kind = report.report_kind or report_kind_of(label) or ReportKind.ACCUSATION
        now = report.received_at or self.now()
        track = track_of(kind)
        case_id, case_number = self._open_case(
            query_code_hash=report.code.hashed,
            reporter_id=report.reporter_id,
            source=report.source,
            scene_code=report.scene_code,
            track=track,
            report_kind=kind,
            status=CaseStatus.RECEIVED,
            identity_claim=IdentityClaim.CLAIMED if report.identity else IdentityClaim.ANONYMOUS,
            in_danger=in_danger,
            suggested_label=suggestion.label,
            suggested_confidence=suggestion.confidence,
            abstained=suggestion.abstained,
            suggestion={
                "scores": suggestion.scores,
                "evidence": suggestion.evidence,
                "counter_evidence": suggestion.counter_evidence,
                "not_ruled_out": suggestion.not_ruled_out,
            },
            model_version=suggestion.model_version,
            citizen_label=report.label,
            label=label,
            unit=self.services.suggestions.unit_of(label, mentions, route) or report.unit,
            slots={**{k: v for k, v in asdict(suggestion.slots).items() if v is not None}, **dict(report.slots)},
            route_rule=route.rule,
            owner=route.owner,
            via=route.via,
            overlays=" ".join(route.overlays),
            received_at=now,
            sending=report.sending,
        )
        original = {"part": ReportPart.ORIGINAL, "source": report.source, "statement": statement, "received_at": now}
        self.connection.execute(_REPORT.insert(), {"case_id": case_id, **original})
        if report.identity:
            self.connection.execute(_IDENTITY.insert(), {"case_id": case_id, **asdict(report.identity)})
        clocks = deadlines_on_receipt(
            route.rule,
            track,
            local_day(now),
            self.parts.calendar,
            named=report.identity is not None,
            in_danger=in_danger,
        )
        if clocks:
            self.connection.execute(_DEADLINE.insert(), [_clock(case_id, due) for due in clocks])
        self._attach(case_id, report.attachment_ids, report.reporter_id, kept_for=report.reporter_id)
        self.services.journal.write(
            CaseEventKind.LODGED, actor=report.entered_by or CITIZEN, case_id=case_id, new_value=route.rule
        )
        return Lodged(case_number, report.code.plain)

    def start_clock(self, case: Case, due: Deadline) -> None:
        """Starts a clock once in each round; one that is already there keeps its date (staff cannot reset it).

        An objection begins a round: what was met before it stays met, and what it asks for runs anew.
        """
        current = 1 + self._objections(case) if due.kind in RUN_AGAIN else 1
        exists = self.session.scalar(
            select(CaseDeadline.id).where(
                CaseDeadline.case_id == case.id, CaseDeadline.kind == due.kind, CaseDeadline.round == current
            )
        )
        if exists is None:
            self.session.add(CaseDeadline(**_clock(case.id, due), round=current))

    def _objections(self, case: Case) -> int:
        objections = select(func.count(CaseEvent.id)).where(
            CaseEvent.case_id == case.id, CaseEvent.kind == CaseEventKind.OBJECTED
        )
        return self.session.scalar(objections) or 0

    def supplement_report(
        self, case: Case, statement: str, attachment_ids: tuple[int, ...], source: Source, *, sender: int | None = None
    ) -> None:
        """Adds to a case what its reporter says later; the files must be those of `sender`, who need not have lodged it.

        Raises InvalidInput when there is nothing in it.
        """
        statement = statement.strip()
        says_nothing = is_blank(statement)
        if (says_nothing and not attachment_ids) or len(statement) > MAX_STATEMENT:
            raise InvalidInput("statement", "empty" if says_nothing else "too_long")
        if not says_nothing:
            self.session.add(
                Report(
                    case_id=case.id,
                    part=ReportPart.SUPPLEMENT,
                    source=source,
                    statement=statement,
                    received_at=self.now(),
                )
            )
        attached = self._attach(case.id, attachment_ids, sender, kept_for=case.reporter_id)
        if says_nothing and not attached:
            raise InvalidInput("statement", "empty")
        self.services.inquiries.answered(case)
        self.record(case, CaseEventKind.SUPPLEMENTED, actor=CITIZEN)
        self.session.flush()

    def _attach(
        self, case_id: int, attachment_ids: tuple[int, ...], sender: int | None, *, kept_for: int | None
    ) -> int:
        """Gives the sender's files to a case; from then on they name no account but the case's. Gives back how many."""
        if not attachment_ids:
            return 0
        attached = 0
        for attachment in self.session.scalars(select(Attachment).where(Attachment.id.in_(attachment_ids))):
            # Only one's own files, and only once: an id from a conversation's state is still input.
            if attachment.case_id is None and attachment.reporter_id == sender:
                attachment.case_id, attachment.reporter_id = case_id, kept_for
                attached += 1
        return attached

    def _open_case(self, **values: Any) -> tuple[int, str]:
        """Id and number of a new case. A number that is taken, whoever took it and on which host, is drawn again.

        Raises Conflict when the same form opened a case, on whichever host.
        """
        insert = _OPEN_CASE[self.connection.dialect.name]
        while True:
            number = new_case_number(self.today())
            case_id = self.connection.execute(insert, {"case_number": number, **values}).scalar()
            if case_id is not None:
                return case_id, number
            if values["sending"] is not None and self.lodged_before(values["sending"]):
                raise Conflict("sending")


def _clock(case_id: int, due: Deadline) -> dict[str, Any]:
    """The row of a clock."""
    if due.provisional:
        log.warning("deadline_provisional", case_id=case_id, kind=due.kind, due_on=due.due_on.isoformat())
    return {"case_id": case_id, **asdict(due)}


# Verified against where there is no such case: a stranger cannot tell by the time it takes which numbers exist.
_NO_CASE = _CODE_HASHER.hash(secrets.token_urlsafe(16))


def query_code_fits(case: Case | None, code: str) -> bool:
    """Whether `code` is the one that was given out with this case; for no case, False after the same work."""
    try:
        return _CODE_HASHER.verify(case.query_code_hash if case else _NO_CASE, code) and case is not None
    except VerifyMismatchError:
        return False
