"""The same question has the same answer by HTTP, on the command line, in a notebook, as JSON, CSV and Parquet."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import stamm
from stamm.analyses import ANALYSES
from stamm.library import OpenProject
from stamm.metrics import METRICS
from stamm.metrics.operands import operands_of
from stamm.people import Scope
from tests.api.conftest import Asking, run

#: one in so many with the fast tests, all with the long ones
EVERY = 15
#: and of so many one is also asked of the command line, which opens the data each time
SAID = 5
#: quick and unlike each other: a matrix, and several tables
QUICK = ("lifecycle", "rfm")
LONG = pytest.mark.long
READING = (Scope.READ, Scope.CUSTOMERS)


def some(keys: tuple[str, ...]) -> list[Any]:
    return [pytest.param(key, marks=() if place % EVERY == 0 else LONG) for place, key in enumerate(keys)]


@pytest.fixture(scope="module")
def opened(simulated: Path):
    with stamm.open(simulated, language="en") as found:
        yield found


@pytest.mark.parametrize("key", some(METRICS.keys()))
def test_a_metric(asking: Asking, opened: OpenProject, key: str) -> None:
    by = asking.get(f"/metrics/{key}").json()["splits_by"][:1]
    asked = {"grain": "quarter", **({"by": by[0]} if by else {})}
    told, flat, written = (
        asking.get(f"/metrics/{key}/rows", params={**asked, "format": form}) for form in ("json", "csv", "parquet")
    )
    assert told.status_code == 200, told.text
    agree(told.json()["rows"], flat.text, by)
    table = opened.metric(key, grain="quarter", by=by[0] if by else None).to_arrow()
    assert pq.read_table(io.BytesIO(written.content)).equals(table, check_metadata=True)
    assert table.column("value").to_pylist() == [row["value"] for row in told.json()["rows"]]
    if METRICS.keys().index(key) % SAID == 0:
        words = ("metric", key, "--grain", "quarter", *(("--by", by[0]) if by else ()), "--project", asking.folder)
        assert told.text == run(*words, "--format", "json")
        assert flat.text == run(*words, "--format", "csv")


def agree(rows: list[dict[str, Any]], flat: str, by: list[str]) -> None:
    """Each number of the CSV is the number of the JSON, to the last digit."""
    lines = list(csv.DictReader(io.StringIO(flat)))
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        numbers = {name: row[name] for name in ("value", "n", "low", "high")}
        numbers |= {f"parts.{name}": part for name, part in row["parts"].items()}
        for name, number in numbers.items():
            assert (float(line[name]) if line[name] else None) == number, name
        assert [line[name] or None for name in by] == [row[name] for name in by]


@pytest.mark.parametrize("key", [pytest.param(kind.key, marks=() if kind.key in QUICK else LONG) for kind in ANALYSES])
def test_an_analysis(asking: Asking, opened: OpenProject, key: str) -> None:
    asked = {"compare_definitions": {"param": "family=churn"}}.get(key, {})
    words = [word for value in asked.values() for word in ("--param", value)]
    told = asking.get(f"/analyses/{key}/rows", Scope.CUSTOMERS, params=asked)
    assert told.status_code == 200, told.text
    command = ("analyse", key, *words, "--project", asking.folder)
    assert told.text == run(*command, "--format", "json")
    result = opened.analyse(key, **{"family": "churn"} if asked else {})
    for table in result.tables:
        flat = asking.get(f"/analyses/{key}/rows", params={**asked, "format": "csv", "table": table}).text
        assert len(list(csv.DictReader(io.StringIO(flat)))) == len(told.json()[table])
        written = asking.get(
            f"/analyses/{key}/rows", Scope.CUSTOMERS, params={**asked, "format": "parquet", "table": table}
        )
        assert pq.read_table(io.BytesIO(written.content)).to_pylist() == result.to_arrow(table).to_pylist()
    assert asking.get(f"/analyses/{key}/rows", params={**asked, "format": "csv"}).text == run(
        *command, "--format", "csv"
    )


@pytest.mark.parametrize("key", some(METRICS.keys()[::3]))
def test_the_working_and_the_customers_are_those_of_the_number(asking: Asking, key: str) -> None:
    (row,) = asking.get(f"/metrics/{key}/rows", params={"window": "2024-03"}).json()["rows"]
    told = asking.get(f"/metrics/{key}/explain", params={"window": "2024-03"}).json()
    assert {name: told[name] for name in row} == row
    behind = asking.get(f"/metrics/{key}/customers", Scope.CUSTOMERS, params={"window": "2024-03"})
    if behind.status_code == 400:
        assert "does not count customers one by one" in behind.json()["detail"]
        return
    assert behind.json()["value"] == row["value"]
    reductions, _ = operands_of(METRICS[key]())
    for part in set(METRICS[key].operands()) & {name for name, reduction in reductions.items() if reduction.person}:
        customers = [one["customer_id"] for one in behind.json()["rows"] if one[part]]
        assert len(customers) == row["parts"][part], part
        asked = {"window": "2024-03", "part": part}
        named = asking.get(f"/metrics/{key}/customers", Scope.CUSTOMERS, params=asked).json()
        assert [one["customer_id"] for one in named["rows"]] == customers


def test_a_group_is_who_a_filter_keeps(asking: Asking) -> None:
    split = asking.get("/metrics/order_count/rows", params={"window": "2024-03", "by": "channel"}).json()["rows"]
    assert len(split) > 1
    for row in split:
        kept = {"window": "2024-03", "where": f"channel={row['channel'] or ''}"}
        assert asking.get("/metrics/order_count/rows", params=kept).json()["rows"][0]["value"] == row["value"]


def test_who_is_behind_a_row_of_an_analysis(asking: Asking) -> None:
    cell = ("cohort=2024-01", "period=1")
    behind = asking.get("/analyses/retention_table/customers", Scope.CUSTOMERS, params={"who": cell}).json()
    words = [word for each in cell for word in ("--who", each)]
    said = json.loads(run("analyse", "retention_table", *words, "--project", asking.folder, "--format", "json"))
    assert [one["customer_id"] for one in behind["rows"] if one["counted"]] == said["counted"]
    assert [one["customer_id"] for one in behind["rows"] if not one["counted"]] == said["others"]
    assert behind["row"] == {"cohort": "2024-01", "period": "1"}


def test_definitions_side_by_side(asking: Asking) -> None:
    told = asking.get("/compare/churn", params={"window": "2024-03"}).json()
    assert (told["window_start"], told["window_end"]) == ("2024-03-01", "2024-04-01")
    assert len(told["definitions"]) > 3
    for one in told["definitions"]:
        (row,) = asking.get(f"/metrics/{one['key']}/rows", params={"window": "2024-03"}).json()["rows"]
        assert {name: one[name] for name in row} == row
    gaps = [gap for one in told["definitions"] for gap in one["differs_by"] or []]
    assert gaps
    assert all(gap["examples"] is None for gap in gaps)
    named = asking.get("/compare/churn", Scope.CUSTOMERS, params={"window": "2024-03"}).json()["definitions"]
    assert all(gap["examples"] for one in named for gap in one["differs_by"] or [])


def test_who_may_not_know_customers_is_told_how_many_they_are(asking: Asking) -> None:
    asked = {"param": "family=churn", "window": "2024-03"}
    some, all_ = (asking.get("/analyses/compare_definitions/rows", scope, params=asked).json() for scope in READING)
    assert all(gap["examples"] for gap in all_["gaps"])
    assert [{**gap, "examples": []} for gap in all_["gaps"]] == some["gaps"]
    assert all_["rows"] == some["rows"]
