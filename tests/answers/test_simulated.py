"""An answer says that it is made of simulated facts, also where these only fill in what the others lack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stamm.answers import Answers
from stamm.lang.window import Window
from tests.answers.small import ask, known, order, world

FACTS = {
    "orders": [order(1, "anna", "2024-02-05", channel="web")],
    "customers": [known("anna", "2024-01-01", country="DE")],
    "events": [{"event_id": "e1", "anonymous_id": "d1", "happened_at": "2024-02-05", "kind": "page"}],
    "links": [{"anonymous_id": "d1", "linked_at": "2024-02-06", "customer_id": "anna"}],
    "returns": [],
    "gatherings": [],
    "attendances": [],
}


@pytest.mark.parametrize(
    ("metric", "made_up", "asked", "simulated"),
    [
        ("order_count", "orders", {}, True),
        ("order_count", "events", {}, False),
        # whose a device is, links tell
        ("visitors", "links", {}, True),
        ("order_count", "links", {}, False),
        # when a gathering ends, and of which campaign it is
        ("attendance_rate", "gatherings", {}, True),
        # the attribute of a customer is read where it is asked for, and an order's own is not one
        ("order_count", "customers", {}, False),
        ("order_count", "customers", {"by": "country"}, True),
        ("order_count", "customers", {"where": "country=DE"}, True),
        ("order_count", "customers", {"by": "channel", "where": "channel=web"}, False),
        ("customer_count", "customers", {"by": "country"}, True),
        # what a metric is built on
        ("average_order_value", "orders", {}, True),
        ("revenue_per_customer", "returns", {}, True),
    ],
)
def test_a_metric_is_marked(metric: str, made_up: str, asked: dict[str, str], simulated: bool) -> None:
    of = replace(world(FACTS), simulated=frozenset({made_up}))
    assert ask(of, metric, "2024-02", **asked).simulated is simulated


@pytest.mark.parametrize(
    ("made_up", "by", "simulated"), [("orders", None, True), ("customers", None, False), ("customers", "country", True)]
)
def test_an_analysis_is_marked(made_up: str, by: str | None, simulated: bool) -> None:
    answers = Answers(replace(world(FACTS), simulated=frozenset({made_up})))
    assert answers.analyse("rfm", Window.parse("2024-02"), by=by).simulated is simulated
