"""A folder whose files are taken in as they come, each once, when nobody writes to it any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stamm.app.importing import Importing, ImportReport
from stamm.app.project import Project
from stamm.lang.errors import BusyError, InputError, StammError

#: seconds that nobody has touched a file before it is taken for whole
SETTLED = 2.0
#: endings of files that are still being written or fetched
UNFINISHED = (".part", ".tmp", ".crdownload", ".download", ".filepart", ".new")

Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Watched:
    """What became of one file: what it brought, or why it was not taken in."""

    file: Path
    report: ImportReport | None = None
    error: StammError | None = None


class Watching:
    """Takes in new files of the watched folder, one commit a file.

    What was taken in is known by its bytes, so that nothing comes twice, whatever a file is called and however often
    the worker is started; here it is only remembered which files need not be looked at again. One that cannot be taken
    in is told once, and looked at again when it has changed; so is a folder that cannot be read.
    """

    def __init__(self) -> None:
        self._seen: dict[Path, Stamp] = {}
        self._lost = False
        #: why what is there was not taken in, by the name of the file or folder
        self.failed: dict[str, StammError] = {}
        #: whether a file was there that somebody may still be writing to
        self.waits = False

    def run(self, project: Project, now: datetime) -> Iterator[Watched]:
        """Take in what is new and settled; files that were taken in before are passed over in silence."""
        folder = project.settings.watched
        if folder is None or project.reads_database:
            self.failed = {}
            return
        try:
            there = list(_files(folder, now))
        except InputError as error:
            if not self._lost:
                yield Watched(folder, error=error)
            self._lost, self.failed = True, {str(folder): error}
            return
        self._lost = False
        found = {path: stamp for path, stamp, settled in there if settled}
        self.waits = len(found) < len(there)
        self._seen = {path: stamp for path, stamp in self._seen.items() if path in found}
        there_now = {path.name for path in found}
        self.failed = {name: error for name, error in self.failed.items() if name in there_now}
        for path, stamp in sorted(found.items()):
            if self._seen.get(path) == stamp:
                continue
            done = self._take(project, path, now)
            self._seen[path] = stamp
            self.failed.pop(path.name, None)
            if done.error is not None:
                self.failed[path.name] = done.error
            if done.error is not None or (done.report is not None and done.report.rows):
                yield done

    def _take(self, project: Project, path: Path, now: datetime) -> Watched:
        importing = Importing(
            project.lake(), project.organisation, project.rejects_directory, project.settings.mappings
        )
        try:
            return Watched(path, report=importing.take([path], now=now))
        except BusyError:
            raise
        except StammError as error:
            return Watched(path, error=error)


def _files(folder: Path, now: datetime) -> Iterator[tuple[Path, Stamp, bool]]:
    """The files, and whether nobody writes to them any more; raises InputError where the folder cannot be read."""
    try:
        paths = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        raise InputError(
            f"The folder that is watched cannot be read: {error.strerror or error}.",
            where=str(folder),
            remedy="Make it, or name another one in [watch] of stamm.toml.",
        ) from error
    for path in paths:
        if path.name.lower().endswith(UNFINISHED) or not path.is_file():
            continue
        try:
            about = path.stat()
        except FileNotFoundError:  # somebody has taken it away again
            continue
        # the time of the last change of any kind: a copy keeps the time of writing of its original
        yield path, (about.st_ino, about.st_size, about.st_mtime_ns), now.timestamp() - about.st_ctime >= SETTLED
