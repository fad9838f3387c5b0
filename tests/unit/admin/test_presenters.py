"""How rows are told on a page."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from admin.marks import Marks
from domain.terms import CaseEventKind, CaseStatus, DeadlineKind, Fact
from services.views import FactView
from tests.fakes import A_MONDAY

LATE_EVENING_UTC = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # already the 24th in the county


@pytest.mark.parametrize(
    ("day", "days", "state"),
    [(23, -1, "late"), (24, 0, "today"), (25, 1, "soon"), (27, 3, "soon"), (28, 4, "later")],
)
def test_days_are_counted_on_the_county_calendar(show, day, days, state):
    due = show.due(date(2026, 11, day), LATE_EVENING_UTC)

    assert (due.days, due.state) == (days, state)


def test_soon_is_three_working_days_so_on_a_friday_it_reaches_wednesday(show):
    friday = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)

    assert [show.due(date(2026, 12, day), friday).state for day in (2, 3)] == ["soon", "later"]


def test_no_date_is_due_never(show):
    assert show.due(None, LATE_EVENING_UTC) is None


def test_a_moment_is_told_on_the_clock_of_the_county(show):
    assert show.moment(LATE_EVENING_UTC) == "2026-11-24 01:00"


@pytest.mark.parametrize(("share", "text"), [(0.0, "<1%"), (0.004, "<1%"), (0.62, "62%"), (0.998, ">99%"), (1, ">99%")])
def test_a_suggestion_is_never_certain(show, share, text):
    assert show.percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"), [(5000.0, "5,000"), (1234567.0, "1,234,567"), (0.5, "0.5"), ("去年", "去年")]
)
def test_amounts_are_told_without_a_trailing_zero(show, value, text):
    assert show.slot(value) == text


def test_a_limit_in_working_days_says_what_does_not_count(show):
    why = show.why_due(DeadlineKind.ACCEPTANCE_NOTICE, date(2026, 11, 24), date(2026, 12, 15), "reports_rule_26")

    assert why == (
        "从 2026-11-24（收到那天）的第二天（2026-11-25）数起，第 15 个工作日是 2026-12-15。中间有 6 天周末和节假日不算。"
    )


def test_a_limit_in_months_and_one_of_the_same_day_say_so(show):
    day = date(2026, 11, 24)

    assert show.why_due(DeadlineKind.HANDLING, day, date(2027, 2, 24), "reports_rule_supervision") == (
        "从 2026-11-24（交办那天）数起，满 3 个月是 2027-02-24，周末和节假日也算。"
    )
    assert show.why_due(DeadlineKind.SAME_DAY_CONTACT, day, day) == "2026-11-24（收到那天）当天。"


def test_a_limit_of_an_objection_counts_from_the_objection(show):
    why = show.why_due(DeadlineKind.HANDLING, date(2026, 11, 24), date(2027, 2, 24), "internal_target")

    assert "反映人不满意那天" in why


@pytest.mark.parametrize("kind", list(DeadlineKind))
def test_every_limit_says_why(show, kind):
    assert "2026-11-24" in show.why_due(kind, date(2026, 11, 24), date(2026, 12, 15))


def test_a_step_that_was_taken_back_is_told_by_its_name(show):
    assert show.value(CaseEventKind.UNDONE, "asked") == show.words.label(CaseEventKind.ASKED)


@pytest.mark.parametrize("status", list(CaseStatus))
def test_every_status_has_a_colour(show, status):
    assert show.colour(status) in {"new", "going", "done", "warn", "quiet"}


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (CaseEventKind.ASSIGNED, "g_market", "驻县市场监督管理局纪检监察组"),
        (CaseEventKind.CLASSIFIED, "approval_payoff/market_regulation", "办证审批索要好处 / 县市场监督管理局"),
        (CaseEventKind.CLASSIFIED, "-/-", ""),
        (CaseEventKind.DISPOSED, "preliminary_verification", "初步核实"),
        (CaseEventKind.ESCALATED, "handling", "办理期限"),
        (CaseEventKind.SUPERVISED, "2026-12-20", "2026-12-20"),
        (CaseEventKind.LODGED, "e12_default_group", "派驻组监督单位"),
        (CaseEventKind.URGED, None, ""),
    ],
)
def test_the_journal_speaks_in_words(show, kind, value, text):
    assert show.value(kind, value) == text


@pytest.mark.parametrize(("days", "shown"), [(-3, (0, 10)), (4, (4, 10)), (30, (10, 10))])
def test_a_clock_fills_from_its_first_day_to_its_last(show, days, shown):
    start = date(2026, 11, 1)
    now = datetime(2026, 11, 1, 4, 0, tzinfo=UTC) + timedelta(days=days)

    assert show.elapsed(start, start + timedelta(days=10), now) == shown


def test_the_word_that_named_the_unit_is_found_in_its_sentence(show):
    said = "我们中标了食堂。县医院一直不给签！"
    page = SimpleNamespace(reports=[SimpleNamespace(statement=said)], unit_words=("县医院",))

    assert show.sentence_of(page) == 2
    assert show.sentence_of(SimpleNamespace(reports=page.reports, unit_words=())) is None


def test_a_statement_is_cut_where_marked_words_stand_and_hides_nothing(show):
    assert show.marked("检查了\u202eOK", Marks((), {"检查": "for"})) == [(False, [("检查", "for"), ("了\ufffdOK", "")])]


def moved(old, new, days_ago, kind=CaseEventKind.ACCEPTED):
    return SimpleNamespace(kind=kind, old_status=old, new_status=new, happened_at=A_MONDAY - timedelta(days=days_ago))


@pytest.mark.parametrize(
    ("status", "events", "days"),
    [
        (CaseStatus.RECEIVED, (), 9),
        (CaseStatus.ACCEPTED, (moved(CaseStatus.RECEIVED, CaseStatus.ACCEPTED, 4),), 4),
        (
            CaseStatus.ACCEPTED,
            (moved(CaseStatus.RECEIVED, CaseStatus.ACCEPTED, 8), moved(CaseStatus.ASSIGNED, CaseStatus.ACCEPTED, 2)),
            2,
        ),
        # A slip that was taken back is no new beginning.
        (CaseStatus.RECEIVED, (moved(CaseStatus.ACCEPTED, CaseStatus.RECEIVED, 0, CaseEventKind.UNDONE),), 9),
    ],
)
def test_a_case_that_nobody_has_waits_since_it_came_where_it_stands(show, status, events, days):
    page = SimpleNamespace(status=status, events=events, received_at=A_MONDAY - timedelta(days=9))

    assert show.days_since(show.waits_since(page), A_MONDAY) == days


def test_a_case_that_somebody_has_waits_for_nobody(show):
    page = SimpleNamespace(status=CaseStatus.ASSIGNED, events=(), received_at=A_MONDAY)

    assert show.waits_since(page) is None


@pytest.mark.parametrize(
    ("value", "needed"),
    [("去年三月", True), ("上周三", True), ("2025年4月2日", False), ("2025年4月", False), ("2025-4-2", False)],
)
def test_a_moment_that_is_written_out_needs_no_date_beside_it(show, value, needed):
    assert show.needs_date(FactView(Fact.WHEN, value, happened="2025-04-02")) is needed
