"""Buckets whose objects are taken in as they come, as the files of a folder that is watched."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from stamm.app.importing import Importing, ImportReport
from stamm.app.project import Project
from stamm.app.watching import UNFINISHED, Watched
from stamm.lang.errors import BusyError, StammError
from stamm.origins.buckets import BucketSetting, Object, Storage
from stamm.sources import SOURCES


class Fetching:
    """Takes in new objects of the buckets that stamm.toml names, one commit an object.

    Which objects were taken in is kept with their facts, by key and state, so that none is fetched twice however often
    the worker is started; an object whose bytes came before under another key brings nothing. One that cannot be taken
    in is told once, and fetched again when it has changed; so is a bucket that cannot be read.
    """

    def __init__(self) -> None:
        self._due: dict[str, datetime] = {}
        #: why a bucket could not be read, by its name
        self._lost: dict[str, StammError] = {}
        self._failed: dict[tuple[str, str], tuple[Object, StammError]] = {}

    @property
    def failed(self) -> dict[str, StammError]:
        """Why a bucket could not be read, or an object of one not taken in, by its name."""
        return {**self._lost, **{f"{bucket}: {key}": error for (bucket, key), (_, error) in self._failed.items()}}

    def run(self, project: Project, now: datetime, *, once: bool = False) -> Iterator[Watched]:
        """Look into the buckets whose time has come, into all of them `once`; what brings nothing is not told."""
        named = () if project.reads_database else project.settings.buckets
        names = {each.name for each in named}
        self._lost = {name: error for name, error in self._lost.items() if name in names}
        self._failed = {which: found for which, found in self._failed.items() if which[0] in names}
        for setting in named:
            if not once and now < self._due.get(setting.name, now):
                continue
            self._due[setting.name] = now + timedelta(minutes=setting.every_minutes)
            before = self._lost.pop(setting.name, None)
            try:
                yield from self._look(project, setting, now)
            except BusyError:
                raise
            except StammError as error:
                self._lost[setting.name] = error
                if str(error) != str(before):
                    yield Watched(Path(setting.name), error=error)
            finally:
                shutil.rmtree(project.fetched_directory, ignore_errors=True)

    def _look(self, project: Project, setting: BucketSetting, now: datetime) -> Iterator[Watched]:
        storage, read_as = Storage(setting), _reads(project)
        known = project.lake().snapshot().imports()
        gone = {which for which in self._failed if which[0] == setting.name}
        for one in storage.objects():
            which = setting.name, one.key
            gone.discard(which)
            failed = self._failed.get(which)
            if not _is_file(one) or (failed and failed[0] == one) or _digest(setting, one, read_as) in known:
                continue
            done = self._take(project, storage, one, read_as, now)
            if done is None:
                continue
            self._failed.pop(which, None)
            if done.error:
                self._failed[which] = one, done.error
            if done.error or (done.report and done.report.rows):
                yield done
        for which in gone:
            del self._failed[which]

    def _take(self, project: Project, storage: Storage, one: Object, read_as: str, now: datetime) -> Watched | None:
        """Fetch and take in; the copy is gone afterwards. None for what has to be looked at again."""
        project.fetched_directory.mkdir(mode=0o700, exist_ok=True)
        with TemporaryDirectory(dir=project.fetched_directory, ignore_cleanup_errors=True) as folder:
            path, place = Path(folder, one.name), f"{storage.setting.address}: {one.key}"
            try:
                read = storage.fetch(one, path)
                if read is None:
                    return None
                known_as = {_digest(storage.setting, read, read_as): one.name}
                return Watched(path, report=self._imported(project, path, known_as, now))
            except BusyError:
                raise
            except StammError as error:
                if not path.exists() and Path(folder).exists() is False:  # an erasure has cleared it away
                    return None
                error.where = error.where.replace(str(path), place) or place
                return Watched(path, error=error)

    def _imported(self, project: Project, path: Path, known_as: dict[str, str], now: datetime) -> ImportReport:
        importing = Importing(
            project.lake(), project.organisation, project.rejects_directory, project.settings.mappings
        )
        return importing.take([path], now=now, known_as=known_as)


def _is_file(one: Object) -> bool:
    name = one.name.lower()
    return bool(one.size and name) and not name.startswith(".") and not name.endswith(UNFINISHED)


def _reads(project: Project) -> str:
    """What decides how any object is read: another mapping, setting or program may read the same one otherwise."""
    sources = sorted((kind.key, kind.reading) for kind in SOURCES)
    mappings = [(mapping.name, mapping.table()) for mapping in project.settings.mappings]
    organisation = project.organisation
    settings = (organisation.zone, organisation.currency, organisation.time_zones)
    return json.dumps([sources, mappings, settings], sort_keys=True)


def _digest(setting: BucketSetting, one: Object, read_as: str) -> str:
    state = (setting.address, setting.endpoint, one.key, one.size, *one.state, read_as)
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()
