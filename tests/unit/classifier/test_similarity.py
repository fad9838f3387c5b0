"""Whether two messages are the same text, copied or reworked."""

from hypothesis import given
from hypothesis import strategies as st

from classifier.similarity import ALIKE, Sketcher
from classifier.text import Reading

SKETCHER = Sketcher(b"a secret")
STORY = "上个月工商所的人来店里检查，说灭火器过期要罚五千，塞了两条烟才走，后来又来了两回，每回都要东西。"


def sketch(text, sketcher=SKETCHER):
    return sketcher.sketch(Reading(text))


def alike(left, right):
    meet = set(sketch(left).bands) & set(sketch(right).bands)
    return bool(meet) and sketch(left).likeness(sketch(right)) >= ALIKE


def test_a_copy_is_found_whatever_its_width_case_and_punctuation():
    assert sketch(STORY) == sketch(STORY.replace("，", "  ").replace("。", "！"))


def test_a_copy_with_slips_and_clauses_in_another_order_is_found():
    clauses = STORY.replace("检查", "减查").split("，")

    assert alike(STORY, "，".join(reversed(clauses)))


def test_the_first_half_of_a_message_is_found():
    assert alike(STORY, STORY[: len(STORY) // 2])


def test_another_story_is_not_taken_for_the_same():
    assert not alike(STORY, "窗口的人说材料不齐，让我跑了五趟，每次说的都不一样，最后说系统坏了，让下个月再来。")


def test_without_the_secret_a_guess_meets_nothing():
    other = Sketcher(b"another secret")

    assert set(sketch(STORY).bands).isdisjoint(sketch(STORY, other).bands)


@given(st.text(max_size=40))
def test_every_text_has_a_sketch_of_the_same_size(text):
    made = sketch(text)

    assert (len(made.signature), len(made.bands)) == (120, 20)
    assert all(-(2**63) <= key < 2**63 for key in made.bands)
