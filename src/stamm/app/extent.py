"""How much room a project takes, by what lies in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from stamm.app.project import Project
from stamm.store.kept.files import DIRECTORY


@dataclass(frozen=True)
class Extent:
    """Bytes on the disk; what a database on another machine holds is not among them."""

    facts: int
    kept: int
    log: int
    people: int
    rejects: int
    free: int


def extent(project: Project) -> Extent:
    """As it is now; files that come and go meanwhile may be counted or not."""
    kept = project.lake_directory / DIRECTORY
    return Extent(
        facts=_size(project.lake_directory, without=kept),
        kept=_size(kept),
        log=_size(project.log_file.parent),
        people=sum(_size(file) for file in project.directory.glob(f"{project.people_file.name}*")),
        rejects=_size(project.rejects_directory),
        free=shutil.disk_usage(project.directory).free,
    )


def _size(place: Path, without: Path | None = None) -> int:
    return sum(_sizes(place, without))


def _sizes(place: Path, without: Path | None) -> Iterator[int]:
    try:
        if not place.is_dir():
            yield place.stat().st_size
            return
        with os.scandir(place) as found:
            inside = [Path(one.path) for one in found if not one.is_symlink()]
    except FileNotFoundError:
        return
    for one in inside:
        if one != without:
            yield from _sizes(one, without)
