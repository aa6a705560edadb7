"""Answers as programs read them: JSON and CSV, raw numbers, keys in a fixed order."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stamm.answers import Answer, Row


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
