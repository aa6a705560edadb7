"""Entries of a log in SQLite: what came together lies together, one row for all, since rows are what costs.

A parcel ends with position `last`; the entries in it stand in their order, with nothing in place of those that were
taken out, so that the others keep their positions. Moments of entries are kept in UTC.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from stamm.store.log.kind import Entry

#: `last` grows and is never used again; `first` is the first position that is still in it, `held` how many are
TABLE = """
CREATE TABLE parcels (
    last INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, held INTEGER NOT NULL, entries BLOB NOT NULL
)"""
#: entries of one parcel, so that a reader need not take in much more than it asks for
MOST = 1_000
_PUT = "INSERT INTO parcels VALUES (?, ?, ?, ?)"
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Entry | None])


def last_given(run: sqlite3.Connection) -> int:
    """The last position that was ever given; 0 where none was."""
    found = run.execute("SELECT seq FROM sqlite_sequence WHERE name = 'parcels'").fetchone()
    return int(found[0]) if found else 0


def go_on_after(run: sqlite3.Connection, last: int) -> None:
    """Let the next position be behind this one, whatever was put so far."""
    if run.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'parcels'", (last,)).rowcount == 0:
        run.execute("INSERT INTO sqlite_sequence VALUES ('parcels', ?)", (last,))


def put(run: sqlite3.Connection, last: int, entries: Sequence[Entry]) -> None:
    """Keep entries, of which the last one gets this position and the others those before it."""
    first = last - len(entries) + 1
    for start in range(0, len(entries), MOST):
        some = entries[start : start + MOST]
        run.execute(_PUT, (first + start + len(some) - 1, first + start, len(some), _ENCODER.encode(some)))


def after(run: sqlite3.Connection, position: int) -> Iterator[tuple[int, Entry]]:
    """Entries behind a position, in their order, with the position of each."""
    for last, packed in run.execute("SELECT last, entries FROM parcels WHERE last > ? ORDER BY last", (position,)):
        yield from (found for found in _placed(last, packed) if found[0] > position)


def span(run: sqlite3.Connection) -> tuple[int, int]:
    """The first position that is kept, and the last one ever given; (n + 1, n) where nothing is kept."""
    last = last_given(run)
    first = run.execute("SELECT first FROM parcels ORDER BY last LIMIT 1").fetchone()
    return (first[0] if first else last + 1), last


def trim(run: sqlite3.Connection, up_to: int) -> int:
    """Drop entries up to a position and including it; how many there were."""
    (whole,) = run.execute("SELECT coalesce(sum(held), 0) FROM parcels WHERE last <= ?", (up_to,)).fetchone()
    run.execute("DELETE FROM parcels WHERE last <= ?", (up_to,))
    split = run.execute("SELECT last, entries FROM parcels ORDER BY last LIMIT 1").fetchone()
    before = [position for position, _ in _placed(*split) if position <= up_to] if split else []
    return int(whole) + len(take_out(run, before))


def take_out(run: sqlite3.Connection, positions: Iterable[int]) -> Mapping[int, Entry]:
    """Drop the entries at these positions; those that were there."""
    return change(run, positions, lambda _position, _entry: None)


def change(
    run: sqlite3.Connection, positions: Iterable[int], other: Callable[[int, Entry], Entry | None]
) -> Mapping[int, Entry]:
    """Put another entry, or none, in the place of those at these positions; those that were there, in their order."""
    changed: dict[int, Entry] = {}
    wanted = sorted(set(positions))
    for position in wanted:
        if position in changed:
            continue
        found = run.execute(
            "SELECT last, entries FROM parcels WHERE last >= ? AND first <= ? ORDER BY last LIMIT 1", (position,) * 2
        ).fetchone()
        if found is None:
            continue
        last, packed = found
        kept: dict[int, Entry | None] = dict(_placed(last, packed))
        before = {each: entry for each in wanted if (entry := kept.get(each)) is not None}
        kept |= {each: other(each, entry) for each, entry in before.items()}
        _replace(run, last, [(each, entry) for each, entry in kept.items() if entry is not None])
        changed |= before
    return changed


def _replace(run: sqlite3.Connection, last: int, kept: Sequence[tuple[int, Entry]]) -> None:
    run.execute("DELETE FROM parcels WHERE last = ?", (last,))
    if kept:
        (first, _), entries = kept[0], dict(kept)
        placed = [entries.get(position) for position in range(first, last + 1)]
        run.execute(_PUT, (last, first, len(kept), _ENCODER.encode(placed)))


def _placed(last: int, packed: bytes) -> list[tuple[int, Entry]]:
    entries = _DECODER.decode(packed)
    first = last - len(entries) + 1
    return [(first + place, entry) for place, entry in enumerate(entries) if entry is not None]
