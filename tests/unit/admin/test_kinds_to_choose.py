"""All kinds as one chooses among them: the likeliest first, each with its meaning, found by a word or by initials."""

from dataclasses import replace

import pytest

from admin.kinds_to_choose import initials
from tests.unit.admin.conftest import PAGE


def case(label=None, not_ruled_out=(), scores=(), abstained=False):
    return replace(
        PAGE,
        label=label,
        abstained=abstained,
        suggestion={"not_ruled_out": list(not_ruled_out), "scores": list(scores)},
    )


def test_what_the_case_has_now_stands_first_then_what_was_not_ruled_out_then_what_was_offered(show):
    page = case("nk_labour", ["illegal_fee", "nk_labour"], [("illegal_fee", 0.5), ("unit_levy", 0.1)])

    likely, _ = show.kinds(page)

    assert [choice.label for choice in likely] == ["nk_labour", "illegal_fee", "unit_levy"]


def test_every_kind_stands_there_once_whatever_is_likely(show):
    likely, groups = show.kinds(case("illegal_fee", ["illegal_fee"]))

    labels = [choice.label for choice in likely] + [choice.label for group in groups for choice in group.choices]
    assert sorted(labels) == sorted(show.taxonomy.labels)


def test_what_is_none_of_the_thirty_stands_last(show):
    _, groups = show.kinds(case())

    assert [group.aspect for group in groups] == [*show.taxonomy.aspects, ""]


def test_a_kind_stands_with_its_meaning_and_what_tells_it_from_its_neighbour_by_name(show):
    likely, _ = show.kinds(case("approval_payoff"))

    assert likely[0].meaning == show.taxonomy.kinds["approval_payoff"].definition
    assert likely[0].neighbour == "借检查处罚索要财物"
    assert "“借检查处罚索要财物”" in likely[0].rule


@pytest.mark.parametrize("typed", ["审批", "bzspsyhc", "验收", "上门检查"])
def test_a_kind_is_found_by_name_initials_meaning_and_rule(show, typed):
    likely, _ = show.kinds(case("approval_payoff"))

    assert typed in likely[0].found_by


def test_initials_are_those_of_how_a_name_is_read():
    assert initials("劳动争议欠薪") == "ldzyqx"


def test_each_kind_offered_says_what_tells_it_from_its_neighbour(show):
    assert show.apart("approval_overdue") == (
        "有受理凭证、系统能查到办件的归本类；材料根本没收进去的归“拒收材料不予受理”。"
    )


def test_what_is_none_of_the_thirty_stands_with_its_rule_and_no_neighbour(show):
    likely, _ = show.kinds(case("nk_no_substance"))

    assert likely[0].neighbour == ""
    assert "没有一件可查的事" in likely[0].rule


NEAR = [("policy_fund_withheld", 0.5), ("illegal_fee", 0.3), ("contract_arrears", 0.2)]


def test_a_question_that_decides_between_what_was_not_ruled_out_is_asked_with_its_answers(show):
    ((ask, answers),) = show.questions_between(case(None, ["policy_fund_withheld", "contract_arrears"], NEAR))

    assert "哪一种钱" in ask
    assert [(place, name) for place, name, _ in answers] == [(1, "惠企资金卡扣不兑现"), (3, "拖欠卡扣合同账款")]


def test_nothing_is_asked_where_all_others_were_ruled_out(show):
    assert show.questions_between(case(None, ["policy_fund_withheld"], NEAR)) == []


def test_where_the_classifier_is_not_sure_all_that_is_offered_is_decided_between(show):
    ((_, answers),) = show.questions_between(case(None, ["policy_fund_withheld"], NEAR, abstained=True))

    assert [place for place, _, _ in answers] == [1, 2, 3]


def test_who_may_not_see_the_suggestion_is_asked_nothing(show):
    assert show.questions_between(replace(PAGE, suggestion=None)) == []
