"""What the worker could not take in, and why: files of the folder that is watched, tables and objects of buckets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from stamm.app.project import Project
from stamm.lang.errors import StammError
from stamm.store.durable import write_atomically

FILE = "unread.json"


@dataclass(frozen=True)
class Unread:
    """One file, table or bucket: since when it fails in this way, what is wrong, where, and what to do."""

    name: str
    since: datetime
    what: str
    where: str
    remedy: str

    def same(self, name: str, error: StammError) -> bool:
        """Whether it is still that."""
        return (self.name, self.what, self.where) == (name, error.what, error.where)


class UnreadFile:
    """Where a worker leaves that for the pages: a file beside the lake, gone where all was taken in."""

    def __init__(self, project: Project) -> None:
        self._path = project.directory / FILE

    def all(self) -> tuple[Unread, ...]:
        """What fails now, the newest first."""
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return ()
        found = (Unread(**{**one, "since": datetime.fromisoformat(one["since"])}) for one in told)
        return tuple(sorted(found, key=lambda one: (-one.since.timestamp(), one.name)))

    def keep(self, failed: Mapping[str, StammError], now: datetime) -> None:
        """What fails, and nothing else; what failed in the same way before does so since then."""
        before = self.all()
        every = tuple(
            next((one for one in before if one.same(name, error)), _unread(name, error, now))
            for name, error in failed.items()
        )
        if sorted(every, key=lambda one: one.name) == sorted(before, key=lambda one: one.name):
            return
        told = [{**asdict(one), "since": one.since.isoformat()} for one in every]
        if told:
            write_atomically(self._path, json.dumps(told, ensure_ascii=False, indent=1).encode(), mode=0o600)
        else:
            self._path.unlink(missing_ok=True)


def _unread(name: str, error: StammError, now: datetime) -> Unread:
    return Unread(name, now, error.what, error.where, error.remedy)
