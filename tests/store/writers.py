"""What other processes do in the tests: write, read, and die."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from parcels import KINDS, after, batch, row, whole_row

from stamm.store import Lake

KEYS = 20


def write_pairs(root: str, name: str, count: int) -> None:
    """Commit, one after another, pairs of rows that belong together."""
    lake = Lake.open(root, kinds=KINDS)
    for number in range(count):
        with lake.writing(wait_seconds=120) as writer:
            pair = [batch(*(whole_row(f"{name}-{number}", leg, weight=number) for leg in "ab"))]
            writer.put("parcels", pair, source=name, received_at=after(number))
            writer.commit()


def read_pairs(root: str, rows: int) -> None:
    """Read until all rows are there; every snapshot holds whole pairs, and numbers only grow."""
    lake = Lake.open(root, kinds=KINDS)
    last, found = 0, 0
    while found < rows:
        snapshot = lake.snapshot()
        assert snapshot.number >= last
        table = snapshot.dataset("parcels").to_table(columns=["parcel_id", "leg"])
        keys = set(zip(*table.to_pydict().values(), strict=True))
        assert len(keys) == table.num_rows == snapshot.rows("parcels")
        assert all((parcel, other) in keys for parcel, _ in keys for other in "ab")
        assert table.num_rows >= found
        last, found = snapshot.number, table.num_rows


def generations(root: str, told: str, die_at: int | None = None) -> None:
    """Write generation after generation: every key anew, and one key more; tell of each after its commit.

    With `die_at`, die at that many calls that bring something to the disk.
    """
    if die_at is not None:
        _die_at(die_at)
    lake = Lake.open(root, kinds=KINDS)
    while True:
        with lake.writing() as writer:
            state = lake.snapshot()
            weights = state.dataset("parcels").to_table(columns=["weight"])["weight"].to_pylist()
            number = max(weights, default=0) + 1
            old = [row(f"k{key}", weight=number) for key in range(KEYS)] if weights else []
            rows = [batch(*old)] if old else [batch(*(whole_row(f"k{key}", weight=1) for key in range(KEYS)))]
            new = [batch(whole_row(f"new {number}", weight=number))]
            writer.put("parcels", rows, source="test", received_at=after(number))
            writer.put("parcels", new, source="test", received_at=after(number))
            writer.put("parcels", _grown(state.rows("parcels"), number), source="test", received_at=after(number))
            writer.remember(f"file {number}", {"number": number})
            writer.commit()
        handle = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(handle, f"{number}\n".encode())
        os.close(handle)


def _grown(rows: int, number: int) -> list[object]:
    """The keys added by earlier generations, at this generation's weight."""
    known = [row(f"new {key}", weight=number) for key in range(1, rows - KEYS + 1)]
    return [batch(*known)] if known else []


def _die_at(count: int) -> None:
    calls = 0

    def dying(real: object) -> object:
        def call(*arguments: object) -> object:
            nonlocal calls
            calls += 1
            if calls >= count:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments)  # type: ignore[operator]

        return call

    for name in ("fsync", "replace", "rename"):
        setattr(os, name, dying(getattr(os, name)))


def last_told(path: Path) -> int:
    """The last generation that was acknowledged."""
    return max(map(int, path.read_text().split()), default=0) if path.exists() else 0
