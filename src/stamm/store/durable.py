"""Making sure that what was written survives a power cut, and that nobody sees half of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path


def sync_file(path: Path) -> None:
    """Bring a file's content to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_directories(paths: Iterable[Path]) -> None:
    """Bring the names within directories to the disk, deepest first."""
    for path in sorted(set(paths), key=lambda p: (-len(p.parts), p)):
        sync_file(path)


def make_directory(path: Path, root: Path, mode: int = 0o777) -> set[Path]:
    """Create a directory below `root`; returns the directories that got a new name in them."""
    missing = []
    while not path.is_dir() and path != root:
        missing.append(path)
        path = path.parent
    for directory in reversed(missing):
        directory.mkdir(mode, exist_ok=True)  # somebody else may be making it, too
    return {directory.parent for directory in missing}


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file whole or not at all: temporary name, fsync, rename, fsync of the directory."""
    temporary = path.with_name(path.name + ".tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(temporary, path)  # noqa: PTH105 - the call that makes it visible, watched by the tests
    sync_file(path.parent)


def remedy(error: Exception) -> str:
    """What to do about a SQLite file that cannot be used."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # the rest tells only where it happened
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return "The file is damaged. Put it aside and bring a backup back with `stamm restore`."
    return "Check that the disk has space, and that the file may be written (`stamm doctor`)."
