"""What was expected of a window: against numbers worked by hand, and how often a series without change is told."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from stamm.automations.expected import bands, windows_asked, windows_needed

WEEK = np.array([1.0, 1.1, 0.9, 1.0, 1.3, 1.6, 0.4])


def test_a_week_that_repeats_itself_is_expected_to_the_number() -> None:
    # Mondays 10 to Saturdays 60, nothing on Sundays; then one Saturday with 30
    week = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 0.0]
    days = [*week * 8, *week[:5], 30.0]
    found = bands(days, "day", 10, "count")
    assert [band is None for band in found].index(False) == windows_needed("day", 10) == 44
    last = found[-1]
    assert last is not None
    assert (last.expected, last.low, last.high) == pytest.approx((60.0, 60.0, 60.0)), "the others missed by nothing"
    sunday = found[55]
    assert sunday is not None
    assert (sunday.expected, sunday.low, sunday.high) == pytest.approx((0.0, 0.0, 0.0)), "closed on Sundays"


def test_a_straight_line_is_led_on_and_one_odd_window_does_not_bend_it() -> None:
    weeks = [100.0 + 2 * place for place in range(30)]
    weeks[20] = 900.0
    found = bands(weeks, "week", 10, "number")
    # all but the one odd week lie on the line, so that one miss in ten and more is not the widest but one
    assert found[29] is not None
    assert found[29].expected == pytest.approx(158.0)
    assert found[21] is None
    assert found[22] is not None
    # misses of weeks 13 to 21: eight of nothing, and week 20; the tenth part of ten is the widest
    assert found[22].misses == 9
    width = sqrt(900) - sqrt(140)
    assert (found[22].low, found[22].high) == pytest.approx((0.0, (sqrt(144) + width) ** 2))


def test_months_of_the_year_are_known_after_three_years() -> None:
    # December brings three times as much, each year a tenth more
    values = [(300.0 if place % 12 == 11 else 100.0) * 1.1 ** (place // 12) for place in range(12 * 5)]
    found = bands(values, "month", 12, "money")
    december, before = found[59], found[35]
    assert december is not None
    assert before is not None
    assert december.expected == pytest.approx(values[59], rel=0.08)
    assert before.expected < 150, "three years have not passed: a line knows no December"


def test_shares_are_held_apart_by_differences_and_stay_shares() -> None:
    values = [0.95 if place % 7 == 0 else 0.9 for place in range(60)]
    values[50] = values[51] = 0.4
    found = bands(values, "day", 10, "share")
    last = found[56]
    assert last is not None
    # of 21 misses the 20th counts, which is that of one of the two odd days
    assert (last.expected, last.low, last.high) == pytest.approx((0.95, 0.45, 1.0))


def test_a_day_without_a_value_has_no_miss() -> None:
    values: list[float | None] = [10.0] * 60
    values[40] = None
    found = bands(values, "day", 10, "count")
    last = found[-1]
    assert last is not None
    assert (last.expected, last.misses) == (10.0, 23), "days 35 to 58 but one"


@pytest.mark.parametrize(("side", "least"), [("both", 0.90), ("below", 0.94)])
def test_false_alarms_are_as_many_as_is_said_and_a_day_with_a_third_less_is_found(side: str, least: float) -> None:
    """On 120 series without change: one day in 20, in whole ranks of 19 to 80 misses."""
    outside = judged = hits = 0
    shares, days, one_in = [], 35 + 80 + 30, 20
    for seed in range(120):
        chance = np.random.default_rng(seed)
        usual = 80 * WEEK[np.arange(days) % 7] * (1 + 0.001 * np.arange(days))
        values = chance.poisson(usual).astype(float)
        values[-1] = chance.poisson(usual[-1] / 2)
        found = bands(values.tolist(), "day", one_in, "count", side)
        told = [
            value < band.low or (side == "both" and value > band.high)
            for value, band in zip(values, found, strict=True)
            if band is not None
        ]
        hits += told[-1]
        outside, judged = outside + sum(told[:-1]), judged + len(told) - 1
        shares.append(sum(told[:-1]) / (len(told) - 1))
    # a rank is a whole number, so that of n misses the share is one in 20 less one in n + 1 at most
    ranks = [1 - np.ceil((n + 1) * 19 / 20) / (n + 1) for n in [*range(19, 80), *[80] * 48]]
    said, off = float(np.mean(ranks)), float(np.std(shares)) / sqrt(len(shares))
    assert said <= 1 / one_in
    assert outside / judged == pytest.approx(said, abs=3 * off + 0.004)
    assert hits / 120 >= least


def test_how_much_history_it_takes() -> None:
    assert [windows_needed(grain, 100) for grain in ("day", "week", "month")] == [134, 112, 111]
    assert windows_asked("day", 20) == 35 + 80
