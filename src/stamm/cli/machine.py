"""Answers as programs read them: JSON and CSV, raw numbers, keys in a fixed order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from stamm.lang.inert import inert

if TYPE_CHECKING:
    from stamm.analyses.kind import Behind
    from stamm.answers import Answer, TableAnswer


def as_json(answer: Answer) -> str:
    """The whole answer: shares 0..1, money in minor units, days and moments in ISO 8601."""
    from stamm.answers.records import about, records_of

    rows = []
    for record in records_of(answer):
        parts = {name.removeprefix("parts."): record.pop(name) for name in list(record) if name.startswith("parts.")}
        before = {name: record.pop(name) for name in list(record) if name not in {"n", "low", "high", "complete"}}
        rows.append({**before, "parts": parts, **record})
    return _json({**about(answer), "left_out": dict(answer.left_out), "rows": rows})


def as_csv(answer: Answer) -> str:
    """The same, one line a row: parts as `parts.<name>`, then what holds for all rows."""
    from stamm.answers.records import about, part_names, records_of

    holds = {**_flat(about(answer)), "left_out": "; ".join(f"{what}: {n}" for what, n in answer.left_out.items())}
    parts = [f"parts.{name}" for name in part_names(answer)]
    columns = ["window_start", "window_end", *([answer.by] if answer.by else []), "value", *parts]
    return _csv([*columns, "n", "low", "high", "complete", *holds], ({**r, **holds} for r in records_of(answer)))


def table_as_json(answer: TableAnswer) -> str:
    """All tables of an analysis, the main one as `rows`."""
    from stamm.answers.records import about, table_records_of

    tables = {name: table_records_of(answer, name) for name in answer.tables}
    notes = [note.en for note in answer.notes]
    return _json({**about(answer), "left_out": dict(answer.left_out), "notes": notes, **tables})


def table_as_csv(answer: TableAnswer) -> str:
    """The main table of an analysis, then what holds for all rows."""
    from stamm.answers.records import about, table_names, table_records_of

    holds = _flat(about(answer))
    settings = {f"settings.{name}": value for name, value in holds.pop("settings").items()}
    holds = {**settings, **holds}
    return _csv([*table_names(answer), *holds], ({**record, **holds} for record in table_records_of(answer)))


def _flat(holds: dict[str, Any]) -> dict[str, Any]:
    """The filter in one cell."""
    return {name: "; ".join(value) if name == "where" else value for name, value in holds.items()}


def customers_as_csv(behind: Behind) -> str:
    """A line a customer, and whether they count."""
    lines = [*((customer, True) for customer in behind.counted), *((customer, False) for customer in behind.others)]
    return _csv(["customer_id", "counted"], ({"customer_id": who, "counted": counts} for who, counts in lines))


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, default=_iso)


def _iso(moment: date) -> str:
    return moment.isoformat()


def _csv(columns: Sequence[str], records: Iterable[dict[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in record.items()} for record in records)
    return stream.getvalue().rstrip("\n")


def _cell(value: object) -> object:
    """Nothing as an empty cell, truth as JSON writes it, days and moments in ISO 8601; no text that would run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else inert(value)
