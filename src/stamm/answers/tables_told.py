"""The tables of an analysis as text, and back, so that they can be kept as they were found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from stamm.analyses.kind import Found
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window

#: marks what JSON has no word for
DATE, WINDOW, PHRASE, ROWS = "date", "window", "phrase", "rows"


def told(found: Found, types: Mapping[str, type]) -> str | None:
    """What was found as text; None where a cell is of a type that cannot be told, or a row is of another one."""
    try:
        tables = {name: [_row(row, types[name]) for row in rows] for name, rows in found.tables.items()}
        notes = [_cell(note) for note in found.notes]
        text = json.dumps({"tables": tables, "left_out": dict(found.left_out), "notes": notes})
    except (TypeError, KeyError):
        return None
    return text


def read(text: str, types: Mapping[str, type]) -> Found:
    """What was told; raises ValueError, KeyError or TypeError where that is no such text."""
    known = json.loads(text)
    tables = {name: [types[name](*map(_value, row)) for row in rows] for name, rows in known["tables"].items()}
    return Found(tables, known["left_out"], tuple(_value(note) for note in known["notes"]))


def _row(row: Any, kind: Any) -> list[Any]:
    if type(row) is not kind:
        raise TypeError(kind)
    return [_cell(getattr(row, name)) for name in kind.__dataclass_fields__]


def _cell(value: Any) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is tuple:
        return {ROWS: [_cell(each) for each in value]}
    if isinstance(value, Window):
        return {WINDOW: [value.start.isoformat(), value.end.isoformat()]}
    if isinstance(value, Phrase):
        return {PHRASE: [value.en, value.de]}
    if isinstance(value, date) and not isinstance(value, datetime):
        return {DATE: value.isoformat()}
    raise TypeError(type(value))


def _value(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    ((kind, told_),) = cell.items()
    if kind == ROWS:
        return tuple(_value(each) for each in told_)
    if kind == PHRASE:
        return Phrase(*told_)
    if kind == WINDOW:
        return Window(*map(date.fromisoformat, told_))
    return date.fromisoformat(told_)
