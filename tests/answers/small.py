"""Small worlds written by hand, loaded into DuckDB as the store would hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pytest

from stamm.answers import Answer, Answers, Row, World
from stamm.answers.examples import arrow_of
from stamm.answers.plan import Plan
from stamm.answers.world import Rate, moment_of
from stamm.engines.duckdb import DuckDB
from stamm.facts import imported
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window

Facts = Mapping[str, Sequence[Mapping[str, Any]]]
ALL_OF_2024 = (date(2024, 1, 1), date(2024, 12, 31))


def world(
    facts: Facts,
    *,
    coverage: Mapping[str, tuple[date, date]] | None = None,
    as_of: str | None = None,
    rates: Sequence[Rate] = (),
    **settings: Any,
) -> World:
    """2024 in UTC with a complete history and a lapse of ten days, unless said otherwise."""
    organisation = Organisation(**{"history": "complete", "lapse_days": 10, **settings})
    tables = {kind: arrow_of(kind, rows, organisation.zone) for kind, rows in facts.items()}
    return World(
        engine=DuckDB.over_tables(tables),
        organisation=organisation,
        coverage=dict.fromkeys(imported(), ALL_OF_2024) if coverage is None else coverage,
        as_of=moment_of(as_of, organisation.zone) if as_of else None,
        rates=tuple(rates),
    )


def order(number: int | str, customer: str | None, ordered_at: str, amount: int = 1000, **more: Any) -> dict[str, Any]:
    """An order of 10.00 in the reported currency."""
    return {
        "order_id": f"o{number}",
        "customer_id": customer,
        "ordered_at": ordered_at,
        "amount_minor": amount,
        **more,
    }


def paying(customer: str, started_at: str, ended_at: str | None = None, **more: Any) -> dict[str, Any]:
    """A running subscription of 50.00."""
    row = {"subscription_id": customer, "customer_id": customer, "started_at": started_at, "ended_at": ended_at}
    return {**row, "mrr_minor": 5000, "status": "active", **more}


def known(customer: str, valid_from: str, **attributes: str) -> dict[str, Any]:
    """A row of customers."""
    return {"customer_id": customer, "valid_from": valid_from, **attributes}


def ask(of: World, metric: Any, *windows: str, **more: Any) -> Answer:
    """The answer over windows written as text."""
    return Answers(of).ask(metric, [Window.parse(text) for text in windows], **more)


def values(answer: Answer) -> list[Any]:
    """The values of an answer that is not split."""
    return [row.value for row in answer.rows]


def grid(answer: Answer) -> dict[tuple[str, str | None], Any]:
    """The values by first day of the window, and group."""
    return {(str(row.window.start), row.group): row.value for row in answer.rows}


def derived(of: World, key: str, *columns: str, window: str = "2024") -> list[dict[str, Any]]:
    """Rows of a derived fact at the world's as_of, in the order of the columns named."""
    as_of = of.known_until(tuple(of.coverage))
    assert as_of is not None  # these worlds are covered
    found = of.engine.run(Plan(of, (Window.parse(window),), None, as_of)[key].select(*columns)).to_pylist()
    return sorted(found, key=lambda row: [(row[name] is None, str(row[name])) for name in columns])


def utc(text: str) -> datetime:
    """A moment, UTC."""
    return moment_of(text + ("T00:00" if len(text) == 10 else ""), "UTC")


def same(found: Answer, other: Answer) -> bool:
    """Whether two answers agree: counts and money exactly, real numbers to 1e-9 (their sums have no fixed order)."""
    assert len(found.rows) == len(other.rows)
    return all(
        _flat(one) == pytest.approx(_flat(two), rel=1e-9, abs=1e-12, nan_ok=False) for one, two in pairs(found, other)
    )


def pairs(found: Answer, other: Answer) -> list[tuple[Row, Row]]:
    """Rows of both, side by side; what is not a number must be equal."""
    both = list(zip(found.rows, other.rows, strict=True))
    for one, two in both:
        plain = [(r.window, r.group, r.complete, r.reason, r.n, set(r.parts)) for r in (one, two)]
        assert plain[0] == plain[1]
    return both


def _flat(row: Row) -> list[Any]:
    numbers = [row.value, row.low, row.high, *(row.parts[name] for name in sorted(row.parts))]
    return [-1.5e300 if number is None else number for number in numbers]
