"""Asking: parameters, what was passed over, many at once, and a moment of the past."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamm.answers import Answers
from stamm.answers.plan import Plan
from stamm.engines.duckdb import DuckDB
from stamm.lang.errors import UsageError
from stamm.lang.window import Window
from stamm.metrics import METRICS
from tests.answers.made import Discounts, DiscountsIfAny, LargeOrders, MeanAmount, Placed, Turnover
from tests.answers.small import ask, known, order, paying, same, utc, values, world
from tests.soundness import oracle
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.worlds import CLOCKS, windows_of, worlds
from tests.thorough import turns

ORDERS = [
    order(1, "anna", "2024-02-05", 500),
    order(2, "anna", "2024-02-06", 1000),
    order(3, None, "2024-02-07", 1500),
    order(4, "ben", "2024-03-07", 2000, cancelled_at="2024-03-08"),
    order(5, None, "2024-03-08", 2000, cancelled_at="2024-03-09"),
    order(6, None, "2024-04-08", 2000),
]


def test_parameters() -> None:
    of = world({"orders": ORDERS})
    assert values(ask(of, LargeOrders, "2024-02")) == [2]
    assert values(ask(of, LargeOrders, "2024-02", settings={"least": "1500"})) == [1]
    assert values(ask(of, LargeOrders(least=500), "2024-02")) == [3]
    assert values(ask(of, LargeOrders(least=500), "2024-02", settings={"least": 1500})) == [1]
    with pytest.raises(UsageError, match="large_orders has no parameter 'lest'"):
        ask(of, LargeOrders, "2024-02", settings={"lest": 1})
    with pytest.raises(UsageError, match="must be a whole number"):
        ask(of, LargeOrders, "2024-02", settings={"least": "many"})


def test_parameters_do_not_share_answers() -> None:
    answers = Answers(world({"orders": ORDERS}))
    february = [Window.parse("2024-02")]
    found = [
        answers.ask(LargeOrders, february, settings={"least": least}).rows[0].value for least in (0, 1000, 1500, 0)
    ]
    assert found == [3, 2, 1, 3]


def test_an_unknown_metric() -> None:
    with pytest.raises(UsageError, match="no metric named 'customer_cuont'") as caught:
        ask(world({}), "customer_cuont", "2024-02")
    assert "customer_count" in caught.value.remedy


def test_what_was_passed_over_is_told() -> None:
    of = world({"orders": ORDERS})
    assert ask(of, "purchase_frequency", "2024-02").left_out == {"orders without a customer": 1}
    assert ask(of, "purchase_frequency", "2024-03").left_out == {"cancelled orders": 2}
    assert ask(of, "purchase_frequency", "2024-02", "2024-03").left_out == {
        "orders without a customer": 1,
        "cancelled orders": 2,
    }
    assert ask(of, "purchase_frequency", "2024-05").left_out == {}
    # the windows overlap, each row is told once
    assert ask(of, "purchase_frequency", "2024-02", "2024-02-07", "2024-Q1").left_out == {
        "orders without a customer": 1,
        "cancelled orders": 2,
    }


@pytest.mark.parametrize("key", ["gross_revenue", "order_count", "average_order_value"])
def test_an_order_that_counts_whoever_placed_it_was_not_passed_over(key: str) -> None:
    """One of February has no customer; two of March are cancelled."""
    asked = ask(world({"orders": ORDERS}), key, "2024-02", "2024-03")
    assert asked.left_out == {"cancelled orders": 2}


def test_what_was_passed_over_lies_in_the_windows_asked_for() -> None:
    assert ask(world({"orders": ORDERS}), "purchase_frequency", "2024-02", "2024-05").left_out == {
        "orders without a customer": 1
    }


@pytest.mark.parametrize(("first", "second"), [(Discounts, DiscountsIfAny), (DiscountsIfAny, Discounts)])
def test_what_is_empty_is_told_apart(first: Any, second: Any) -> None:
    answers = Answers(world({"orders": ORDERS}))
    february = [Window.parse("2024-02")]
    found = {metric: answers.ask(metric, february).rows[0].value for metric in (first, second)}
    assert found == {Discounts: 0, DiscountsIfAny: None}


def test_the_past_is_asked_as_of_a_moment() -> None:
    of = world({"orders": ORDERS}, as_of="2024-02-06T12:00")
    answer = ask(of, Placed, "2024-02", "2024-01", "2024-03")
    assert values(answer) == [2, 0, None]
    assert [row.complete for row in answer.rows] == [False, True, False]
    assert answer.as_of == utc("2024-02-06T12:00")
    exactly = world({"orders": ORDERS}, as_of="2024-02-06")  # a date is its midnight, and what is then is not before it
    assert values(ask(exactly, Placed, "2024-02")) == [1]


def test_as_of_a_past_moment_nobody_has_left_yet() -> None:
    """The lapse after the 6th ends on the 16th; on the 15th nobody knows."""
    lost = [(date_, values(ask(world({"orders": ORDERS}, as_of=date_), "customer_count", "2024-02"))[0])
            for date_ in ("2024-02-15", "2024-02-16", "2024-02-17")]  # fmt: skip
    assert lost == [("2024-02-15", 1), ("2024-02-16", 1), ("2024-02-17", 0)]


@pytest.mark.parametrize(
    ("rule", "keys"),
    [
        ("orders", ("customer_churn_rate", "customer_lifetime", "average_order_value", "repeat_purchase_rate")),
        pytest.param("orders", (), marks=pytest.mark.long),
        pytest.param("subscriptions", (), marks=pytest.mark.long),
    ],
)
def test_many_at_once_give_the_same_answers(rule: str, keys: tuple[str, ...]) -> None:
    facts = {
        "orders": [*ORDERS[:3], order(9, "ben", "2024-01-05", channel="web"), order(10, "ben", "2024-03-15")],
        "subscriptions": [paying("anna", "2024-01-05"), paying("ben", "2024-01-15", "2024-03-10")],
        "customers": [known("anna", "2024-01-01", country="DE"), known("ben", "2024-02-10", country="AT")],
    }
    windows = [Window.parse(text) for text in ("2024-01", "2024-02", "2024-03")]
    of = world(facts, spell_rule=rule)
    prepared = Answers(of)
    metrics = [METRICS[key]() for key in keys or METRICS.keys()]
    prepared.prepare(metrics, windows)
    alone = Answers(of)
    for metric in metrics:
        assert same(prepared.ask(metric, windows), alone.ask(metric, windows))


def test_many_at_once_by_country() -> None:
    customers = [known("anna", "2024-01-01", country="DE"), known("ben", "2024-02-10", country="AT")]
    of = world({"orders": ORDERS[:3], "customers": customers})
    windows = [Window.parse(text) for text in ("2024-02", "2024-03")]
    prepared = Answers(of)
    prepared.prepare([Placed(), Turnover(), MeanAmount()], windows, by="country")
    for metric in (Placed, Turnover, MeanAmount):
        assert same(prepared.ask(metric, windows, by="country"), Answers(of).ask(metric, windows, by="country"))


@pytest.mark.parametrize(("most", "queries"), [(None, 1), (2, 1), (1, 3)])
def test_distinct_counts_apart_from_the_rest(most: int | None, queries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are visitors of one event, two of them have ordered."""
    seen = [
        {"event_id": f"{who}{number}", "customer_id": who, "happened_at": "2024-02-05", "kind": kind, "name": name}
        for who in ("anna", "ben", "cleo")
        for number, (kind, name) in enumerate((("page", "Start"), ("track", "Order Completed")))
        if (who, kind) != ("cleo", "track")
    ]
    asked = []
    monkeypatch.setattr(DuckDB, "most_distinct", most)
    run = DuckDB.run
    monkeypatch.setattr(DuckDB, "run", lambda self, expression: asked.append(expression) or run(self, expression))
    answers, february = Answers(world({"events": seen})), [Window.parse("2024-02")]
    metrics = [METRICS[key]() for key in ("visitors", "page_views", "conversion_rate")]
    answers.prepare(metrics, february)
    assert len(asked) == queries
    assert [answers.ask(metric, february).rows[0].value for metric in metrics] == [3, 3, pytest.approx(2 / 3)]


