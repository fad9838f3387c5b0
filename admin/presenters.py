"""Rows into words and colours for a page. Knows names and days, no rule."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from admin import kinds_to_choose, marks, side_by_side
from admin.kinds_to_choose import Choice, Group, initials
from admin.marks import Marks
from admin.side_by_side import Row
from domain.deadlines import LIMITS, WorkCalendar, soon_until
from domain.directory import Directory
from domain.errors import UnknownUnit
from domain.routing import REPLY_ONLY, SUPERIOR_OF_UNIT, bodies_for
from domain.taxonomy import NO_SUBSTANCE, Taxonomy
from domain.terms import CaseEventKind, CaseStatus, DeadlineKind, RouteRule, TriageStep
from domain.times import SHANGHAI, local_day
from domain.triage import body_for, lacks_unit
from services.similar import Counterpart
from services.views import CasePage

# Characters that turn the direction of writing or hide: a statement must not show something else than it says.
_HIDING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C], "\ufffd")

# What a code of a kind looks like in a text.
_LABEL = re.compile(r" ?\b([a-z]+(?:_[a-z]+)+)\b ?", re.ASCII)

# Who has to think of three questions thinks of none.
_MOST_QUESTIONS = 2

_SENTENCE_END = re.compile("[!?;\uff01\uff1f\uff1b\u3002\\n]+")

_COLOURS = {
    CaseStatus.RECEIVED: "new",
    CaseStatus.ACCEPTED: "going",
    CaseStatus.ASSIGNED: "going",
    CaseStatus.TRANSFERRED: "going",
    CaseStatus.IN_HANDLING: "going",
    CaseStatus.CONCLUDED: "done",
    CaseStatus.FED_BACK: "done",
    CaseStatus.SATISFIED: "done",
    CaseStatus.OBJECTED: "warn",
    CaseStatus.SENT_UPWARD: "warn",
    CaseStatus.DECLINED: "quiet",
    CaseStatus.WITHDRAWN: "quiet",
}


_NAME_THE_BODY = frozenset({TriageStep.TAKE_IN, TriageStep.ACCEPT})
_ABOUT_FACTS = frozenset({CaseEventKind.FACT_STRUCK, CaseEventKind.FACT_RESTORED})


class Words(Protocol):
    """What people read instead of codes."""

    @property
    def labels(self) -> Mapping[str, Mapping[str, str]]: ...

    def label(self, member: StrEnum) -> str: ...

    def error(self, code: str, status: int = 400) -> str: ...

    def redirect(self, label: str) -> str | None: ...

    def letter(self, name: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Names:
    """What pages call things, and which days offices work, as it is in force."""

    words: Words
    directory: Directory
    taxonomy: Taxonomy
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class Due:
    """How long until a date: negative days are late."""

    days: int
    state: str  # "late", "today", "soon", "later"


class Presenter:
    """Helps templates; handed to them as `show`."""

    def __init__(self, names: Callable[[], Names]) -> None:
        self._names = names

    @property
    def words(self) -> Words:
        """The words in force."""
        return self._names().words

    @property
    def directory(self) -> Directory:
        """Units, groups and offices in force."""
        return self._names().directory

    @property
    def taxonomy(self) -> Taxonomy:
        """The kinds as they are called now."""
        return self._names().taxonomy

    @property
    def calendar(self) -> WorkCalendar:
        """The days on which offices work, as far as they are known."""
        return self._names().calendar

    def kind(self, label: str | None) -> str:
        """Name of a kind or `nk_` label; empty for none."""
        return self.taxonomy.name_of(label) if label else ""

    def meaning(self, label: str) -> str:
        """What a label stands for, in a sentence: the definition of a kind; of the others, what is done with them."""
        kind = self.taxonomy.kinds.get(label)
        if kind is not None:
            return kind.definition
        other = self.taxonomy.non_kinds[label]
        words = self.words.labels["Elsewhere"]["of_thirty_none" if other.accepted else "not_taken"]
        return words.format(next=other.next_step)

    def kinds(self, page: CasePage) -> tuple[tuple[Choice, ...], tuple[Group, ...]]:
        """All kinds for choosing: what the case has now, what the classifier could not rule out and what it offers come first."""
        hints = page.suggestion or {}
        offered = (label for label, _ in hints.get("scores", ())[:3])
        first = (page.label or "", *hints.get("not_ruled_out", ()), *offered)
        return kinds_to_choose.choices(self.taxonomy, first, self.meaning, self.named)

    def apart(self, label: str) -> str:
        """What tells a label from what it is often taken for; empty where nothing is."""
        return self.named(self.taxonomy.separating_rule(label))

    def questions_between(self, page: CasePage) -> list[tuple[str, list[tuple[int, str, str]]]]:
        """The questions that decide between the kinds offered, and for each kind that one speaks of its place, its name and the
        answer that leads to it. Between those that were not ruled out; where the classifier is not sure, nothing was."""
        hints = page.suggestion or {}
        offered = [label for label, _ in hints.get("scores", ())[:3]]
        in_question = [label for label in offered if page.abstained or label in hints.get("not_ruled_out", ())]
        return [
            (
                decides.ask,
                sorted(
                    (offered.index(k) + 1, self.kind(k), a.says) for a in decides.among(in_question) for k in a.kinds
                ),
            )
            for decides in self.taxonomy.questions_between(in_question)[:_MOST_QUESTIONS]
        ]

    def can_slip(self, page: CasePage) -> bool:
        """Whether what can be taken back decided something, and not only which facts are facts."""
        return page.undoable is not None and not _ABOUT_FACTS.issuperset(page.undoable.steps)

    def is_for_others(self, page: CasePage) -> bool:
        """Whether somebody has decided that a case is what others take care of, by its kind or by whose unit it is, or that
        it is declined already."""
        if page.status is CaseStatus.DECLINED:
            return True
        if page.labelled_at is None or self.says_too_little(page):
            return False
        return page.owner == SUPERIOR_OF_UNIT or not self.taxonomy.takes(page.label or "")

    def is_no_accusation(self, page: CasePage) -> bool:
        """Whether somebody has decided that a case is of a kind that is not taken, so that it accuses nobody of ours."""
        is_decided = page.labelled_at is not None and page.owner == REPLY_ONLY
        return is_decided and page.label != NO_SUBSTANCE and not self.taxonomy.takes(page.label or "")

    def is_sure(self, page: CasePage) -> bool:
        """Whether the classifier is sure and has ruled out every other label: what tells them apart decides nothing then."""
        return page.suggestion is not None and not page.abstained and len(page.suggestion["not_ruled_out"]) <= 1

    def says_whose(self, page: CasePage) -> bool:
        """Whether the first line of a page names the unit and who takes it, so that nothing above it has to."""
        return page.proposal is not None and page.proposal.step in _NAME_THE_BODY

    def is_proposed(self, page: CasePage, step: str) -> bool:
        """Whether this, by its value, is what one press does now."""
        return page.proposal is not None and page.proposal.step == TriageStep(step)

    def says_too_little(self, page: CasePage) -> bool:
        """Whether it is decided or proposed that a report names nothing that could be looked into: its reporter is asked first."""
        return self._is_decided(page) and page.label == NO_SUBSTANCE

    def _is_decided(self, page: CasePage) -> bool:
        """Whether a person confirmed the kind, or it is what one press would confirm."""
        return page.labelled_at is not None or (page.proposal is not None and page.proposal.is_one_press)

    def question_for(self, page: CasePage) -> str:
        """What the reporter is usually asked where something is missing, to be looked through; empty where nothing is."""
        words = self.words.labels["Question"]
        if self.says_too_little(page):
            return words["about_what"]
        if not self.lacks_unit(page):
            return ""
        return words["about_village" if page.route_rule is RouteRule.TOWNSHIP_OR_VILLAGE else "about_whom"]

    def where_to(self, page: CasePage) -> str:
        """Where the reporter of a case that is declined should turn, to be looked through: by its kind, or by whose unit it is,
        with the national line of the unit where it has one."""
        words = self.words.labels["Elsewhere"]
        told = self.words.redirect(page.label or "")
        if told is None and self.says_too_little(page):
            return ""
        if told is None and page.owner == SUPERIOR_OF_UNIT:
            told = words["where_vertical"].format(body=self.body(page.owner, page.unit))
        line = self.words.labels["Hotline"].get(page.unit or "", "")
        told = told or words["where_usual"]
        return told + words["where_line"].format(line=line) if line and line not in told else told

    def why_not(self, page: CasePage) -> str:
        """The reason for declining a case that follows from what was decided or is proposed; empty when none does."""
        other = self.taxonomy.non_kinds.get(page.label or "") if self._is_decided(page) else None
        words = self.words.labels["Elsewhere"]
        if other is not None and not other.accepted:
            return words["why_kind"].format(kind=other.name)
        return words["why_vertical"] if page.owner == SUPERIOR_OF_UNIT else ""

    def lacks_unit(self, page: CasePage) -> bool:
        """Whether the rules cannot say whose case it is before a unit is known."""
        return lacks_unit(page.route_rule, page.owner, page.unit, self.directory)

    def named(self, text: str) -> str:
        """Text as it may be shown, with the names of kinds where it holds their codes."""

        def name(code: re.Match[str]) -> str:
            known = code[1] in self.taxonomy.labels
            return f"\u201c{self.kind(code[1])}\u201d" if known else code[0]

        return _LABEL.sub(name, self.plain(text))

    def runs(self, page: CasePage, kind: str) -> bool:
        """Whether a clock of this kind runs."""
        return any(clock.kind == kind and clock.met_at is None for clock in page.deadlines)

    def known_kind(self, label: str) -> str:
        """The same for a label that somebody typed: what is unknown stays as it is."""
        return self.kind(label) if label in self.taxonomy.labels else label

    def aspect(self, key: str) -> str:
        """Name of an aspect; what is unknown stays as it is."""
        aspect = self.taxonomy.aspects.get(key)
        return aspect.name if aspect else key

    def body(self, key: str | None, unit: str | None = None) -> str:
        """Name of an owner, office, group or township commission; empty for none."""
        if key is None:
            return ""
        owners = self.words.labels["Owner"]
        if key in self.directory.townships:
            return owners["township"].format(name=self.directory.units[key].name)
        try:
            return self.directory.name_of(key, unit)
        except UnknownUnit:
            return owners.get(key, key)

    def unit(self, key: str | None) -> str:
        """Name of a unit; empty for none."""
        unit = self.directory.units.get(key or "")
        return unit.name if unit else ""

    def basis(self, code: str) -> str:
        """The regulation behind a deadline."""
        return self.words.labels["Basis"].get(code, code)

    def due(self, day: date | None, now: datetime) -> Due | None:
        """How far away a due date is at the moment `now`, in days of the county."""
        if day is None:
            return None
        today = local_day(now)
        days = (day - today).days
        is_soon = day <= soon_until(today, self.calendar)
        return Due(days, "late" if days < 0 else "today" if days == 0 else "soon" if is_soon else "later")

    def why_due(self, kind: DeadlineKind, since: date, due_on: date, basis: str = "") -> str:
        """Why a limit ends on this day: how long it is, from which day it counts, and what does not count."""
        limit, words = LIMITS[kind], self.words.labels["WhyDue"]
        begin = words.get("objection" if basis and basis != limit.basis else kind, "")
        told = {"since": since, "begin": begin, "first": since + timedelta(days=1), "due": due_on}
        if limit.months is not None:
            return words["months"].format(months=limit.months, **told)
        if not limit.working_days:
            return words["same_day"].format(**told)
        days = (since + timedelta(days=n) for n in range(1, (due_on - since).days + 1))
        free = sum(not self.calendar.is_working_day(day) for day in days)
        text = words["working_days"].format(days=limit.working_days, **told)
        return text + words["free_days"].format(free=free) if free else text

    def colour(self, status: CaseStatus) -> str:
        """The class of a status; the word stands beside it, colour alone says nothing."""
        return _COLOURS[status]

    def moment(self, moment: datetime | None) -> str:
        """A moment on the county's clock."""
        return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if moment else ""

    def plain(self, text: str) -> str:
        """Text as it may be shown: hiding and turning marks made visible."""
        return text.translate(_HIDING)

    def marks(self, page: CasePage) -> Marks:
        """What is to be marked in the statements of a case."""
        return marks.marks_of(page.suggestion, page.unit_words, page.facts)

    def marked(self, text: str, wanted: Marks) -> list[tuple[bool, list[tuple[str, str]]]]:
        """A statement cut where marks stand: whether a part is a fact, and its runs with what each is marked for."""
        return marks.cut(self.plain(text), wanted)

    def compared(self, page: CasePage, other: Counterpart) -> tuple[Row, ...]:
        """What a case and the one that is likely the same say of each thing."""

        def said(case: CasePage | Counterpart) -> dict[str, str]:
            names = self.words.labels["Compared"]
            told = {
                names["unit"]: self.unit(case.unit),
                names["kind"]: self.kind(case.label),
                names["received"]: self.moment(case.received_at)[:10],
            }
            facts = ((self.words.label(f.fact), self.slot(f.value)) for f in case.facts if not f.is_struck)
            return told | dict(facts)

        return side_by_side.rows(said(page), said(other))

    def shared(self, page: CasePage, other: Counterpart) -> list[tuple[bool, str]]:
        """The statement of that one, cut where its wording stands in this case as well."""
        here = "\n".join(report.statement for report in page.reports)
        return side_by_side.shared(self.plain(other.statement), self.plain(here))

    def mark_means(self, part: str) -> str:
        """What a mark says, in words."""
        return self.words.labels["Mark"][part]

    def sentence_of(self, page: CasePage) -> int | None:
        """In which sentence of the first statement that holds it the word stands that named the unit, from one."""
        for report in page.reports:
            before, found, _ = report.statement.partition(page.unit_words[0]) if page.unit_words else ("", "", "")
            if found:
                return 1 + len([part for part in _SENTENCE_END.split(before)[:-1] if part.strip()])
        return None

    def elapsed(self, counted_from: date, due_on: date, now: datetime) -> tuple[int, int]:
        """How many of how many days of a clock are over, never more than there are."""
        whole = max(1, (due_on - counted_from).days)
        return min(whole, max(0, (local_day(now) - counted_from).days)), whole

    def waits_since(self, page: CasePage) -> datetime | None:
        """Since when nobody has had a case in hand: not taken in, or taken in and not handed on; None when somebody has it."""
        if page.status not in {CaseStatus.RECEIVED, CaseStatus.ACCEPTED}:
            return None
        came = [
            e.happened_at
            for e in page.events
            # A slip that was taken back is no new beginning.
            if e.new_status is page.status is not e.old_status and e.kind is not CaseEventKind.UNDONE
        ]
        return came[-1] if came else page.received_at

    def days_since(self, moment: datetime, now: datetime) -> int:
        """Days of the county from one moment to another."""
        return (local_day(now) - local_day(moment)).days

    def drafts(self, letters: Sequence[str]) -> list[tuple[str, str]]:
        """Letters that a clerk may begin with: what they are called and what they say."""
        return [(self.words.labels["Draft"][name], self.words.letter(name)) for name in letters]

    def slot(self, value: str | float) -> str:
        """A slot as it may be shown; an amount without a trailing zero."""
        return f"{value:,.10g}" if isinstance(value, float) else self.plain(str(value))

    def value(self, kind: CaseEventKind, value: str | None) -> str:
        """A journal value in words where it is a key of ours."""
        if not value or value == "-":
            return ""
        match kind:
            case CaseEventKind.ASSIGNED | CaseEventKind.TRANSFERRED | CaseEventKind.RETURNED | CaseEventKind.TAKEN_OVER:
                return self.body(value)
            case (
                CaseEventKind.ASSIGNMENT_PROPOSED
                | CaseEventKind.ASSIGNMENT_APPROVED
                | CaseEventKind.ASSIGNMENT_SENT_BACK
                | CaseEventKind.ASSIGNMENT_WITHDRAWN
                | CaseEventKind.ASSIGNMENT_LAPSED
            ):
                return self.body(value)
            case CaseEventKind.UNDONE if value.startswith(f"{CaseEventKind.ASSIGNED}:"):
                return self.body(value.partition(":")[2])
            case CaseEventKind.UNDONE if value in set(CaseEventKind):
                return self.words.label(CaseEventKind(value))
            case CaseEventKind.CLASSIFIED | CaseEventKind.UNDONE:
                value = value.removeprefix(f"{CaseEventKind.CLASSIFIED}:")
                label, _, unit = value.partition("/")
                known = label in self.taxonomy.labels
                return " / ".join(filter(None, (self.kind(label) if known else "", self.unit(unit))))
            case _:
                return self._labelled(value)

    def percent(self, share: float) -> str:
        """A probability in whole percent; never a certainty."""
        whole = round(share * 100)
        return "<1%" if whole == 0 else ">99%" if whole == 100 else f"{whole}%"

    def bodies(self, page: CasePage | None = None) -> dict[str, list[tuple[str, str]]]:
        """Whom a case can be handed to, this one if one is given: with names, under `groups`, `offices`, `townships`."""
        possible = bodies_for(page.route_rule, page.owner, self.directory) if page else self.directory.bodies
        parts = (
            ("groups", self.directory.groups),
            ("offices", self.directory.offices),
            ("townships", self.directory.townships),
        )
        return {part: [(key, self.body(key)) for key in keys if key in possible] for part, keys in parts}

    def natural_body(self, owner: str, unit: str | None) -> str:
        """The body that the rules name, where they name one that a case can be handed to; else empty."""
        return body_for(owner, unit, self.directory) or ""

    def destinations(self) -> list[tuple[str, str, str]]:
        """Where matters usually belong that are not ours: key, name and the words that tell the citizen."""
        told = ((other, self.words.redirect(other.key)) for other in self.taxonomy.non_kinds.values())
        return [(other.key, other.name, words) for other, words in told if words]

    def labels(self) -> dict[str, list[tuple[str, str]]]:
        """All labels under the name of their aspect, for a grouped list; the rest under an empty name."""
        grouped: dict[str, list[tuple[str, str]]] = {a.name: [] for a in self.taxonomy.aspects.values()}
        for kind in self.taxonomy.kinds.values():
            grouped[self.taxonomy.aspects[kind.aspect].name].append((kind.key, f"{kind.num}. {kind.name}"))
        grouped[""] = [(n.key, n.name) for n in self.taxonomy.non_kinds.values()]
        return grouped

    def units(self) -> dict[str, list[tuple[str, str]]]:
        """All units with names, under the name of their kind."""
        grouped: dict[str, list[tuple[str, str]]] = {}
        for unit in self.directory.units.values():
            grouped.setdefault(self.words.label(unit.kind), []).append((unit.key, unit.name))
        return grouped

    def found_by(self, key: str, name: str) -> str:
        """What one types to find a unit or a body in a long list: its name, then its other names, each with its initials."""
        unit = self.directory.units.get(key)
        others = unit.aliases if unit is not None else ()
        return " ".join(f"{one} {initials(one)}" for one in (name, *others)).lower()

    def sheet(self, key: str) -> str:
        """Name of a sheet of a list that staff edit."""
        return self.words.labels["ListSheet"][key]

    def column(self, sheet: str, key: str) -> str:
        """Heading of a column; the same column may be called otherwise in one sheet."""
        names = self.words.labels["ListColumn"]
        return names.get(f"{sheet}.{key}") or names[key]

    def column_hint(self, sheet: str, key: str) -> str:
        """How a column is filled in; empty where its name says it."""
        hints = self.words.labels["ListHint"]
        return hints.get(f"{sheet}.{key}") or hints.get(key, "")

    def _labelled(self, value: str) -> str:
        for table in (
            "RouteRule",
            "Disposition",
            "Satisfaction",
            "IdentityClaim",
            "DeadlineKind",
            "LetterKind",
            "Fact",
        ):
            words = self.words.labels[table].get(value)
            if words:
                return words
        return self.body(value)
