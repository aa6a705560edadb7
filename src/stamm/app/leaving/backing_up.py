"""A backup: one file that holds a project as it was at one moment, with a digest of everything in it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from stamm.app.project import Project
from stamm.app.settings import SETTINGS
from stamm.app.simulating import TRUTH
from stamm.lang.errors import InputError, LakeError, UsageError
from stamm.lang.version import __version__
from stamm.store.durable import sync_file, write_atomically
from stamm.store.erasing.ledger import FILE as ERASED
from stamm.store.erasing.ledger import Ledger
from stamm.store.manifest import path_of
from stamm.store.snapshot import Snapshot

ABOUT = "backup.json"
#: where backups of a project lie, below the lake
KNOWN = "backups.json"
FORMAT = 1
#: what lies beside the lake and belongs to a project; databases are copied as they are at one moment
PLAIN = (SETTINGS, "rates.csv")
DATABASES = ("log/log.sqlite", "stamm.sqlite")
PIECE = 2**20
#: tries, where files go while they are copied because somebody is erased
TRIES = 3

#: what is copied, how many bytes of how many
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Member:
    """One file of a backup: its place in the project, its bytes, their SHA-256."""

    name: str
    size: int
    digest: str


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds. `elsewhere`: the log and the keys are in a database of their own, and not in here."""

    place: Path
    snapshot: int
    files: int
    size: int
    elsewhere: bool


def back_up(
    project: Project, place: Path, *, now: datetime, progress: Progress | None = None, who: str | None = None
) -> BackedUp:
    """Write a backup while others write; whole and read once more, or not at all. `who` asked for it.

    Raises InputError where something is there already, LakeError where what was written is not what was read.
    """
    if project.reads_database:
        raise UsageError(
            "This project reads the database of a shop; there is nothing of it here to back up.",
            where=f"{project.directory / SETTINGS}, engine",
            remedy="Back up stamm.toml and the shop.",
        )
    if place.exists():
        raise InputError("There is something already.", where=str(place), remedy="Name another place.")
    draft = place.with_name(f".{place.name}.part")
    try:
        snapshot = _undisturbed(project, draft, now, progress)
        _verified(draft, progress)
        _note(project, place, now)
        project.note("backup_made", f"snapshot {snapshot.number}, bytes {draft.stat().st_size}", now=now, who=who)
        draft.replace(place)
        sync_file(place.parent)
    finally:
        draft.unlink(missing_ok=True)
    return BackedUp(place, snapshot.number, *_extent(place), elsewhere=bool(project.log_address))


def _note(project: Project, place: Path, now: datetime) -> None:
    """Remember where backups lie: who is erased later is in them still."""
    known = [] if not (file := project.lake_directory / KNOWN).is_file() else json.loads(file.read_bytes())
    write_atomically(file, json.dumps([*known, [str(place.absolute()), now.isoformat()]], indent=1).encode())


def backups_left(project: Project) -> tuple[Path, ...]:
    """Backups made of this project that are there, or lie where one cannot look just now."""
    file = project.lake_directory / KNOWN
    places = [Path(place) for place, _ in json.loads(file.read_bytes())] if file.is_file() else []
    return tuple(dict.fromkeys(place for place in places if place.exists() or not place.parent.exists()))


def _undisturbed(project: Project, draft: Path, now: datetime, progress: Progress | None) -> Snapshot:
    """The snapshot that was written: begun anew where somebody is erased meanwhile, whose files go."""
    for _ in range(TRIES - 1):
        try:
            return _written(project, draft, now, progress)
        except FileNotFoundError:
            if not draft.parent.is_dir():
                raise
    return _written(project, draft, now, progress)


def _written(project: Project, draft: Path, now: datetime, progress: Progress | None) -> Snapshot:
    """The snapshot that was written; raises FileNotFoundError where somebody was erased meanwhile."""
    lake = project.lake()
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=draft.parent) as folder:
        copies = Path(folder)
        with lake.still() as snapshot:  # what the log has handed over is what the snapshot holds
            ledger = Ledger.made(lake.root)
            _copy_databases(project, copies)
            shutil.copyfile(path_of(lake.root, snapshot.number), copies / "manifest")
            shutil.copyfile(lake.root / ERASED, copies / ERASED)
        sources = dict(_sources(project, snapshot, copies))
        whole, done, members = sum(path.stat().st_size for path in sources.values()), 0, []
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            with zipfile.ZipFile(file, "w") as archive:
                for name, path in sources.items():
                    members.append(_added(archive, name, path))
                    done += members[-1].size
                    if progress is not None:
                        progress(name, done, whole)
                about = {
                    "format": FORMAT,
                    "stamm_version": __version__,
                    "made_at": now.isoformat(),
                    "snapshot": snapshot.number,
                    "members": [[each.name, each.size, each.digest] for each in members],
                }
                archive.writestr(ABOUT, json.dumps(about, indent=1))
            file.flush()
            os.fsync(file.fileno())
    if Ledger.read(lake.root) != ledger:
        raise FileNotFoundError
    return snapshot


