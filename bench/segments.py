"""Segments over half a million customers: `python -m bench.segments [CUSTOMERS]`.

Four million orders over two years, half a million tickets, attributes of everybody, in memory. What is measured is one
whole question, warm, from the rule to its size; the limit is 2 seconds on the clock.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from bench.measuring import measured, median
from stamm.answers import World
from stamm.answers.segments import Segments
from stamm.engines.duckdb import DuckDB
from stamm.facts import FACTS, Imported
from stamm.lang.organisation import Organisation
from stamm.segments.ready import READY
from stamm.segments.sentence import read, written
from stamm.segments.speech import Speech

CUSTOMERS, ROUNDS, LIMIT = 500_000, 5, 2.0
ORDERS_EACH, DAYS = 8, 730
FIRST = date(2024, 1, 1)
RULES = (
    "who ordered at least 2 times in the last 90 days",
    "who paid more than 100 EUR in the last 365 days and whose country is DE or AT",
    "who did not order at least once in the last 60 days and not (whose country is CH) and whose country is known",
    "who opened a ticket at least once in the last 180 days or whose last order was at least 300 days ago",
    "who are among the 10% who paid most in the last 365 days",
    "who are customers again",
)


def world(customers: int, seed: int = 1) -> World:
    """Made rows: orders spread over two years, more of them for some customers than for others."""
    chance = np.random.default_rng(seed)
    orders, tickets = ORDERS_EACH * customers, customers
    who = (customers * chance.random(orders) ** 2).astype(np.int64)
    tables = {
        "orders": _table("orders", orders, "ordered", who, chance, amount_minor=chance.integers(500, 20_000, orders)),
        "tickets": _table("tickets", tickets, "opened", chance.integers(0, customers, tickets), chance),
        "customers": _table(
            "customers",
            customers,
            "valid_from",
            np.arange(customers),
            chance,
            country=pa.array(["DE", "AT", "CH", None]).take(pa.array(chance.integers(0, 4, customers))),
        ),
    }
    end = FIRST.toordinal() + DAYS - 1
    coverage = dict.fromkeys(tables, (FIRST, date.fromordinal(end)))
    return World(DuckDB.over_tables(tables), Organisation(history="complete"), coverage)


def _table(kind: str, count: int, clock: str, who: np.ndarray, chance: np.random.Generator, **more: object) -> pa.Table:
    """A table of a fact, in which what is not given is empty."""
    fact = FACTS[kind]
    assert issubclass(fact, Imported)
    seconds = chance.integers(0, DAYS * 86_400, count)
    start = np.datetime64(FIRST, "us")
    moments = start + seconds.astype("timedelta64[s]")
    days = moments.astype("datetime64[D]")
    name = clock if clock in fact.columns() else f"{clock}_at"
    cells: dict[str, object] = {
        fact.key_columns[0]: pa.array(np.arange(count)).cast(pa.string()),
        "customer_id": pa.array(who).cast(pa.string()),
        name: pa.array(moments, pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC")),
        f"{clock}_on": pa.array(days),
        "received_at": pa.repeat(pa.scalar(datetime(2026, 1, 1, tzinfo=UTC), pa.timestamp("us", tz="UTC")), count),
        "simulated": pa.repeat(True, count),
        **more,
    }
    schema = pa.schema([field for field in fact.schema() if field.name != "month"])
    columns = [cells[f.name] if f.name in cells else pa.nulls(count, f.type) for f in schema]
    return pa.table(columns, names=schema.names).cast(schema)


def main(customers: int) -> None:
    """Every rule, warm, beside the limit."""
    asked = Segments(world(customers))
    told = [*RULES, *(READY[key].rule for key in ("rfm_champions", "month_dormant"))]
    title = f"{customers:,} customers, {ORDERS_EACH * customers:,} orders; at most {LIMIT:.0f} s warm"
    table = Table("rule", "in it", "seconds", "CPU s", title=title)
    slow = False
    for each in told:
        rule = read(each, Speech()) if isinstance(each, str) else each
        on = asked.day(None, rule)
        size = asked.size(rule, on)
        cost = median([measured(lambda rule=rule, on=on: asked.size(rule, on))[1] for _ in range(ROUNDS)])
        slow |= cost.seconds > LIMIT
        table.add_row(written(rule, Speech()), f"{size.customers:,}", f"{cost.seconds:.2f}", f"{cost.cpu:.2f}")
    Console().print(table)
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)
