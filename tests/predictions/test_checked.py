"""Kept predictions held against what came, by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from stamm.answers import Answers
from stamm.lang.window import Window
from stamm.predictions import PREDICTIONS
from stamm.predictions.checked import Came, Checked
from tests.answers.small import order, world

SPAN = Window(date(2024, 1, 1), date(2024, 3, 1))
#: foretold on the 1st of February, a Berlin midnight, for ten days: until the end of the 10th
ORDERS = [
    order(1, "anna", "2024-01-31T22:59"),  # 23:59 of the day before
    order(2, "ben", "2024-01-31T23:00", 500),  # the first instant
    order(3, "ben", "2024-02-01T12:00", 700),  # the same day
    order(4, "ben", "2024-02-10T22:59", 300),  # the last minute
    order(5, "cleo", "2024-02-10T23:00"),  # one too late
    order(6, "dora", "2024-02-05T12:00", cancelled_at="2024-02-20T12:00"),  # no longer stands
    order(7, "emil", "2024-02-03T12:00", 900),
]


def kept(name: str, days: int = 10, on: str = "2024-01-31T23:00", **values: float) -> list[dict[str, Any]]:
    return [
        {
            "model": f"{name}:x",
            "customer_id": who,
            "predicted_at": on,
            "name": name,
            "horizon_days": days,
            "value": value,
        }
        for who, value in values.items()
    ]


def check(key: str, predictions: list[dict[str, Any]], as_of: str = "2024-03-01") -> list[Came]:
    facts = {"orders": ORDERS, "predictions": predictions}
    known = world(facts, as_of=as_of, zone="Europe/Berlin")
    return list(Answers(known).analyse(Checked(PREDICTIONS[key]()), SPAN).rows)


def test_who_ordered_nothing() -> None:
    """Anna, Cleo and Dora did not; of the six pairs of one who did and one who did not, five were told apart."""
    told = kept("no_order_risk", anna=0.9, ben=0.1, cleo=0.5, dora=0.3, emil=0.4)
    (row,) = check("no_order_risk", told)
    assert (row.predicted_on, row.model, row.customers) == ("2024-02-01", "no_order_risk:x", 5)
    assert row.told == pytest.approx(0.44)
    assert row.came == pytest.approx(0.6)
    assert (row.low, row.high) == (pytest.approx(0.2307, abs=1e-4), pytest.approx(0.8824, abs=1e-4))
    assert row.auc == pytest.approx(5 / 6)
    assert row.brier == pytest.approx((0.01 + 0.01 + 0.25 + 0.49 + 0.16) / 5)
    assert (row.complete, row.reason) == (True, "")


def test_how_often_and_for_how_much() -> None:
    (row,) = check("expected_orders", kept("expected_orders", anna=1, ben=1, emil=1))
    assert (row.told, row.came) == (1, 1)  # Ben on two days, Emil on one
    (row,) = check("value_ahead", kept("value_ahead", anna=100, ben=1500, emil=800))
    assert (row.told, row.came) == (800, 800)
    assert row.auc is None


def test_by_when() -> None:
    """Ben came on the first day, Emil on the third, Cleo on the eleventh."""
    (row,) = check("next_order", kept("next_order", 365, ben=1, emil=2, cleo=11, anna=200), as_of="2025-03-01")
    assert (row.told, row.came) == (0.5, 0.5)


def test_nothing_is_told_before_the_days_are_over() -> None:
    told = kept("no_order_risk", anna=0.9, ben=0.1)
    (row,) = check("no_order_risk", told, as_of="2024-02-10")
    assert (row.told, row.came, row.complete, row.reason) == (0.5, None, False, "not_over")
    (row,) = check("no_order_risk", told, as_of="2024-02-11")
    assert (row.came, row.complete) == (0.5, True)


def test_each_day_model_and_horizon_is_a_row_of_its_own() -> None:
    told = kept("no_order_risk", anna=0.9, ben=0.1) + kept("no_order_risk", 20, "2024-02-09T23:00", cleo=0.2)
    other = kept("churn_risk", anna=0.4)
    assert [row.predicted_on for row in check("no_order_risk", told + other)] == ["2024-02-10", "2024-02-01"]
    assert check("expected_orders", told) == []
