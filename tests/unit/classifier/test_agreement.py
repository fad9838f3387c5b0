"""How far two annotators agree."""

from classifier.agreement import agreement, message_id

FIRST = [("甲", "illegal_fee"), ("乙", "unit_levy"), ("丙", "illegal_fee"), ("丁", "nk_spam")]


def second(**changed):
    return {message_id(text): changed.get(text, label) for text, label in FIRST}


def test_two_who_say_the_same_agree_wholly():
    assert agreement(FIRST, second()).kappa == 1.0


def test_a_difference_is_counted_and_named():
    found = agreement(FIRST, second(乙="illegal_fee"))

    assert (found.messages, found.same) == (4, 0.75)
    assert found.pairs == ((("illegal_fee", "unit_levy"), 1),)
    assert 0 < found.kappa < 1


def test_only_what_both_have_read_counts():
    assert agreement(FIRST, {message_id("甲"): "unit_levy"}).messages == 1


def test_the_name_of_a_message_does_not_depend_on_its_width():
    assert message_id("ＡＢ１２") == message_id("AB12")
