"""The same story told twice: found by the worker as reports come in, shown to whoever may see both cases.

Two reports meet under a key (`report_key`): shingles of the text, or a number, surname or rare word on one matter. Those that meet are
compared as texts (`classifier/similarity.py`) and as tellings of an event (`classifier/stories.py`). However many reports there are,
a new one reads no more than `READ_A_KEY` entries of each of its keys and compares itself with `MET_AT_MOST`.

Never by sender: two reports of one person are no reason, and nobody learns from here that they are of one person. A dump
shows which reports are alike, not what they say (`docs/threat-model.md`).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import cast

import numpy as np
from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, delete, exists, func, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from classifier.similarity import ALIKE, Sketch, Sketcher
from classifier.stories import Resemblance, Story, Storyteller, same_story
from classifier.text import Reading
from domain.permissions import StaffFacts, may, scope_of
from domain.terms import Action, CaseEventKind, CaseStatus, SharedTrait, SimilarReason
from domain.times import local_day
from domain.values import Mentions
from models import Case, CaseMerge, CasePerson, Report, ReportKey, ReportSketch, SimilarCase
from models.sealing import current_keyring
from services.base import Service
from services.query_plans import beside
from services.scope import conflicts_of, in_scope, visible_to
from services.views import FactView

# Of a key under which thousands stand (a common number, a text sent by the thousand) the newest are enough.
READ_A_KEY = 200
MET_AT_MOST = 100
_COPIES_KEPT = 20
TELLINGS_KEPT = 3
_SHOWN = 8
_SHORTEST = 12  # characters; "somebody takes money" is said by many who mean different things
_DIGEST_BYTES = 10
_LIKELY = frozenset({SimilarReason.SAME_TEXT, SimilarReason.SAME_EVENT})

_KEY = cast("Table", ReportKey.__table__)


@dataclass(frozen=True, slots=True)
class SimilarView:
    """A case that may be the same story, and why.

    `likeness` is the share of text in common, None for other reasons; `traits` is what speaks for one event, the strongest first.
    """

    case_number: str
    status: CaseStatus
    received_at: datetime
    label: str | None
    unit: str | None
    reasons: tuple[SimilarReason, ...]
    likeness: float | None
    traits: tuple[SharedTrait, ...]


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The case that is likely the same story, as far as one needs it to compare: what was reported first, what was read out of it."""

    case_number: str
    received_at: datetime
    label: str | None
    unit: str | None
    statement: str
    facts: tuple[FactView, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """A case with a report that shares a key, and how alike it is as a text and as a telling of an event."""

    case_id: int
    likeness: float
    event: Resemblance

    @property
    def is_copy(self) -> bool:
        return self.likeness >= ALIKE

    @property
    def is_telling(self) -> bool:
        """In other words: that a copy tells of the same event goes without saying."""
        return self.event.worth_showing and not self.is_copy


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept of a report: rows of `CasePerson` without their case, and, of all but the shortest, by what it is met."""

    report_id: int
    case_id: int
    persons: tuple[dict[str, object], ...]
    sketch: Sketch | None = None
    story: Story | None = None
    keys: tuple[int, ...] = ()


class Similar(Service):
    """Finds what is alike. As reports come in: `read`, `keep`, `meet` and `pair`, in this order."""

    def read(self, report: Report) -> Told:
        """What is to be kept of a report. Writes nothing and looks for nothing: it is thinking, some ten milliseconds of it."""
        reading = Reading(report.statement)
        suggestion = self.parts.suggester.suggest(report.statement, local_day(report.received_at))
        persons = _persons(report.case.unit, suggestion.mentions)
        if sum(character.isalnum() for character in reading.text) < _SHORTEST:
            return Told(report.id, report.case_id, persons)
        secret = current_keyring().digests("sketches")[0]
        sketch, story = _sketcher(secret).sketch(reading), _storyteller(secret).story(reading, suggestion)
        keys = tuple(sorted({*sketch.bands, *story.keys}))
        return Told(report.id, report.case_id, persons, sketch, story, keys)

    def keep(self, told: Told) -> None:
        """Keeps what later reports need to meet this one, and the persons it complains of. Can be repeated."""
        self.insert_missing(CasePerson, [{"case_id": told.case_id, **person} for person in told.persons])
        if told.sketch is None or told.story is None:
            return
        earlier = self.session.get(ReportSketch, told.report_id)
        if earlier is not None:
            self._forget_keys(earlier.report_id, earlier.keys)
        self.session.merge(
            ReportSketch(
                report_id=told.report_id,
                case_id=told.case_id,
                signature=told.sketch.signature,
                story=told.story.as_record(),
                keys=np.array(told.keys, dtype=np.int64).tobytes(),
            )
        )
        self.insert_missing(ReportKey, [{"key": key, "report_id": told.report_id} for key in told.keys])

    def meet(self, told: Told) -> tuple[Met, ...]:
        """The nearest of the reports that are kept, compared with this one. Only looks."""
        if told.sketch is None or told.story is None:
            return ()
        rows = self.session.execute(
            select(ReportSketch.case_id, ReportSketch.signature, ReportSketch.story).where(
                ReportSketch.report_id.in_(nearest(self.session, told.keys, told.report_id)),
                ReportSketch.case_id != told.case_id,
            )
        )
        return tuple(
            Met(
                row.case_id,
                told.sketch.likeness(Sketch(row.signature, ())),
                same_story(told.story, Story.from_record(row.story)),
            )
            for row in rows
        )

    def pair(self, case_id: int, met: Sequence[Met]) -> None:
        """Pairs a case with its nearest, both ways round."""
        copies = sorted((m for m in met if m.is_copy), key=lambda m: -m.likeness)
        tellings = sorted((m for m in met if m.is_telling), key=lambda m: -m.event.probability)
        kept: dict[int, Met] = {}
        for one in (*copies[:_COPIES_KEPT], *tellings[:TELLINGS_KEPT]):
            kept.setdefault(one.case_id, one)
        self.insert_missing(
            SimilarCase,
            [
                {
                    "case_id": here,
                    "other_id": there,
                    "likeness": round(one.likeness, 2) if one.is_copy else None,
                    "probability": round(one.event.probability, 4) if one.is_telling else None,
                    "is_likely": one.is_copy or one.event.is_likely,
                    "traits": one.event.reasons if one.is_telling else (),
                }
                for one in kept.values()
                for here, there in ((case_id, one.case_id), (one.case_id, case_id))
            ],
        )

    def forget(self, case_ids: Sequence[int]) -> None:
        """Removes all that was made from the statements of these cases."""
        # Without the stories: one that is damaged goes like the others.
        sketches = select(ReportSketch.report_id, ReportSketch.keys).where(ReportSketch.case_id.in_(case_ids))
        for report_id, keys in self.session.execute(sketches).all():
            self._forget_keys(report_id, keys)
        for of_these in (
            delete(ReportSketch).where(ReportSketch.case_id.in_(case_ids)),
            delete(CasePerson).where(CasePerson.case_id.in_(case_ids)),
            delete(SimilarCase).where(SimilarCase.case_id.in_(case_ids)),
            delete(SimilarCase).where(SimilarCase.other_id.in_(case_ids)),
        ):
            self.session.execute(of_these, execution_options={"synchronize_session": False})

    def of(self, staff: StaffFacts, case: Case) -> tuple[SimilarView, ...]:
        """Cases within this reader's scope that may be the same story, those with most reasons first."""
        reasons: dict[int, list[SimilarReason]] = {}
        alike: dict[int, SimilarCase] = {}
        for pair in self.session.scalars(
            select(SimilarCase)
            .where(SimilarCase.case_id == case.id)
            .order_by(SimilarCase.other_id.desc())
            .limit(MET_AT_MOST)
        ):
            alike[pair.other_id] = pair
            reasons[pair.other_id] = [_reason(pair)]
        for case_id, reason in self._same_persons(case):
            found = reasons.setdefault(case_id, [])
            if not {SimilarReason.SAME_PERSON, SimilarReason.SAME_TITLE} & set(found):
                found.append(reason)
        if not reasons:
            return ()
        seen = self.session.scalars(select(Case).where(beside(visible_to(staff)), Case.id.in_(list(reasons)))).all()

        def strength(found: Case) -> tuple[float, float, int, int]:
            pair = alike.get(found.id)
            likeness, probability = (pair.likeness or 0.0, pair.probability or 0.0) if pair else (0.0, 0.0)
            return likeness, probability, len(reasons[found.id]), found.id

        ranked = sorted(seen, key=strength, reverse=True)[:_SHOWN]
        return tuple(_view(found, reasons[found.id], alike.get(found.id)) for found in ranked)

    def counterpart(
        self, staff: StaffFacts, alike: Sequence[SimilarView], apart_from: Collection[str]
    ) -> Counterpart | None:
        """The first of these that is likely the same story and none of `apart_from`, to be read beside it; None where there is
        none, or the reader may not read it. That he read it goes into its journal."""
        likely = (one for one in alike if _LIKELY.intersection(one.reasons) and one.case_number not in apart_from)
        first = next(likely, None)
        if first is None:
            return None
        other = self.services.casework.case_by_number(first.case_number)
        if not other.reports or not may(staff, Action.VIEW_STATEMENT, self.facts_of(other)):
            return None
        self.record_daily(other, CaseEventKind.CASE_OPENED, staff)
        return Counterpart(
            other.case_number,
            other.received_at,
            other.label,
            other.unit,
            other.reports[0].statement,
            tuple(fact for fact in self.services.facts.of(other) if not fact.is_struck),
        )

    def seen_alike(self, staff: StaffFacts) -> ColumnElement[bool]:
        """The condition on `Case` that another one is likely the same that this reader may see too, and is not merged with it."""
        scope = scope_of(staff)
        other = aliased(Case)
        in_sight = [] if scope is None else [*in_scope(scope, other), other.id.not_in(conflicts_of(scope))]
        merged = exists().where(CaseMerge.member_id == Case.id).correlate(Case)
        other_merged = exists().where(CaseMerge.member_id == other.id).correlate(other)
        alike = exists().where(
            SimilarCase.case_id == Case.id,
            SimilarCase.is_likely,
            other.id == SimilarCase.other_id,
            *in_sight,
            ~other_merged,
        )
        return and_(alike.correlate(Case), ~merged)

    def _same_persons(self, case: Case) -> Iterator[tuple[int, SimilarReason]]:
        """The newest cases that complain of the same persons, those named first. One title can be in very many."""
        for person in self.session.scalars(
            select(CasePerson).where(CasePerson.case_id == case.id).order_by(CasePerson.is_named.desc())
        ):
            reason = SimilarReason.SAME_PERSON if person.is_named else SimilarReason.SAME_TITLE
            others = select(CasePerson.case_id).where(CasePerson.digest == person.digest, CasePerson.case_id != case.id)
            for case_id in self.session.scalars(others.order_by(CasePerson.case_id.desc()).limit(MET_AT_MOST)):
                yield case_id, reason

    # ── parts ────────────────────────────────────────────────────────────────────────────────────
    def _forget_keys(self, report_id: int, keys: bytes) -> None:
        pairs = [(int(key), report_id) for key in np.frombuffer(keys, dtype=np.int64)]
        self.session.execute(delete(ReportKey).where(tuple_(ReportKey.key, ReportKey.report_id).in_(pairs)))


def _persons(unit: str | None, mentions: Mentions) -> tuple[dict[str, object], ...]:
    """Whom a report complains of, without its case."""
    unit = unit or next(iter(mentions.units), None)
    persons = {
        (person.unit or unit, person.name or person.title): person.name is not None
        for person in mentions.positions
        if person.accused and (person.unit or unit)
    }
    return tuple(
        {
            "digest": bytes.fromhex(current_keyring().digests(f"person {of} {name}")[0])[:_DIGEST_BYTES],
            "is_named": is_named,
        }
        for (of, name), is_named in sorted(persons.items())
    )


def _reason(pair: SimilarCase) -> SimilarReason:
    if pair.likeness is not None:
        return SimilarReason.SAME_TEXT
    return SimilarReason.SAME_EVENT if pair.is_likely else SimilarReason.PERHAPS_SAME_EVENT


def _view(case: Case, reasons: Sequence[SimilarReason], pair: SimilarCase | None) -> SimilarView:
    return SimilarView(
        case.case_number,
        case.status,
        case.received_at,
        case.label,
        case.unit,
        tuple(reasons),
        pair.likeness if pair else None,
        tuple(map(SharedTrait, pair.traits)) if pair else (),
    )


def nearest(session: Session, keys: Sequence[int], report_id: int) -> Sequence[int]:
    """The reports that have most of these keys in common with a report, the newest of equals first."""
    if not keys:
        return ()
    asked = {f"key_{place}": key for place, key in enumerate(keys)}
    return (
        session.connection()
        .execute(_nearest(len(keys)), {"report_id": report_id, "at_most": MET_AT_MOST, **asked})
        .scalars()
        .all()
    )


@lru_cache(maxsize=256)
def _nearest(keys: int) -> Select[int]:
    """The statement for so many keys: to put its branches together anew took longer than to ask it."""
    of_keys = [
        select(_KEY.c.report_id)
        .where(_KEY.c.key == bindparam(f"key_{place}"), _KEY.c.report_id != bindparam("report_id"))
        .order_by(_KEY.c.report_id.desc())
        .limit(READ_A_KEY)
        .subquery()
        for place in range(keys)
    ]
    meetings = union_all(*(select(of_key.c.report_id) for of_key in of_keys)).subquery()
    return (
        select(meetings.c.report_id)
        .group_by(meetings.c.report_id)
        .order_by(func.count().desc(), meetings.c.report_id.desc())
        .limit(bindparam("at_most"))
    )


@cache
def _sketcher(secret: str) -> Sketcher:
    return Sketcher(bytes.fromhex(secret))


@cache
def _storyteller(secret: str) -> Storyteller:
    return Storyteller(bytes.fromhex(secret))
