"""Rows of a fact as people read them: the first ones that came in, or would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from stamm.lang.language import Language
from stamm.lang.money import is_currency
from stamm.lang.window import zone_named

MINOR = "_minor"
#: digits of a quantity that are shown
DIGITS = 6


@dataclass(frozen=True)
class FirstRows:
    """Names of the columns that hold something, which of them are numbers, and the cells; money in major units."""

    names: tuple[str, ...]
    right: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


def first_rows(table: pa.Table, zone: str, language: Language, *, spoken: bool = False) -> FirstRows:
    """The rows with moments in a time zone, in the reader's numbers; `spoken` has days as people say them, too."""
    rows = table.to_pylist()
    names = [name for name in table.column_names if any(row[name] is not None for row in rows)]
    money = {name for name in names if name.endswith(MINOR) and "currency" in table.column_names}
    told = []
    for row in rows:
        amounts = {name: language.money(row[name], row["currency"]) for name in money if _priced(row, name)}
        told.append(tuple(amounts.get(name) or _cell(row[name], zone, language, spoken) for name in names))
    return FirstRows(
        tuple(name.removesuffix(MINOR) if name in money else name for name in names),
        tuple(place for place, name in enumerate(names) if isinstance(rows[0][name], int | float)),
        tuple(told),
    )


def _priced(row: Mapping[str, Any], name: str) -> bool:
    return row[name] is not None and is_currency(row["currency"] or "")


def _cell(value: Any, zone: str, language: Language, spoken: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(zone_named(zone))
        if spoken:
            return language.moment(local)
        return local.isoformat(" ", "seconds" if local.second else "minutes")[: -len("+00:00")]
    if isinstance(value, date):
        return language.day(value) if spoken else value.isoformat()
    if isinstance(value, float):
        return language.trimmed(value, DIGITS)
    return str(value)
