"""The database of a commission after years: any number of cases with all that hangs on them, poured in rather than lodged.

What is in hand is what the staff can hold, whatever the years pile up; units, kinds, bodies and persons follow a power law;
statements, and so the words of the search index, are those of the training messages. Sealed values that no page compares
are sealed once and used again.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, update

from app.reference import DATA
from bench.pouring import Pour, bare
from classifier.corpus import read_examples
from classifier.similarity import Sketcher
from classifier.stories import Storyteller
from classifier.text import Reading
from domain.deadlines import NAMED
from domain.lifecycle import OPEN
from domain.permissions import CLOSED_RULES
from domain.terms import CaseStatus, RouteRule, Source
from models import JournalHead
from models.sealing import current_keyring
from models.tallies import COUNTED_DAYS, COUNTED_WORDS, EVERYBODY, NO_SIGN
from services.base import Parts
from services.search import digest_of

YEARS = 10
# As many as the staff can hold: the newest ones. Concluded ones whose reporter cannot be told pile up beside them.
IN_HAND = 600
COPIED = "东关市场的管理员向每个摊位每月收三百块卫生费不开票，不交就把货扔出去，全市场的人都知道。"
COMMON = "我在城东开修车行，上个月市监局的一个所长来店里检查灭火器，说不给两条烟就要罚我五千。"
_CONFLICTS = 20
_SEED = 20261127
_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"  # of case numbers
_STATEMENT = 30  # characters kept of a training message: about ten words to find it by
_BANDS, _SHARED, _SIGNATURE = 20, 8, 120
_LINES = ("lodged", "accepted", "assigned", "case_opened", "concluded")

_WORKED_ON = (
    (CaseStatus.RECEIVED.value, 30), (CaseStatus.ACCEPTED.value, 15), (CaseStatus.ASSIGNED.value, 15), (CaseStatus.IN_HANDLING.value, 30),
    (CaseStatus.TRANSFERRED.value, 5), (CaseStatus.CONCLUDED.value, 3), (CaseStatus.OBJECTED.value, 2),
)  # fmt: skip
_DONE_WITH = (
    (CaseStatus.SATISFIED.value, 25), (CaseStatus.FED_BACK.value, 35), (CaseStatus.CONCLUDED.value, 15), (CaseStatus.DECLINED.value, 15),
    (CaseStatus.WITHDRAWN.value, 5), (CaseStatus.SENT_UPWARD.value, 5),
)  # fmt: skip
_RULES = (RouteRule.DEFAULT_GROUP.value, RouteRule.TOWNSHIP_OR_VILLAGE.value, RouteRule.VERTICAL.value)
_SELDOM = {11: RouteRule.COUNTY_MANAGED.value, 12: RouteRule.COUNTY_MANAGED.value, 13: RouteRule.DISCIPLINE_STAFF.value}
_SOURCES = (
    (Source.WECHAT.value, 70),
    (Source.WEB.value, 15),
    (Source.LETTER.value, 8),
    (Source.PHONE.value, 5),
    (Source.VISIT.value, 2),
)
_CLAIMS = (("anonymous", 60), ("claimed", 25), ("verified", 12), ("not_verified", 3))
_TAKEN_IN = {CaseStatus.RECEIVED.value, CaseStatus.WITHDRAWN.value}
_WITHOUT_BODY = _TAKEN_IN | {CaseStatus.ACCEPTED.value, CaseStatus.DECLINED.value}
_CONCLUDED = {
    CaseStatus.CONCLUDED.value,
    CaseStatus.FED_BACK.value,
    CaseStatus.SATISFIED.value,
    CaseStatus.OBJECTED.value,
}
_TOLD = {CaseStatus.FED_BACK.value, CaseStatus.SATISFIED.value, CaseStatus.OBJECTED.value}


def fill(engine: Engine, parts: Parts, size: int) -> None:
    """Fills a migrated database with `size` cases. The tallies are counted here, not by the triggers: a test compares them."""
    with bare(engine) as pour:
        _People(size).pour(pour)
        _Cases(parts, size).pour(pour)
    with engine.begin() as connection:
        lines = size * len(_LINES)
        connection.execute(update(JournalHead).values(position=lines, digest=f"{lines:064x}"))


# ── what is poured ───────────────────────────────────────────────────────────────────────────────
def openid_of(reporter: int) -> str:
    """The account of a reporter, by number."""
    return f"o{reporter:027d}"


class _People:
    """Staff, reporters with their conversations, and what they sent."""

    def __init__(self, size: int) -> None:
        self._size = size

    def pour(self, pour: Pour) -> None:
        ring, now = current_keyring(), _text(datetime.now(UTC))
        reporters = range(1, reporter_of(self._size) + 1)
        openid = ring.seal(openid_of(0).encode(), "reporter.openid")
        pour(
            "staff",
            "id, username, display_name, role, body, password_hash, is_active, failed_count, created_at",
            (
                (n, role, role, role, body, "-", 1, 0, now)
                for n, (role, body) in enumerate(
                    (("petition", "petition_office"), ("leader", None), ("group", "g_market"), ("clue", "clue_office")),
                    1,
                )
            ),
        )
        pour(
            "reporter",
            "id, openid, openid_digest, created_at",
            ((n, openid, ring.digests(openid_of(n))[0], now) for n in reporters),
        )
        pour(
            "conversation",
            "id, reporter_id, version, last_spoke_at, messages_left",
            ((n, n, 6, now, 0) for n in reporters),
        )


def reporter_of(case: int) -> int:
    """Who reported a case: two of three report once."""
    return case * 2 // 3 + 1


@dataclass(frozen=True, slots=True)
class _Drawn:
    """One value for each case, drawn by weight. Cases are counted from one."""

    values: Sequence[Any]
    chosen: list[int]

    def __getitem__(self, number: int) -> Any:
        return self.values[self.chosen[number - 1]]


class _Times:
    """When each case came in, evenly over the years, as text; days later, too."""

    def __init__(self, now: datetime, size: int) -> None:
        since = now - timedelta(days=365 * YEARS)
        seconds = np.linspace(0, 365 * YEARS * 86_400 - 60, size + 1).astype(np.int64)
        seconds += since.hour * 3600 + since.minute * 60
        self._today = (now.date() - since.date()).days
        self._day = (seconds // 86_400).tolist()
        self._clock = (seconds % 86_400).tolist()
        self._days = [str(since.date() + timedelta(days=n)) for n in range(-40, 365 * YEARS + 400)]
        self._clocks = [f" {n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d}.000000" for n in range(86_400)]

    def text(self, number: int, later: int = 0) -> str:
        """The moment, some days later."""
        return self._days[self._day[number] + later + 40] + self._clocks[self._clock[number]]

    def day(self, number: int, later: int = 0) -> str:
        return self._days[self._day[number] + later + 40]

    def today(self, later: int = 0) -> str:
        return self._days[self._today + later + 40]


class _Cases:
    """Cases and everything that hangs on them. Numbers begin with one, the newest is the last."""

    def __init__(self, parts: Parts, size: int) -> None:
        self._parts, self._size = parts, size
        self._chance = np.random.default_rng(_SEED)
        self._in_hand = min(IN_HAND, size * 6 // 10)
        self._now = datetime.now(UTC)
        taxonomy, directory = parts.taxonomy, parts.directory
        self._labels = self._by_rank([*taxonomy.kinds, None])
        self._units = self._by_rank([*directory.units, None])
        self._sources, self._claims = self._by_weight(_SOURCES), self._by_weight(_CLAIMS)
        self._percent = self._chance.integers(0, 100, size + 1).tolist()
        self._days = self._chance.integers(0, 40, size + 1).tolist()
        # The unit says who has a case and by which rule; of one in ten it was somebody else.
        bodies = sorted(directory.bodies)
        of_unit = {unit: bodies[n * 7 % len(bodies)] for n, unit in enumerate(self._units.values)}
        others = self._by_rank(bodies)
        self._bodies = ["", *(
            others[n] if self._percent[n] % 10 == 3 else of_unit[self._units[n]] for n in range(1, size + 1)
        )]  # fmt: skip
        rule_of = {unit: _RULES[n * 3 % len(_RULES)] for n, unit in enumerate(self._units.values)}
        self._rules = ["", *(_SELDOM.get(self._percent[n], rule_of[self._units[n]]) for n in range(1, size + 1))]
        statuses = self._by_weight(_DONE_WITH)
        worked = self._by_weight(_WORKED_ON)
        self._status = [statuses[n] for n in range(1, size - self._in_hand + 1)]
        self._status += [worked[n] for n in range(size - self._in_hand + 1, size + 1)]
        self._time = _Times(self._now, size)

    def pour(self, pour: Pour) -> None:
        tallies = _Tallies()
        pour("case", _CASE, map(tallies.counted, map(self._case, self._numbers)))
        tallies.pour(pour)
        pour("case_deadline", _CLOCK, self._clocks())
        self._pour_texts(pour)
        self._pour_journal(pour)
        self._pour_pushes(pour)
        self._pour_what_staff_made(pour)

    @property
    def _numbers(self) -> range:
        return range(1, self._size + 1)

    def _by_weight(self, weighted: Sequence[tuple[Any, int]]) -> _Drawn:
        shares = np.array([weight for _, weight in weighted], dtype=float)
        chosen = self._chance.choice(len(weighted), self._size, p=shares / shares.sum())
        return _Drawn([value for value, _ in weighted], chosen.tolist())

    def _by_rank(self, values: Sequence[Any]) -> _Drawn:
        """The first twice as often as the second, three times as often as the third (Zipf)."""
        shares = 1 / np.arange(1, len(values) + 1)
        return _Drawn(values, self._chance.choice(len(values), self._size, p=shares / shares.sum()).tolist())

    def _is_worked_on(self, number: int) -> bool:
        return number > self._size - self._in_hand

    def _via(self, number: int) -> str:
        return "clue_office" if self._rules[number] == RouteRule.COUNTY_MANAGED.value else "petition_office"

    def _case(self, n: int) -> tuple[object, ...]:
        status, percent, days, at = self._status[n - 1], self._percent[n], self._days[n], self._time
        is_told, received = status in _TOLD, at.text(n)
        is_accepted, is_concluded = status not in _TAKEN_IN, status in _CONCLUDED
        worked_on = self._is_worked_on(n)
        track = "service_request" if percent < 5 else "accusation"
        return (
            n, _case_number(n, received), "-", reporter_of(n), self._sources[n], track, track, status, self._claims[n],
            int(percent == 7), 1 + days % 4, self._labels[n], percent / 100, self._labels[n],
            None if status == "received" or percent < 10 else received, self._units[n], self._rules[n], "g_market", self._via(n), "",
            None if status in _WITHOUT_BODY else self._bodies[n], received,
            at.text(n, min(days, 20)) if is_accepted else None, min(days, 15) if is_accepted else None,
            at.text(n, 30 + days) if is_concluded else None, days % 20 if is_told else None,
            ("satisfied", "fair", "dissatisfied")[days % 3] if status == "satisfied" else None,
            at.today(days - 10) if worked_on and percent < 15 else None, days % 3,
            received if worked_on and percent > 90 else None,
        )  # fmt: skip

    def _clocks(self) -> Iterator[tuple[object, ...]]:
        """Two for each case; of what is in hand one runs, and a quarter of those ran out."""
        at, number = self._time, 0
        for n in self._numbers:
            day, runs, left = at.day(n), self._is_worked_on(n), self._days[n] - 10
            met = at.text(n, 15)
            number += 2
            yield number - 1, n, "acceptance_notice", day, at.day(n, 15), 0, "-", met, None, None
            due = at.today(left) if runs else at.day(n, 90)
            kind = "feedback" if self._status[n - 1] == "concluded" else "handling"
            escalated = met if runs and left < 0 else None
            yield number, n, kind, day, due, int(n % 7 == 0), "-", None if runs else at.text(n, 60), met, escalated

    def _pour_texts(self, pour: Pour) -> None:
        """Reports; the words they are found by; sketches and bands, of which one text was sent by the thousand."""
        ring, words = current_keyring(), self._parts.words
        texts = [example.text[:_STATEMENT] for example in read_examples(DATA / "reports")[: self._size]] + [COPIED]
        sealed = [ring.seal(text.encode(), "report.statement") for text in texts]
        chosen = self._chance.integers(0, len(texts) - 1, self._size)
        chosen[:: self._every_copy] = len(texts) - 1
        key, text_of = ring.first_id, chosen.tolist()
        pour(
            "report",
            "id, case_id, part, source, statement, received_at, words_key",
            (
                (n, n, "original", self._sources[n], sealed[text_of[n - 1]], self._time.text(n), key)
                for n in self._numbers
            ),
        )
        cases_of: dict[int, NDArray[np.int64]] = {}
        order = np.argsort(chosen, kind="stable")
        ends = np.searchsorted(chosen[order], np.arange(len(texts) + 1))
        for text in range(len(texts)):
            cases_of[text] = order[ends[text] : ends[text + 1]] + 1
        texts_with: dict[bytes, list[int]] = {}
        for number, text_ in enumerate(texts):
            for word in words.of(text_):
                texts_with.setdefault(digest_of(word), []).append(number)
        pour(
            "case_word",
            "digest, case_id",
            (
                (digest, case)
                for digest in sorted(texts_with)
                for case in np.sort(np.concatenate([cases_of[t] for t in texts_with[digest]])).tolist()
            ),
        )
        self._pour_sketches(pour, chosen == len(texts) - 1)
        self._pour_persons(pour)

    @property
    def _every_copy(self) -> int:
        """One report in so many is a copy of the same text."""
        return 200

    def _pour_sketches(self, pour: Pour, is_copy: NDArray[np.bool_]) -> None:
        """Keys of a report: its own; some that a few share, and some that very many do; a hundredth tell of `COMMON`."""
        ring, suggest = current_keyring(), self._parts.suggester.suggest
        secret = bytes.fromhex(ring.digests("sketches")[0])
        copied = Sketcher(secret).sketch(Reading(COPIED))
        copy, common = (
            Storyteller(secret).story(Reading(text), suggest(text, self._now.date())) for text in (COPIED, COMMON)
        )
        ranks = np.minimum(self._chance.zipf(1.3, (self._size, _SHARED)), 2**40).astype(np.int64)
        keys = np.concatenate(
            [self._chance.integers(-(2**63), 2**63 - 1, (self._size, _BANDS), dtype=np.int64), ranks], axis=1
        )
        signatures = self._chance.integers(0, 2**16, (self._size, _SIGNATURE // 2), dtype=np.uint16)
        keys[is_copy, :_BANDS] = np.array(copied.bands, dtype=np.int64)
        signatures[is_copy] = np.frombuffer(copied.signature, dtype=np.uint16)
        for every, offset, story in ((self._every_copy, 0, copy), (100, 50, common)):
            some = np.array(sorted(story.keys)[:_SHARED], dtype=np.int64)
            keys[offset::every, _BANDS : _BANDS + len(some)] = some
        story = ring.seal(json.dumps(common.as_record(), ensure_ascii=False).encode(), "report_sketch.story")
        pour(
            "report_sketch",
            "report_id, case_id, signature, story, keys",
            ((n, n, signatures[n - 1].tobytes(), story, keys[n - 1].tobytes()) for n in self._numbers),
        )
        flat = keys.reshape(-1)
        order = np.argsort(flat, kind="stable")
        held = zip(flat[order].tolist(), (order // keys.shape[1] + 1).tolist(), strict=True)
        pour("report_key", "key, report_id", (pair for pair, _ in groupby(held)))
        alike = [(n, n - 1) for n in self._numbers if n % 20 == 0 and n > 1]
        traits = ring.seal(b"[]", "similar_case.traits")
        pour(
            "similar_case",
            "case_id, other_id, likeness, is_likely, traits",
            sorted((one, two, 0.8, 1, traits) for pair in alike for one, two in (pair, pair[::-1])),
        )

    def _pour_persons(self, pour: Pour) -> None:
        """A third of the reports complain of somebody by title, half of those by name as well."""
        titles = self._by_rank([f"title {n}".encode().rjust(10)[-10:] for n in range(300)])
        names = self._by_rank([f"name {n}".encode().rjust(10)[-10:] for n in range(self._size // 20 + 1)])
        pour(
            "case_person",
            "digest, case_id, is_named",
            sorted(
                [(titles[n], n, 0) for n in self._numbers if n % 3 == 0]
                + [(names[n], n, 1) for n in self._numbers if n % 6 == 0]
            ),
        )

    def _pour_journal(self, pour: Pour) -> None:
        """Five lines for each case. They hold together by position only: no page reads the digests."""
        pour(
            "case_event",
            "id, case_id, kind, happened_at, actor, staff_id",
            (
                ((n - 1) * len(_LINES) + k + 1, n, kind, self._time.text(n, k), "petition", 1 if k else None)
                for n in self._numbers
                for k, kind in enumerate(_LINES)
            ),
        )
        lines = range(1, self._size * len(_LINES) + 1)
        pour("journal_link", "position, event_id, digest", ((n, n, f"{n:064x}") for n in lines))

    def _pour_pushes(self, pour: Pour) -> None:
        """Two messages in and one out for each case, and a picture for every fifth."""
        ring = current_keyring()
        raw = ring.seal(b"<xml>" + b"x" * 240 + b"</xml>", "inbound_message.raw")
        values = ring.seal(b"{}", "outbox_message.values")
        pour(
            "inbound_message",
            "id, reporter_id, dedupe_key, msg_id, msg_type, create_time, received_at, raw, status, handled_at",
            (
                (
                    n * 2 - k, reporter_of(n), f"msg:{n * 2 - k:020d}", str(n * 2 - k), "text", n,
                    self._time.text(n), raw, "handled", self._time.text(n),
                )
                for n in self._numbers
                for k in (1, 0)
            ),
        )  # fmt: skip
        pour(
            "outbox_message",
            'id, reporter_id, case_id, kind, letter, "values", status, channel, created_at, not_before, tries, sent_at',
            (
                (
                    n, reporter_of(n), n, "progress", "notice_progress", values, "sent", "template",
                    self._time.text(n), self._time.text(n), 1, self._time.text(n),
                )
                for n in self._numbers
            ),
        )  # fmt: skip
        pour(
            "attachment",
            "id, reporter_id, case_id, kind, status, received_at, tries, original_name, content_type, size_bytes, sha256",
            (
                (
                    n // 5, reporter_of(n), n, "image", "stored", self._time.text(n), 1, f"{n:032x}", "image/jpeg",
                    90_000, f"{n:064x}",
                )
                for n in self._numbers
                if n % 5 == 0
            ),
        )  # fmt: skip

    def _pour_what_staff_made(self, pour: Pour) -> None:
        """Feedback, questions, families, clues, letters, conflicts of interest, drafts, kept views."""
        ring, now = current_keyring(), _text(self._now)

        def words(of: str) -> bytes:
            return ring.seal("查明属实，已责令退还。".encode(), of)

        feedback, inquiry = words("feedback.text"), words("inquiry.text")
        told = [n for n in self._numbers if self._status[n - 1] in _TOLD]
        pour(
            "feedback",
            "id, case_id, text, staff_id, given_at",
            ((i, n, feedback, 3, self._time.text(n, 70)) for i, n in enumerate(told, 1)),
        )
        pour(
            "inquiry",
            "id, case_id, text, staff_id, asked_at",
            ((n, n, inquiry, 1, now) for n in self._numbers if n % 30 == 0),
        )
        pour(
            "case_merge",
            "member_id, lead_id, staff_id, merged_at",
            ((n, n - 1, 1, now) for n in self._numbers if n % 50 == 0),
        )
        pour("clue", "case_id, staff_id, opened_at", ((n, 4, now) for n in self._numbers if n % 100 == 7))
        proposed = words("assignment_proposal.reason")
        pour(
            "assignment_proposal",
            "case_id, body, reason, staff_id, proposed_at, status",
            (
                (
                    n, self._bodies[n], proposed, 4, self._time.text(n),
                    # A county's head answers within days: few wait, however many he approved in the years.
                    ("waiting", "sent_back")[n % 2] if self._status[n - 1] == "accepted" else "approved",
                )
                for n in self._numbers
                if self._rules[n] == RouteRule.COUNTY_MANAGED.value and self._status[n - 1] not in {"received", "declined"}
            ),
        )  # fmt: skip
        letter, answer = words("supervision_letter.text"), words("letter_answer.text")
        written = [n for n in self._numbers if n % 60 == 0 or (self._is_worked_on(n) and n % 20 == 0)]
        pour(
            "supervision_letter",
            "id, case_id, kind, body, text, issued_by, issued_at, answer_by, status",
            (
                (
                    i, n, "supervision", self._bodies[n], letter, 2, self._time.text(n),
                    self._time.today(self._days[n] - 10),
                    ("awaited", "answered", "sent_back")[i % 3] if self._is_worked_on(n) else "accepted",
                )
                for i, n in enumerate(written, 1)
            ),
        )  # fmt: skip
        pour(
            "letter_answer",
            "id, letter_id, case_id, text, staff_id, answered_at",
            ((i, i, n, answer, 3, now) for i, n in enumerate(written, 1)),
        )
        reason = words("conflict_of_interest.reason")
        step = max(1, self._size // _CONFLICTS)
        pour(
            "conflict_of_interest",
            "id, case_id, staff_id, reason, declared_at",
            ((n, n * step, 1, reason, now) for n in range(1, _CONFLICTS + 1)),
        )
        name = words("saved_view.name")
        pour(
            "saved_view",
            "id, staff_id, name, query, created_at",
            (
                (n, 1, name, query, now)
                for n, query in enumerate(("label=enforcement_payoff", "open=1&unit=market_regulation", "due=late"), 1)
            ),
        )


_CASE = (
    "id, case_number, query_code_hash, reporter_id, source, track, report_kind, status, identity_claim, in_danger, version, "
    "suggested_label, suggested_confidence, label, labelled_at, unit, route_rule, owner, via, overlays, assigned_body, "
    "received_at, accepted_at, acceptance_days, concluded_at, feedback_days, satisfaction, supervised_until, urging_count, "
    "contact_requested_at"
)
_PLACE = {name: place for place, name in enumerate(_CASE.split(", "))}
_told_of = itemgetter(
    *(
        _PLACE[name]
        for name in (
            "route_rule", "status", "assigned_body", "track", "label", "unit", "source", "satisfaction", "identity_claim"
        )
    )
)  # fmt: skip
_words_of, _days_of = (itemgetter(*(_PLACE[name] for name in names)) for names in (COUNTED_WORDS, COUNTED_DAYS))
_CLOCK = "id, case_id, kind, counted_from, due_on, provisional, basis, met_at, urged_at, escalated_at"


class _Tallies:
    """Counts what the triggers of the database would have counted (migrations 0005, 0033 and 0036)."""

    def __init__(self) -> None:
        self._cases: Counter[tuple[object, ...]] = Counter()
        self._received: Counter[tuple[object, ...]] = Counter()
        self._concluded: Counter[tuple[object, ...]] = Counter()
        self._flows: Counter[tuple[object, ...]] = Counter()
        self._spans: Counter[tuple[object, ...]] = Counter()
        self._units: Counter[tuple[object, ...]] = Counter()
        self._in_hand: Counter[tuple[object, ...]] = Counter()
        self._counted: list[tuple[object, ...]] = []
        self._numbers: dict[object, int] = {}

    def counted(self, case: tuple[object, ...]) -> tuple[object, ...]:
        """The case as it is."""
        rule, status, body, track, label, unit, source, said, claim = ("" if v is None else v for v in _told_of(case))
        closed = rule if rule in CLOSED_RULES else ""
        scope = (closed, status if status == "sent_upward" else "")
        received_on = _local_day(str(case[_PLACE["received_at"]]))
        self._counted.append((received_on, case[_PLACE["id"]], *scope, body, self._signs(case)))
        self._cases[rule, status, body, track, label, unit] += 1
        self._flows[body, source, track, status, said, closed] += 1
        for whose in (body, EVERYBODY):
            of_unit = (whose, unit, label, *scope)
            self._units[of_unit] += 1
            self._in_hand[of_unit] += status in OPEN
            for days, column in ((self._received, "received_at"), (self._concluded, "concluded_at")):
                moment = case[_PLACE[column]]
                if moment is not None:
                    days[(whose, _local_day(str(moment)), *scope)] += 1
            for clock, column in (("acceptance_notice", "acceptance_days"), ("feedback", "feedback_days")):
                span = case[_PLACE[column]]
                if span is not None:
                    self._spans[(whose, clock, span, claim in NAMED, *scope)] += 1
        return case

    def _signs(self, case: tuple[object, ...]) -> str:
        numbers = self._numbers
        words = [numbers.setdefault("" if word is None else word, len(numbers) + 1) for word in _words_of(case)]
        days = [0 if days is None else days + 1 for days in _days_of(case)]
        return "".join(chr(NO_SIGN + number) for number in (*words, *days))

    def pour(self, pour: Pour) -> None:
        pour("counted_case", "day, case_id, route_rule, status, assigned_body, signs", self._counted)
        pour("counted_value", "id, value", ((number, word) for word, number in self._numbers.items()))
        pour("case_tally", "route_rule, status, assigned_body, track, label, unit, cases", _rows(self._cases))
        pour("flow_tally", "assigned_body, source, track, status, satisfaction, route_rule, cases", _rows(self._flows))
        pour("span_tally", "assigned_body, clock, days, is_named, route_rule, status, cases", _rows(self._spans))
        units = ((*key, cases, self._in_hand[key]) for key, cases in self._units.items())
        pour("unit_tally", "assigned_body, unit, label, route_rule, status, cases, in_hand", units)
        days = sorted({*self._received, *self._concluded}, key=repr)
        pour(
            "day_tally",
            "assigned_body, day, route_rule, status, received, concluded",
            ((*day, self._received[day], self._concluded[day]) for day in days),
        )


def _rows(counts: Counter[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    return ((*key, cases) for key, cases in counts.items())


@cache
def _day_after(day: str) -> str:
    return str(date.fromisoformat(day) + timedelta(days=1))


def _local_day(moment: str) -> str:
    """The county is eight hours ahead."""
    return moment[:10] if moment[11:13] < "16" else _day_after(moment[:10])


def _case_number(number: int, received: str) -> str:
    """As `domain.values.new_case_number` makes them, but each time the same."""
    mixed, tail = number * 7_919_317 % len(_ALPHABET) ** 6, ""
    for _ in range(6):
        mixed, rest = divmod(mixed, len(_ALPHABET))
        tail += _ALPHABET[rest]
    return f"SA{received[:10].replace('-', '')}-{tail}"


def _text(moment: datetime) -> str:
    """As SQLite holds it, and as PostgreSQL reads it in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
