"""Answers that were computed before: kept on the disk, so that the same question is answered without a query.

What is kept are the numbers of a reduction by window and group, not what a formula makes of them, and the tables of an
analysis as it found them. Each entry is a file named by the question; all entries of one state (snapshot, settings,
program) lie in one directory, and the directories of older states are removed. Everything here can be computed anew, so
an entry that cannot be read is.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from stamm.answers.answer import Cells
from stamm.facts.filter import Filter
from stamm.lang.window import Window

Read = TypeVar("Read")
PROGRAM = Path(__file__).parents[1]
#: states beside the present one whose answers are kept: somebody may be asking about them still
STATES = 2
#: entries of one state; with more, all are forgotten
MOST = 20_000

_log = logging.getLogger(__name__)


def digest(*told: object) -> str:
    """A name for what is told, equal for equals."""
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:32]


def program() -> str:
    """A name for the program as it is installed: another one may compute other numbers."""
    found = sorted((str(path.relative_to(PROGRAM)), path.stat()) for path in PROGRAM.rglob("*.py"))
    return digest([(name, stat.st_size, stat.st_mtime_ns) for name, stat in found])


class Remembered:
    """The numbers of one state of the data, below `directory`.

    `snapshot` is the file that is there for as long as the state may be asked about: nothing is kept beyond it, for
    it goes when a person is erased.
    """

    def __init__(self, directory: Path, state: str, snapshot: Path | None = None) -> None:
        self._directory, self._state, self._snapshot = directory, state, snapshot
        self._entries: int | None = None
        self._writes = True
        self._one = threading.Lock()

    @property
    def state(self) -> str:
        """A name for the state of the data, the settings and the program: with another, numbers may be others."""
        return self._state

    @staticmethod
    def question(what: str, windows: Sequence[Window], by: str | None, where: Filter, as_of: datetime) -> str:
        """The name of a question: a reduction's identity, and what it is asked over."""
        spans = [(window.start, window.end) for window in windows]
        return digest(what, spans, by, [(str(each), each.meant) for each in where], as_of.isoformat())

    def get(self, question: str) -> Cells | None:
        """The numbers of a question, if they are known."""
        return self.read(question, lambda text: {(window, group): number for window, group, number in json.loads(text)})

    def read(self, question: str, read: Callable[[str], Read]) -> Read | None:
        """What `read` makes of the text that was kept of a question, if there is one."""
        path = self._path(question)
        try:
            return read(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            _log.warning("A kept answer cannot be read and is computed anew: %s (%s)", path, error)
            return None

    def put(self, question: str, cells: Cells) -> None:
        """Keep the numbers of a question; where that cannot be, they are computed anew each time."""
        if all(type(number) in (int, float, type(None)) for number in cells.values()):
            self.write(question, json.dumps([[*place, number] for place, number in cells.items()]))

    def write(self, question: str, text: str) -> None:
        """Keep the text of an answer."""
        if self._writes:
            with self._one:
                self._put(self._path(question), text)

    def _put(self, path: Path, text: str) -> None:
        try:
            self._make_room()
            draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
            draft.write_text(text, encoding="utf-8")
            draft.replace(path)
            if self._snapshot is not None and not self._snapshot.exists():
                shutil.rmtree(path.parent, ignore_errors=True)
                self._writes = False
        except OSError as error:
            self._writes = False
            _log.warning("Answers cannot be kept: %s", error)

    def _path(self, question: str) -> Path:
        return self._directory / self._state / f"{question}.json"

    def _make_room(self) -> None:
        """The directory of this state, without those of long ago; emptied when it holds too much."""
        place = self._directory / self._state
        if self._entries is None:
            place.mkdir(parents=True, exist_ok=True)
            os.utime(place)
            states = sorted(self._directory.iterdir(), key=lambda path: -path.stat().st_mtime_ns)
            for old in [path for path in states if path != place][STATES:]:
                shutil.rmtree(old, ignore_errors=True)
            self._entries = sum(1 for _ in place.iterdir())
        if self._entries >= MOST:
            shutil.rmtree(place)
            self._entries = 0
        place.mkdir(exist_ok=True)
        self._entries += 1
