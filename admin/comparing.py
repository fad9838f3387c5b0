"""Two classifiers side by side, as a person reads it: which figures, whether more or less of them is good, what became worse."""

from dataclasses import dataclass

from services.classifier_views import Comparison

# A change that rounds to nothing on the page is none: a tenth of a percent, or a hundredth of a count.
_SAME_SHARE, _SAME_COUNT = 0.0005, 0.005


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that is shown. `is_share`: in percent; `less_is_better`: a fall is good. Its words stand in the template."""

    key: str
    is_share: bool = True
    less_is_better: bool = False


# Those that depend on the version; sums, persons and moments are found by rules.
FIGURES = (
    Figure("test_top3"),
    Figure("test_scope"),
    Figure("test_precision"),
    Figure("test_coverage"),
    Figure("test_owner"),
    Figure("test_unit"),
    Figure("test_in_set"),
    Figure("test_set_size", is_share=False, less_is_better=True),
    Figure("test_calibration_error", less_is_better=True),
    Figure("test_macro_f1_kinds"),
    Figure("real_top1"),
    Figure("real_top3"),
    Figure("real_precision"),
    Figure("real_coverage"),
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line of the comparison. `change` is "better", "worse" or "same"; `by` how much it rose, below zero: fell."""

    figure: Figure
    before: float
    after: float

    @property
    def by(self) -> float:
        """How much it rose."""
        return self.after - self.before

    @property
    def change(self) -> str:
        """What the change means."""
        if abs(self.by) < (_SAME_SHARE if self.figure.is_share else _SAME_COUNT):
            return "same"
        return "better" if (self.by > 0) is not self.figure.less_is_better else "worse"


@dataclass(frozen=True, slots=True)
class KindRow:
    """How many of the messages of a label are suggested rightly at the first place, before and after."""

    label: str
    messages: int
    before: int
    after: int

    @property
    def by(self) -> int:
        """How many more are right."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All of a comparison that is shown. `kinds` are those that changed, the greatest losses first."""

    figures: tuple[FigureRow, ...]
    kinds: tuple[KindRow, ...]
    total: KindRow

    def count(self, change: str) -> int:
        """How many figures became "better", "worse", or stayed the "same"."""
        return sum(row.change == change for row in self.figures)

    @property
    def worse_kinds(self) -> int:
        """How many labels lost."""
        return sum(row.by < 0 for row in self.kinds)

    @property
    def better_kinds(self) -> int:
        """How many labels gained."""
        return sum(row.by > 0 for row in self.kinds)


def side_by_side(comparison: Comparison) -> SideBySide:
    """The lines of a comparison in the order of the page."""
    figures, kinds = comparison.figures, [KindRow(label, *counts) for label, counts in comparison.by_label.items()]
    return SideBySide(
        figures=tuple(FigureRow(figure, *figures[figure.key]) for figure in FIGURES if figure.key in figures),
        kinds=tuple(sorted((row for row in kinds if row.by), key=lambda row: (row.by, row.label))),
        total=KindRow("", *(sum(getattr(row, name) for row in kinds) for name in ("messages", "before", "after"))),
    )
