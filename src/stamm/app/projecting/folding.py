"""What several messages say of one thing, together: nothing depends on the order in which they came.

A newer row of the lake replaces what an older one said. That is right for most columns and wrong for some: a mail is
opened again and again, and what counts is the first time; what is known of a customer from one moment on is what was
known before, with what has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from stamm.app.projecting.orders import of_orders
from stamm.app.projecting.said import InLake, Said, Values
from stamm.facts import imported
from stamm.store.resolving import MERGED, RESOLVED

#: of these columns the earliest moment counts, whenever it is told
EARLIEST = {
    "messages": (
        "sent_at",
        "delivered_at",
        "opened_at",
        "machine_opened_at",
        "clicked_at",
        "unsubscribed_at",
        "bounced_at",
    ),
    "tickets": ("opened_at", "first_reply_at"),
}
#: of these the latest
LATEST = {"tickets": ("resolved_at",)}
#: what is known of a customer until something else is said
LASTING = tuple(name for name in imported()["customers"].carried() if name not in ("customer_id", "valid_from"))


def folded(rows: Sequence[Said], lake: InLake) -> list[Said]:
    """The rows to be put in place of those that were said."""
    by_fact: dict[str, list[Said]] = {}
    for row in rows:
        by_fact.setdefault(row.fact, []).append(row)
    made = [each for fact, some in by_fact.items() for each in (_FOLDS[fact](some, lake) if fact in _FOLDS else some)]
    return [*made, *of_orders(by_fact, lake)]


# -- the first or the last time ------------------------------------------------------------------------------
def _moments(rows: list[Said], lake: InLake) -> list[Said]:
    """Of messages and tickets: one row a key, with the moments that count; none where there is nothing new."""
    fact = rows[0].fact
    (key,) = imported()[fact].key_columns
    best: dict[str, Callable[[datetime, datetime], datetime]] = dict.fromkeys(EARLIEST[fact], min)
    best |= dict.fromkeys(LATEST.get(fact, ()), max)
    there = {row[key]: row for row in lake.current(fact, key, [row.values[key] for row in rows]).to_pylist()}
    made: dict[str, Said] = {}
    for row in rows:
        name = row.values[key]
        known = {**there.get(name, {}), **(made[name].values if name in made else {})}
        news = {
            column: best[column](known[column], value) if column in best and known.get(column) is not None else value
            for column, value in row.values.items()
            if value is not None or column not in known
        }
        if any(known.get(column) != value for column, value in news.items()):
            made[name] = row.with_values({**(made[name].values if name in made else {key: name}), **news})
    return list(made.values())


# -- what a link says ----------------------------------------------------------------------------------------
def _links(rows: list[Said], lake: InLake) -> list[Said]:
    """Of two links of a device at one moment the one with the greater customer counts, whichever came first."""
    devices = {row.values["anonymous_id"] for row in rows}
    best = {
        (row["anonymous_id"], row["linked_at"]): row["customer_id"]
        for row in lake.current("links", "anonymous_id", sorted(devices)).to_pylist()
        if row["source"] != RESOLVED
    }
    made: dict[tuple[str, datetime], Said] = {}
    for row in rows:
        key = (row.values["anonymous_id"], row.values["linked_at"])
        if row.values["customer_id"] > best.get(key, ""):
            best[key] = row.values["customer_id"]
            made[key] = row
    return list(made.values())


# -- what is known of a customer -----------------------------------------------------------------------------
def _customers(rows: list[Said], lake: InLake) -> list[Said]:
    """Each customer's attributes from each moment on: what was said then, and for the rest what was known before.

    What was taken over is a message of its own, so that what was said can always be told from it; a message that
    comes late changes what was taken over from it, and nothing that was said after it.
    """
    news: dict[str, list[Said]] = {}
    for row in rows:
        news.setdefault(row.values["customer_id"], []).append(row)
    there: dict[str, list[Values]] = {}
    for message in lake.messages("customers", "customer_id", news).to_pylist():
        there.setdefault(message["customer_id"], []).append(message)
    return [each for name, some in news.items() for each in _known_of(name, some, there.get(name, []))]


def _known_of(customer: str, news: list[Said], there: list[Values]) -> list[Said]:
    """What is new about one customer; `there` are the messages in the lake, in their order."""
    said: dict[datetime, Values] = {}
    taken: dict[datetime, Values] = {}
    for message in there:
        if message["source"] == MERGED:
            continue  # said of another id; who puts them together looks at all
        into = taken if message["source"] == RESOLVED else said
        carried = {name: message[name] for name in message["carried"].split(",") if name in LASTING}
        into.setdefault(message["valid_from"], {}).update(carried)
    known_before = set(said)
    by: dict[datetime, Said] = {}
    for row in news:
        moment = row.values["valid_from"]
        said[moment] = of_one_moment(said.get(moment, {}), row.values)
        by[moment] = row
    last = max(row.received_at for row in news)
    made: list[Said] = []
    known: Values = dict.fromkeys(LASTING)
    for moment, now in versions(said):
        if moment not in known_before and now == known:
            continue  # nothing has changed, so no other time begins
        key = {"customer_id": customer, "valid_from": moment}
        if moment in by:
            made.append(by[moment].with_values({**key, **said[moment]}))
        before = taken.get(moment, {})
        rest = {
            name: value
            for name, value in now.items()
            if name in before or name not in said[moment] or value != said[moment][name]
        }
        if any(value != before.get(name) for name, value in rest.items()):
            made.append(Said("customers", {**key, **rest}, RESOLVED, last))
        known = now
    return made


def versions(said: Mapping[datetime, Mapping[str, Any]]) -> Iterator[tuple[datetime, Values]]:
    """What is known of a customer from each moment on, out of what was said at each of them."""
    known: Values = dict.fromkeys(LASTING)
    for moment in sorted(said):
        known = {**known, **said[moment], "traits": _together(known["traits"], said[moment].get("traits"))}
        yield moment, known


def of_one_moment(first: Values, second: Mapping[str, Any]) -> Values:
    """What two messages say of one moment; where they differ the greater counts, whichever came first."""
    both = dict(first)
    for name in LASTING:
        value = second.get(name)
        if name == "traits" and value is not None:
            one, other = _object(both.get(name)), _object(value)
            greater = {key: max((one.get(key, each), each), key=json.dumps) for key, each in other.items()}
            both[name] = _written({**one, **greater})
        elif value is not None:
            both[name] = value if both.get(name) is None else max(both[name], value)
    return both


def _together(before: str | None, traits: str | None) -> str | None:
    return _written({**_object(before), **_object(traits)})


def _object(traits: str | None) -> dict[str, Any]:
    return dict(json.loads(traits)) if traits else {}


def _written(traits: Mapping[str, Any]) -> str | None:
    return json.dumps(traits, ensure_ascii=False, separators=(",", ":"), sort_keys=True) if traits else None


_FOLDS: dict[str, Callable[[list[Said], InLake], list[Said]]] = {
    "messages": _moments,
    "tickets": _moments,
    "links": _links,
    "customers": _customers,
}
