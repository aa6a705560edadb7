"""The Kaplan-Meier curve and its area, against lifelines on random spells."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]
from lifelines.utils import restricted_mean_survival_time  # type: ignore[import-untyped]

from stamm.answers import World
from stamm.lang.window import Window
from tests.answers.small import ask, derived, paying, world

YEAR = 86_400 * 365.25
LONG = {"subscriptions": (datetime(2010, 1, 1, tzinfo=UTC).date(), datetime(2023, 12, 31, tzinfo=UTC).date())}


def random_world(seed: int, people: int, share_open: float) -> tuple[World, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Spells begun before 2023; lengths in years at the end of 2022 and whether they had ended by then."""
    chance = np.random.default_rng(seed)
    end = datetime(2023, 1, 1, tzinfo=UTC)
    rows, lengths, over = [], [], []
    for number in range(people):
        start = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(hours=int(chance.integers(0, 24 * 3600)))
        length = timedelta(days=int(chance.choice([30, 365, 366, 1000, int(chance.integers(1, 4000))])))
        stop = None if chance.random() < share_open else start + length
        rows.append(paying(f"c{number}", "", None) | {"started_at": start, "ended_at": stop})
        gone = stop is not None and stop < end
        over.append(gone)
        lengths.append((((stop or end) if gone else end) - start).total_seconds() / YEAR)
    of = world({"subscriptions": rows}, spell_rule="subscriptions", coverage=LONG)
    return of, np.array(lengths), np.array(over)


@pytest.mark.parametrize(
    ("seed", "people", "share_open"), [(1, 1, 0), (2, 7, 0.3), (3, 60, 0.5), (4, 200, 0.1), (5, 40, 1.0), (6, 30, 0.0)]
)
def test_restricted_mean(seed: int, people: int, share_open: float) -> None:
    of, lengths, over = random_world(seed, people, share_open)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = KaplanMeierFitter().fit(lengths, over)
        for horizon in (0.5, 5.0):
            reach = min(horizon, float(lengths.max()))
            expected = restricted_mean_survival_time(fitter, t=reach)
            row = ask(of, "customer_lifetime", "2022", settings={"horizon_years": horizon}).rows[0]
            assert row.value == pytest.approx(expected, rel=1e-8)
            assert row.parts["spells"] == people
            assert row.parts["ended"] == over.sum()
            assert row.parts["longest"] == pytest.approx(lengths.max(), rel=1e-9)


@pytest.mark.parametrize("seed", [2, 3, 6])
def test_every_step_of_the_curve(seed: int) -> None:
    of, lengths, over = random_world(seed, 40, 0.3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = KaplanMeierFitter().fit(lengths, over)
    steps = derived(of, "survival", "years", "at_risk", "ended", "survival", window="2022")
    steps.sort(key=lambda row: row["years"])
    assert len(steps) == len(np.unique(np.round(lengths, 9)))
    table = fitter.event_table.iloc[1:]
    assert [row["at_risk"] for row in steps] == table["at_risk"].tolist()
    assert [row["ended"] for row in steps] == table["observed"].tolist()
    before = fitter.survival_function_.iloc[:-1, 0].to_numpy()
    assert [row["survival"] for row in steps] == pytest.approx(before.tolist(), rel=1e-9, abs=1e-12)


def test_each_window_sees_only_what_was_known_at_its_end() -> None:
    of = world(
        {"subscriptions": [paying("anna", "2022-01-01", "2022-07-02T15:00")]}, spell_rule="subscriptions", coverage=LONG
    )
    first, second, before = ask(of, "customer_lifetime", "2022-Q1", "2023", "2021").rows
    assert first.value == pytest.approx(90 / 365.25)
    assert first.parts["ended"] == 0
    assert second.value == pytest.approx(182.625 / 365.25)
    assert second.parts["ended"] == 1
    assert before.value is None


def test_an_end_exactly_at_the_windows_end_is_not_in_it() -> None:
    of = world(
        {"subscriptions": [paying("anna", "2022-01-01", "2022-04-01")]}, spell_rule="subscriptions", coverage=LONG
    )
    assert [row.parts["ended"] for row in ask(of, "customer_lifetime", "2022-Q1", "2022-Q2").rows] == [0, 1]
    assert Window.parse("2022-Q1").length == 90
