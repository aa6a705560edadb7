"""Answers as programs read them: JSON and CSV, raw numbers, keys in a fixed order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date

from stamm.analyses.kind import ROWS, Behind
from stamm.answers.answer import Answer
from stamm.answers.records import Record, about, part_names, records_of, table_names, table_records_of
from stamm.answers.table import TableAnswer
from stamm.lang.inert import inert


# -- JSON ----------------------------------------------------------------------------------------------------
def as_json(answer: Answer | TableAnswer) -> str:
    """The whole answer: shares 0..1, money in minor units, days and moments in ISO 8601."""
    return json_of(told(answer))


def told(answer: Answer | TableAnswer) -> Record:
    """The whole answer as one record: of a metric its rows, of an analysis all tables, the main one as `rows`."""
    content = {**about(answer), "left_out": dict(answer.left_out)}
    if isinstance(answer, Answer):
        return {**content, "rows": [_nested(record) for record in records_of(answer)]}
    tables = {name: table_records_of(answer, name) for name in answer.tables}
    return {**content, "notes": [note.en for note in answer.notes], **tables}


def _nested(record: Record) -> Record:
    """A row with its parts together."""
    parts = {name.removeprefix("parts."): record.pop(name) for name in list(record) if name.startswith("parts.")}
    before = {name: record.pop(name) for name in list(record) if name not in {"n", "low", "high", "complete"}}
    return {**before, "parts": parts, **record}


def json_of(content: Record) -> str:
    """A record as JSON."""
    return json.dumps(content, indent=2, ensure_ascii=False, default=_iso)


def _iso(moment: date) -> str:
    return moment.isoformat()


# -- CSV -----------------------------------------------------------------------------------------------------
def as_csv(answer: Answer | TableAnswer, table: str = ROWS) -> str:
    """One line a row, of an analysis those of one table: parts as `parts.<name>`, then what holds for all rows."""
    holds: Record = {name: "; ".join(v) if name == "where" else v for name, v in about(answer).items()}
    if isinstance(answer, Answer):
        holds["left_out"] = "; ".join(f"{what}: {n}" for what, n in answer.left_out.items())
        parts = [f"parts.{name}" for name in part_names(answer)]
        columns = ["window_start", "window_end", *([answer.by] if answer.by else []), "value", *parts]
        return csv_of([*columns, "n", "low", "high", "complete", *holds], ({**r, **holds} for r in records_of(answer)))
    settings = {f"settings.{name}": value for name, value in holds.pop("settings").items()}
    holds = {**settings, **holds}
    records = table_records_of(answer, table)
    return csv_of([*table_names(answer, table), *holds], ({**record, **holds} for record in records))


def customers_as_csv(behind: Behind) -> str:
    """A line a customer, and whether they count."""
    lines = [*((customer, True) for customer in behind.counted), *((customer, False) for customer in behind.others)]
    return csv_of(["customer_id", "counted"], ({"customer_id": who, "counted": counts} for who, counts in lines))


def csv_of(columns: Sequence[str], records: Iterable[Record]) -> str:
    """A line of names, and a line a record; without the last line break."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writerow({name: inert(name) for name in columns})
    writer.writerows({name: _cell(value) for name, value in record.items()} for record in records)
    return stream.getvalue().rstrip("\n")


def _cell(value: object) -> object:
    """Nothing as an empty cell, truth as JSON writes it, days and moments in ISO 8601; no text that would run."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    # a return by itself is not quoted, and would begin a line, which may be a formula
    return inert(value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value)
