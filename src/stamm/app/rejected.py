"""Rows that imports set aside: the lists there are, what is wrong with the rows, and doing away with a list."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path

from stamm.app.project import Project
from stamm.lang.errors import UsageError
from stamm.sources.rejected import Lines

_NAME = re.compile(r"rejects-(\d{8}T\d{6}Z)(-\d+)?\.csv")


@dataclass(frozen=True)
class RejectList:
    """What one import set aside: when, how many rows of which file, and why, the most frequent reason first.

    A row stands on as many `lines` of the list as things are wrong with it.
    """

    name: str
    at: datetime
    rows: int
    lines: int
    files: Mapping[str, int]
    reasons: Mapping[str, int]


@dataclass(frozen=True)
class RejectedRow:
    """One line of a list: the place of a row, what stood in the column, and what is wrong with it."""

    file: str
    line: str
    column: str
    value: str
    reason: str


class Rejected:
    """The lists of a project. They may hold personal data."""

    def __init__(self, project: Project) -> None:
        self._directory = project.rejects_directory

    def lists(self) -> list[RejectList]:
        """All of them, the newest first."""
        names = (path.name for path in self._directory.glob("rejects-*.csv") if _NAME.fullmatch(path.name))
        return [self.list_named(name) for name in sorted(names, reverse=True)]

    def list_named(self, name: str) -> RejectList:
        """One of them; raises UsageError where there is none of that name."""
        path = self.path(name)
        about = path.stat()
        return _counted(path, about.st_mtime_ns, about.st_size)

    def path(self, name: str) -> Path:
        """Where a list lies; raises UsageError where there is none of that name, whatever else lies there."""
        path = self._directory / name
        if not _NAME.fullmatch(name) or not path.is_file():
            raise UsageError(f"There is no list of rejected rows named {name}.", remedy="It may have been removed.")
        return path

    def rows(self, name: str, first: int, most: int) -> list[RejectedRow]:
        """Some of the lines of a list, from that place on."""
        return list(islice(_rows(self.path(name)), first, first + most))

    def remove(self, name: str) -> RejectList:
        """Do away with a list that has served; what it was."""
        found = self.list_named(name)
        self.path(name).unlink(missing_ok=True)
        return found


@lru_cache(maxsize=500)
def _counted(path: Path, changed_ns: int, size: int) -> RejectList:  # noqa: ARG001 - another state is another list
    files: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    seen, lines = Lines(), 0
    for row in _rows(path):
        lines += 1
        files[row.file] += not row.line.isdecimal() or seen.new(row.file, int(row.line))
        reasons[f"{row.column} {row.reason}".strip()] += 1
    match = _NAME.fullmatch(path.name)
    assert match is not None  # only such are looked at
    at = datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return RejectList(path.name, at, files.total(), lines, dict(files.most_common()), dict(reasons.most_common()))


def _rows(path: Path) -> Iterator[RejectedRow]:
    with path.open(encoding="utf-8", newline="") as stream:
        lines = csv.reader(stream)
        next(lines, None)
        for line in lines:
            yield RejectedRow(*(line + [""] * 5)[:5])
