"""Whether two messages tell of one event in other words."""

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.stories import Story, Storyteller, likeness, same_story
from classifier.text import Reading
from domain.terms import SharedTrait
from domain.values import Mentions, Slots, Suggestion

TELLER = Storyteller(b"a secret")
TOLD = "运管所年审，小韩要每台车一百的辛苦费，十二台货车给了1200现金，不给就排到月底。"
TOLD_AGAIN = "我是开大货的，老板去运政审车，姓韩的办事员一台收一百，十二台一共被要去一千二。"
ANOTHER = "运管所换营运证，办事员让我从他爱人店里买灭火器，一套880，不买不给过。"


def suggested(label="approval_payoff", unit="transport_bureau", happened=None, township=None):
    return Suggestion(
        label,
        ((label, 0.9),),
        False,
        Mentions((unit,), township=township),
        Slots(happened=happened),
        "v",
        not_ruled_out=(label,),
    )


def story(text, teller=TELLER, **said):
    return teller.story(Reading(text), suggested(**said))


def test_a_whole_name_after_a_title_and_a_surname_before_it_are_a_shared_person():
    named, called = story("运管所所长王建国拖着不给办证"), story("去找运管所王所长，不表示就不办")

    assert named.persons == called.persons != ()


def test_another_person_telling_of_the_same_event_resembles_more_than_another_event_of_the_same_kind():
    again, other = same_story(story(TOLD), story(TOLD_AGAIN)), same_story(story(TOLD), story(ANOTHER))

    assert again.probability > 10 * other.probability
    assert again.is_likely
    assert not other.worth_showing


def test_the_reasons_say_what_the_two_have_in_common():
    reasons = same_story(story(TOLD), story(TOLD_AGAIN)).reasons

    assert {SharedTrait.UNIT, SharedTrait.KIND, SharedTrait.SUM, SharedTrait.PERSON} <= set(reasons)
    assert SharedTrait.PLACE not in reasons


def test_what_they_contradict_each_other_in_speaks_against():
    told = story(TOLD)

    assert (
        same_story(told, story(TOLD_AGAIN, unit="tax_bureau")).probability
        < same_story(told, story(TOLD_AGAIN)).probability
    )


@pytest.mark.parametrize(
    ("left", "right", "agree"), [("2026-03-05", "2026-03", True), ("2026-03-05", "2026-04", False)]
)
def test_moments_agree_in_the_precision_that_both_have(left, right, agree):
    reasons = same_story(story(TOLD, happened=left), story(TOLD, happened=right)).reasons

    assert (SharedTrait.MOMENT in reasons) is agree


def test_a_sum_rounded_by_another_teller_is_still_the_same():
    assert SharedTrait.SUM in same_story(story("他收了我3600块钱。"), story("他收了我三千五百块钱。")).reasons
    assert SharedTrait.SUM not in same_story(story("他收了我3600块钱。"), story("他收了我五千块钱。")).reasons


def test_tellings_of_one_event_meet_under_a_key():
    assert not set(story(TOLD).keys).isdisjoint(story(TOLD_AGAIN).keys)


def test_a_long_list_of_numbers_makes_no_long_list_of_keys_and_another_telling_still_meets_it():
    ledger = "，".join(f"第{n}笔{n * 37}元" for n in range(3, 300))

    assert len(story(ledger).keys) < 100
    assert not set(story(ledger).keys).isdisjoint(story(f"账上是{ledger}，都没有发票。").keys)


def test_it_does_not_matter_which_of_the_two_came_first():
    assert same_story(story(TOLD), story(TOLD_AGAIN)) == same_story(story(TOLD_AGAIN), story(TOLD))


def test_without_the_secret_a_guess_meets_nothing():
    mine, guessed = story(TOLD), story(TOLD, Storyteller(b"another secret"))

    assert set(mine.keys).isdisjoint(guessed.keys)
    assert set(mine.figures).isdisjoint(guessed.figures)
    assert abs(likeness(mine.wording, guessed.wording)) < 0.2


def test_what_is_kept_holds_no_word_of_the_message():
    kept = json.dumps(story(TOLD).as_record(), ensure_ascii=False)

    assert Story.from_record(json.loads(kept)) == replace(story(TOLD), keys=())
    assert all(character not in kept for character in Reading(TOLD).text if ord(character) > 127)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared(left, right):
    found = same_story(story(left, happened=str(date(2026, 1, 1))), story(right))

    assert 0 <= found.probability <= 1
    assert len(story(left).wording) == 256
    assert all(-(2**63) <= key < 2**63 for key in story(left).keys)
