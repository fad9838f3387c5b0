"""Rows into words: days, names, and what a statement must not be able to do to a reader."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from admin.marks import Marks
from domain.terms import CaseEventKind, CaseStatus, DeadlineKind, RouteRule, TriageStep
from domain.triage import Proposal
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


@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u200f", "\u061c"])
def test_marks_that_turn_the_writing_are_made_visible(show, mark):
    assert show.plain(f"收了{mark}000,5元") == "收了\ufffd000,5元"


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


def test_a_unit_is_found_by_its_names_and_its_initials(show):
    found = show.found_by("market_regulation", "县市场监督管理局")

    assert all(typed in found for typed in ("县市场监督管理局", "xscjdglj", "市监局", "sjj"))


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


@pytest.mark.parametrize("owner", ["clarify", "reply_only", "superior_of_unit", "township_commission"])
def test_an_owner_that_is_no_body_has_a_name_all_the_same(show, owner):
    assert show.body(owner) not in {"", owner}


def test_the_superior_of_a_vertical_unit_is_named(show):
    vertical = next(unit for unit in show.directory.units.values() if unit.superior)

    assert show.body("superior_of_unit", vertical.key) == vertical.superior


def test_the_body_the_rules_name_is_offered_first(show):
    assert show.natural_body("g_market", "market_regulation") == "g_market"


def test_a_township_s_case_is_offered_to_its_own_commission(show):
    township = show.directory.townships[0]

    assert show.natural_body("township_commission", township) == township


@pytest.mark.parametrize("owner", ["clarify", "superior_of_unit", "township_commission"])
def test_nobody_is_offered_where_the_rules_name_no_body(show, owner):
    assert show.natural_body(owner, "market_regulation") == ""


def test_every_body_can_be_chosen_once(show):
    keys = [key for choices in show.bodies().values() for key, _ in choices]

    assert sorted(keys) == sorted(show.directory.bodies)


def test_every_label_can_be_chosen_once(show):
    keys = [key for choices in show.labels().values() for key, _ in choices]

    assert sorted(keys) == sorted(show.taxonomy.labels)


def test_every_unit_can_be_chosen_once(show):
    keys = [key for choices in show.units().values() for key, _ in choices]

    assert sorted(keys) == sorted(show.directory.units)


def test_usual_destinations_say_where_to_go(show):
    told = {key: words for key, _, words in show.destinations()}

    assert "12333" in told["nk_labour"]


@pytest.mark.parametrize(("days", "shown"), [(-3, (0, 10)), (4, (4, 10)), (30, (10, 10))])
def test_a_clock_fills_from_its_first_day_to_its_last(show, days, shown):
    start = date(2026, 11, 1)
    now = datetime(2026, 11, 1, 4, 0, tzinfo=UTC) + timedelta(days=days)

    assert show.elapsed(start, start + timedelta(days=10), now) == shown


def case(
    label=None, *, unit=None, owner="g_market", rule=RouteRule.DEFAULT_GROUP, status=CaseStatus.RECEIVED, decided=True
):
    """As much of a case's page as these ask for."""
    return SimpleNamespace(
        label=label, labelled_at=A_MONDAY if decided else None, unit=unit, owner=owner, route_rule=rule, status=status,
        proposal=None,
    )  # fmt: skip


def test_a_kind_says_what_it_stands_for_and_another_label_what_is_done_with_it(show):
    assert show.meaning("approval_payoff").startswith("在办理许可")
    assert show.meaning("nk_city_service").startswith("不属于三十种，不立办件：")


@pytest.mark.parametrize(
    ("page", "for_others"),
    [
        (case("nk_civil"), True),
        (case("nk_civil", decided=False), False),
        (case("nk_other_discipline"), False),
        (case("approval_payoff"), False),
        (case("approval_payoff", status=CaseStatus.DECLINED), True),
        (case("unit_levy", owner="superior_of_unit", rule=RouteRule.VERTICAL), True),
        (case("unit_levy", owner="superior_of_unit", rule=RouteRule.EMBEDDED_STATION), True),
        (case("unit_levy", owner="superior_of_unit", rule=RouteRule.VERTICAL, decided=False), False),
        (case("nk_no_substance"), False),
    ],
)
def test_a_case_is_for_others_when_somebody_decided_so(show, page, for_others):
    assert show.is_for_others(page) is for_others


