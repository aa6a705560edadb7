"""Whose a device was, for what was done on it by somebody whom nobody had named.

Events stay as they were said, since whose they are is told at the question. An order that names a device and no
customer is given to whose the device was, its lines and returns with it, in a message of the source `device`; once a
customer is named, that one counts.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from stamm.app.projecting.said import InLake, Said
from stamm.facts import imported
from stamm.sources.segment.people import CUSTOMER
from stamm.store.resolving import OWNER, RECOGNISED, RESOLVED

DEVICE = "anonymous_id"
_NEXT = timedelta(microseconds=1)
#: when a device turned out to be whose, in order
Turns = list[tuple[datetime, str]]


def links_of(said: Sequence[Said], lake: InLake) -> list[Said]:
    """A link where an event names a device and a customer, and no link has said so for that time."""
    seen = [row for row in said if row.fact == "events" and row.values[OWNER] and row.values[DEVICE]]
    known = _turns({row.values[DEVICE] for row in seen}, lake)
    for row in said:
        if row.fact == "links":
            insort(known.setdefault(row.values[DEVICE], []), (row.values["linked_at"], row.values[OWNER]))
    made = []
    for row in sorted(seen, key=lambda row: (row.values["happened_at"], row.values[OWNER])):
        device, customer, at = row.values[DEVICE], row.values[OWNER], row.values["happened_at"]
        turns = known.setdefault(device, [])
        place = bisect_right(turns, at, key=lambda turn: turn[0])
        if place == 0 or turns[place - 1][1] != customer:
            insort(turns, (at, customer))
            made.append(Said("links", {DEVICE: device, "linked_at": at, OWNER: customer}, row.source, row.received_at))
    return made


def recognised(lake: InLake, rows: Iterable[Said] = (), devices: Iterable[str] = ()) -> list[Said]:
    """The messages that give orders to whose their device was: those of the orders and devices in these rows, and of
    these devices."""
    rows = list(rows)
    linked = {row.values[DEVICE] for row in rows if row.fact == "links"} | set(devices)
    about = (row.values.get("order_id") for row in rows if row.fact in ("orders", "order_lines", "returns"))
    names = {name for name in about if name is not None}
    there = lake.current("orders", DEVICE, sorted(each for each in linked if not each.startswith(CUSTOMER))).to_pylist()
    there += lake.current("orders", "order_id", sorted(names)).to_pylist() if names else []
    orders = {row["order_id"]: row for row in there if row[DEVICE] is not None}
    if not orders:
        return []
    turns = _turns({row[DEVICE] for row in orders.values()}, lake)
    whose = {name: _owner(turns.get(row[DEVICE], []), row["ordered_at"]) for name, row in orders.items()}
    returned = lake.current("returns", "order_id", sorted(orders)).to_pylist()
    back = {row["return_id"]: row["order_id"] for row in returned}
    told = (
        ("orders", lake.messages("orders", "order_id", orders).to_pylist()),
        ("order_lines", lake.messages("order_lines", "order_id", orders).to_pylist()),
        ("returns", [{**each, "order_id": back[each["return_id"]]} for each in _of_returns(back, lake)]),
    )
    return [each for fact, messages in told for each in _given(fact, messages, whose)]


def _of_returns(names: Iterable[str], lake: InLake) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = lake.messages("returns", "return_id", names).to_pylist()
    return found


def _given(fact: str, messages: Iterable[Mapping[str, Any]], whose: Mapping[str, str | None]) -> Iterator[Said]:
    """For each row of these orders who it is given to, where that is not what it says."""
    keys = imported()[fact].key_columns
    by_key: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for message in messages:
        by_key.setdefault(tuple(message[name] for name in keys), []).append(message)
    for key, some in by_key.items():
        owned = [each for each in some if OWNER in each["carried"].split(",")]
        said = [each[OWNER] for each in owned if each["source"] not in (RESOLVED, RECOGNISED) and each[OWNER]]
        given = [each[OWNER] for each in owned if each["source"] == RECOGNISED]
        wanted = said[-1] if said else whose[some[0]["order_id"]]
        if (given[-1] if given else (wanted if said else None)) != wanted:
            received = max(each["received_at"] for each in some) + _NEXT
            yield Said(fact, {**dict(zip(keys, key, strict=True)), OWNER: wanted}, RECOGNISED, received)


def _turns(devices: Iterable[str], lake: InLake) -> dict[str, Turns]:
    """When each device turned out to be whose, as it was said and not taken back."""
    said: dict[tuple[str, datetime], dict[str, Any]] = {}
    for message in lake.messages("links", DEVICE, devices).to_pylist():
        carried = message["carried"].split(",")
        link = said.setdefault((message[DEVICE], message["linked_at"]), {})
        link |= {OWNER: message[OWNER]} if OWNER in carried and message["source"] != RESOLVED else {}
        link |= {"unlinked_at": message["unlinked_at"]} if "unlinked_at" in carried else {}
    turns: dict[str, Turns] = {}
    for (device, at), link in sorted(said.items()):
        if link.get(OWNER) and link.get("unlinked_at") is None:
            turns.setdefault(device, []).append((at, link[OWNER]))
    return turns


def _owner(turns: Turns, at: datetime) -> str | None:
    """Whose a device was; its first owner had it from the beginning."""
    place = bisect_right(turns, at, key=lambda turn: turn[0])
    return turns[max(place - 1, 0)][1] if turns else None
