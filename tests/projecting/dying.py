"""A projection that is killed at one of its steps: a file brought to the disk or renamed, a change of the log."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stamm.app.project import Project
from stamm.store.log.sqlite import SqliteLog
from tests.projecting.shops import project_all


def project_until(directory: str, step: int, told: str, most: int = 4) -> None:
    """Take in what arrived, in commits of so many messages, and die just before the step of that number."""
    steps = 0

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments)

        return call

    for name in ("fsync", "replace", "rename"):
        setattr(os, name, dying(getattr(os, name)))
    for name in ("fail", "trim", "read"):
        setattr(SqliteLog, name, dying(getattr(SqliteLog, name)))
    project_all(Project.open(Path(directory)), most=most)
    Path(told).write_text(str(steps))
