"""Settings of the organisation changed by somebody: nobody's change is lost, and the last one can be put back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from stamm.answers.world import World
from stamm.app.project import Project
from stamm.app.settings import SETTINGS, write_whole
from stamm.lang.errors import ProjectError, UsageError
from stamm.lang.organisation import Organisation
from stamm.store.durable import remedy
from stamm.store.lock import exclusive

LOCK = "settings.lock"
#: beside stamm.toml: the last change that was made here, and what stood there before
LAST = "settings-last.json"
WAIT_SECONDS = 10.0


class ChangedError(UsageError):
    """Somebody else has changed the settings meanwhile; nothing was written."""


@dataclass(frozen=True)
class Difference:
    """One setting that is another: its name among those of an organisation, its value before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """What somebody changed, and when."""

    who: str
    at: datetime
    differences: tuple[Difference, ...]

    def put_back(self, now: Organisation) -> Organisation | None:
        """The settings as they were before it; None where one of them has been changed since."""
        if any(getattr(now, each.name) != each.after for each in self.differences):
            return None
        return replace(now, **{each.name: each.before for each in self.differences})


def differences(before: Organisation, after: Organisation) -> tuple[Difference, ...]:
    """The settings that are not the same, in their order."""
    pairs = [Difference(one.name, getattr(before, one.name), getattr(after, one.name)) for one in fields(Organisation)]
    return tuple(pair for pair in pairs if pair.before != pair.after)


def stamp(directory: Path) -> str:
    """What tells this state of stamm.toml from every other."""
    return hashlib.sha256((directory / SETTINGS).read_bytes()).hexdigest()


def change(directory: Path, organisation: Organisation, *, seen: str, who: str, now: datetime) -> Project:
    """The project with these settings, written into stamm.toml; all else there stays word for word.

    `seen` is the stamp of the file when somebody chose them. Raises ChangedError where it has been changed since, and
    then nothing is written.
    """
    with _alone(directory):
        if stamp(directory) != seen:
            raise _changed(directory)
        return _write(directory, organisation, "settings_changed", who, now)


def last_change(directory: Path) -> Change | None:
    """The last change made here, if there was one and all of it still holds: it can be put back."""
    file = directory / LAST
    if not file.is_file():
        return None
    told = json.loads(file.read_text(encoding="utf-8"))
    found = Change(told["who"], datetime.fromisoformat(told["at"]), tuple(Difference(**one) for one in told["changed"]))
    return found if found.put_back(Project.open(directory).organisation) is not None else None


def put_back(directory: Path, *, who: str, now: datetime) -> Project:
    """The project with what stood there before the last change; doing it again brings that change back.

    Raises UsageError where nothing was changed, or somebody has changed the same since.
    """
    with _alone(directory):
        last = last_change(directory)
        before = last.put_back(Project.open(directory).organisation) if last else None
        if before is None:
            raise UsageError(
                "There is no change of settings that could be put back.",
                remedy="Write the values you want, and save them.",
            )
        return _write(directory, before, "settings_restored", who, now)


@contextmanager
def weighed(project: Project, organisation: Organisation) -> Iterator[tuple[World, World]]:
    """The facts of one snapshot, under the settings as they are and as they would be; nothing is written."""
    while True:
        now, then = project.world(), project.with_settings(organisation).world()
        try:
            if now.snapshot == then.snapshot:
                yield now, then
                return
        finally:
            now.engine.close()
            then.engine.close()


def _write(directory: Path, organisation: Organisation, what: str, who: str, now: datetime) -> Project:
    project = Project.open(directory)
    changed = differences(project.organisation, organisation)
    if not changed:
        return project
    try:
        written = project.rewrite(organisation)
        told = {"who": who, "at": now.isoformat(), "changed": [asdict(one) for one in changed]}
        write_whole(directory / LAST, json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise ProjectError(
            f"The settings cannot be written: {error.strerror or error}.",
            where=str(directory / SETTINGS),
            remedy=remedy(error),
        ) from error
    project.note(what, "; ".join(f"{one.name} {one.before!r} -> {one.after!r}" for one in changed), now=now, who=who)
    return written


def _changed(directory: Path) -> ChangedError:
    return ChangedError(
        "Somebody has changed the settings since you opened this page, so nothing was written.",
        where=str(directory / SETTINGS),
        remedy="Look at what stands there now, and choose again.",
    )


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    with exclusive(directory / LOCK, WAIT_SECONDS, None, "Settings are being changed"):
        yield
