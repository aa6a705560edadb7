"""Running worked examples: the tables written in a definition become a small world."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from stamm.answers.answer import Answer
from stamm.answers.ask import Answers
from stamm.answers.plan import Plan
from stamm.answers.world import ALL_TIME, World, moment_of
from stamm.engines.kind import Engine
from stamm.facts import FACTS, imported
from stamm.facts.columns import ARROW, Column
from stamm.facts.kind import Imported
from stamm.lang.example import Example, Row, TableExample
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window, days_of
from stamm.metrics import Metric

MakeEngine = Callable[[Mapping[str, pa.Table]], Engine]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def sum_example(metric: Metric, example: Example) -> Any:
    """The value for the numbers given."""
    return type(metric).value(metric, **dict(example.given))


def facts_example(metric: type[Metric], example: Example, make: MakeEngine) -> Answer:
    """The answer for the tables given."""
    context = example.context
    window = Window.parse(context["window"])
    answers = Answers(world_of(example.facts, context, make))
    return answers.ask(metric, [window], by=context.get("by"), settings=context.get("settings"))


def table_example(key: str, example: TableExample, make: MakeEngine) -> list[dict[str, Any]]:
    """The rows of a derived fact for the tables given, with the columns the example names."""
    context = {"as_of": "2030-01-01", "window": "2000", **example.context}
    world = world_of(example.facts, context, make)
    plan = Plan(world, (Window.parse(context["window"]),), None, world.as_of or LONG_AGO)
    rows: list[dict[str, Any]] = world.engine.run(plan[key].select(list(example.gives[0]))).to_pylist()
    return rows


def expected_rows(key: str, example: TableExample) -> list[dict[str, Any]]:
    """The rows a derived fact's example promises, typed."""
    columns = FACTS[key].columns()
    zone = example.context.get("zone", "UTC")
    return [
        {name: typed(cell, columns[name], zone) if name in columns else cell for name, cell in row.items()}
        for row in example.gives
    ]


def world_of(facts: Mapping[str, Sequence[Row]], context: Mapping[str, Any], make: MakeEngine) -> World:
    """A world that holds these tables; everything is covered, up to `as_of` or the window's end."""
    zone = context.get("zone", "UTC")
    organisation = Organisation(
        zone=zone,
        currency=context.get("currency", "EUR"),
        history=context.get("history", "complete"),
        spell_rule=context.get("spell_rule", "orders"),
        lapse_days=context.get("lapse_days", 90),
    )
    as_of = moment_of(context["as_of"], zone) if context.get("as_of") else Window.parse(context["window"]).ends_at(zone)
    stored = {key: arrow_of(key, rows, zone) for key, rows in facts.items() if key in imported()}
    made = {key: ibis.memtable(arrow_of(key, rows, zone)) for key, rows in facts.items() if key not in imported()}
    return World(
        engine=make(stored),
        organisation=organisation,
        coverage=dict.fromkeys(imported(), ALL_TIME),
        as_of=as_of,
        given=made,
    )


def arrow_of(key: str, rows: Sequence[Mapping[str, Any]], zone: str) -> pa.Table:
    """Rows of text or typed values as the table the store would hold (local days resolved)."""
    fact = FACTS[key]
    columns = dict(fact.columns())
    arrays = {
        name: pa.array([typed(row.get(name), column, zone) for row in rows], column.arrow)
        for name, column in columns.items()
    }
    if issubclass(fact, Imported):
        arrays["received_at"] = pa.array([row.get("received_at") or LONG_AGO for row in rows], ARROW["moment"])
        arrays["simulated"] = pa.array([bool(row.get("simulated")) for row in rows], pa.bool_())
        for clock, day in fact.day_columns().items():
            moments = arrays[clock].cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)
            arrays[day] = pa.array(days_of(np.asarray(moments, dtype="datetime64[us]"), zone), pa.date32())
        schema = fact.schema()
        return pa.table({name: arrays[name] for name in schema.names if name != "month"})
    return pa.table(arrays)


def typed(cell: Any, column: Column, zone: str) -> Any:
    """A word of an example table as a value of the column's type."""
    if not isinstance(cell, str):
        return cell
    readers: dict[str, Callable[[str], Any]] = {
        "moment": lambda word: moment_of(word, zone),
        "day": date.fromisoformat,
        "whole": int,
        "real": float,
        "flag": lambda word: word == "true",
    }
    return readers.get(column.type, str)(cell)
