"""Nothing is told as 0 that nobody can know: every metric, an organisation's own, every analysis, on every surface."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stamm.analyses import ANALYSES
from stamm.analyses.kind import ROWS
from stamm.answers import Answer, Answers, Row, World, written
from stamm.app.settings import read_settings
from stamm.cli import printing, tables
from stamm.cli.session import Session
from stamm.facts import imported
from stamm.lang.formula import Constant, Expression, Name, Operation, quotient_of
from stamm.lang.language import Language
from stamm.lang.reasons import NOT_BEGUN, OUTSIDE
from stamm.lang.window import Window
from stamm.metrics import METRICS, Metric
from stamm.metrics.operands import operands_of
from stamm.reports.catalogue import topics_of
from stamm.reports.figures import Figure
from stamm.reports.wording import Words
from tests.answers.anything import anything

SAY = Session(Path(), Language("en"))
SAY.out.width = 200  # a line a row, whatever the surroundings say
#: before all that is covered; before the first fact; over; running at as_of; later
BEFORE, EMPTY = Window.parse("2022"), Window(date(2024, 1, 1), date(2024, 1, 3))
OVER, RUNNING, LATER = (Window.parse(month) for month in ("2024-02", "2024-03", "2024-05"))
WINDOWS = (BEFORE, EMPTY, OVER, RUNNING, LATER)
SHARES = ("share", "ratio", "points")


#: an organisation's own: a count, a sum, a mean and both kinds of quotients
OWN = """
[metrics.app_orders]
en = "App orders"
de = "App-Bestellungen"
fact = "orders"
count = true
where = { channel = "app" }

[metrics.app_turnover]
en = "Turnover of the app"
de = "Umsatz der App"
fact = "orders"
sum = "amount_minor"
where = { channel = "app" }

[metrics.app_order_value]
en = "Order in the app"
de = "Bestellung in der App"
fact = "orders"
mean = "amount_minor"
where = { channel = "app" }

[metrics.app_share]
en = "Share of the app"
de = "Anteil der App"
share = ["app_orders", "order_count"]

