"""Metrics that count customers alike put them together; several splits asked at once are each split."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from stamm.answers import Answers, World
from stamm.answers.alike import BITS, NAMED, Alike
from stamm.answers.people import NotCountedError, People
from stamm.engines.duckdb import DuckDB
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS, family
from tests.answers.small import known, order, world

MONTHS = windows(date(2024, 1, 1), date(2024, 5, 1), "month")
COUNTRIES, CHANNELS = ("DE", "AT", None), ("search", "post")


def shop() -> World:
    """Forty customers who order every few days, each with a rhythm and an end of their own."""
    orders, customers = [], []
    for number in range(40):
        for step in range(1 + number % 7):
            day = 1 + number % 9 + step * (4 + number % 11)
            placed = date(2024, 1, 1).toordinal() + day
            orders.append(order(f"{number}-{step}", f"c{number:02}", f"{date.fromordinal(placed)}T10:00"))
        attributes = {"country": COUNTRIES[number % 3], "acquired_through": CHANNELS[number % 2]}
        customers.append(known(f"c{number:02}", "2023-12-01", **{k: v for k, v in attributes.items() if v}))
    return world({"orders": orders, "customers": customers})


@pytest.mark.long
@pytest.mark.parametrize("name", ["retention", "churn"])
@pytest.mark.parametrize("window", [Window.parse("2024-02"), Window(date(2024, 1, 5), date(2024, 4, 5))])
def test_classes_are_the_customers(name: str, window: Window) -> None:
    of = shop()
    members = [metric() for metric in family(name)]
    with closing(of.engine):
        people, alike = People(of), Alike(of, (), members, window)
        assert sum(len(examples) for examples in alike.examples.values()) <= len(alike.sizes) * NAMED
        named = 0
        for metric in members:
            counted = {words: len(customers) for words, customers in people.memberships(metric, window).items()}
            classes = alike.counted_as(metric)
            assert {words: alike.count(found) for words, found in classes.items()} == counted
            for words, customers in people.memberships(metric, window).items():
                assert alike.first(classes[words]) == tuple(sorted(customers))[:NAMED]
            try:
                sides: Any = people.weights(metric, [window])[window]
            except NotCountedError:
                assert alike.weighed(metric) is None
                continue
            named += 1
            weighed = alike.weighed(metric)
            assert weighed is not None
            for side, classes_of_side in zip(sides, weighed, strict=True):
                expected = Counter(side.values())
                assert {w: n for w, n in expected.items() if w} == _sizes(alike, classes_of_side)
    assert named >= 2
    assert (window.end - window.start).days > BITS or window == Window.parse("2024-02")


def _sizes(alike: Alike, weights: dict[str, float]) -> dict[float, int]:
    """How many customers have each weight."""
    found: Counter[float] = Counter()
    for each, weight in weights.items():
        found[weight] += alike.count([each])
    return {weight: number for weight, number in found.items() if weight}


class Counting(DuckDB):
    """DuckDB that knows how often it was asked."""

    asked = 0

    def run(self, expression: ir.Table) -> pa.Table:
        self.asked += 1
        return super().run(expression)


@pytest.mark.parametrize("where", [(), ("country=DE",)])
def test_several_splits_at_once_are_each_split(where: tuple[str, ...]) -> None:
    of, dimensions = shop(), ("country", "acquired_through")
    with closing(of.engine):
        of.engine.__class__ = Counting
        engine: Any = of.engine
        metric = METRICS["customer_retention_rate"]()
        alone = {by: Answers(of).ask(metric, MONTHS, by=by, where=where).rows for by in dimensions}
        together = Answers(of)
        before = engine.asked
        together.prepare_each(metric, MONTHS, dimensions, where=where)
        assert engine.asked == before + 1
        assert {by: together.ask(metric, MONTHS, by=by, where=where).rows for by in dimensions} == alone
        # what each split is made of is known now; beside it only what was passed over is asked
        assert engine.asked == before + 2
        assert {row.group for row in alone["country"]} == ({"DE"} if where else {"DE", "AT", None})
