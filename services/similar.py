"""The same story told twice: found by the worker as reports come in, shown to whoever may see both cases.

Never by sender: two reports of one person are no reason, and nobody learns from here that they are of one person. A dump
shows which reports are alike, not what they say (`docs/threat-model.md`). Signatures of the same story in other words
can be added beside the sketches: another table filled by `index`, another reason in `of`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
from sqlalchemy import ColumnElement, and_, delete, exists, select, tuple_
from sqlalchemy.orm import aliased

from classifier.similarity import ALIKE, Sketch, Sketcher
from classifier.text import Reading
from domain.permissions import StaffFacts, scope_of
from domain.terms import CaseStatus, SimilarReason
from domain.times import local_day
from models import Case, CaseMerge, CasePerson, Report, ReportBand, ReportSketch, SimilarCase
from models.sealing import current_keyring
from services.base import Service
from services.scope import conflicts_of, in_scope, visible_to

# A text that was sent by the thousand meets thousands: the newest of them are enough to see it.
_MET_AT_MOST = 300
_KEPT_AT_MOST = 20
_SHOWN = 8
_SHORTEST = 12  # characters; "somebody takes money" is said by many who mean different things
_NEAR = timedelta(days=60)
_DIGEST_BYTES = 10


@dataclass(frozen=True, slots=True)
class SimilarView:
    """A case that may be the same story, and why. `likeness` is the share of text in common, None for other reasons."""

    case_number: str
    status: CaseStatus
    received_at: datetime
    label: str | None
    unit: str | None
    reasons: tuple[SimilarReason, ...]
    likeness: float | None


class Similar(Service):
    """Finds what is alike."""

    def index(self, report: Report) -> None:
        """Makes the sketch of a report, meets those it is like, and digests the persons it complains of."""
        reading = Reading(report.statement)
        self._note_persons(report)
        if sum(character.isalnum() for character in reading.text) < _SHORTEST:
            return
        sketch = _sketcher(current_keyring().digests("sketches")[0]).sketch(reading)
        self._meet(report, sketch)
        self.session.merge(
            ReportSketch(
                report_id=report.id,
                case_id=report.case_id,
                signature=sketch.signature,
                bands=np.array(sketch.bands, dtype=np.int64).tobytes(),
            )
        )
        self.insert_missing(ReportBand, [{"band": band, "report_id": report.id} for band in set(sketch.bands)])

    def forget(self, case_ids: Sequence[int]) -> None:
        """Removes all that was made from the statements of these cases."""
        sketches = self.session.scalars(select(ReportSketch).where(ReportSketch.case_id.in_(case_ids))).all()
        for sketch in sketches:
            bands = [int(band) for band in np.frombuffer(sketch.bands, dtype=np.int64)]
            pairs = [(band, sketch.report_id) for band in bands]
            self.session.execute(delete(ReportBand).where(tuple_(ReportBand.band, ReportBand.report_id).in_(pairs)))
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
        likeness: dict[int, float] = {}
        for row in self.session.execute(
            select(SimilarCase.other_id, SimilarCase.likeness).where(SimilarCase.case_id == case.id)
        ):
            reasons.setdefault(row.other_id, []).append(SimilarReason.SAME_TEXT)
            likeness[row.other_id] = row.likeness
        own, other = aliased(CasePerson), aliased(CasePerson)
        for row in self.session.execute(
            select(other.case_id, own.is_named)
            .join(other, other.digest == own.digest)
            .where(own.case_id == case.id, other.case_id != case.id)
            .order_by(own.is_named.desc(), other.case_id.desc())
            .limit(_MET_AT_MOST)
        ):
            reason = SimilarReason.SAME_PERSON if row.is_named else SimilarReason.SAME_TITLE
            found = reasons.setdefault(row.case_id, [])
            if not {SimilarReason.SAME_PERSON, SimilarReason.SAME_TITLE} & set(found):
                found.append(reason)
        for case_id in self._same_unit_and_kind(staff, case):
            reasons.setdefault(case_id, []).append(SimilarReason.SAME_UNIT_AND_KIND)
        if not reasons:
            return ()
        seen = self.session.scalars(select(Case).where(visible_to(staff), Case.id.in_(list(reasons)))).all()
        ranked = sorted(seen, key=lambda c: (-likeness.get(c.id, 0.0), -len(reasons[c.id]), -c.id))
        return tuple(
            SimilarView(
                c.case_number, c.status, c.received_at, c.label, c.unit, tuple(reasons[c.id]), likeness.get(c.id)
            )
            for c in ranked[:_SHOWN]
        )

    def seen_alike(self, staff: StaffFacts) -> ColumnElement[bool]:
        """The condition on `Case` that another one is alike that this reader may see too, and is not merged with it."""
        scope = scope_of(staff)
        other = aliased(Case)
        in_sight = [] if scope is None else [*in_scope(scope, other), other.id.not_in(conflicts_of(scope))]
        merged = exists().where(CaseMerge.member_id == Case.id).correlate(Case)
        other_merged = exists().where(CaseMerge.member_id == other.id).correlate(other)
        alike = exists().where(
            SimilarCase.case_id == Case.id, other.id == SimilarCase.other_id, *in_sight, ~other_merged
        )
        return and_(alike.correlate(Case), ~merged)

    # ── parts ────────────────────────────────────────────────────────────────────────────────────
    def _meet(self, report: Report, sketch: Sketch) -> None:
        """Pairs a report with the most alike of those that came before."""
        met = self.session.execute(
            select(ReportSketch.case_id, ReportSketch.signature)
            .where(
                ReportSketch.report_id.in_(
                    select(ReportBand.report_id)
                    .where(ReportBand.band.in_(sketch.bands), ReportBand.report_id != report.id)
                    .distinct()
                    .order_by(ReportBand.report_id.desc())
                    .limit(_MET_AT_MOST)
                ),
                ReportSketch.case_id != report.case_id,
            )
        )  # fmt: skip
        alike: dict[int, float] = {}
        for row in met:
            share = sketch.likeness(Sketch(row.signature, ()))
            if share >= ALIKE:
                alike[row.case_id] = max(share, alike.get(row.case_id, 0.0))
        best = sorted(alike.items(), key=lambda pair: -pair[1])[:_KEPT_AT_MOST]
        rows: list[dict[str, object]] = [
            {"case_id": one, "other_id": two, "likeness": round(share, 2)}
            for other, share in best
            for one, two in ((report.case_id, other), (other, report.case_id))
        ]
        self.insert_missing(SimilarCase, rows)

    def _note_persons(self, report: Report) -> None:
        mentions = self.parts.suggester.suggest(report.statement, local_day(report.received_at)).mentions
        unit = report.case.unit or next(iter(mentions.units), None)
        persons = {
            (person.unit or unit, person.name or person.title): person.name is not None
            for person in mentions.positions
            if person.accused and (person.unit or unit)
        }
        self.insert_missing(
            CasePerson,
            [
                {
                    "digest": bytes.fromhex(current_keyring().digests(f"person {of} {name}")[0])[:_DIGEST_BYTES],
                    "case_id": report.case_id,
                    "is_named": is_named,
                }
                for (of, name), is_named in sorted(persons.items())
            ],
        )

    def _same_unit_and_kind(self, staff: StaffFacts, case: Case) -> Sequence[int]:
        if case.unit is None or case.label is None:
            return ()
        around = Case.received_at.between(case.received_at - _NEAR, case.received_at + _NEAR)
        return self.session.scalars(
            select(Case.id)
            .where(Case.unit == case.unit, around, Case.label == case.label, Case.id != case.id, visible_to(staff))
            .order_by(Case.received_at.desc())
            .limit(_SHOWN)
        ).all()


@cache
def _sketcher(secret: str) -> Sketcher:
    return Sketcher(bytes.fromhex(secret))
