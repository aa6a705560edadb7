"""What several messages say of one order, whichever comes first: its lines, and what was paid back.

What is said of an order counts from the moment at which it was said, not at which it came, so that a change that
arrives before what it changes is a change all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from stamm.app.projecting.said import InLake, Said
from stamm.store.layout import GIVEN_BACK, WITHDRAWN
from stamm.store.resolving import RESOLVED

#: a message: its columns, and `carried`, the set of those it said something about; with `source` and `received_at`
Message = Mapping[str, Any]
_NEXT = timedelta(microseconds=1)


def of_orders(by_fact: Mapping[str, Sequence[Said]], lake: InLake) -> list[Said]:
    """What follows, beside what is said, for lines and returns of the orders of which something is said."""
    said, lines, returns = (by_fact.get(fact, ()) for fact in ("orders", "order_lines", "returns"))
    names = {row.values["order_id"] for row in (*said, *returns)}
    if not names:
        return []
    orders = _by("order_id", _messages(lake, "orders", "order_id", names, said))
    changed = {name for name, some in orders.items() if len(some) > 1}
    lists = _by("order_id", _messages(lake, "order_lines", "order_id", changed, lines)) if changed else {}
    made = [each for name in changed for each in _lines(orders[name], lists.get(name, []))]
    back = {row["return_id"] for row in lake.current("returns", "order_id", sorted(names)).to_pylist()}
    back |= {row.values["return_id"] for row in returns}
    for some in _by("return_id", _messages(lake, "returns", "return_id", back, returns)).values():
        made += _return(some, orders)
    return made


def _messages(lake: InLake, kind: str, key: str, names: Iterable[str], news: Sequence[Said]) -> Iterator[Message]:
    """What the lake holds of these keys, then what is new."""
    for message in lake.messages(kind, key, names).to_pylist():
        yield {**message, "carried": set(message["carried"].split(","))}
    for row in news:
        carried = {*row.values, *([GIVEN_BACK] if row.withdrawn is False else [])}
        yield {**row.values, "carried": carried, "source": row.source, "received_at": row.received_at}


def _by(name: str, messages: Iterable[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = {}
    for message in messages:
        found.setdefault(message[name], []).append(message)
    return found


def _when(messages: Iterable[Message], column: str) -> datetime | None:
    """When this was last said."""
    return max((each["received_at"] for each in messages if column in each["carried"]), default=None)


# -- lines ---------------------------------------------------------------------------------------------------
def _lines(order: Sequence[Message], messages: Sequence[Message]) -> Iterator[Said]:
    """What the last list of an order does not name is taken back; all lines are of the moment of their order.

    Who sends a list gives back what it names, so that what files say of an order's lines stands beside.
    """
    placed = [each["ordered_at"] for each in order if each.get("ordered_at") is not None]
    newest = _when(messages, GIVEN_BACK)
    for line_id, line in _by("line_id", messages).items():
        key = {"order_id": line[0]["order_id"], "line_id": line_id}
        named, gone = _when(line, GIVEN_BACK), _when(line, WITHDRAWN)
        if named is None or newest is None:
            continue
        if named < newest and (gone is None or gone < named):
            yield Said("order_lines", key, RESOLVED, newest, withdrawn=True)
        if placed and not any("ordered_at" in each["carried"] for each in line):
            yield Said("order_lines", {**key, "ordered_at": placed[-1]}, RESOLVED, newest)


# -- what was paid back --------------------------------------------------------------------------------------
def _return(messages: Sequence[Message], orders: Mapping[str, Sequence[Message]]) -> Iterator[Said]:
    """A return that names no amount is of the whole order: what it was worth at that moment, else at first."""
    said = {name: each[name] for each in messages for name in ("order_id", "returned_at") if name in each["carried"]}
    stated = any("amount_minor" in each["carried"] for each in messages if each["source"] != RESOLVED)
    if stated or "returned_at" not in said:
        return
    worth = sorted(
        (each for each in orders.get(said["order_id"], ()) if each.get("amount_minor") is not None),
        key=lambda each: (each["received_at"], each["amount_minor"]),
    )
    paid = ([each for each in worth if each["received_at"] <= said["returned_at"]] or worth[:1])[-1:]
    known = [each for each in messages if each["source"] == RESOLVED and "amount_minor" in each["carried"]]
    for order in paid:
        values = {name: order[name] for name in ("amount_minor", "currency")}
        if not known or any(known[-1][name] != values[name] for name in values):
            newest = max(each["received_at"] for each in messages)
            yield Said("returns", {"return_id": messages[0]["return_id"], **values}, RESOLVED, newest + _NEXT)
