"""Finding cases by words of their statements, which lie sealed: by keyed digests of jieba words, within one's scope.

Whoever holds a dump of the database sees how many different words a case has and which cases share one, not which
words (threat model). The digests are made by the worker, some seconds after a report came in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from domain.errors import InvalidInput, NotAllowed
from domain.permissions import StaffFacts, may
from domain.terms import Action, CaseEventKind, CaseStatus
from models import Case, CaseWord, Report
from models.sealing import current_keyring
from services.base import Service
from services.query_plans import beside
from services.scope import visible_to

# Ten bytes of a digest: among a million different words a chance of 10^-12 that any two look the same.
_DIGEST_BYTES = 10
SHOWN = 50
# Of the word that is rarest, so many of the newest cases are looked at; the cases of so many are opened to see whether the
# phrase stands there. However large the table is, a search costs no more than this.
_LOOKED_AT = 20_000
# A word that so many cases hold is common. Which of two common ones is rarer matters little, and counting them costs.
_COMMON = 2_000
_EXAMINED = 400
# So many are taken at once: the first ones mostly are enough, and whoever may see few of all needs many.
_FIRST_STEP, _LARGEST_STEP = SHOWN + 10, 1_000
MAX_TERMS = 5
_AROUND = 30
_OF_A_HIT = (Case.id, Case.case_number, Case.status, Case.received_at, Case.label, Case.unit, Report.statement)


@dataclass(frozen=True, slots=True)
class Passage:
    """Where the first phrase stands in a statement: what is before it, it, what follows."""

    before: str
    phrase: str
    after: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A case in whose statements all phrases stand."""

    case_number: str
    status: CaseStatus
    received_at: datetime
    label: str | None
    unit: str | None
    passage: Passage


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, newest first. `is_whole` False means that there may be more; `waiting` reports cannot be found yet."""

    hits: tuple[Hit, ...]
    is_whole: bool
    waiting: int


class Search(Service):
    """Finds by the digests of words (`services/indexing.py` makes them)."""

    def find(self, staff: StaffFacts, asked: str) -> Found:
        """Cases in one's scope in whose statements every phrase of `asked` (separated by spaces) stands.

        The search goes into the journal, its words sealed. Raises InvalidInput for nothing to search by.
        """
        if not may(staff, Action.VIEW_STATEMENT):
            raise NotAllowed(Action.VIEW_STATEMENT)
        phrases = [phrase for phrase in self.parts.words.fold(asked).split() if len(phrase) >= 2][:MAX_TERMS]
        words = {word for phrase in phrases for word in self.parts.words.needed_for(phrase)}
        if not words:
            raise InvalidInput("words", "words_too_short" if asked.strip() else "empty")
        hits: list[Hit] = []
        examined = 0
        candidates = _Candidates(self.session, [_digests(word) for word in sorted(words)])
        while len(hits) < SHOWN and examined < _EXAMINED and (some := candidates.next()):
            # Columns, not cases: what else a case holds would be opened for nothing.
            told = (
                select(*_OF_A_HIT)
                .join(Report, Report.case_id == Case.id)
                .where(Case.id.in_(some), beside(visible_to(staff)))
                .order_by(Case.id.desc(), Report.id)
                .execution_options(yield_per=SHOWN)
            )
            for _id, reports in groupby(self.session.execute(told), key=lambda row: row.id):
                case, *others = reports
                examined += 1
                statements = " ".join(report.statement for report in (case, *others))
                passage = _passage(statements, self.parts.words.fold(statements), phrases)
                if passage is not None:
                    hits.append(Hit(case.case_number, case.status, case.received_at, case.label, case.unit, passage))
                if len(hits) == SHOWN or examined == _EXAMINED:
                    break
        is_whole = candidates.is_exhausted and examined < _EXAMINED and len(hits) < SHOWN
        self.services.journal.write(
            CaseEventKind.STATEMENTS_SEARCHED, actor=staff, new_value=str(len(hits)), reason=asked.strip()
        )
        waiting = self.session.scalar(select(func.count(Report.id)).where(Report.words_key.is_(None))) or 0
        return Found(tuple(hits), is_whole, waiting)


class _Candidates:
    """Ids of the cases that hold every word, newest first, some at a time; begins with the word that is rarest."""

    def __init__(self, session: Session, words: list[list[bytes]]) -> None:
        self._session = session
        first, *others = sorted(words, key=self._cases_of) if len(words) > 1 else words
        held = select(CaseWord.case_id).where(CaseWord.digest.in_(first)).order_by(CaseWord.case_id.desc())
        # Of a word that is common the oldest cases are not looked at.
        before = session.scalar(held.offset(_LOOKED_AT).limit(1))
        self._is_all = before is None
        if before is not None:
            held = held.where(CaseWord.case_id > before)
        for word in others:
            other = aliased(CaseWord)
            held = held.where(exists().where(other.digest.in_(word), other.case_id == CaseWord.case_id))
        self._held = held
        self._last: int | None = None
        self._step = _FIRST_STEP
        self._is_over = False

    @property
    def is_exhausted(self) -> bool:
        """Whether there are no more, whatever their age."""
        return self._is_over and self._is_all

    def next(self) -> Sequence[int]:
        """The next ones; empty when there are none, or when enough was looked at (then `is_exhausted` is False)."""
        if self._is_over:
            return []
        held = self._held if self._last is None else self._held.where(CaseWord.case_id < self._last)
        ids = self._session.scalars(held.limit(self._step)).all()
        self._is_over = len(ids) < self._step
        self._step = min(4 * self._step, _LARGEST_STEP)
        self._last = ids[-1] if ids else None
        return ids

    def _cases_of(self, digests: list[bytes]) -> int:
        """How many cases hold a word, counted up to where it is common: of two common ones either may come first."""
        some = select(CaseWord.case_id).where(CaseWord.digest.in_(digests)).limit(_COMMON).subquery()
        return self._session.scalar(select(func.count()).select_from(some)) or 0


def digest_of(word: str) -> bytes:
    """Under the key that seals now."""
    return _digests(word)[0]


def _digests(word: str) -> list[bytes]:
    """Under every key: what was digested before a rotation is found until it is digested anew."""
    return [bytes.fromhex(digest)[:_DIGEST_BYTES] for digest in current_keyring().digests(f"word {word}")]


def _passage(text: str, folded: str, phrases: list[str]) -> Passage | None:
    """The first phrase in its surroundings, if all phrases stand in the folded text, else None."""
    if not all(phrase in folded for phrase in phrases):
        return None
    # As it was written, unless folding moved the places.
    shown = text if len(text) == len(folded) else folded
    start = folded.index(phrases[0])
    end = start + len(phrases[0])
    before, phrase, after = shown[:start], shown[start:end], shown[end:]
    return Passage(
        before if len(before) <= _AROUND else "\u2026" + before[-_AROUND:],
        phrase,
        after if len(after) <= _AROUND else after[:_AROUND] + "\u2026",
    )
