"""A world with a few rows of every kind of fact, made from what their columns may hold; no two days of it alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from stamm.answers import World
from stamm.facts import imported
from stamm.facts.columns import Column
from stamm.facts.kind import Imported
from tests.answers.small import ALL_OF_2024, world

BEGIN = datetime(2024, 1, 3, 9, tzinfo=UTC)
ROWS = 24
PEOPLE = ("anna", "ben", "cleo", "dora", None)
COUNTRIES = {"anna": "DE", "ben": "AT", "cleo": "DE", "dora": None}
WORDS = {
    "channel": ("web", "app", None),
    "campaign": ("spring", None),
    "status": ("active",),
    "currency": ("EUR",),
    "question": ("why",),
    "name": ("Order Completed", "Page Viewed"),
}


def anything(*, coverage: Any = None, **settings: Any) -> World:
    """Everything that can be imported, in the first months of 2024."""
    return world(rows_of_anything(), coverage=coverage or dict.fromkeys(imported(), ALL_OF_2024), **settings)


def rows_of_anything() -> dict[str, list[dict[str, Any]]]:
    """The rows by their kinds."""
    facts = {key: [_row(kind, n) for n in range(ROWS)] for key, kind in imported().items()}
    moved = {"customer_id": "anna", "valid_from": "2024-02-11", "country": "AT", "acquired_through": "friends"}
    facts["customers"] = [moved] + [
        {"customer_id": who, "valid_from": "2024-01-01", "country": country, "acquired_through": "search"}
        for who, country in COUNTRIES.items()
    ]
    return facts


def _row(kind: type[Imported], number: int) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for place, (name, column) in enumerate(kind.carried().items()):
        cells[name] = _cell(kind, name, column, number, place, cells)
    return cells


def _cell(kind: type[Imported], name: str, column: Column, number: int, place: int, cells: dict[str, Any]) -> Any:
    if name == "customer_id":
        return PEOPLE[number % len(PEOPLE)] or ("anna" if column.required else None)
    if column.type == "moment":
        return _moment(kind, name, column, number, cells)
    if column.type == "day":
        return (BEGIN + timedelta(days=3 * number)).date()
    if column.type == "flag":
        return (number + place) % 2 == 0
    if column.type in ("whole", "real"):
        return _number(name, column, number, cells)
    if column.choices or name in WORDS:
        words = column.choices or WORDS[name]
        return words[number % len(words)]
    if name in kind.key_columns or name.endswith("_id"):
        return f"{name}-{number}"
    return None if number % 5 == 4 and not column.required else f"{name} {number % 2}"


def _moment(kind: type[Imported], name: str, column: Column, number: int, cells: dict[str, Any]) -> Any:
    before = cells.get(column.follows or column.ends)
    if before is not None:
        return None if number % 3 == 0 and not column.required else before + timedelta(hours=30 + number)
    known = column.required or name == kind.clock
    return BEGIN + timedelta(days=3 * number, hours=number % 7) if known else None


def _number(name: str, column: Column, number: int, cells: dict[str, Any]) -> Any:
    if name in ("scale_min", "scale_max"):
        return 1 if name == "scale_min" else 5
    sign = column.signs.get(cells.get("kind", ""), 1)
    return sign * (number % 5 + 1)
