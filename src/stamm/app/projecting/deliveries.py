"""Messages of other systems' hooks in the log: read as their exports are, those of one system together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stamm.app.projecting.said import Said
from stamm.lang.organisation import Organisation
from stamm.sources.exports import Documents, Known
from stamm.sources.exports.kind import Recall
from stamm.sources.exports.records import value_of
from stamm.sources.hooks import HOOKS
from stamm.sources.reading.objects import UnsoundError
from stamm.store.log import Entry, Stored

#: before the name of a hook, in the source of its messages
HOOK = "hooks/"
#: why a message of a hook is kept aside
NO_HOOK, NO_JSON, NO_OBJECT, UNSOUND = "no_hook", "no_json", "no_object", "unsound"

#: what each of them means, read after the name of the field
MEANINGS = {
    NO_HOOK: "no such hook is known",
    NO_JSON: "is not JSON as RFC 8259 writes it, encoded in UTF-8",
    NO_OBJECT: "is not a JSON object",
    UNSOUND: "is not sound in a message of a hook",
}

Reasons = dict[int, str]


def is_delivery(entry: Entry) -> bool:
    """Whether a message came through a hook."""
    return entry.source.startswith(HOOK)


def reason_of(entry: Entry, organisation: Organisation) -> str:
    """Why the message of a hook cannot be taken in; empty where it can."""
    return said((Stored(0, entry),), None, organisation)[1].get(0, "")


def said(waiting: Sequence[Stored], recall: Recall | None, organisation: Organisation) -> tuple[list[Said], Reasons]:
    """The rows in these messages, and by position the reasons of those that cannot be taken in.

    `recall` says what is known already. Messages of one system are read together, since one may build on another.
    """
    rows: list[Said] = []
    reasons: Reasons = {}
    for name in dict.fromkeys(stored.entry.source for stored in waiting):
        some = [stored for stored in waiting if stored.entry.source == name]
        if name.removeprefix(HOOK) not in HOOKS:
            reasons |= {stored.position: NO_HOOK for stored in some}
            continue
        source = HOOKS[name.removeprefix(HOOK)].source()
        if recall is not None:
            source.recall = recall
        wrong = _unsound(source, some, organisation)
        reasons |= wrong
        sound = [stored for stored in some if stored.position not in wrong]
        rows += _rows(source, sound, organisation)
    return rows, reasons


def _unsound(source: Documents, some: Sequence[Stored], organisation: Organisation) -> Reasons:
    """The messages that nobody can read, and those with a fault in any of their facts."""
    reasons: Reasons = {}
    things = []
    for place, stored in enumerate(some):
        try:
            value = value_of(stored.entry.body)
        except UnsoundError:
            reasons[stored.position] = NO_JSON
            continue
        for thing in (source.known(one, place, source.key, live=True) for one in source.opened(value)):
            if not isinstance(thing, Known):
                reasons[stored.position] = NO_OBJECT
            elif source.ours(thing.content):
                things.append(thing)
    for chunk in source.facts(things, source.key, organisation):
        for reject in chunk.rejects:
            reasons.setdefault(some[reject.line].position, f"{UNSOUND}:{reject.column}")
    return reasons


def _rows(source: Documents, sound: Sequence[Stored], organisation: Organisation) -> list[Said]:
    if not sound:
        return []
    values = [one for stored in sound for one in source.opened(value_of(stored.entry.body))]
    found = [source.known(value, 1, source.key, live=True) for value in values]
    things = [thing for thing in found if isinstance(thing, Known) and source.ours(thing.content)]
    name, newest = sound[-1].entry.source, max(stored.entry.received_at for stored in sound)
    rows = []
    for chunk in source.facts(things, source.key, organisation):
        for row in chunk.table.to_pylist():
            values_of: dict[str, Any] = {column: cell for column, cell in row.items() if column != "received_at"}
            rows.append(Said(chunk.fact, values_of, name, row.get("received_at") or newest))
    return rows
