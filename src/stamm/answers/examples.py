"""Running worked examples: the tables written in a definition become a small world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from types import NoneType
from typing import Any, get_args, get_type_hints

import ibis
import pyarrow as pa

from stamm.analyses import ANALYSES, Analysis
from stamm.analyses.kind import ROWS
from stamm.answers.answer import Row as AnswerRow
from stamm.answers.ask import Answers
from stamm.answers.plan import Plan
from stamm.answers.reduce import reduce_parts
from stamm.answers.segments import Segments
from stamm.answers.world import ALL_TIME, World, moment_of
from stamm.engines.kind import Engine
from stamm.facts import FACTS, imported
from stamm.facts.columns import ARROW, Column
from stamm.facts.kind import Fact, Imported, Reduction
from stamm.lang.definition import Definition
from stamm.lang.example import Example, Row, TableExample, VerbExample
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window, days_of, starts_of
from stamm.metrics import METRICS, Metric
from stamm.metrics.kind import WindowNames
from stamm.predictions import PREDICTIONS
from stamm.segments import OPERATORS, Operator
from stamm.segments.rule import Is

MakeEngine = Callable[[Mapping[str, pa.Table]], Engine]
Rows = list[dict[str, Any]]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """One worked example as something to run.

    `found` gives all rows that an engine answers; `gives` the columns that are promised of them, in any order.
    An engine plays no part (`asks` is false) where the example is arithmetic on given numbers.
    """

    word: str
    definition: type[Definition]
    number: int
    gives: Rows
    found: Callable[[MakeEngine], Rows]
    asks: bool = True

    @property
    def name(self) -> str:
        """Whose example it is and which: `metric.customer_retention_rate.2`."""
        return f"{self.word}.{self.definition.key}.{self.number}"


def cases() -> tuple[Case, ...]:
    """Every worked example of every registry: each registry whose definitions have examples has its place here."""
    return (*_cases_of_metrics(), *_cases_of_facts(), *_cases_of_analyses(), *_cases_of_operators())


def _cases_of_metrics() -> Iterator[Case]:
    for metric in METRICS:
        for number, example in enumerate(metric.examples, 1):
            yield (_facts_case if example.is_facts else _sum_case)(metric, number, example)


def _cases_of_facts() -> Iterator[Case]:
    for fact in FACTS:
        for number, example in enumerate(fact.examples, 1):
            if isinstance(example, VerbExample):
                yield _verb_case(fact, number, example)
            else:
                yield _table_case(fact, number, example)


def _cases_of_analyses() -> Iterator[Case]:
    for registry in (ANALYSES, PREDICTIONS):
        for analysis in registry:
            for number, example in enumerate(analysis.examples, 1):
                yield _analysis_case(registry.word, analysis, number, example)


def _cases_of_operators() -> Iterator[Case]:
    for operator in OPERATORS:
        for number, example in enumerate(operator.examples, 1):
            yield _operator_case(operator, number, example)


def sum_example(metric: Metric, example: Example) -> Any:
    """The value for the numbers given."""
    return type(metric).value(metric, **dict(example.given))


def _sum_case(metric: type[Metric], number: int, example: Example) -> Case:
    def found(_make: MakeEngine) -> Rows:
        return [{"value": sum_example(metric(), example)}]

    return Case(METRICS.word, metric, number, [{"value": example.value}], found, asks=False)


def _facts_case(metric: type[Metric], number: int, example: Example) -> Case:
    context = example.context

    def found(make: MakeEngine) -> Rows:
        world = world_of(example.facts, context, make)
        with closing(world.engine):
            window, settings = Window.parse(context["window"]), context.get("settings")
            answer = Answers(world).ask(metric, [window], by=context.get("by"), settings=settings)
        return [_told(row) for row in answer.rows]

    groups: Mapping[Any, Any] = example.groups if example.groups is not None else {None: example.value}
    gives = [{"group": group, "value": value} for group, value in groups.items()]
    return Case(METRICS.word, metric, number, gives, found)


def _told(row: AnswerRow) -> dict[str, Any]:
    """All that an answer says of one window and group."""
    parts = {f"parts.{name}": value for name, value in row.parts.items()}
    names = ("group", "value", "n", "low", "high", "complete", "reason")
    return {**{name: getattr(row, name) for name in names}, **parts}


def _table_case(fact: type[Fact], number: int, example: TableExample) -> Case:
    context = {"as_of": "2030-01-01", "window": "2000", **example.context}
    columns, zone = fact.columns(), context.get("zone", "UTC")

    def found(make: MakeEngine) -> Rows:
        world = world_of(example.facts, context, make)
        with closing(world.engine):
            plan = Plan(world, (Window.parse(context["window"]),), None, world.as_of or LONG_AGO)
            rows: Rows = world.engine.run(plan[fact.key]).to_pylist()
        return rows

    gives = [
        {name: typed(cell, columns[name], zone) if name in columns else cell for name, cell in row.items()}
        for row in example.gives
    ]
    return Case(FACTS.word, fact, number, gives, found)


def _analysis_case(word: str, analysis: type[Analysis], number: int, example: TableExample) -> Case:
    context = example.context
    table, settings = context.get("table", ROWS), context.get("settings", {})
    hints = get_type_hints(analysis.tables[table])

    def found(make: MakeEngine) -> Rows:
        world = world_of(example.facts, context, make)
        with closing(world.engine):
            span = Window.parse(context["window"])
            answer = Answers(world).analyse(analysis, span, by=context.get("by"), settings=settings)
        return [vars(row) for row in answer.tables[table]]

    gives = [{name: _promised(cell, hints[name]) for name, cell in row.items()} for row in example.gives]
    return Case(word, analysis, number, gives, found)


def _operator_case(operator: type[Operator], number: int, example: TableExample) -> Case:
    def found(make: MakeEngine) -> Rows:
        world = world_of(example.facts, example.context, make)
        world = replace(world, coverage={kind: world.coverage[kind] for kind in example.facts})
        with closing(world.engine):
            day = date.fromisoformat(example.context["as_of"])
            rows: Rows = Segments(world).members(Is(operator(**example.context["settings"])), day).to_pylist()
        return rows

    return Case(OPERATORS.word, operator, number, [dict(row) for row in example.gives], found)


def _promised(word: str | None, hint: Any) -> Any:
    """A word of a promised table as a value of the row's type: a real number may be a fraction such as 1/3."""
    kinds = get_args(hint) or (hint,)
    if word is None:
        return None if NoneType in kinds else ""
    if float in kinds:
        return float(Fraction(word))
    readers: dict[Any, Callable[[str], Any]] = {int: int, Window: Window.parse, bool: lambda flag: flag == "true"}
    return readers.get(kinds[0], str)(word)


