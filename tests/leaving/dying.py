"""Processes that erase somebody, or restore a project, and die on the way."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from pathlib import Path

from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.restoring import restore
from stamm.app.project import Project

NOW = datetime(2024, 7, 1, tzinfo=UTC)


def erase(directory: str, called: str, die_at: int) -> None:
    """Erase, and die at that many calls that change what is on the disk."""
    erasing = Erasing(Project.open(Path(directory)))
    _die_at(die_at)
    erasing.erase(called, now=NOW)


def bring_back(directory: str, backup: str, die_at: int) -> None:
    """Restore, and die at that many calls that change what is on the disk."""
    _die_at(die_at)
    restore(Path(directory), Path(backup), now=NOW)


def _die_at(count: int) -> None:
    calls = 0

    def dying(real: object) -> object:
        def call(*arguments: object, **more: object) -> object:
            nonlocal calls
            calls += 1
            if calls >= count:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **more)  # type: ignore[operator]

        return call

    for name in ("fsync", "replace", "rename", "unlink"):
        setattr(os, name, dying(getattr(os, name)))
