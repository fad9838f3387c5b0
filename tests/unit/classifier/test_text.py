"""One form of what people type, and its words."""

import logging

import jieba
from hypothesis import given
from hypothesis import strategies as st

from app.reference import DATA
from classifier.corpus import read_examples
from classifier.text import Reading, cut, normalise, warm_up


def test_widths_become_one():
    assert normalise("ＡＢ１２，（住建局）") == "AB12,(住建局)"


def test_spaces_of_every_kind_are_collapsed_and_trimmed():
    assert normalise("　我 \t\n 举报  ") == "我 举报"


def test_characters_that_hide_words_are_removed():
    assert normalise("住\u200b建\u202e局\x00") == "住建局"


def test_traditional_forms_in_the_table_become_simplified():
    assert normalise("縣長收錢") == "县长收钱"


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


def test_words_of_the_county_stay_whole():
    assert Reading("城管局要赞助费").words == ["城管局", "要", "赞助费"]


def test_punctuation_is_no_word():
    assert Reading("，。！？ …").words == []


def test_a_text_without_anything_has_no_words():
    assert Reading("").words == []


def test_word_bounds_hold_both_ends_and_every_cut():
    assert Reading("施工会影响").bounds >= {0, 2, 5}
    assert 1 not in Reading("施工会影响").bounds


def test_the_module_wide_tokenizer_is_left_alone():
    warm_up()

    assert "敲门问诊" not in jieba.dt.FREQ


def test_loading_the_dictionary_says_nothing(caplog):
    with caplog.at_level(logging.INFO):
        warm_up()

    assert caplog.records == []


def jieba_of_our_own():
    from classifier.text import _tokenizer

    return _tokenizer()


def test_our_one_pass_cuts_as_jieba_does():
    texts = [normalise(example.text) for example in read_examples(DATA / "reports")][::3]

    assert [t for t in texts if cut(t) != list(jieba_of_our_own().cut(t, HMM=False))] == []


@given(st.text(alphabet="所长来店里abcXYZ019+#&._%- \r\n，。!？😀罚款0.5万元", max_size=40))
def test_our_one_pass_cuts_mixed_writing_as_jieba_does(text):
    assert cut(text) == list(jieba_of_our_own().cut(text, HMM=False))
