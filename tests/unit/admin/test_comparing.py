"""What a comparison of two classifiers says became better or worse."""

from datetime import UTC, datetime

import pytest

from admin.comparing import Figure, FigureRow, side_by_side
from services.classifier_views import Comparison, Measured, VersionView


def view(measured):
    return VersionView(
        name="x", is_shipped=False, is_in_use=False, is_fit=True, trained_at=datetime(2026, 11, 23, tzinfo=UTC),
        messages=1, decisions=1, corrections=0, figures={}, measured=measured, card="",
    )  # fmt: skip


def compared(before, after, *, labels_before=None, labels_after=None):
    return side_by_side(
        Comparison(
            version=view(Measured("t", after, labels_after or {})),
            present=view(Measured("t", before, labels_before or {})),
        )
    )


@pytest.mark.parametrize(
    ("before", "after", "less_is_better", "change"),
    [
        (0.90, 0.92, False, "better"),
        (0.92, 0.90, False, "worse"),
        (0.92, 0.90, True, "better"),
        (0.90, 0.92, True, "worse"),
        (0.90, 0.9004, False, "same"),
        (0.90, 0.8996, True, "same"),
    ],
)
def test_a_change_is_good_or_bad_by_what_the_figure_means(before, after, less_is_better, change):
    assert FigureRow(Figure("x", less_is_better=less_is_better), before, after).change == change


def test_a_count_that_reads_the_same_has_not_changed():
    assert FigureRow(Figure("x", is_share=False, less_is_better=True), 1.159, 1.163).change == "same"


def test_figures_that_the_version_cannot_change_are_not_shown():
    sides = compared({"test_top3": 0.9, "test_amounts": 0.9}, {"test_top3": 0.8, "test_amounts": 0.9})

    assert [row.figure.key for row in sides.figures] == ["test_top3"]
    assert (sides.count("worse"), sides.count("better")) == (1, 0)


def test_kinds_that_lost_come_first_and_those_that_stayed_are_left_out():
    sides = compared(
        {},
        {},
        labels_before={"a": (10, 8), "b": (10, 9), "c": (10, 5), "d": (10, 10)},
        labels_after={"a": (10, 9), "b": (10, 7), "c": (10, 5), "d": (10, 9)},
    )

    assert [(row.label, row.by) for row in sides.kinds] == [("b", -2), ("d", -1), ("a", 1)]
    assert (sides.worse_kinds, sides.better_kinds) == (2, 1)
    assert (sides.total.messages, sides.total.before, sides.total.after) == (40, 32, 30)