[metrics.app_orders_a_visitor]
en = "App orders a visitor"
de = "App-Bestellungen je Besucher"
ratio = ["app_orders", "visitors"]
"""


@pytest.fixture(scope="module")
def of() -> Iterator[World]:
    world = anything(as_of="2024-03-10", coverage=dict.fromkeys(imported(), (date(2024, 1, 1), date(2024, 3, 9))))
    world = replace(world, metrics=read_settings(OWN, Path("stamm.toml")).metrics)
    assert len(world.metrics.keys()) == len(METRICS.keys()) + 5
    yield world
    world.engine.close()


@pytest.fixture(scope="module")
def answers(of: World) -> list[Answer]:
    door, metrics = Answers(of), [metric() for metric in of.metrics]
    door.prepare(metrics, WINDOWS)
    return [door.ask(metric, WINDOWS) for metric in metrics]


def worth(expression: Expression, parts: Any) -> Any:
    """A formula without a division, of parts that are known; None where one is not."""
    if isinstance(expression, Constant):
        return expression.number
    if isinstance(expression, Name):
        return parts[expression.name]
    assert isinstance(expression, Operation)
    left, right = worth(expression.left, parts), worth(expression.right, parts)
    if left is None or right is None:
        return None
    return {"+": left + right, "-": left - right, "*": left * right}[expression.sign]


def divisor(metric: Metric, row: Row) -> Any:
    """What a row is divided by; 1 where the formula is no single fraction."""
    try:
        bottom = quotient_of(metric.formula())[2]
    except ValueError:
        return 1
    return worth(bottom, row.parts)


@pytest.mark.long
def test_what_cannot_be_observed_has_no_value_and_no_part_of_one(answers: list[Answer]) -> None:
    for answer in answers:
        for row in (answer.rows[0], answer.rows[-1]):
            numbers = (row.value, row.n, row.low, row.high, *row.parts.values())
            assert set(numbers) == {None}, answer.metric.key
            assert row.reason, answer.metric.key
        own = operands_of(answer.metric)[0]
        if own:
            assert [answer.rows[0].reason, answer.rows[-1].reason] == [OUTSIDE, NOT_BEGUN], answer.metric.key


@pytest.mark.long
def test_what_is_not_over_is_marked_and_has_no_interval(answers: list[Answer]) -> None:
    bounded = 0
    for answer in answers:
        over, running = answer.rows[2], answer.rows[3]
        assert (over.complete, running.complete) == (True, False), answer.metric.key
        assert (running.low, running.high) == (None, None), answer.metric.key
        bounded += over.low is not None
    assert bounded > 10


def test_nothing_divided_by_nothing_is_no_value_and_nothing_counted_is_zero(answers: list[Answer]) -> None:
    empty = 0
    for answer in answers:
        row = answer.rows[1]
        for name, reduction in operands_of(answer.metric)[0].items():
            assert row.parts[name] in (reduction.empty, 0), (answer.metric.key, name)
        for each in answer.rows:
            below = divisor(answer.metric, each)
            if below is None or below == 0:
                assert each.value is None, answer.metric.key
                assert each.reason, answer.metric.key
        empty += divisor(answer.metric, row) == 0
    assert empty > 10


def test_the_table_says_so(answers: list[Answer], of: World) -> None:
    for answer in answers:
        with SAY.out.capture() as captured:
            printing.print_rows(answer, of, SAY)
        lines = captured.get().splitlines()[2:]
        for row, line in zip(answer.rows, lines, strict=False):
            assert ("no value" in line) == (row.value is None), (answer.metric.key, line)
            unfinished = row.value is not None and not row.complete
            assert (line.endswith(("not over yet", "begins before the data"))) == unfinished, (answer.metric.key, line)
        notes = lines[len(answer.rows) :]
        assert notes, answer.metric.key
        assert all(len(note) > 3 for note in notes)


def test_json_and_csv_say_so(answers: list[Answer]) -> None:
    for answer in answers:
        told = json.loads(written.as_json(answer))["rows"]
        flat = list(csv.DictReader(io.StringIO(written.as_csv(answer))))
        for row, record, cells in zip(answer.rows, told, flat, strict=True):
            assert (record["value"], record["n"], record["low"], record["complete"]) == (
                row.value, row.n, row.low, row.complete
            )  # fmt: skip
            assert record["parts"] == dict(row.parts)
            assert (cells["value"] == "") == (row.value is None), answer.metric.key
            assert cells["complete"] == str(row.complete).lower()
            assert {name for name, cell in cells.items() if name.startswith("parts.") and cell == ""} == {
                f"parts.{name}" for name, part in row.parts.items() if part is None
            }


@pytest.mark.parametrize("place", range(len(WINDOWS)))
def test_the_report_says_so(answers: list[Answer], of: World, place: int) -> None:
    figures: Any = SimpleNamespace(all={each.metric.key: Figure(each.metric, each, place) for each in answers})
    lines = {
        line.key: line for topic in topics_of(figures, Words(Language("en"), of), frozenset()) for line in topic.lines
    }
    assert lines.keys() == set(of.metrics.keys())
    for answer in answers:
        line, row = lines[answer.metric.key], answer.rows[place]
        assert line.known == (row.value is not None), line.key
        assert bool(line.reason) != line.known, line.key
        assert line.known or not any(sign.isdigit() for sign in line.value), (line.key, line.value)
        assert ("so far" in line.value) == (line.known and not row.complete), line.key


@pytest.mark.long
@pytest.mark.parametrize("spans", [(RUNNING, LATER), pytest.param((BEFORE, EMPTY, OVER), marks=pytest.mark.long)])
def test_no_analysis_tells_what_cannot_be_known(of: World, spans: tuple[Window, ...]) -> None:
    door = Answers(of)
    for analysis in (each() for each in ANALYSES):
        for span in spans:
            answer = door.analyse(analysis, span)
            told = json.loads(written.as_json(answer))
            for table, rows in answer.tables.items():
                columns = analysis.columns(table)
                for row, record in zip(rows, told[table], strict=True):
                    for column in columns:
                        cell = getattr(row, column.name)
                        unit = getattr(row, "unit", "") if column.unit == "own" else column.unit
                        if span in (BEFORE, LATER) and unit in SHARES:
                            assert cell is None, (analysis.key, table, column.name)
                        if column.name in record:
                            assert (record[column.name] is None) == (cell is None), (analysis.key, column.name)
            with SAY.out.capture() as captured:
                tables.print_answer(answer, of, SAY)
            assert not {"nan", "None", "NaT"} & set(captured.get().split()), analysis.key
            flat = list(csv.DictReader(io.StringIO(written.as_csv(answer))))
            for record, cells in zip(told[ROWS], flat, strict=True):
                shared = record.keys() & cells.keys()
                assert shared, analysis.key
                for name in shared:
                    assert (cells[name] == "") == (record[name] in (None, "", [])), (analysis.key, name)
