"""Answers as programs read them: JSON and CSV, raw numbers, keys in a fixed order."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from stamm.analyses.kind import ROWS

if TYPE_CHECKING:
    from stamm.analyses.kind import Behind, Column
    from stamm.answers import Answer, Row, TableAnswer


def as_json(answer: Answer) -> str:
    """The whole answer: shares 0..1, money in minor units, days and moments in ISO 8601."""
    found = {**_about(answer), "left_out": dict(answer.left_out)}
    found["rows"] = [_row(answer, row) for row in answer.rows]
    return json.dumps(found, indent=2, ensure_ascii=False)


def as_csv(answer: Answer) -> str:
    """The same, one line a row: parts as `parts.<name>`, then what holds for all rows."""
    stream = io.StringIO()
    names = part_names(answer)
    about = {**_about(answer), "left_out": "; ".join(f"{what}: {n}" for what, n in answer.left_out.items())}
    lines = []
    for row in answer.rows:
        cells = _row(answer, row)
        parts = cells.pop("parts")
        tail = {name: cells.pop(name) for name in ("n", "low", "high", "complete")}
        lines.append({**cells, **{f"parts.{name}": parts[name] for name in names}, **tail, **about})
    columns = ["window_start", "window_end", *([answer.by] if answer.by else []), "value"]
    columns += [f"parts.{name}" for name in names] + ["n", "low", "high", "complete", *about]
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in line.items()} for line in lines)
    return stream.getvalue().rstrip("\n")


def part_names(answer: Answer) -> list[str]:
    """Parts in the order of their declaration, then metrics the value is built on."""
    declared = list(answer.metric.parts())
    return declared + [name for name in answer.metric.operands() if name not in declared]


def _about(answer: Answer) -> dict[str, Any]:
    return {
        "metric": answer.metric.key,
        "unit": answer.metric.unit,
        "currency": answer.currency,
        "zone": answer.zone,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "snapshot": answer.snapshot,
        "simulated": answer.simulated,
    }


def _row(answer: Answer, row: Row) -> dict[str, Any]:
    cells: dict[str, Any] = {
        "window_start": row.window.start.isoformat(),
        "window_end": row.window.end.isoformat(),
    }
    if answer.by:
        cells[answer.by] = row.group
    cells["value"] = row.value
    cells["parts"] = {name: row.parts.get(name) for name in part_names(answer)}
    return {**cells, "n": row.n, "low": row.low, "high": row.high, "complete": row.complete}


def _cell(value: object) -> object:
    """Nothing as an empty cell, truth as JSON writes it."""
    return {None: "", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else value


# -- tables --------------------------------------------------------------------------------------------------
def table_as_json(answer: TableAnswer) -> str:
    """All tables of an analysis, the main one as `rows`."""
    found = {**_about_table(answer), "left_out": dict(answer.left_out), "notes": [note.en for note in answer.notes]}
    for name, rows in answer.tables.items():
        found[name] = [_cells(answer, name, row) for row in rows]
    return json.dumps(found, indent=2, ensure_ascii=False)


def table_as_csv(answer: TableAnswer) -> str:
    """The main table of an analysis, then what holds for all rows."""
    stream = io.StringIO()
    about = _about_table(answer)
    settings = about.pop("settings")
    about = {**{f"settings.{name}": value for name, value in settings.items()}, **about}
    lines = [{**_cells(answer, ROWS, row), **about} for row in answer.rows]
    columns = [name for column in answer.analysis.columns() for name in _names(answer, column)]
    writer = csv.DictWriter(stream, [*columns, *about], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in line.items()} for line in lines)
    return stream.getvalue().rstrip("\n")


def customers_as_csv(behind: Behind) -> str:
    """A line a customer, and whether they count."""
    lines = [*((customer, "true") for customer in behind.counted), *((customer, "false") for customer in behind.others)]
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([("customer_id", "counted"), *lines])
    return stream.getvalue().rstrip("\n")


def _about_table(answer: TableAnswer) -> dict[str, Any]:
    return {
        "analysis": answer.analysis.key,
        "settings": dict(answer.analysis.settings),
        "span_start": answer.span.start.isoformat(),
        "span_end": answer.span.end.isoformat(),
        "currency": answer.currency,
        "zone": answer.zone,
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "snapshot": answer.snapshot,
        "simulated": answer.simulated,
    }


def _names(answer: TableAnswer, column: Column) -> list[str]:
    """The names under which a column is written: a window as its two days, a group as what it was split by."""
    if column.unit == "window":
        return [f"{column.name}_start", f"{column.name}_end"]
    if column.name == "group":
        return [answer.by] if answer.by else []
    return [column.name]


def _cells(answer: TableAnswer, table: str, row: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in answer.analysis.columns(table):
        value = getattr(row, column.name)
        values = [value]
        if column.unit == "window":
            values = [value.start.isoformat(), value.end.isoformat()] if value else [None, None]
        found.update(zip(_names(answer, column), values, strict=False))
    return found
