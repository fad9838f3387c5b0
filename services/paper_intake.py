"""What comes on paper, by visit or by telephone, and ledgers that were kept elsewhere: entered by a clerk, counted from the day of receipt.

A ledger is imported as a whole or not at all.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import delete, select

from domain.errors import InvalidInput, NotAllowed, NotFound
from domain.past import Past
from domain.permissions import UPWARD_RULES, StaffFacts, may
from domain.routing import bodies_for, in_conflict
from domain.terms import Action, AttachmentKind, CaseEventKind, CaseStatus, ReportPart, Source
from domain.times import first_moment, read_day
from domain.values import RoutingFacts, Suggestion
from models import Case, LedgerDraft, Report
from services.base import Service
from services.intake import MAX_STATEMENT, Identity, Lodged, NewReport
from services.suggestions import with_unit_first

PAPER_SOURCES = (Source.LETTER, Source.VISIT, Source.PHONE)
MAX_IMPORTED = 500
_KEPT_FOR = timedelta(days=1)
# What is said about a row that is imported all the same; every other code keeps the ledger out.
_NOTICES = frozenset({"row_unknown_unit", "row_unknown_kind", "row_half_named", "row_result_left_out", "row_duplicate"})


@dataclass(frozen=True, slots=True)
class PaperReport:
    """One report as a clerk typed it. `label` and `unit` are his decision, None where he made none.

    `past` is what became of it where it was kept before, `row` its place there as Excel shows it.
    """

    source: Source
    received_on: date
    statement: str
    unit: str | None = None
    label: str | None = None
    name: str = ""
    contact: str = ""
    past: Past | None = None
    row: int = 0

    @property
    def status(self) -> CaseStatus:
        """Where it will stand."""
        return self.past.status if self.past else CaseStatus.RECEIVED


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report with its suggestion, ready to be lodged, and its past."""

    report: NewReport
    past: Past | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a row of the file: its number as Excel shows it, a code of `words/errors.yaml`, never its content."""

    row: int
    code: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An uploaded ledger: its header, its rows, which column of ours each column seems to be (empty for none)."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mapping: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What an import would do. With faults it does nothing."""

    reports: tuple[PaperReport, ...]
    faults: tuple[Finding, ...]
    notices: tuple[Finding, ...]
    duplicates: int


