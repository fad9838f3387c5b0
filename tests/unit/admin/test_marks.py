"""What is marked in a statement: the few words that carry the suggestion, and the facts; what speaks against on request."""

from admin.marks import Marks, cut, drove, marks_of
from domain.terms import Fact
from services.views import FactView


def test_only_the_few_strongest_words_carry_a_suggestion():
    assert drove([("验收单", 2.9), ("干完", 1.5), ("食堂", 0.6)]) == ["验收单", "干完"]
    assert drove([("消防", 1.5), ("检查", 1.4), ("一个月", 1.3), ("环保", 1.1)]) == ["消防", "检查", "一个月"]
    assert drove([]) == []


def test_words_are_marked_for_what_they_say_and_what_named_the_unit_is_a_fact():
    marks = marks_of({"evidence": [("县医院", 1.0)], "counter_evidence": [("一点", -0.1)]}, ("县医院",), ())

    assert marks == Marks(("县医院",), {"县医院": "for", "一点": "against"})
    assert marks.kinds == {"for", "against", "fact"}


def test_facts_are_marked_where_they_stand_and_no_more_once_they_are_struck_out():
    facts = (FactView(Fact.GOODS, "两条烟"), FactView(Fact.WHEN, "今天", is_struck=True))

    assert marks_of(None, (), facts) == Marks(("两条烟",), {})


def test_a_word_within_a_fact_is_marked_there():
    assert cut("拿了两条烟", Marks(("两条烟",), {"两条": "for"})) == [
        (False, [("拿了", "")]),
        (True, [("两条", "for"), ("烟", "")]),
    ]


def test_a_text_is_cut_where_words_stand_the_longest_first_whatever_their_case():
    runs = [("<b>", ""), ("检查", "for"), ("</b>了", ""), ("检查站", "against"), ("，", ""), ("OK", "for")]

    marks = Marks((), {"检查": "for", "检查站": "against", "ok": "for"})
    assert cut("<b>检查</b>了检查站，OK", marks) == [(False, runs)]


def test_a_text_without_marks_is_one_piece():
    assert cut("检查", Marks((), {})) == [(False, [("检查", "")])]
