"""The card of a model."""

import numpy as np

from classifier.card import model_card
from classifier.corpus import DECIDED, Example
from classifier.features import COLUMNS, Features
from classifier.kinds import KindModel

MODEL = KindModel(
    labels=("illegal_fee", "nk_spam"),
    features=Features(),
    weights=np.zeros((COLUMNS, 2), dtype=np.float16),
    intercept=np.zeros(2, dtype=np.float32),
    temperature=0.25,
    threshold=0.75,
    doubt=0.05,
)
INVENTED = [Example("收费没票", "illegal_fee", "writer_a"), Example("在吗", "nk_spam", "writer_b")]


def test_a_card_names_figures_writers_and_thresholds():
    card = model_card({"macro_f1": 0.5}, INVENTED, MODEL)

    assert "| macro_f1 | 0.5 |" in card
    assert "| writer_a | 1 |" in card
    assert "abstains below 0.7500" in card
    assert "2 invented messages" in card
    assert "staff labelled" not in card


def test_a_card_says_how_many_real_reports_taught_the_model_and_nothing_of_what_they_said():
    card = model_card({}, [*INVENTED, Example("某厂的秘密", "illegal_fee", DECIDED)], MODEL)

    assert "2 invented messages" in card
    assert "1 reports of this installation that staff labelled" in card
    assert "秘密" not in card