class PaperIntake(Service):
    """Enters single reports and whole ledgers."""

    def enter(
        self, staff: StaffFacts, report: PaperReport, files: Sequence[tuple[bytes, AttachmentKind]] = ()
    ) -> Lodged:
        """Opens a case for one report, with what was scanned of it.

        Raises InvalidInput, NotOurs where the matter is not this level's to hear.
        """
        self._check(staff)
        if report.source not in PAPER_SOURCES:
            raise InvalidInput("source", "unknown")
        if report.received_on > self.today():
            raise InvalidInput("received_on", "in_the_future")
        if report.unit is not None and report.unit not in self.parts.directory.units:
            raise InvalidInput("unit", "unknown_unit")
        if report.label is not None and report.label not in self.parts.taxonomy.labels:
            raise InvalidInput("label", "unknown")
        if bool(report.name) != bool(report.contact):
            raise InvalidInput("contact", "name_and_contact")
        new = self._as_new(staff, report)
        return self.services.intake.lodge_report(
            replace(new, attachment_ids=self.services.attachments.keep_uploads(files))
        )

    # ── ledgers ──────────────────────────────────────────────────────────────────────────────────
    def keep(self, staff: StaffFacts, cells: Sequence[Sequence[str]]) -> None:
        """Keeps the cells of an uploaded file, header first, in the place of a former one. Raises InvalidInput."""
        self._check(staff)
        rows = [list(row) for row in cells]
        if len(rows) < 2:
            raise InvalidInput("file", "ledger_empty")
        if len(rows) - 1 > MAX_IMPORTED:
            raise InvalidInput("file", "ledger_too_long")
        self.drop(staff)
        self.session.add(LedgerDraft(staff_id=staff.staff_id, cells=rows, uploaded_at=self.now()))
        self.session.flush()

    def draft(self, staff: StaffFacts, mapping: Mapping[int, str] | None = None) -> Draft | None:
        """The ledger that waits; `mapping` overrides the guess, column by column. None if there is none."""
        self._check(staff)
        kept = self.session.get(LedgerDraft, staff.staff_id)
        if kept is None or kept.uploaded_at < self.now() - _KEPT_FOR:
            return None
        header, *rows = kept.cells
        guessed = self._guess(header)
        columns = self.parts.import_words["columns"]
        chosen = [mapping.get(number, "") if mapping is not None else guessed[number] for number in range(len(header))]
        known = tuple(key if key in columns else "" for key in chosen)
        return Draft(tuple(header), tuple(tuple(row) for row in rows), known)

    def drop(self, staff: StaffFacts) -> None:
        """Forgets the ledger that waits."""
        self.session.execute(delete(LedgerDraft).where(LedgerDraft.staff_id == staff.staff_id))

    def forget_drafts(self) -> None:
        """Forgets ledgers that nobody imported in a day."""
        self.session.execute(delete(LedgerDraft).where(LedgerDraft.uploaded_at < self.now() - _KEPT_FOR))

    def check(self, draft: Draft) -> Checked:
        """What importing this ledger would do, row by row. Reads only."""
        faults: list[Finding] = []
        notices: list[Finding] = []
        missing = {"received_on", "statement"} - set(draft.mapping)
        faults += [Finding(1, f"column_missing_{key}") for key in sorted(missing)]
        twice = [key for key, count in Counter(filter(None, draft.mapping)).items() if count > 1]
        faults += [Finding(1, "column_twice") for _ in twice]
        if faults:
            return Checked((), tuple(faults), (), 0)
        reports: list[PaperReport] = []
        told: dict[date, set[str]] = {}
        duplicates = 0
        for number, row in enumerate(draft.rows, 2):
            if not any(row):
                continue
            cells = {key: value.strip() for key, value in zip(draft.mapping, row, strict=True) if key}
            report, found = self._read(cells, number)
            faults += [Finding(number, code) for code in found if code not in _NOTICES]
            notices += [Finding(number, code) for code in found if code in _NOTICES]
            if report is None:
                continue
            day, folded = report.received_on, self._folded(report.statement)
            if day not in told:
                told[day] = self._told_on(day)
            if folded in told[day]:
                duplicates += 1
                notices.append(Finding(number, "row_duplicate"))
            else:
                told[day].add(folded)
                reports.append(report)
        return Checked(tuple(reports), tuple(faults), tuple(notices), duplicates)

    def prepare(self, staff: StaffFacts, checked: Checked) -> tuple[Prepared, ...]:
        """The reports with their suggestions: what takes long, outside of the transaction that writes. Raises InvalidInput."""
        if checked.faults or not checked.reports:
            raise InvalidInput("file", "ledger_has_faults" if checked.faults else "ledger_empty")
        return tuple(Prepared(self._as_new(staff, report), report.past) for report in checked.reports)

    def import_all(self, staff: StaffFacts, reports: Sequence[Prepared], *, duplicates: int) -> int:
        """Opens a case for each, all or none: whoever called rolls back on any error. Gives back how many."""
        self._check(staff)
        if self.session.get(LedgerDraft, staff.staff_id) is None:
            raise NotFound("ledger")  # pressed twice: the first press has done it
        for prepared in reports:
            lodged = self.services.intake.lodge_report(prepared.report)
            if prepared.past is not None:
                self.services.past_cases.take_over(staff, lodged.case_number, prepared.past)
        self.drop(staff)
        self.services.journal.write(
            CaseEventKind.LEDGER_IMPORTED, actor=staff, old_value=f"skipped={duplicates}", new_value=str(len(reports))
        )
        self.session.flush()
        return len(reports)

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────
    def _read(self, cells: Mapping[str, str], row: int) -> tuple[PaperReport | None, list[str]]:
        found: list[str] = []
        day = read_day(cells.get("received_on", ""))
        if day is None:
            found.append("row_bad_date" if cells.get("received_on") else "row_no_date")
        elif day > self.today():
            found.append("row_future_date")
        source = self._source(cells.get("source", ""))
        if source is None:
            found.append("row_bad_source")
        statement = cells.get("statement", "")
        if not statement or len(statement) > MAX_STATEMENT:
            found.append("row_too_long" if statement else "row_no_statement")
        unit, label = self._unit(cells.get("unit", "")), self._label(cells.get("kind", ""))
        name, contact = cells.get("name", ""), cells.get("contact", "")
        is_named = bool(name and contact)
        if day is None or source is None or found:
            return None, found
        suggestion = self.services.suggestions.advise(statement).suggestion
        if self._is_upward(suggestion, unit, label):
            return None, ["row_not_ours"]
        past, of_past = self.services.past_cases.read(cells, day)
        if past is not None and past.body is not None:
            mentions = with_unit_first(suggestion.mentions, unit)
            route = self.services.suggestions.kept_route(label or suggestion.label, mentions)
            may_have_it = bodies_for(route.rule, route.owner, self.parts.directory)
            if past.body not in may_have_it or in_conflict(RoutingFacts(None, mentions), body=past.body):
                of_past.append("row_body_in_conflict")
        notices = [
            *of_past,
            *(["row_unknown_unit"] if cells.get("unit") and unit is None else []),
            *(["row_unknown_kind"] if cells.get("kind") and label is None else []),
            *(["row_half_named"] if bool(name) != bool(contact) else []),
        ]
        report = PaperReport(
            source, day, statement, unit, label, name if is_named else "", contact if is_named else "", past, row
        )
        return report, notices

    def _as_new(self, staff: StaffFacts, report: PaperReport) -> NewReport:
        advice = self.services.suggestions.advise(report.statement)
        return NewReport(
            statement=report.statement,
            source=report.source,
            suggestion=advice.suggestion,
            label=report.label,
            unit=report.unit,
            identity=Identity(report.name, report.contact) if report.name else None,
            received_at=self.services.past_cases.moment(report.received_on),
            entered_by=staff,
        )

    def _is_upward(self, suggestion: Suggestion, unit: str | None, label: str | None) -> bool:
        mentions = with_unit_first(suggestion.mentions, unit)
        route = self.services.suggestions.route(label or suggestion.label, mentions)
        return self.services.suggestions.upward_rule(mentions) is not None or route.rule in UPWARD_RULES

    def _told_on(self, day: date) -> set[str]:
        """What the cases say that came on paper on that day."""
        statements = self.session.scalars(
            select(Report.statement)
            .join(Case, Case.id == Report.case_id)
            .where(
                Case.received_at >= first_moment(day),
                Case.received_at < first_moment(day + timedelta(days=1)),
                Case.source.in_(PAPER_SOURCES),
                Report.part == ReportPart.ORIGINAL,
            )
        )
        return {self._folded(statement) for statement in statements}

    def _folded(self, statement: str) -> str:
        return re.sub(r"\W", "", self.parts.words.fold(statement))

    def _guess(self, header: Sequence[str]) -> list[str]:
        columns = self.parts.import_words["columns"]
        guessed = [""] * len(header)
        plain = [re.sub(r"[\s\uff08\uff09()]", "", title) for title in header]
        for is_exact in (True, False):
            for key, told in columns.items():
                if key in guessed:
                    continue
                for word in map(str, told["words"]):
                    fits = [
                        number
                        for number, title in enumerate(plain)
                        if not guessed[number] and (title == word if is_exact else word in title)
                    ]
                    if fits:
                        guessed[fits[0]] = key
                        break
        return guessed

    def _source(self, word: str) -> Source | None:
        if not word:
            return Source.LETTER
        for source, words in self.parts.import_words["sources"].items():
            if word in map(str, words):
                return Source(source)
        return None

    def _unit(self, name: str) -> str | None:
        directory = self.parts.directory
        return next((key for key in directory.units if name and name in directory.names_of_unit(key)), None)

    def _label(self, name: str) -> str | None:
        taxonomy = self.parts.taxonomy
        return next((label for label in taxonomy.labels if name and taxonomy.name_of(label) == name), None)

    @staticmethod
    def _check(staff: StaffFacts) -> None:
        if not may(staff, Action.ENTER_PAPER):
            raise NotAllowed(Action.ENTER_PAPER)
