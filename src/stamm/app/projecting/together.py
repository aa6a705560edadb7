"""Facts that are known by their customer: what was said of several ids of one person stands under the one of them.

The rows of a former id are taken back, and those of the customer who stands for it say what was said of all ids, in a
message of its own (source `merge`). What was said stays in the history, so that each id gets the rows that it had when
the merge is taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from stamm.app.projecting.folding import LASTING, of_one_moment, versions
from stamm.app.projecting.said import Said, Values, tables
from stamm.facts import imported
from stamm.store import Writer
from stamm.store.layout import Layout
from stamm.store.resolving import MERGED, OWNER, RESOLVED

#: fact kinds of which the customer is a part of the key
KEYED = tuple(key for key, kind in imported().items() if OWNER in kind.key_columns)
#: a later message than any other of its key
_NEXT = timedelta(microseconds=1)

Key = tuple[Any, ...]


def put_together(writer: Writer, known: Mapping[str, str], ids: Iterable[str]) -> int:
    """Make the rows of these ids, and of all who are one person with them, what they should be; how many were not.

    `known` are former ids and who stands for them.
    """
    persons = {known.get(each, each) for each in ids} | set(ids)
    wanted = sorted(persons | {former for former, owner in known.items() if owner in persons})
    return sum(_put(writer, kind, known, wanted) for kind in KEYED) if wanted else 0


def _put(writer: Writer, kind: str, known: Mapping[str, str], ids: list[str]) -> int:
    layout = Layout(imported()[kind])
    messages = writer.messages(kind, OWNER, ids).to_pylist()
    there = {_key(row, layout): row for row in writer.current(kind, OWNER, ids).to_pylist()}
    newest: dict[Key, datetime] = {}
    for message in messages:
        rest = _key({**message, OWNER: None}, layout)
        newest[rest] = max(message["received_at"], newest.get(rest, message["received_at"]))
    should = _should_be(kind, known, [each for each in messages if each["source"] != MERGED], layout)
    made = []
    for key in sorted({*there, *should}, key=str):
        named = dict(zip(layout.keys, key, strict=True))
        received = newest[_key({**named, OWNER: None}, layout)] + _NEXT
        if key not in should:
            made.append(Said(kind, named, MERGED, received, withdrawn=True))
            continue
        values = {name: should[key].get(name) for name in layout.values}
        if key not in there:
            made.append(Said(kind, {**named, **values}, MERGED, received, withdrawn=False))
        elif news := {name: value for name, value in values.items() if value != there[key][name]}:
            made.append(Said(kind, {**named, **news}, MERGED, received))
    if made:
        writer.put(kind, tables(made), source=MERGED, received_at=max(row.received_at for row in made))
    return len(made)


def _should_be(kind: str, known: Mapping[str, str], messages: list[Values], layout: Layout) -> dict[Key, Values]:
    """The rows that follow from what was said: of each id by itself, or of all ids of a person."""
    by_person: dict[str, list[Values]] = {}
    for message in messages:
        by_person.setdefault(known.get(message[OWNER], message[OWNER]), []).append(message)
    rows: dict[Key, Values] = {}
    for person, some in by_person.items():
        if kind == "customers" and {message[OWNER] for message in some} != {person}:
            rows |= {_key(row, layout): row for row in _versions(person, some)}
            continue
        for message in some:
            key = _key({**message, OWNER: person}, layout)
            rows.setdefault(key, {}).update(_carried(message, layout.values))
    needed = set(layout.required) - set(layout.keys)
    return {key: row for key, row in rows.items() if needed <= row.keys()}


def _versions(person: str, messages: list[Values]) -> list[Values]:
    """What is known of somebody from each moment on, whichever of their ids it was said of."""
    said: dict[tuple[datetime, str], Values] = {}
    for message in messages:
        if message["source"] != RESOLVED:
            said.setdefault((message["valid_from"], message[OWNER]), {}).update(_carried(message, LASTING))
    together: dict[datetime, Values] = {}
    for (moment, _), values in sorted(said.items(), key=lambda one: one[0]):
        together[moment] = of_one_moment(together.get(moment, {}), values)
    return [{OWNER: person, "valid_from": moment, **known} for moment, known in versions(together)]


def _carried(message: Values, columns: Iterable[str]) -> Values:
    names = set(message["carried"].split(","))
    return {name: message[name] for name in columns if name in names}


def _key(row: Mapping[str, Any], layout: Layout) -> Key:
    return tuple(row[name] for name in layout.keys)
