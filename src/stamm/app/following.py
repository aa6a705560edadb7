"""Tables of databases that are read again and again, each when its time has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from stamm.app.importing import Importing, ImportReport
from stamm.app.project import Project
from stamm.app.watching import Watched
from stamm.lang.errors import BusyError, StammError


class Following:
    """Takes in what is new in the tables that stamm.toml names, one commit a table.

    How far a table was read is kept with its facts, so that nothing is lost or comes twice however often the worker is
    started; here it is only remembered when each comes next. One that cannot be read is told once, tried again when its
    time comes, and told again when it is something else.
    """

    def __init__(self) -> None:
        self._due: dict[str, datetime] = {}
        #: why a table could not be read, by its name
        self.failed: dict[str, StammError] = {}

    def run(self, project: Project, now: datetime, *, once: bool = False) -> Iterator[Watched]:
        """Read the tables whose time has come; all of them, `once`. What brings nothing is passed over in silence."""
        named = () if project.reads_database else project.settings.tables
        self.failed = {each.name: self.failed[each.name] for each in named if each.name in self.failed}
        for setting in named:
            if not once and now < self._due.get(setting.name, now):
                continue
            done = self._take(project, setting.name, now)
            self._due[setting.name] = now + timedelta(minutes=setting.every_minutes)
            before = self.failed.pop(setting.name, None)
            if done.error is not None:
                self.failed[setting.name] = done.error
            if (done.error and str(done.error) != str(before)) or (done.report and brings(done.report)):
                yield done

    def _take(self, project: Project, name: str, now: datetime) -> Watched:
        importing = Importing(
            project.lake(),
            project.organisation,
            project.rejects_directory,
            project.settings.mappings,
            tables=project.tables(),
        )
        try:
            return Watched(Path(name), report=importing.take([name], now=now))
        except BusyError:
            raise
        except StammError as error:
            return Watched(Path(name), error=error)


def brings(report: ImportReport) -> bool:
    """Whether an import has changed anything, or set anything aside."""
    return any(row.new or row.changed or row.waiting or row.rejected for row in report.rows)
