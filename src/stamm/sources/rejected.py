"""The list of rows set aside, written as it grows and put in its place at once."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from stamm.lang.inert import inert
from stamm.sources.kind import Reject

_HEADING = ("file", "line", "column", "value", "reason")
_FIRST = 5


class Lines:
    """Lines of files that were seen before: a bit for each, so that millions take little room."""

    def __init__(self) -> None:
        self._seen: dict[Hashable, bytearray] = {}

    def new(self, of: Hashable, line: int) -> bool:
        """Whether that line of it was not seen before; from now on it was."""
        bits = self._seen.setdefault(of, bytearray())
        place, bit = line >> 3, 1 << (line & 7)
        if place >= len(bits):
            bits.extend(bytes(max(place + 1, 2 * len(bits)) - len(bits)))
        if bits[place] & bit:
            return False
        bits[place] |= bit
        return True


class RejectsFile:
    """A CSV file that appears whole, where there is something in it, and goes again unless `keep` is called.

    It may hold personal data, so only the owner may read it; what a spreadsheet would take for a formula is made text.
    A row of a file of which several facts are made is counted once, and listed once for each thing that is wrong with
    it. One import at a time writes to a folder. Without a folder, rows are counted and not written. `told` gives what
    is written of a value.
    """

    def __init__(self, folder: Path | None, now: datetime, told: Callable[[str], str] = str) -> None:
        self.folder, self._told = folder, told
        self.stem = f"rejects-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        self.path: Path | None = None
        self.count = 0
        self.reasons: Counter[str] = Counter()
        self.first: list[Reject] = []
        self._rows, self._told_of = Lines(), Lines()
        self._kept = False
        self._draft = (folder or Path()) / f".{self.stem}.part"
        self._stream: IO[str] | None = None

    def __enter__(self) -> Self:
        if self.folder:
            for left in self.folder.glob(".rejects-*.part"):  # by an import that was killed
                left.unlink()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream:
            self._stream.close()
            self._draft.unlink(missing_ok=True)
        if self.path is not None and not self._kept:
            self.path.unlink()

    def write(self, rejects: Sequence[Reject]) -> None:
        """Add rows to the draft; what was said of a row already is not said again."""
        rejects = [one for one in rejects if self._told_of.new((one.file, one.column, one.reason), one.line)]
        if not rejects:
            return
        self.reasons.update(f"{one.column} {one.reason}".strip() for one in rejects)
        rows = [one for one in rejects if self._rows.new(one.file, one.line)]
        self.count += len(rows)
        self.first += rows[: _FIRST - len(self.first)]
        if self.folder is None:
            return
        if self._stream is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._stream = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
            csv.writer(self._stream).writerow(_HEADING)
        lines = csv.writer(self._stream)
        for one in rejects:
            told = (one.file, one.line, one.column, self._told(one.value), one.reason)
            lines.writerow([inert(cell) for cell in told])

    def put_in_place(self) -> Path | None:
        """Give the file its name, durably; None where nothing was set aside."""
        if self._stream is None or self.folder is None:
            return None
        self._stream.flush()
        os.fsync(self._stream.fileno())
        path, number = self.folder / f"{self.stem}.csv", 1
        while path.exists():
            number += 1
            path = self.folder / f"{self.stem}-{number}.csv"
        self.path = self._draft.replace(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self.path

    def keep(self) -> None:
        """Leave the file where it is."""
        self._kept = True
