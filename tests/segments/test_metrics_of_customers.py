"""A metric of each customer is what the metric gives for that customer alone, from what was known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from stamm.answers import Answers
from stamm.answers.examples import arrow_of
from stamm.answers.segments import Segments
from stamm.engines.duckdb import DuckDB
from stamm.facts import imported
from stamm.facts.columns import moment_column
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.window import Window
from stamm.segments.one_by_one import told_of_customers
from stamm.segments.operators.metric_of_customer import MetricOfCustomer
from stamm.segments.rule import Is
from stamm.segments.sentence import read, sentence
from stamm.segments.speech import Speech
from tests.answers.anything import PEOPLE, rows_of_anything
from tests.answers.small import ALL_OF_2024, order, world

ON, DAYS = date(2024, 3, 1), 45
START = datetime(2024, 3, 1, tzinfo=UTC)
WHO = tuple(who for who in PEOPLE if who)
#: of each way to count one: sums, means of two facts, made a window at a time, shared out, of visits, medians, pauses
SOME = (
    "order_count",
    "revenue",
    "average_order_value",
    "contribution_per_customer",
    "monthly_recurring_revenue",
    "visits",
    "resolution_time",
    "time_between_purchases",
)
Rows = dict[str, list[dict[str, Any]]]


def shop() -> Rows:
    """Rows of every kind, and for each customer a company that nobody else is of."""
    rows = rows_of_anything()
    return {
        **rows,
        "orders": [{**row, "amount_minor": 1000 + row["amount_minor"]} for row in rows["orders"]],
        "customers": [{"customer_id": who, "valid_from": "2023-12-01", "company": who} for who in WHO],
    }


def known_then(facts: Rows) -> Rows:
    """What was known at the start of the day: no later row, and no later moment in those there are."""
    found: Rows = {}
    for key, rows in facts.items():
        kind, table = imported()[key], arrow_of(key, rows, "UTC").to_pylist()
        clock = moment_column(kind.clock)
        found[key] = [
            {name: cell if not isinstance(cell, datetime) or cell < START else None for name, cell in row.items()}
            for row in table
            if row[clock] < START
        ]
        assert len(rows) == len(table)
    return found


@pytest.fixture(scope="module")
def oracle() -> Answers:
    """A shop where nothing later ever came."""
    tables = {kind: arrow_of(kind, rows, "UTC") for kind, rows in known_then(shop()).items()}
    past = replace(world({}), engine=DuckDB.over_tables(tables), coverage=dict.fromkeys(imported(), ALL_OF_2024))
    return Answers(replace(past, as_of=START))


@pytest.fixture(scope="module")
def asked() -> Segments:
    """The whole shop, where much comes later."""
    return Segments(world(shop()))


@pytest.mark.parametrize("key", SOME)
def test_it_is_what_the_metric_gives(key: str, oracle: Answers, asked: Segments) -> None:
    split = oracle.ask(key, [Window(ON - timedelta(days=DAYS), ON)], by="company")
    each = MetricOfCustomer(metric=key, days=DAYS).of_each
    told = dict.fromkeys(WHO, each.of_nobody) | {row.group: row.value for row in split.rows if row.group}
    assert any(told.values())
    rows = asked.world.engine.run(each.rows(asked.then(ON))).to_pylist()
    found = dict.fromkeys(WHO, each.of_nobody) | {row["customer_id"]: row["value"] for row in rows}
    assert found == told


def test_it_is_said_read_and_refused_plainly() -> None:
    for code, text in (
        ("en", "Customers whose value of average order value in the last 90 days is at least 40."),
        ("de", "Kunden, deren Wert für Durchschnittlicher Bestellwert in den letzten 90 Tagen mindestens 40 ist."),
    ):
        rule = Is(MetricOfCustomer(metric="average_order_value", days=90, value=40))
        assert sentence(rule, Speech(code)) == text  # type: ignore[arg-type]
        assert read(text, Speech(code)) == rule  # type: ignore[arg-type]
    of = world({"orders": [order(1, "anna", "2024-02-01", currency="USD")]}, coverage={"orders": ALL_OF_2024})
    with pytest.raises(CurrencyError, match="USD: 1"):
        Segments(of).size(Is(MetricOfCustomer(metric="gross_revenue")), ON)
    with pytest.raises(UsageError, match="digits"):
        Segments(world({}, coverage={"orders": ALL_OF_2024})).size(
            Is(MetricOfCustomer(metric="gross_revenue", value=0.001)), ON
        )
    assert Segments(of).size(Is(MetricOfCustomer(metric="order_count", value=1)), ON).customers == 1


def test_what_one_customer_has_no_number_of_is_no_choice() -> None:
    told = told_of_customers()
    assert {
        "customer_retention_rate",
        "customer_count",
        "stickiness",
        "top_customer_share",
        "rating_average",
    }.isdisjoint(told)
    assert set(SOME) <= set(told)
