"""Counting what the finders find."""

import pytest

from app.finders import FinderTrial, by_writer, flat
from classifier.corpus import Example
from classifier.found import persons_found, sums_found, units_found


def test_a_unit_counts_only_where_it_is_the_one_noted():
    found = units_found([("court", "court"), ("court", "tax_bureau"), ("court", None), (None, "court"), (None, None)])

    assert (found.both, found.found, found.noted) == (1, 3, 3)
    assert found.precision == pytest.approx(1 / 3)


def test_a_sum_that_stands_twice_must_be_found_twice():
    found = sums_found([((500.0, 500.0), [500.0, 20.0])])

    assert (found.precision, found.recall) == (0.5, 0.5)


def test_a_person_is_found_by_name_or_by_title():
    found = persons_found([(("老冯头", "审批股的女股长"), ["老冯头", "股长", "小刘"])])

    assert (found.both, found.found, found.noted) == (2, 3, 2)


def test_where_nothing_is_noted_and_nothing_found_nothing_is_wrong():
    found = sums_found([((), [])])

    assert (found.precision, found.recall) == (1.0, 1.0)


def test_figures_are_given_by_writer_and_leave_out_what_a_writer_did_not_note(parts):
    told = Example(
        "城管局的老王收了五百", "illegal_fee", "writer_b", "urban_management", amounts=(500.0,), persons=("老王",)
    )
    plain = Example("税务局不给办", "approval_refusal", "writer_a", "tax_bureau")

    rows = dict(by_writer(FinderTrial(parts), [plain, told]))

    assert flat(rows["writer_a"]) == {"unit_precision": 1.0, "unit_recall": 1.0}
    assert flat(rows["writer_b"])["persons_recall"] == 1.0
    assert flat(rows["all"])["sums_precision"] == 1.0
