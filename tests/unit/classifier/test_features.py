"""Messages as hashed columns."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifier.features import BEGINNINGS, CHARACTERS, COLUMNS, REGION, WORDS, Features
from classifier.text import Reading

INVENTED = [Reading(t) for t in ("所长来店里要烟", "窗口说材料不齐", "罚款没有票", "来店里罚款")]


def columns_of(text, features=None):
    return set((features or Features()).row(Reading(text)).columns.tolist())


def test_a_text_has_the_same_columns_wherever_it_stands_alone():
    assert columns_of("所长来店里要烟") == columns_of("所长来店里要烟")


def test_a_word_has_the_same_column_early_and_late_in_a_text():
    early, late = Features().row(Reading("罚款,他来了")), Features().row(Reading("他来了好几次,就是罚款"))

    assert early.word_columns[0] == late.word_columns[-1]


def test_a_text_longer_than_the_prepared_powers_is_read_like_a_short_one():
    long = "他来店里罚款。" * 1000

    assert columns_of("罚款") <= columns_of(long)


@given(st.text(max_size=60))
def test_every_text_has_a_row_of_finite_values(text):
    row = Features().row(Reading(text))

    assert np.isfinite(row.values).all()
    assert ((row.columns >= 0) & (row.columns < COLUMNS)).all()
    assert len(row.word_columns) == len(Reading(text).words)


def test_what_stands_in_few_real_reports_only_leaves_no_trace_in_a_model():
    reports = [Reading(f"窗口的欧阳震华说材料不齐{n}") for n in range(4)]
    features = Features()

    features.fit([*INVENTED, *reports], [False] * len(INVENTED) + [True] * len(reports))

    plain = Features()
    plain.fit(INVENTED)
    assert ((features.idf > 0) == (plain.idf > 0)).all()


def test_what_stands_in_many_real_reports_is_learnt():
    reports = [Reading(f"预审预审{n}") for n in range(5)]
    features = Features()

    features.fit([*INVENTED, *reports], [False] * len(INVENTED) + [True] * len(reports))

    row = features.row(Reading("预审"))
    assert (features.idf[row.columns] > 0).any()


def test_each_block_keeps_to_its_region_and_has_its_own_length():
    features = Features()
    row = features.row(Reading("罚款罚款"))

    blocks = [row.values[row.columns // REGION == block] for block in (CHARACTERS, WORDS, *BEGINNINGS)]
    assert [len(block) for block in blocks] == [4, 2, 4, 4]  # two characters and two pairs, one word and one pair
    assert [round(float(np.sqrt(block @ block)), 3) for block in blocks] == [1.0, 0.6, 0.5, 0.5]


def test_only_the_beginning_of_a_long_message_stands_in_its_blocks():
    short, long = (Features().row(Reading("所长来店里要烟。" * 10 + end)) for end in ("", "后来退了"))

    shared = [set(row.columns[row.columns // REGION == BEGINNINGS[1]].tolist()) for row in (short, long)]
    assert shared[0] == shared[1]
