"""A project brought back from a backup: verified, with everybody who was erased out of it, and held until released."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stamm.app.leaving.backing_up import PLAIN, Member, Progress, damaged, members_of, opened, read_member
from stamm.app.leaving.erasing import Erasing
from stamm.app.project import HELD, Project
from stamm.app.settings import SETTINGS
from stamm.app.simulating import TRUTH
from stamm.facts import imported
from stamm.lang.errors import ProjectError, UsageError
from stamm.store import delta_log
from stamm.store.durable import make_directory, sync_directories, sync_file, write_atomically
from stamm.store.erasing.ledger import FILE as ERASED
from stamm.store.erasing.ledger import Ledger, State
from stamm.store.layout import schema_of
from stamm.store.manifest import DIRECTORY, Manifest

DRAFT = ".restoring"
#: all that a backup brings, the settings last: a directory is a project once they are there
PIECES = ("lake", "log", "stamm.sqlite", TRUTH, *(name for name in PLAIN if name != SETTINGS), HELD, SETTINGS)


@dataclass(frozen=True)
class Restored:
    """What came back: of when, how many files, how many people are known as erased, how many were taken out again."""

    made_at: datetime
    snapshot: int
    files: int
    known: int
    erased_again: int
    #: whether a list of those who were erased since was at hand
    listed: bool


def restore(
    directory: Path,
    place: Path,
    *,
    now: datetime,
    erased: Path | None = None,
    progress: Progress | None = None,
    who: str | None = None,
) -> Restored:
    """Bring a backup into a directory that is empty but for the list of those who were erased (`lake/erased.json`).

    `erased` is another such list, `who` asked for it. Raises ProjectError where something else is there, InputError
    where there is no backup, LakeError where it is damaged or not complete, or a list cannot be read; then the
    directory is as it was.
    """
    _refuse_what_is_there(directory, place)
    own = directory / "lake" / ERASED
    since = [Ledger.at(file) for file in (own if own.is_file() else None, erased) if file is not None]
    draft = directory / DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    made = _made(draft)
    try:
        about, files = _unpacked(draft, place, progress)
        ledger = _joined(draft, since)
        _begin_logs(draft / "lake")
        held = {"restored_at": now.isoformat(), "made_at": about["made_at"]}
        write_atomically(draft / HELD, json.dumps(held).encode())
    except BaseException:
        shutil.rmtree(draft)
        for folder in made[1:]:
            folder.rmdir()
        raise
    _put_in_place(draft, directory)
    draft.rmdir()
    project, again = Project.open(directory), len(ledger.pending)
    if again:
        Erasing(project).finish()
    about_it = f"backup of {about['made_at']}, snapshot {about['snapshot']}, erased again {again}"
    project.note("backup_restored", about_it, now=now, who=who)
    made_at = datetime.fromisoformat(about["made_at"])
    return Restored(made_at, about["snapshot"], files, len(ledger.people), again, listed=bool(since))


def release(project: Project, *, now: datetime, who: str | None = None) -> None:
    """Let a restored project send again, as `who` asks; raises UsageError where it is not held."""
    if not project.is_held:
        raise UsageError("This project is not held; nothing keeps it from sending.")
    project.note("released", "", now=now, who=who)
    (project.directory / HELD).unlink()
    sync_file(project.directory)


def _refuse_what_is_there(directory: Path, place: Path) -> None:
    """Anything but the list of erased people, the backup, and what a restoring that was killed has left."""
    if not directory.exists():
        return
    if not directory.is_dir():
        raise ProjectError("This is no folder.", where=str(directory), remedy="Name another place with --project.")
    if (directory / DRAFT).is_dir() and not (directory / SETTINGS).exists():
        for piece in PIECES:
            _remove_piece(directory / piece)
    there = [path for path in directory.iterdir() if path.name != DRAFT and path.resolve() != place.resolve()]
    there = [path for path in there if path.name != "lake" or [each.name for each in path.iterdir()] != [ERASED]]
    if there:
        raise ProjectError(
            f"There is something already: {', '.join(sorted(path.name for path in there)[:5])}.",
            where=str(directory),
            remedy="Restore into an empty folder, named with --project.",
        )


def _remove_piece(piece: Path) -> None:
    if piece.name == "lake" and piece.is_dir():
        for path in piece.iterdir():
            if path.name != ERASED:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    elif piece.is_dir():
        shutil.rmtree(piece)
    else:
        piece.unlink(missing_ok=True)


def _made(draft: Path) -> list[Path]:
    """Make the draft and what is missing above it, for their owner alone; what was made, deepest first."""
    missing = [draft, *(folder for folder in draft.parents if not folder.exists())]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700)
    return missing


def _unpacked(draft: Path, place: Path, progress: Progress | None) -> tuple[dict[str, Any], int]:
    """Unpack and verify every file, durably."""
    with opened(place) as archive:
        about, members = members_of(archive, place)
        for number, member in enumerate(members):
            target = _target(draft, member, place)
            named = make_directory(target.parent, draft.parent, 0o700 if target.parent.parent == draft else 0o777)
            mode = 0o666 if target.suffix == ".parquet" else 0o600  # as the lake writes them: the folder is closed
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
                for piece in read_member(archive, member, place):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            sync_directories(named | {target.parent})
            if progress is not None:
                progress(member.name, number + 1, len(members))
    return dict(about), len(members)


def _target(draft: Path, member: Member, place: Path) -> Path:
    """Where a member belongs; refused where that is outside of a project."""
    parts = Path(member.name).parts
    if parts[0] not in PIECES or ".." in parts or Path(member.name).is_absolute():
        raise damaged(place, f"{member.name} in this backup does not belong into a project.")
    return draft / member.name


def _joined(draft: Path, since: list[Ledger]) -> Ledger:
    """The backup's list with those who were erased since: they have come back, and are to go."""
    ledger = Ledger.at(draft / "lake" / ERASED)
    for other in since:
        ledger = ledger.joined(other.all(State.RESTORED))
    ledger.write(draft / "lake")
    return ledger


def _begin_logs(lake: Path) -> None:
    """Each table begins anew at its version 0, as Delta's own logs are not in a backup."""
    (file,) = (lake / DIRECTORY).glob("*.json")
    raw = json.loads(file.read_bytes())
    for table in raw["tables"].values():
        table["version"] = 0
    for name, state in Manifest.from_json(raw).tables.items():
        delta_log.commit(lake / name, None, state, schema_of(imported(), name), operation="RESTORE")
    write_atomically(file, json.dumps(raw, separators=(",", ":"), ensure_ascii=False).encode())


def _put_in_place(draft: Path, directory: Path) -> None:
    """Move all of it where it belongs, durably, the settings last."""
    lake = directory / "lake"
    lake.mkdir(mode=0o700, exist_ok=True)
    (draft / "lake" / ERASED).replace(lake / ERASED)
    for path in sorted((draft / "lake").iterdir()):
        path.replace(lake / path.name)
    sync_file(lake)
    (draft / "lake").rmdir()
    for piece in PIECES:
        if (draft / piece).exists():
            if piece == SETTINGS:
                sync_file(directory)
            (draft / piece).replace(directory / piece)
    sync_file(directory)
