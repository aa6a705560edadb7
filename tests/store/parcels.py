"""A small fact kind to test the store with, and a plain-Python telling of the writing rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from stamm.facts import Imported
from stamm.facts.columns import dimension, flag, moment, real, text, whole
from stamm.store import Counts, Lake

ZONE = "Europe/Berlin"
T0 = datetime(2024, 1, 31, 22, 30, tzinfo=UTC)


class Parcels(Imported):
    """Parcels on their way."""

    abstract = True  # kept out of every registry
    key = "parcels"
    key_columns = ("parcel_id", "leg")
    clock = "sent_at"
    clocks = ("sent_at", "seen_at")

    parcel_id = text("number", required=True)
    leg = text("part of the way", required=True)
    sent_at = moment("when it left", required=True)
    seen_at = moment("when it was last seen")
    weight = whole("grams", required=True)
    price = real("what it cost")
    carrier = dimension("who carries it")
    fragile = flag("handle with care")


KINDS: dict[str, type[Imported]] = {"parcels": Parcels}
REQUIRED = ("sent_at", "weight")


def after(minutes: float) -> datetime:
    """A moment some minutes after the first."""
    return T0 + timedelta(minutes=minutes)


def batch(*rows: dict[str, Any], kind: type[Imported] = Parcels) -> pa.Table:
    """Rows of one batch: the columns are those of the first row."""
    schema = kind.schema()
    names = list(rows[0])
    assert all(list(row) == names for row in rows), "rows of one batch carry the same columns"
    types = {"withdrawn": pa.bool_(), **{field.name: field.type for field in schema}}
    return pa.table({name: pa.array([row[name] for row in rows], types[name]) for name in names})


def row(parcel: str = "p1", leg: str = "a", **values: Any) -> dict[str, Any]:
    """A message."""
    return {"parcel_id": parcel, "leg": leg, **values}


def whole_row(parcel: str = "p1", leg: str = "a", **values: Any) -> dict[str, Any]:
    """A message that carries what is required."""
    return row(parcel, leg, **{"sent_at": T0, "weight": 100, **values})


def new_lake(path: Path, zone: str = ZONE) -> Lake:
    """An empty lake of parcels."""
    return Lake.create(path / "lake", zone, kinds=KINDS)


def put(lake: Lake, *rows: dict[str, Any], at: datetime = T0, source: str = "test", **more: Any) -> Counts:
    """One import: the rows (grouped into batches of like columns, in order), and the commit."""
    with lake.writing() as writer:
        counts = writer.put("parcels", batches(rows), source=source, received_at=at, **more)
        writer.commit()
    return counts


def batches(rows: Iterable[dict[str, Any]]) -> list[pa.Table]:
    """Batches of neighbouring rows that carry the same columns."""
    found: list[list[dict[str, Any]]] = []
    for one in rows:
        if found and list(found[-1][0]) == list(one):
            found[-1].append(one)
        else:
            found.append([one])
    return [batch(*group) for group in found]


def current(lake: Lake) -> list[dict[str, Any]]:
    """All current rows, by key."""
    rows = lake.snapshot().dataset("parcels").to_table().to_pylist()
    return sorted(rows, key=lambda r: (r["parcel_id"], r["leg"]))


# -- the rules, told plainly ---------------------------------------------------------------------

Key = tuple[str, ...]


@dataclass(frozen=True)
class Message:
    """What one row said of one key."""

    key: Key
    values: tuple[tuple[str, Any], ...]
    received_at: datetime
    own: bool
    simulated: bool
    source: str
    place: tuple[int, int]

    @property
    def order(self) -> tuple[datetime, tuple[int, int]]:
        return self.received_at, self.place

    def says_the_same(self, other: Message) -> bool:
        return (self.values, self.received_at, self.simulated) == (
            other.values,
            other.received_at,
            other.simulated,
        )


@dataclass
class PlainLake:
    """The writing rules over lists and dicts, one message after another."""

    messages: dict[Key, list[Message]] = field(default_factory=dict)
    puts: int = 0

    def put(
        self, rows: Sequence[dict[str, Any]], *, at: datetime, source: str = "test", simulated: bool = False
    ) -> None:
        self.puts += 1
        arriving: dict[Key, list[Message]] = {}
        for place, one in enumerate(rows):
            key = (one["parcel_id"], one["leg"])
            own = one.get("received_at")
            values = tuple(
                sorted(
                    (name, value)
                    for name, value in one.items()
                    if name not in ("parcel_id", "leg", "received_at", "simulated")
                    and (name, value) != ("withdrawn", None)
                )
            )
            made = bool(simulated or one.get("simulated"))
            message = Message(key, values, own or at, own is not None, made, source, (self.puts, place))
            arriving.setdefault(key, []).append(message)
        for key, messages in arriving.items():
            self._take(key, messages)

    def _take(self, key: Key, arriving: list[Message]) -> None:
        known = self.messages.setdefault(key, [])
        if not any(message.own for message in arriving) and self._nothing_new(known, arriving):
            return
        for message in arriving:
            if not (message.own and any(message.says_the_same(other) for other in known)):
                known.append(message)

    def _nothing_new(self, known: list[Message], arriving: list[Message]) -> bool:
        row_ = fold(known)
        if row_ is None:
            return False
        net = dict(value for message in arriving for value in message.values)
        if "withdrawn" in net:
            return False
        newest = max(known, key=lambda message: message.order)
        made = any(message.simulated for message in arriving)
        return made == newest.simulated and all(row_[name] == value for name, value in net.items())

    def rows(self, until: datetime | None = None) -> dict[Key, dict[str, Any]]:
        found = {}
        for key, messages in self.messages.items():
            one = fold([m for m in messages if until is None or m.received_at <= until])
            if one is not None:
                found[key] = one
        return dict(sorted(found.items()))


def fold(messages: list[Message]) -> dict[str, Any] | None:
    """The row that messages make, later ones replacing just what they carry; None while one is missing."""
    ordered = sorted(messages, key=lambda message: message.order)
    values: dict[str, Any] = {}
    made: dict[str, bool] = {}
    for message in ordered:
        for name, value in message.values:
            values[name], made[name] = value, message.simulated
    whether = [gone for message in ordered for name, gone in message.values if name == "withdrawn"]
    if not ordered or any(name not in values for name in REQUIRED) or (whether and whether[-1]):
        return None
    values.pop("withdrawn", None)
    made.pop("withdrawn", None)
    optional = {"seen_at": None, "price": None, "carrier": None, "fragile": None}
    newest = ordered[-1]
    return {
        **optional,
        **values,
        "received_at": newest.received_at,
        "source": newest.source,
        "simulated": any(made.values()),
    }


def comparable(rows: Iterable[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    """Stored rows in the shape of the plain ones: by key, without what follows from the rest."""
    derived = ("parcel_id", "leg", "sent_on", "seen_on", "month")
    return {
        (r["parcel_id"], r["leg"]): {name: value for name, value in r.items() if name not in derived}
        for r in sorted(rows, key=lambda r: (r["parcel_id"], r["leg"]))
    }
