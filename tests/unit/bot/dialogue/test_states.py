"""What a draft remembers."""

from bot.dialogue.states import Draft, Item


def test_routing_sees_the_answers_beside_the_statement() -> None:
    draft = Draft(statement=("一", "二"), unit_words="镇上那个所").answer(Item.PERSON, "所长")
    assert draft.everything == "一\n二\n镇上那个所\n所长"


def test_a_later_answer_replaces_the_earlier() -> None:
    assert Draft().answer(Item.WHEN, "昨天").answer(Item.WHEN, "前天").answers == ((Item.WHEN, "前天"),)


def test_an_answer_counts_before_what_the_statement_says() -> None:
    assert Draft(found=(("when", "昨天"),)).answer(Item.WHEN, "前天").said_of("when") == "前天"


def test_items_are_settled_in_the_order_in_which_they_are_asked() -> None:
    assert Draft().settle(Item.SIGNING).settle(Item.UNIT).settled == (Item.UNIT, Item.SIGNING)


def test_what_is_reopened_is_neither_settled_nor_answered() -> None:
    draft = Draft().answer(Item.WHEN, "昨天").settle(Item.WHEN).reopen(Item.WHEN)
    assert (draft.settled, draft.answers) == ((), ())