def _sources(project: Project, snapshot: Snapshot, copies: Path) -> Iterator[tuple[str, Path]]:
    """Names in the backup, and where their bytes lie."""
    directory = project.directory
    yield from ((name, directory / name) for name in PLAIN if (directory / name).is_file())
    truth = sorted(path for path in (directory / TRUTH).rglob("*") if path.is_file())
    yield from ((path.relative_to(directory).as_posix(), path) for path in truth)
    yield from ((name, copies / name) for name in DATABASES if (copies / name).is_file())
    yield f"lake/{ERASED}", copies / ERASED
    for table, state in sorted(snapshot.manifest.tables.items()):
        yield from ((f"lake/{table}/{file.path}", snapshot.root / table / file.path) for file in state.files)
    yield path_of(Path("lake"), snapshot.number).as_posix(), copies / "manifest"


def _copy_databases(project: Project, copies: Path) -> None:
    for name in DATABASES:
        origin = project.directory / name
        if origin.is_file():
            (copies / name).parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(f"file:{origin}?mode=ro", uri=True)) as read, \
                    closing(sqlite3.connect(copies / name)) as copy:  # fmt: skip
                read.backup(copy)


def _added(archive: zipfile.ZipFile, name: str, path: Path) -> Member:
    """Add a file as it is; Parquet is compressed already."""
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
        while piece := source.read(PIECE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return Member(name, size, digest.hexdigest())


# -- read again ----------------------------------------------------------------------------------------------
#: what Python's reader of ZIP files raises where a bit is not what it was
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, TypeError),
    *(NotImplementedError, RuntimeError, struct.error),
)


def opened(place: Path) -> zipfile.ZipFile:
    """The backup in a file; raises InputError where there is no file, LakeError where its contents are not listed."""
    if place.is_dir():
        raise InputError(
            "This is a folder, and a backup is one file.",
            where=str(place),
            remedy="Nothing was changed. Name the file that `stamm backup` wrote.",
        )
    if not place.exists():
        remedy = "Nothing was changed. Check the name and the folder."
        raise InputError("There is no such file.", where=str(place), remedy=remedy)
    try:
        return zipfile.ZipFile(place)
    except UNREADABLE as error:
        raise damaged(place, "The end of this backup is missing, or it is none.") from error


def members_of(archive: zipfile.ZipFile, place: Path) -> tuple[dict[str, object], list[Member]]:
    """What a backup says of itself, and its members; raises LakeError where it is none of ours or not complete."""
    try:
        about = json.loads(archive.read(ABOUT))
        members = [Member(*each) for each in about["members"]]
    except UNREADABLE as error:
        raise damaged(place, "This backup does not say what it holds.") from error
    if about["format"] != FORMAT:
        raise LakeError(
            f"This backup has format {about['format']}, written by Stamm {about.get('stamm_version', '?')}; "
            f"this is Stamm {__version__}, which reads format {FORMAT}.",
            where=str(place),
            remedy="Install the newer Stamm.",
        )
    held = {info.filename for info in archive.infolist()}
    if held != {ABOUT, *(each.name for each in members)}:
        raise damaged(place, "Files are missing from this backup, or others were added.")
    return about, members


def damaged(place: Path, why: str) -> LakeError:
    """The refusal of a backup that is not what was written."""
    return LakeError(why, where=str(place), remedy="Nothing was changed. Use another one, or copy it again.")


def read_member(archive: zipfile.ZipFile, member: Member, place: Path) -> Iterator[bytes]:
    """A member's bytes in pieces; raises LakeError at the end where they are not those that were written."""
    digest, size = hashlib.sha256(), 0
    try:
        with archive.open(member.name) as source:
            while piece := source.read(PIECE):
                digest.update(piece)
                size += len(piece)
                yield piece
    except UNREADABLE as error:
        raise damaged(place, f"{member.name} in this backup cannot be read.") from error
    if (size, digest.hexdigest()) != (member.size, member.digest):
        raise damaged(place, f"{member.name} in this backup is not what was written.")


def _verified(place: Path, progress: Progress | None) -> None:
    with zipfile.ZipFile(place) as archive:
        _, members = members_of(archive, place)
        for number, member in enumerate(members):
            for _ in read_member(archive, member, place):
                pass
            if progress is not None:
                progress("reading it again", number + 1, len(members))


def _extent(place: Path) -> tuple[int, int]:
    with zipfile.ZipFile(place) as archive:
        return len(archive.infolist()) - 1, place.stat().st_size
