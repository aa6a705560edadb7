"""Small organisations to report on, made from a handful of rules so that every number can be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from stamm.answers import Answers
from stamm.answers.examples import arrow_of
from stamm.answers.world import World
from stamm.engines.duckdb import DuckDB
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.reports.readers import Reader
from stamm.reports.retention_report import write_report

Row = Mapping[str, Any]
FIRST = date(2024, 1, 1)


def world(
    facts: Mapping[str, Sequence[Row]],
    last: date | None,
    *,
    first: date = FIRST,
    simulated: Sequence[str] = (),
    **settings: Any,
) -> World:
    """A world in which the given kinds are covered from `first` to `last`, both in."""
    organisation = Organisation(**{"history": "cut", "lapse_days": 28, **settings})
    tables = {kind: arrow_of(kind, rows, organisation.zone) for kind, rows in facts.items()}
    covered = dict.fromkeys(facts, (first, last)) if last else {}
    return World(
        engine=DuckDB.over_tables(tables),
        organisation=organisation,
        coverage=covered,
        simulated=frozenset(simulated),
        snapshot=7,
    )


def orders(customers: int = 120, until: date = date(2024, 6, 18)) -> list[Row]:
    """Customer i orders every 9 + i % 15 days from day i % 30 on; every seventh stops in April."""
    rows: list[Row] = []
    for number in range(customers):
        day = FIRST + timedelta(days=number % 30)
        stop = date(2024, 4, 10) if number % 7 == 0 else until
        while day <= stop:
            rows.append(order(number, day, 1000 + 37 * (number % 11)))
            day += timedelta(days=9 + number % 15)
    return rows


def order(customer: int, day: date, amount: int, **more: Any) -> Row:
    """One order."""
    return {
        "order_id": f"{customer}-{day}",
        "customer_id": f"c{customer}",
        "ordered_at": day.isoformat(),
        "amount_minor": amount,
        **more,
    }


def responses(until: date = date(2024, 6, 18)) -> list[Row]:
    """Three answers a day to the recommendation question, from 0 to 10 in turn."""
    days = (until - FIRST).days + 1
    return [
        {
            "response_id": f"r{number}",
            "question": "would you recommend us",
            "kind": "nps",
            "customer_id": f"c{number % 90}",
            "asked_at": (FIRST + timedelta(days=number // 3)).isoformat(),
            "answered_at": (FIRST + timedelta(days=number // 3)).isoformat(),
            "score": float((number * 7) % 11),
            "scale_min": 0.0,
            "scale_max": 10.0,
        }
        for number in range(3 * days)
    ]


def subscriptions(customers: int = 60) -> list[Row]:
    """Sixty subscriptions of 20.00 a month; every tenth ended in March."""
    return [
        {
            "subscription_id": f"s{number}",
            "started_at": "2024-01-01",
            "customer_id": f"c{number}",
            "plan": "basic",
            "ended_at": "2024-03-15" if number % 10 == 0 else None,
            "mrr_minor": 2000,
            "status": "active",
        }
        for number in range(customers)
    ]


@cache
def shop() -> Answers:
    """Orders and answers up to the middle of June."""
    facts = {"orders": orders(), "responses": responses()}
    return Answers(world(facts, date(2024, 6, 18), simulated=("responses",), name="Lindenhof Kaffee"))


def report(answers: Answers, language: str = "en", *, organisation: Organisation | None = None, **more: Any) -> str:
    """The report on a world, for a manager unless said otherwise; another organisation changes its name and reasons."""
    code = Language("de" if language == "de" else "en")
    return write_report(answers, organisation=organisation or answers.world.organisation, language=code, **more)


@cache
def page(language: str, reader: Reader = "analyst") -> str:
    """The report on the shop, written once a run."""
    return report(shop(), language, reader=reader, note="Café")
