import pytest

from app.reference import load_taxonomy, read_data
from domain.taxonomy import Taxonomy


def test_there_are_thirty_kinds_six_in_each_of_five_aspects():
    taxonomy = load_taxonomy()
    counts = [sum(k.aspect == aspect for k in taxonomy.kinds.values()) for aspect in taxonomy.aspects]

    assert counts == [6, 6, 6, 6, 6]


def test_every_neighbour_is_a_label():
    taxonomy = load_taxonomy()

    assert [k.key for k in taxonomy.kinds.values() if k.confusable_with not in taxonomy.labels] == []


def test_names_and_aspects_are_found_by_label():
    taxonomy = load_taxonomy()

    assert taxonomy.name_of("illegal_fee") == "违规收费搭车收费"
    assert taxonomy.name_of("nk_labour") == "劳动争议欠薪"
    assert (taxonomy.aspect_of("illegal_fee"), taxonomy.aspect_of("nk_labour"), taxonomy.aspect_of(None)) == (
        "enforcement",
        None,
        None,
    )


def test_a_file_with_a_kind_missing_is_refused():
    data = read_data("taxonomy.yaml")

    with pytest.raises(ValueError, match="counts"):
        Taxonomy.from_mapping({**data, "kinds": data["kinds"][1:]})


def asked_between(*labels):
    return [question.key for question in load_taxonomy().questions_between(labels)]


@pytest.mark.parametrize(
    ("labels", "question"),
    [
        (("enforcement_payoff", "forced_trade"), "t9_goods_or_favour"),
        (("policy_fund_withheld", "illegal_fee", "contract_arrears"), "t5_which_money"),
        (("approval_overdue", "approval_payoff"), "t1_money_over_delay"),
        (("arbitrary_fine", "enforcement_payoff"), "t8_called_a_fine"),
        (("private_favour", "unit_levy"), "t3_pocket"),
        (("judicial_misconduct", "leak_retaliation"), "t6_overlay"),
    ],
)
def test_near_kinds_are_decided_by_one_question(labels, question):
    assert asked_between(*labels) == [question]


def test_of_three_kinds_each_two_have_their_question_those_of_the_likeliest_first():
    assert asked_between("enforcement_payoff", "arbitrary_fine", "forced_trade") == [
        "t8_called_a_fine",
        "t9_goods_or_favour",
    ]


def test_kinds_that_no_question_tells_apart_ask_none():
    assert asked_between("land_obstruction", "broken_promise", "nk_labour") == []


def test_a_question_is_asked_with_the_answers_that_lead_to_what_stands_there():
    stand = ["contract_arrears", "policy_fund_withheld"]

    (question,) = load_taxonomy().questions_between(stand)
    assert [answer.kinds for answer in question.among(stand)] == [
        ("policy_fund_withheld",),
        ("contract_arrears",),
    ]


def test_every_question_has_answers_that_exclude_each_other():
    for question in load_taxonomy().tie_breakers:
        labels = [label for answer in question.answers for label in answer.kinds]
        assert len(question.answers) > 1, question.key
        assert len(labels) == len(set(labels)), question.key


def test_a_question_about_a_kind_that_there_is_not_is_refused():
    data = read_data("taxonomy.yaml")
    stray = {"id": "t", "ask": "?", "answers": [{"says": "", "kinds": ["no_such_kind"]}]}

    with pytest.raises(ValueError, match="tie-breaker"):
        Taxonomy.from_mapping({**data, "annotation": {"tie_breakers": [stray]}})


def test_a_label_that_is_none_of_the_thirty_is_told_apart_too_where_a_rule_says_how():
    taxonomy = load_taxonomy()

    assert "nk_city_service" in taxonomy.separating_rule("nk_help_request")
    assert taxonomy.separating_rule("nk_spam") == ""