def test_a_declined_reporter_is_told_where_his_matter_belongs(show):
    assert "12348" in show.where_to(case("nk_civil"))
    vertical = case("unit_levy", unit="tax_bureau", owner="superior_of_unit", rule=RouteRule.VERTICAL)
    assert show.where_to(vertical) == (
        "这个单位由上级垂直管理，请向市税务局党委纪检组反映；不知道怎么找的，拨打 12388（网站 www.12388.gov.cn），说清是哪个单位。"
        "这个单位的服务电话是 12366。"
    )
    assert "12345" in show.where_to(case("unit_levy"))


def test_a_unit_without_a_national_line_gets_no_number_of_its_own_and_one_that_is_told_already_is_not_told_twice(show):
    bureau = case("unit_levy", unit="weather_bureau", owner="superior_of_unit", rule=RouteRule.VERTICAL)

    assert not any(sign.isdigit() for sign in show.where_to(bureau).replace("12388", ""))
    assert show.where_to(case("nk_labour", unit="human_resources")).count("12333") == 1


def test_every_line_belongs_to_a_unit_of_the_county(show):
    assert set(show.words.labels["Hotline"]) <= set(show.directory.units)


def test_what_is_proposed_has_its_texts_written_before_anybody_confirmed_the_kind(show):
    new = case("nk_civil", owner="reply_only", rule=RouteRule.OUT_OF_SCOPE, decided=False)
    proposed = SimpleNamespace(**vars(new) | {"proposal": Proposal(TriageStep.DECLINE, "nk_civil")})

    assert (show.why_not(new), show.why_not(proposed)) == ("", "民事债务邻里纠纷，不属受理范围。")


def test_what_is_declined_by_its_kind_is_called_no_accusation_once_somebody_decided(show):
    other = {"owner": "reply_only", "rule": RouteRule.OUT_OF_SCOPE}

    assert show.is_no_accusation(case("nk_consumer", **other))
    assert not show.is_no_accusation(case("nk_consumer", **other, decided=False))
    assert not show.is_no_accusation(case("nk_no_substance", **other))
    assert not show.is_no_accusation(case("unit_levy", owner="superior_of_unit", rule=RouteRule.VERTICAL))


def test_the_word_that_named_the_unit_is_found_in_its_sentence(show):
    said = "我们中标了食堂。县医院一直不给签！"
    page = SimpleNamespace(reports=[SimpleNamespace(statement=said)], unit_words=("县医院",))

    assert show.sentence_of(page) == 2
    assert show.sentence_of(SimpleNamespace(reports=page.reports, unit_words=())) is None


def test_a_statement_is_cut_where_marked_words_stand_and_hides_nothing(show):
    assert show.marked("检查了\u202eOK", Marks((), {"检查": "for"})) == [(False, [("检查", "for"), ("了\ufffdOK", "")])]


def test_a_reason_for_declining_follows_from_what_was_decided_and_from_nothing_else(show):
    assert show.why_not(case("nk_civil")) == "民事债务邻里纠纷，不属受理范围。"
    assert show.why_not(case("nk_civil", decided=False)) == show.why_not(case("approval_payoff")) == ""


def test_a_unit_is_missing_where_the_rules_cannot_name_a_body_without_it(show):
    nobody = case("unit_levy", owner="clarify", rule=RouteRule.CLARIFY)
    assert show.lacks_unit(nobody)
    assert show.lacks_unit(case("unit_levy", owner="township", rule=RouteRule.TOWNSHIP_OR_VILLAGE))
    assert not show.lacks_unit(case("approval_payoff", unit="market_regulation"))


def test_a_report_that_says_too_little_is_asked_about_and_sent_nowhere(show):
    says_nothing = case("nk_no_substance", owner="reply_only", rule=RouteRule.OUT_OF_SCOPE)

    assert show.says_too_little(says_nothing)
    assert show.question_for(says_nothing).startswith("请补充几句")
    assert show.where_to(says_nothing) == ""
    assert not show.says_too_little(case("nk_no_substance", decided=False))


def test_the_reporter_is_asked_whom_it_is_about_where_the_unit_is_missing(show):
    assert show.question_for(case("unit_levy", owner="clarify", rule=RouteRule.CLARIFY)).startswith("请问是哪个单位")
    village = case("unit_levy", owner="township", rule=RouteRule.TOWNSHIP_OR_VILLAGE)
    assert show.question_for(village) == "请问是哪个乡镇、哪个村或者社区？"
    assert show.question_for(case("approval_payoff", unit="market_regulation")) == ""


def test_a_rule_speaks_of_kinds_by_their_names(show):
    told = show.named("被上门检查的归 enforcement_payoff；no_such_kind 不变。")

    assert told == f"被上门检查的归“{show.kind('enforcement_payoff')}”；no_such_kind 不变。"


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
