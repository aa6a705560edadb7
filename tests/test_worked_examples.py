"""Every worked example of every registry, as a specification that runs."""

from __future__ import annotations

from datetime import datetime

import pytest

from stamm.answers.examples import expected_rows, facts_example, sum_example, table_example
from stamm.engines.duckdb import DuckDB
from stamm.facts import FACTS
from stamm.facts.kind import Derived
from stamm.lang.example import Example, TableExample
from stamm.metrics import METRICS, Metric

SUMS = [(m, e) for m in METRICS for e in m.examples if not e.is_facts]
TABLES = [(m, e) for m in METRICS for e in m.examples if e.is_facts]
DERIVED = [(fact, e) for fact in FACTS if issubclass(fact, Derived) for e in fact.examples]


def _title(value: object) -> str:
    return value.key if isinstance(value, type) else ""


@pytest.mark.parametrize(("metric", "example"), SUMS, ids=_title)
def test_sum(metric: type[Metric], example: Example) -> None:
    found = sum_example(metric(), example)
    assert found == (None if example.value is None else pytest.approx(example.value, rel=1e-9))


@pytest.mark.parametrize(("metric", "example"), TABLES, ids=_title)
def test_facts(metric: type[Metric], example: Example) -> None:
    answer = facts_example(metric, example, DuckDB.over_tables)
    expected = example.groups if example.groups is not None else {None: example.value}
    found = {row.group: row.value for row in answer.rows}
    assert found == {
        group: None if value is None else pytest.approx(value, rel=1e-9) for group, value in expected.items()
    }


@pytest.mark.parametrize(("fact", "example"), DERIVED, ids=_title)
def test_derived(fact: type[Derived], example: TableExample) -> None:
    found = table_example(fact.key, example, DuckDB.over_tables)
    expected = expected_rows(fact.key, example)
    assert sorted(map(_cells, found)) == sorted(map(_cells, expected))


def _cells(row: dict[str, object]) -> list[str]:
    return [f"{name}={_text(value)}" for name, value in sorted(row.items())]


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return round(value, 8) if isinstance(value, float) else value
