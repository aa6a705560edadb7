"""Looking over the facts of a kind before they count: which are sound, which keys are doubled, what they cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from stamm.engines.postgres.judging import FAULT
from stamm.engines.postgres.shop import Part
from stamm.facts import Imported
from stamm.lang.window import day_of, day_start

#: runs an expression and gives its rows
Ask = Callable[[ir.Table], list[dict[str, Any]]]


@dataclass(frozen=True)
class Blamed:
    """Facts that are not sound for one reason: where it lies, how many they are, and the key of one of them."""

    table: str
    column: str
    reason: str
    facts: int
    example: str


@dataclass(frozen=True)
class Survey:
    """What there is of a kind: how many sound facts, others by the number of their fault, and the days covered.

    `doubled` are the keys that several sound facts have. A local day that was not over when the snapshot was taken is
    not covered.
    """

    sound: int
    blamed: Mapping[int, Blamed]
    doubled: int
    covered: tuple[date, date] | None

    @property
    def unsound(self) -> int:
        """How many facts are not sound."""
        return sum(one.facts for one in self.blamed.values())


def united(parts: Sequence[Part]) -> ir.Table:
    """The facts of all parts."""
    return ibis.union(*(part.facts for part in parts)) if len(parts) > 1 else parts[0].facts


def survey(
    kind: type[Imported], parts: Sequence[Part], facts: ir.Table, taken_at: datetime, zone: str, ask: Ask
) -> Survey:
    """Looks over all facts of a kind, as they were at `taken_at`; `facts` are those of all parts."""
    today = day_of(taken_at, zone)
    key = reduce(
        lambda text, other: text + ", " + other, (_[name].cast("string").coalesce("?") for name in kind.key_columns)
    )
    found = {"facts": _.count(), "example": key.min(where=_[FAULT].notnull())}
    for name in (kind.clocks[0], *kind.reaches):
        over = _[name] < (today if facts[name].type().is_date() else _moment(day_start(today, zone)))
        found |= {f"first {name}": _[name].min(where=over), f"last {name}": _[name].max(where=over)}
    rows = {row.pop(FAULT): row for row in ask(facts.group_by(FAULT).aggregate(**found))}
    sound = rows.pop(None, {"facts": 0})
    days = [_day(at, zone) for name, at in sound.items() if name.startswith(("first ", "last ")) and at is not None]
    unique = [part.unique for part in parts] == [True]
    told = [one for part in parts for one in part.told]
    return Survey(
        sound=sound["facts"],
        blamed={number: _blamed(told[number - 1], row) for number, row in rows.items()},
        doubled=0 if unique else ask(_doubled(kind, facts).aggregate(keys=_.count()))[0]["keys"],
        covered=(min(days), max(days)) if days else None,
    )


def _blamed(told: tuple[str, str, str], row: Mapping[str, Any]) -> Blamed:
    table, column, reason = told
    return Blamed(table, column, reason, row["facts"], row["example"])


def _day(value: date | datetime, zone: str) -> date:
    return day_of(value, zone) if isinstance(value, datetime) else value


def _doubled(kind: type[Imported], facts: ir.Table) -> ir.Table:
    keys = facts.filter(_[FAULT].isnull()).group_by(kind.key_columns).aggregate(rows=_.count())
    return keys.filter(_.rows > 1)


def doubled_keys(kind: type[Imported], facts: ir.Table, ask: Ask, most: int) -> list[str]:
    """Some of the keys that several sound facts have."""
    rows = ask(_doubled(kind, facts).order_by(kind.key_columns).limit(most))
    return [", ".join(str(row[name]) for name in kind.key_columns) for row in rows]


def left_out(parts: Sequence[Part], ask: Ask) -> list[tuple[str, int]]:
    """Rows of each table that its mapping leaves out by `where`."""
    counted = [(part.table, ask(part.lines.aggregate(rows=_.count(where=~_.kept)))[0]["rows"]) for part in parts]
    return [(table, rows) for table, rows in counted if rows]


def _moment(moment: datetime) -> ir.Value:
    return ibis.timestamp(moment.replace(tzinfo=None), timezone="UTC")
