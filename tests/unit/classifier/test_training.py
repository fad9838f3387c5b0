"""Training on a small heap of messages."""

import numpy as np
import pytest

from classifier.corpus import Example
from classifier.training import best_strength, train

PLAIN = {
    "illegal_fee": ("收费没有票", "办证要交手续费", "盖章收钱", "押金不退", "收据是白条"),
    "poor_window_service": ("窗口没人", "玩手机不理人", "说话难听", "提前下班", "电话没人接"),
    "nk_spam": ("加微信领红包", "在吗在吗", "转发三个群", "招主播日结", "代开发票"),
}
LESSONS = [Example("违规收费", "illegal_fee", "taxonomy")]


def heap():
    return [
        Example(f"{text}{writer}", label, f"writer_{writer}")
        for label, texts in PLAIN.items()
        for text in texts
        for writer in "甲乙丙丁"
    ]


def test_training_twice_gives_the_same_numbers():
    first, second = train(heap(), LESSONS).model, train(heap(), LESSONS).model

    assert np.array_equal(first.weights, second.weights)
    assert (first.temperature, first.threshold, first.doubt) == (second.temperature, second.threshold, second.doubt)


def test_figures_come_from_writers_left_out_and_count_no_lesson():
    figures = train(heap(), LESSONS).figures

    assert figures.examples == len(heap())
    assert figures.in_set >= 0.95


def test_one_writer_is_not_enough_to_measure_by():
    with pytest.raises(ValueError, match="two writers"):
        train([Example("收费没有票", "illegal_fee", "甲"), Example("在吗", "nk_spam", "甲")], [])


def test_the_strength_that_treats_rare_labels_better_is_chosen_and_of_equals_the_least():
    truth = np.array([0, 0, 0, 1])
    misses_the_rare_one = np.array([[1.0, 0.0]] * 4)
    right = np.array([[1.0, 0.0]] * 3 + [[0.0, 1.0]])

    assert best_strength({0.1: misses_the_rare_one, 1.0: right}, truth) == 1.0
    assert best_strength({1.0: right, 0.3: right, 0.1: misses_the_rare_one}, truth) == 0.3
