"""How far a table was read: the highest value of a column that grows, and how to go back a little behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from stamm.lang.errors import InputError

#: steps back without another setting: minutes of a moment, steps of a number
MINUTES, STEPS = 15, 1_000
Value = int | Decimal | datetime | date | str


@dataclass(frozen=True)
class Mark:
    """Up to which value a table was read, what lay within the overlap then, and when that was (ISO 8601).

    `within` is a digest of the values there; empty where rows without one have to be read each time. `of` says what
    was read, and how: another setting or mapping is another table.
    """

    of: str
    newest: Value | None
    within: str
    at: str

    def text(self) -> str:
        """As it is kept with the facts."""
        kind, value = _told(self.newest)
        return json.dumps({"of": self.of, "kind": kind, "newest": value, "within": self.within, "at": self.at})

    @classmethod
    def read(cls, text: str) -> Mark | None:
        """The reverse of `text`; None for what another version wrote: then all is read again, which harms nobody."""
        raw = json.loads(text)
        if raw.keys() != {"of", "kind", "newest", "within", "at"}:
            return None
        return cls(raw["of"], _read(raw["kind"], raw["newest"]), raw["within"], raw["at"])


def grows(value: Any, column: str, where: str) -> Value:
    """A value by which can be told what is new; raises InputError for a text that is no moment, and other things."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | datetime | date | str):
        raise _not_growing(column, where)
    if isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError as error:
            raise _not_growing(column, where) from error
    return Decimal(repr(value)) if isinstance(value, float) else value


def behind(value: Value, overlap: int | None) -> Value:
    """The value from which on is read again: minutes earlier, or steps lower."""
    minutes = timedelta(minutes=MINUTES if overlap is None else overlap)
    if isinstance(value, str):  # in SQLite moments are texts, which sort as moments do
        earlier = (datetime.fromisoformat(value).replace(tzinfo=None) - minutes).isoformat(value[10:11] or " ")
        return earlier if len(value) > len("2024-01-01") else earlier[: len(value)]
    if isinstance(value, datetime):
        return value - minutes
    if isinstance(value, date):
        return value - timedelta(days=-(-minutes // timedelta(days=1)))
    return value - (STEPS if overlap is None else overlap)


def lower(value: Value, other: Value) -> bool:
    """Whether a value is below another; values of two kinds are, so that all is read again."""
    if isinstance(value, int | Decimal) and isinstance(other, int | Decimal):
        return value < other
    if type(value) is not type(other):
        return True
    try:
        return bool(value < other)  # type: ignore[operator]  # both are of one type
    except TypeError:  # with and without a time zone
        return True


def _told(value: Value | None) -> tuple[str, str]:
    if isinstance(value, datetime):
        return "moment", (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date):
        return "day", value.isoformat()
    if isinstance(value, int | Decimal):
        return "number", str(value)
    return ("none", "") if value is None else ("text", value)


def _read(kind: str, value: str) -> Value | None:
    if kind == "moment":
        return datetime.fromisoformat(value)
    if kind == "day":
        return date.fromisoformat(value)
    if kind == "number":
        number = Decimal(value)
        return int(number) if number == number.to_integral_value() else number
    return None if kind == "none" else value


def _not_growing(column: str, where: str) -> InputError:
    return InputError(
        f"The column {column} holds neither moments nor numbers, so it does not tell what is new.",
        where=where,
        remedy="Name one in `by` that grows whenever a row is new or changed, or leave `by` out to read all each time.",
    )
