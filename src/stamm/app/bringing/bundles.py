"""Files that somebody brings together: in a folder of their own until they are taken in or thrown away.

All that is known of a bundle stands in its folder, so that any process that serves the project tells the same of it,
also after a restart. The files are somebody's customers: the folder is its owner's alone, and they go as soon as they
are taken in.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import unicodedata
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from stamm.lang.errors import BusyError, UsageError
from stamm.store.durable import write_atomically
from stamm.store.lock import exclusive

#: where they lie, below the project
DIRECTORY = ".brought"
#: bytes and files of one bundle; and what has to be left on the disk
MOST_BYTES, MOST_FILES, SPARE_BYTES = 2 * 2**30, 50, 500 * 2**20
#: files that nobody took in are thrown away after so long
KEPT = timedelta(days=7)
#: what became of so many bundles is told
TOLD = 20
_STATE, _LOCK, _STOP, _FILES = "state.json", "work.lock", "stop", "files"
_NAME = re.compile(r"[0-9a-f]{16}")
#: bytes that a name of a file may have
_LONGEST = 150

Phase = Literal["here", "importing", "done", "failed", "stopped", "back"]


@dataclass(frozen=True)
class Progress:
    """How far it is: what is read, rows and bytes (or rows) of it done and in all."""

    what: str = ""
    rows: int = 0
    done: int = 0
    whole: int = 0
    waiting: bool = False


@dataclass(frozen=True)
class State:
    """What is known of a bundle. `report` tells what came in, in words of `app.bringing.reported`."""

    who: str
    at: str
    #: "files" or "demo"
    what: str = "files"
    phase: Phase = "here"
    names: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    #: by file: what somebody chose in its mapping
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    progress: Progress = field(default_factory=Progress)
    begun: str = ""
    ended: str = ""
    #: what, where, remedy
    error: tuple[str, str, str] = ("", "", "")
    report: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, text: bytes) -> Self:
        """As it was written."""
        raw: dict[str, Any] = json.loads(text)
        known = {one.name for one in fields(cls)}
        told: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in raw.items() if name in known
        }
        return cls(**{**told, "progress": Progress(**raw["progress"])})

    @property
    def came_at(self) -> datetime:
        """When it was brought."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Bundle:
    """A folder with files and what is known of them."""

    folder: Path

    @property
    def name(self) -> str:
        """What its address calls it."""
        return self.folder.name

    @property
    def files(self) -> tuple[Path, ...]:
        """The files, in the order of their names; none once they are taken in."""
        place = self.folder / _FILES
        return tuple(sorted(place.iterdir())) if place.is_dir() else ()

    def state(self) -> State:
        """What is known of it now."""
        return State.read((self.folder / _STATE).read_bytes())

    def write(self, state: State) -> None:
        """Tell everybody."""
        write_atomically(self.folder / _STATE, json.dumps(asdict(state), ensure_ascii=False).encode())

    # -- what comes --------------------------------------------------------------------
    def place_for(self, told: str) -> Path:
        """Where a file of that name goes: below this folder, whatever it says. Raises UsageError for one too many."""
        place = self.folder / _FILES
        place.mkdir(mode=0o700, exist_ok=True)
        there = {path.name.casefold() for path in place.iterdir()}
        if len(there) >= MOST_FILES:
            raise UsageError(f"These are more than {MOST_FILES} files.", remedy="Bring them in several times.")
        name = plain_name(told)
        stem, dot, ending = name.partition(".")
        number = 2
        while name.casefold() in there:
            name, number = f"{stem}-{number}{dot}{ending}", number + 1
        return place / name

    def throw_files_away(self) -> None:
        """Nothing of the files is left."""
        shutil.rmtree(self.folder / _FILES, ignore_errors=True)

    def throw_away(self) -> None:
        """Nothing at all is left."""
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what is done with it ----------------------------------------------------------
    def held(self, wait_seconds: float = 1.0) -> ExitStack:
        """What only one may do with it at a time, until it is closed; raises BusyError where somebody does."""
        held = ExitStack()
        held.enter_context(exclusive(self.folder / _LOCK, wait_seconds, None, "These files are being taken in"))
        return held

    @property
    def is_worked_on(self) -> bool:
        """Whether somebody is at it, in this process or another."""
        try:
            self.held(0.0).close()
        except BusyError:
            return True
        return False

    def ask_to_stop(self) -> None:
        """Whoever is at it gives up at the next look."""
        (self.folder / _STOP).touch()

    @property
    def is_asked_to_stop(self) -> bool:
        """Whether somebody asked."""
        return (self.folder / _STOP).exists()

    def begin_anew(self) -> None:
        """Nobody has asked to stop any more."""
        (self.folder / _STOP).unlink(missing_ok=True)


def new_bundle(directory: Path, *, who: str, now: datetime, what: str = "files") -> Bundle:
    """An empty one in a project's directory."""
    bundle = Bundle(directory / DIRECTORY / secrets.token_hex(8))
    bundle.folder.parent.mkdir(mode=0o700, exist_ok=True)
    bundle.folder.mkdir(mode=0o700)
    bundle.write(State(who, now.isoformat(), what))
    return bundle


def bundle_named(directory: Path, name: str) -> Bundle | None:
    """The one of that name; None where there is none, or what is asked for is no name of one."""
    bundle = Bundle(directory / DIRECTORY / name)
    return bundle if _NAME.fullmatch(name) and (bundle.folder / _STATE).is_file() else None


def bundles(directory: Path) -> list[tuple[Bundle, State]]:
    """All there are and what is known of them, the newest first."""
    found = []
    place = directory / DIRECTORY
    for folder in place.iterdir() if place.is_dir() else ():
        if (bundle := bundle_named(directory, folder.name)) is not None:
            with suppress(FileNotFoundError):  # somebody is throwing it away
                found.append((bundle, bundle.state()))
    return sorted(found, key=lambda pair: pair[1].at, reverse=True)


def sweep(directory: Path, now: datetime) -> None:
    """Throw away files that nobody took in, and forget what became of those of long ago."""
    for place, (bundle, state) in enumerate(bundles(directory)):
        old = now.astimezone(UTC) - state.came_at > KEPT
        if not old or bundle.is_worked_on:
            continue
        bundle.throw_files_away()
        if place >= TOLD or state.phase == "here":
            bundle.throw_away()


# -- names -------------------------------------------------------------------------------------------------------
def plain_name(told: str) -> str:
    """A name that stays in its folder and on its line: the last part of a path, without signs that nobody sees."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", told))[-1]
    name = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*').strip(" .")
    stem, dot, ending = name.partition(".")
    while len(f"{stem}{dot}{ending}".encode()) > _LONGEST and (stem or ending):
        stem, ending = (stem[:-1], ending) if stem else (stem, ending[1:])
    return f"{stem}{dot}{ending}".strip(" .") or "file"