def test_many_at_once_where_money_cannot_be_added() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-05", currency="USD")]})
    answers = Answers(of)
    february = [Window.parse("2024-02")]
    answers.prepare([Turnover(), Placed()], february)
    assert answers.ask(Placed, february).rows[0].value == 1


KEYS = ("customer_count", "customer_churn_rate", "repeat_purchase_rate", "order_count", "time_between_purchases",
        "conversion_rate", "customer_lifetime", "new_customers")  # fmt: skip


def truncated(world: oracle.World) -> oracle.World:
    """The rows of the world that had happened by as_of, and what had not ended then without its end."""

    def happened(at: datetime | date) -> bool:
        return (at if isinstance(at, datetime) else oracle.day_start(world.zone, at)) < world.as_of

    rows: dict[str, Any] = {
        kind: [row for row in getattr(world, kind) if happened(row[clocks[0]])] for kind, clocks in CLOCKS.items()
    }
    rows["subscriptions"] = [
        row | {"ended_at": row["ended_at"] if row["ended_at"] and row["ended_at"] <= world.as_of else None}
        for row in rows["subscriptions"]
    ]
    return oracle.World(**{**vars(world), **rows})


def check_the_past(made: oracle.World, keys: tuple[str, ...]) -> None:
    """A cancellation or a link taken back is taken back for all times; nothing else reaches into the past."""
    spans = sorted({span for group in windows_of(made, 3).values() for span in group if span[0] < span[1]})
    windows = [Window(*span) for span in spans]
    whole, past = facts_of(made), facts_of(truncated(made))
    try:
        for key in keys:
            assert same(Answers(whole).ask(key, windows), Answers(past).ask(key, windows)), key
    finally:
        whole.engine.close()
        past.engine.close()


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds(), st.sampled_from(KEYS))
def test_the_past_is_as_if_nothing_had_happened_since(made: oracle.World, key: str) -> None:
    check_the_past(made, (key,))