def _verb_case(fact: type[Fact], number: int, example: VerbExample) -> Case:
    context, window = {**example.context, "window": example.window}, Window.parse(example.window)

    def found(make: MakeEngine) -> Rows:
        world = world_of(example.facts, context, make)
        with closing(world.engine):
            plan = Plan(world, (window,), None, world.as_of or LONG_AGO)
            bound = fact().so_far() if example.so_far else fact()
            reductions = {verb: reduction_of(bound, verb) for verb in example.gives}
            cells = reduce_parts(plan, reductions)
        return [{verb: cells[verb].get((0, None), reduction.empty) for verb, reduction in reductions.items()}]

    return Case(FACTS.word, fact, number, [dict(example.gives)], found)


def reduction_of(fact: Fact, call: str) -> Reduction:
    """What a verb of a fact says, called as an example writes it; a predicate is counted."""
    name, _, rest = call.removesuffix(")").partition("(")
    said = getattr(fact, name)(*(_argument(word.strip()) for word in rest.split(",") if word.strip()))
    return said if isinstance(said, Reduction) else fact.count(said)


def _argument(word: str) -> Any:
    if word.startswith("window."):
        return getattr(WindowNames, word.removeprefix("window."))
    return float(word) if "." in word else int(word) if word.isdecimal() else word


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
        for name, clock in fact.computed().items():
            cells = arrays[clock].to_numpy(zero_copy_only=False)
            if pa.types.is_date(arrays[clock].type):
                arrays[name] = pa.array(starts_of(cells, zone)).cast(ARROW["moment"])
            else:
                arrays[name] = pa.array(days_of(cells, zone), pa.date32())
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
