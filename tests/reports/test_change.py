"""Whether a change is clear, by hand and against published numbers."""

from __future__ import annotations

from typing import ClassVar

import pytest
from scipy import stats

from stamm.answers.answer import Row
from stamm.lang.interval import AdjustedWald, Mean, Wilson, adjusted_wald, t_mean, wilson
from stamm.lang.window import Window
from stamm.metrics import Metric
from stamm.metrics.kind import Better
from stamm.reports.change import change_between, difference_bounds

MAY, JUNE = Window.parse("2024-05"), Window.parse("2024-06")


class Share(Metric):
    abstract = True
    unit = "share"
    interval = Wilson("some", "all")


class Score(Metric):
    abstract = True
    unit = "points"
    interval = AdjustedWald("up", "down", "all")


class Average(Metric):
    abstract = True
    unit = "days"
    interval = Mean("count", "total", "squares")
    better: ClassVar[Better] = "lower"


class Total(Metric):
    abstract = True
    unit = "count"


class Neither(Total):
    abstract = True
    better: ClassVar[Better] = "neither"


def row(window: Window, value: float | None, low: float | None = None, high: float | None = None, n: int = 0) -> Row:
    return Row(window, None, value, {}, n, low, high, complete=True)


def share_row(window: Window, part: int, whole: int) -> Row:
    return row(window, part / whole, *wilson(part, whole), whole)


def mean_row(window: Window, numbers: list[float]) -> Row:
    count, total = len(numbers), sum(numbers)
    bounds = t_mean(count, total, sum(number * number for number in numbers))
    return row(window, total / count, *bounds, count)


# Newcombe 1998, table II, method 10
@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
    ],
)
def test_difference_of_shares_is_newcombes(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    bounds = difference_bounds(Share(), share_row(JUNE, *first), share_row(MAY, *second))
    assert bounds.low == pytest.approx(low, abs=6e-5)
    assert bounds.high == pytest.approx(high, abs=6e-5)


def test_difference_of_means_is_welchs() -> None:
    june, may = [4.0, 6.5, 5.0, 9.0, 7.5, 6.0], [3.0, 3.5, 5.5, 4.0]
    expected = stats.ttest_ind(june, may, equal_var=False).confidence_interval(0.95)
    bounds = difference_bounds(Average(), mean_row(JUNE, june), mean_row(MAY, may))
    assert bounds == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_means_without_spread_differ_by_exactly_that() -> None:
    bounds = difference_bounds(Average(), mean_row(JUNE, [3.0, 3.0]), mean_row(MAY, [5.0, 5.0, 5.0]))
    assert bounds == (-2.0, -2.0)


def test_difference_of_scores_by_hand() -> None:
    june = row(JUNE, 30.0, *adjusted_wald(50, 20, 100), 100)
    may = row(MAY, 10.0, *adjusted_wald(40, 30, 100), 100)
    bounds = difference_bounds(Score(), june, may)
    assert june.low is not None
    assert may.high is not None
    down = ((30.0 - june.low) ** 2 + (may.high - 10.0) ** 2) ** 0.5
    assert bounds.low == pytest.approx(20.0 - down)


@pytest.mark.parametrize(
    ("metric", "now", "before", "judgement"),
    [
        (Share(), share_row(JUNE, 4437, 4812), share_row(MAY, 4348, 4655), "worse"),
        (Share(), share_row(JUNE, 2001, 2347), share_row(MAY, 1990, 2320), "unclear"),
        (Share(), share_row(JUNE, 80, 100), share_row(MAY, 40, 100), "better"),
        (Share(), share_row(JUNE, 40, 100), share_row(MAY, 40, 100), "same"),
        (Average(), mean_row(JUNE, [1.0, 1.1, 0.9]), mean_row(MAY, [5.0, 5.2, 4.9]), "better"),
        (Average(), mean_row(JUNE, [1.0, 9.0, 5.0]), mean_row(MAY, [4.0, 5.2, 4.9]), "unclear"),
        (Total(), row(JUNE, 12), row(MAY, 10), "better"),
        (Total(), row(JUNE, 8), row(MAY, 10), "worse"),
        (Neither(), row(JUNE, 8), row(MAY, 10), "unjudged"),
    ],
)
def test_judgement(metric: Metric, now: Row, before: Row, judgement: str) -> None:
    change = change_between(metric, now, before)
    assert change is not None
    assert change.judgement == judgement


def test_nothing_is_compared_with_no_value_or_with_an_open_month() -> None:
    open_month = Row(JUNE, None, 5, {}, None, None, None, complete=False)
    assert change_between(Total(), row(JUNE, None), row(MAY, 3)) is None
    assert change_between(Total(), row(JUNE, 3), row(MAY, None)) is None
    assert change_between(Total(), open_month, row(MAY, 3)) is None


def test_from_nothing_there_is_no_percentage() -> None:
    change = change_between(Total(), row(JUNE, 3), row(MAY, 0))
    assert change is not None
    assert change.relative is None
    assert change.judgement == "better"