@pytest.mark.long
@settings(max_examples=turns(10, 5), deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_the_past_in_many_worlds(made: oracle.World) -> None:
    check_the_past(made, KEYS)


@settings(max_examples=turns(12, 6), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_spells_balance(made: oracle.World) -> None:
    """here(end) = here(start) - ended + started, on spells as the engine derives them, in every world and window."""
    of = facts_of(made)
    try:
        spans = sorted({span for group in windows_of(made, 4).values() for span in group if span[0] < span[1]})
        spells = of.engine.run(Plan(of, (), None, made.as_of)["spells"].select("started_at", "ended_at")).to_pylist()
        for first, last in spans:
            start, end = of.day_start(first), min(of.day_start(last), made.as_of)
            if start >= end:
                continue
            here = [
                sum(s["started_at"] < at and (s["ended_at"] is None or s["ended_at"] >= at) for s in spells)
                for at in (start, end)
            ]
            started = sum(start <= s["started_at"] < end for s in spells)
            ended = sum(s["ended_at"] is not None and start <= s["ended_at"] < end for s in spells)
            assert here[1] == here[0] - ended + started
    finally:
        of.engine.close()


def test_the_length_of_a_window_is_what_matters() -> None:
    of = world({"orders": ORDERS})
    days = [Window(date(2024, 2, 1) + timedelta(days=i), date(2024, 2, 2) + timedelta(days=i)) for i in range(29)]
    found = Answers(of).ask(Turnover, days)
    assert sum(row.value or 0 for row in found.rows) == values(ask(of, Turnover, "2024-02"))[0] == 3000
