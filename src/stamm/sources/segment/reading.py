"""From the bytes of one message to rows of facts, or to the reason why it is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stamm.sources.segment.message import Arrival, Message
from stamm.sources.segment.occurrences import occurrence
from stamm.sources.segment.people import alias, group, identify, link
from stamm.sources.segment.posthog import as_segment, is_posthog
from stamm.sources.segment.problem import Problem
from stamm.sources.segment.semantic import Row, meaning_of
from stamm.sources.segment.values import decoded, text


@dataclass(frozen=True, slots=True)
class Read:
    """What a message is: rows of facts, or a problem and no row."""

    rows: tuple[Row, ...] = ()
    problem: Problem | None = None


def read(body: bytes, arrival: Arrival, currency: str) -> Read:
    """The facts in a message; the same for the same bytes, whenever and however often it is asked.

    `currency` is the organisation's, for amounts beside which none stands.
    """
    try:
        said = decoded(body)
        if is_posthog(said):
            said = as_segment(said)
        rows = tuple(_rows(Message(said, arrival, currency)))
        for row in rows:
            row.judge()
    except Problem as problem:
        return Read(problem=problem)
    return Read(rows)


def _track(said: Message) -> Iterator[Row]:
    name = text(said.said, "event")
    if name is None:
        raise Problem("no_name", "event")
    meaning = meaning_of(name)
    if meaning is None:
        yield from occurrence(said)
        return
    yield from meaning.rows(said)
    # an event that names both says by itself whose the device is
    yield from occurrence(said) if meaning.stays_event else link(said)


_BY_TYPE: dict[str, Callable[[Message], Iterator[Row]]] = {
    "track": _track,
    "page": occurrence,
    "screen": occurrence,
    "identify": identify,
    "group": group,
    "alias": alias,
}


def _rows(said: Message) -> Iterator[Row]:
    return _BY_TYPE[said.type](said)
