"""Typed columns of a fact: on the class a description, on a bound fact an Ibis column to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, Unpack, overload

import ibis
import pyarrow as pa
from ibis.common.deferred import Deferred

_ = ibis._

Type = Literal["text", "moment", "day", "whole", "real", "flag", "json"]

ARROW: dict[Type, pa.DataType] = {
    "text": pa.string(),
    "json": pa.string(),
    "moment": pa.timestamp("us", tz="UTC"),
    "day": pa.date32(),
    "whole": pa.int64(),
    "real": pa.float64(),
    "flag": pa.bool_(),
}


class Sound(TypedDict, total=False):
    """Which cells of a column are sound; a row with another is set aside when it is imported."""

    #: the only words there are
    choices: tuple[str, ...]
    #: the least number
    low: float
    #: the column with a moment that this one cannot come before; as a bare date it may be the day of it
    follows: str
    #: the column with a moment that begins what this one ends: the time between is never negative
    ends: str
    #: the columns with the least and the greatest number for the same row
    within: tuple[str, str]
    #: the sign (1 or -1) of numbers other than 0, by the `kind` of their row
    signs: Mapping[str, int]


class Column:
    """One column: its type, whether it may be empty, whether answers may be split by it, which cells are sound.

    `money` columns are whole minor units beside the fact's `currency`. `personal` cells of a person who is erased go,
    the others stay in a row that is nobody's; columns that can hold words or a birthday must say which they are.
    """

    def __init__(
        self,
        type_: Type,
        en: str = "",
        *,
        required: bool = False,
        dimension: bool = False,
        money: bool = False,
        personal: bool | None = None,
        **sound: Unpack[Sound],
    ) -> None:
        self.type: Type = type_
        self.en = en
        self.required, self.dimension, self.money = required, dimension, money
        self.personal = personal
        self.choices, self.low = sound.get("choices", ()), sound.get("low")
        self.follows, self.ends = sound.get("follows", ""), sound.get("ends", "")
        self.within, self.signs = sound.get("within"), sound.get("signs", {})
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Column: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Deferred: ...
    def __get__(self, instance: object | None, owner: type) -> Column | Deferred:
        return self if instance is None else getattr(_, self.name)

    @property
    def arrow(self) -> pa.DataType:
        """The Arrow type in which the column is stored."""
        return ARROW[self.type]


def moment_column(clock: str) -> str:
    """The column with the moment of a clock; of a day its first instant: `incurred_on` -> `incurred_at`."""
    return clock.removesuffix("_on") + "_at" if clock.endswith("_on") else clock


def day_column(clock: str) -> str:
    """The column with the local day of a clock: `ordered_at` -> `ordered_on`."""
    return clock if clock.endswith("_on") else clock.removesuffix("_at") + "_on"


def text(en: str = "", **more: Any) -> Column:
    """A string."""
    return Column("text", en, **more)


def dimension(en: str = "", **more: Any) -> Column:
    """A string by which answers may be split."""
    return Column("text", en, dimension=True, **more)


def moment(en: str = "", **more: Any) -> Column:
    """A UTC timestamp in microseconds, named `..._at`."""
    return Column("moment", en, **more)


def day(en: str = "", **more: Any) -> Column:
    """A date, named `..._on`."""
    return Column("day", en, **more)


def whole(en: str = "", **more: Any) -> Column:
    """A whole number (64 bit)."""
    return Column("whole", en, **more)


def real(en: str = "", **more: Any) -> Column:
    """A real number (64 bit)."""
    return Column("real", en, **more)


def money(en: str = "", **more: Any) -> Column:
    """Whole minor units, named `..._minor`, beside `currency`."""
    return Column("whole", en, money=True, **more)


def currency() -> Column:
    """The ISO 4217 code of the money in the same row."""
    return Column("text", "ISO 4217 currency of the row's money", personal=False)


def flag(en: str = "", **more: Any) -> Column:
    """True or false."""
    return Column("flag", en, **more)


def json(en: str = "", **more: Any) -> Column:
    """A JSON object as text."""
    return Column("json", en, **more)
