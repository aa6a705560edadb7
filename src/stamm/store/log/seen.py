"""What has come before, of a log in SQLite: for ever in `seen`, and what came lately in memory, too.

A key is anywhere in `seen`, so each one that goes in writes a page of its own. So what comes is written down in its
order first, in `fresh`, a row for a transaction; when there is much of it, it goes into `seen` sorted, a slice with
each transaction: neighbours share their pages, and nobody waits for all of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from stamm.store.log import parcels
from stamm.store.log.kind import HASH_BYTES

#: keys in memory before they go into `seen`; some 20 MB
MOST_FRESH = 100_000
#: keys of one slice
SLICE = 2_000
#: all marks in one value: if each were handed over, SQLite and Python would take turns for each
_EACH = """
WITH RECURSIVE each(start) AS (VALUES (1) UNION ALL SELECT start + :size FROM each WHERE start + :size < length(:marks))
"""
_KNOWN = _EACH + "SELECT key, digest FROM each CROSS JOIN seen ON key = substr(:marks, start, :size)"  # noqa: S608 - ours
_SETTLE = f"""INSERT INTO seen {_EACH} SELECT substr(:marks, start, :key), substr(:marks, start + :key, :size - :key)
FROM each WHERE true ON CONFLICT DO NOTHING"""  # noqa: S608


class Seen:
    """Keys and digests that a log knows, as long as its file is open. Only within a transaction that may write.

    What a transaction adds here that is then undone has to be forgotten: with it, this whole object.
    """

    def __init__(self) -> None:
        self._young: dict[bytes, bytes] = {}
        #: what goes into `seen` just now, and what of it is still to go, sorted backwards
        self._old: dict[bytes, bytes] = {}
        self._left: list[bytes] = []
        self._old_up_to = 0
        #: how far `fresh` was read, and of which state of the file all this holds
        self._last = 0
        self._version: int | None = None
        self._empty = True

    @property
    def last(self) -> int:
        """The last position that was given."""
        return self._last

    def catch_up(self, run: sqlite3.Connection) -> None:
        """Learn what others have written since."""
        (version,) = run.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return
        for (packed,) in run.execute("SELECT marks FROM fresh WHERE last > ? ORDER BY last", (self._last,)):
            self._young.update(_unpacked(packed))
        self._last = parcels.last_given(run)
        self._empty = run.execute("SELECT 1 FROM seen LIMIT 1").fetchone() is None
        self._version = version

    def known(self, run: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Which of the keys have come before, each with its digest."""
        young, old = self._young, self._old
        found = {key: young[key] for key in keys if key in young}
        if old:
            found |= {key: old[key] for key in keys if key in old}
        if not self._empty:
            found.update(run.execute(_KNOWN, {"marks": b"".join(sorted(keys)), "size": HASH_BYTES}))
        return found

    def add(self, run: sqlite3.Connection, new: dict[bytes, bytes], last: int) -> None:
        """Keep what is new with the entries up to a position."""
        if new:
            run.execute("INSERT INTO fresh VALUES (?, ?)", (last, b"".join([key + new[key] for key in new])))
            self._young.update(new)
        self._last = last

    def settle(self, run: sqlite3.Connection, more: int) -> None:
        """Bring a slice of what is no longer fresh into `seen`: twice as many as have come, so that it has an end."""
        if not self._left and len(self._young) >= MOST_FRESH:
            self._old, self._young, self._old_up_to = self._young, {}, self._last
            self._left = sorted([key + digest for key, digest in self._old.items()], reverse=True)
        if self._left:
            size = max(SLICE, 2 * more)
            some = b"".join(self._left[: -size - 1 : -1])
            run.execute(_SETTLE, {"marks": some, "size": 2 * HASH_BYTES, "key": HASH_BYTES})
            del self._left[-size:]
            self._empty = False
            if not self._left:
                run.execute("DELETE FROM fresh WHERE last <= ?", (self._old_up_to,))
                self._old = {}


def _unpacked(packed: bytes) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(packed), 2 * HASH_BYTES):
        middle = start + HASH_BYTES
        yield packed[start:middle], packed[middle : middle + HASH_BYTES]
