"""Intervals against published figures, statsmodels' formulas worked in scipy, and raw data."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from stamm.lang.interval import (
    NOTHING,
    AdjustedWald,
    Mean,
    Wilson,
    adjusted_wald,
    log_log,
    newcombe,
    t_mean,
    wilson,
    z_for,
)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 1 - 0.1611, 1.0),
        # half of ten, by hand: (0.5 + 0.19207 -+ 1.96 sqrt(0.025 + 0.0096036)) / 1.38415
        (5, 10, 0.2366, 0.7634),
    ],
)
def test_wilson_as_published(successes: int, n: int, low: float, high: float) -> None:
    found = wilson(successes, n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_as_scipy(pair: tuple[int, int]) -> None:
    successes, n = pair
    low, high = wilson(successes, n)
    expected = stats.binomtest(successes, n).proportion_ci(method="wilson")
    assert low == pytest.approx(expected.low, abs=1e-12)
    assert high == pytest.approx(expected.high, abs=1e-12)
    assert low is not None
    assert high is not None
    assert 0 <= low <= successes / n <= high <= 1


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (1, 0), (-1, 10), (11, 10), (0, -1)])
def test_wilson_of_nothing(successes: int, n: int) -> None:
    assert wilson(successes, n) == NOTHING == (None, None)


def test_adjusted_wald_of_the_catalogue() -> None:
    low, high = adjusted_wald(50, 20, 90)
    assert low is not None
    assert high is not None
    assert round((low + high) / 2, 1) == 32.3
    assert round((high - low) / 2, 1) == 16.6


def test_adjusted_wald_by_hand() -> None:
    # 93 observations, 50.75 up, 20.75 down
    centre = 30 / 93
    half = stats.norm.ppf(0.975) * sqrt((71.5 / 93 - centre**2) / 93)
    assert adjusted_wald(50, 20, 90) == pytest.approx((100 * (centre - half), 100 * (centre + half)))


@pytest.mark.parametrize(
    ("up", "down", "n"), [(1, 0, 1), (0, 1, 1), (5, 0, 5), (0, 0, 1), (0, 3, 3), (10**6, 0, 10**6)]
)
def test_adjusted_wald_stays_on_the_scale(up: int, down: int, n: int) -> None:
    low, high = adjusted_wald(up, down, n)
    assert low is not None
    assert high is not None
    assert -100 <= low < high <= 100


def test_adjusted_wald_of_nobody() -> None:
    assert adjusted_wald(0, 0, 0) == NOTHING


@pytest.mark.parametrize(
    "data", [[1.0, 2.0, 4.0], [3, 3, 3, 3], [0.5, 90.25], list(range(40)), [1_000_000.25, 1_000_001.25, 999_999.75]]
)
def test_t_interval_of_raw_numbers(data: list[float]) -> None:
    found = t_mean(len(data), sum(data), sum(value * value for value in data))
    mean, error = float(np.mean(data)), float(stats.sem(data))
    half = float(stats.t.ppf(0.975, len(data) - 1)) * error
    assert found == pytest.approx((mean - half, mean + half), rel=1e-6)


def test_t_interval_by_hand() -> None:
    # 2, 4, 9: mean 5, variance 13, t(2) = 4.302653, half-width 4.302653 x sqrt(13 / 3)
    assert t_mean(3, 15, 101) == pytest.approx((5 - 8.9567, 5 + 8.9567), abs=1e-4)


@pytest.mark.parametrize("n", [0, 1])
def test_one_number_has_no_spread(n: int) -> None:
    assert t_mean(n, 7 * n, 49 * n) == NOTHING


def test_rules_name_their_parts() -> None:
    parts = {"good": 15, "all": 148, "bad": 3, "sum": 15.0, "squares": 101.0, "three": 3}
    assert Wilson("good", "all").bounds(parts) == wilson(15, 148)
    assert Wilson("good", "all").n == "all"
    less = Wilson("seen", "all", less="bad")
    assert less.bounds({"seen": 20, "bad": 5, "all": 148}) == wilson(15, 148)
    assert less.names == ("seen", "all", "bad")
    assert AdjustedWald("good", "bad", "all").bounds(parts) == adjusted_wald(15, 3, 148)
    assert AdjustedWald("good", "bad", "all").names == ("good", "bad", "all")
    assert Mean("three", "sum", "squares").bounds(parts) == t_mean(3, 15, 101)
    assert Mean("three", "sum", "squares").n == "three"


def test_the_interval_of_a_handful_of_answers_holds_the_score() -> None:
    assert adjusted_wald(0, 1, 1).low == -100
    assert adjusted_wald(1, 0, 1).high == 100


def test_newcombe_as_published() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table II, method 10: contrasts (a) and (d)
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert newcombe(9, 10, 3, 10) == pytest.approx((0.1705, 0.8090), abs=5e-5)
    assert newcombe(1, 2, 0, 0) == NOTHING


def test_several_intervals_are_wider_so_that_they_hold_together() -> None:
    assert z_for(1) == pytest.approx(1.959964)
    assert z_for(10) == pytest.approx(2.807034)
    assert newcombe(56, 70, 48, 80, z_for(10)).low < newcombe(56, 70, 48, 80).low


def test_the_interval_of_a_survival_curve_as_published() -> None:
    # 6-MP after 6 and 7 weeks, [ST] sts of Stata: 0.8571 (0.6197, 0.9516), 0.8067 (0.5631, 0.9228)
    six, seven = 3 / (21 * 18), 1 / (17 * 16)
    assert log_log(18 / 21, six) == pytest.approx((0.6197, 0.9516), abs=5e-5)
    assert log_log(18 / 21 * 16 / 17, six + seven) == pytest.approx((0.5631, 0.9228), abs=5e-5)
    assert log_log(1, 0) == log_log(0, six) == NOTHING
