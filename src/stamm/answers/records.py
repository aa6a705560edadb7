"""Answers as plain records: names in a fixed order, raw values. What programs are given, by whatever way.

Shares are 0..1, money is in minor units, days are dates, moments aware datetimes.
"""

from __future__ import annotations

from typing import Any

from stamm.analyses.kind import ROWS, Column
from stamm.answers.answer import Answer
from stamm.answers.table import TableAnswer
from stamm.lang.phrase import Phrase

Record = dict[str, Any]


def part_names(answer: Answer) -> list[str]:
    """Parts in the order of their declaration, then metrics the value is built on."""
    declared = list(answer.metric.parts())
    return declared + [name for name in answer.metric.operands() if name not in declared]


def records_of(answer: Answer) -> list[Record]:
    """A record a row: `window_start`, `window_end`, what it is split by, `value`, `parts.<name>`, n, interval."""
    names = part_names(answer)
    return [
        {
            "window_start": row.window.start,
            "window_end": row.window.end,
            **({answer.by: row.group} if answer.by else {}),
            "value": row.value,
            **{f"parts.{name}": row.parts.get(name) for name in names},
            "n": row.n,
            "low": row.low,
            "high": row.high,
            "complete": row.complete,
        }
        for row in answer.rows
    ]


def about(answer: Answer | TableAnswer) -> Record:
    """What holds for all rows: what was asked, within which filter if any, of which state of the data."""
    if isinstance(answer, Answer):
        asked: Record = {"metric": answer.metric.key, "unit": answer.metric.unit}
    else:
        asked = {
            "analysis": answer.analysis.key,
            "settings": dict(answer.analysis.settings),
            "span_start": answer.span.start,
            "span_end": answer.span.end,
        }
    return {
        **asked,
        **({"where": [str(each) for each in answer.where]} if answer.where else {}),
        "currency": answer.currency,
        "zone": answer.zone,
        "as_of": answer.as_of,
        "snapshot": answer.snapshot,
        "simulated": answer.simulated,
    }


# -- tables --------------------------------------------------------------------------------------------------
def table_records_of(answer: TableAnswer, table: str = ROWS) -> list[Record]:
    """A record a row of one table; a window is two days, a group bears the name of what the answer is split by."""
    columns = answer.analysis.columns(table)
    return [_record(answer, columns, row) for row in answer.tables[table]]


def table_names(answer: TableAnswer, table: str = ROWS) -> list[str]:
    """The names of a table's records."""
    return [name for column in answer.analysis.columns(table) for name in _names(answer, column)]


def _names(answer: TableAnswer, column: Column) -> list[str]:
    if column.unit == "window":
        return [f"{column.name}_start", f"{column.name}_end"]
    if column.name == "group":
        return [answer.by] if answer.by else []
    return [column.name]


def _record(answer: TableAnswer, columns: tuple[Column, ...], row: Any) -> Record:
    found: Record = {}
    for column in columns:
        value = _plain(getattr(row, column.name))
        values = [value]
        if column.unit == "window":
            values = [value.start, value.end] if value else [None, None]
        found.update(zip(_names(answer, column), values, strict=False))
    return found


def _plain(value: Any) -> Any:
    """A phrase in English, several texts as a list; all else as it is."""
    if isinstance(value, Phrase):
        return value.en
    return list(value) if isinstance(value, tuple) else value
