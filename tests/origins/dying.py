"""An import of a table that is killed at one of its steps: a file brought to the disk or renamed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stamm.app.project import Project
from tests.origins.shops import importing

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def import_until(directory: str, step: int, told: str) -> None:
    """Take in what is new, and die just before the step of that number."""
    steps = 0

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **more)

        return call

    for name in ("fsync", "replace", "rename"):
        setattr(os, name, dying(getattr(os, name)))
    importing(Project.open(Path(directory))).take(["shop"], now=NOW)
    Path(told).write_text(str(steps))
