"""The newest snapshot, opened once for all pages: each speaks of one snapshot, whoever writes meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from django.conf import settings

from stamm.answers.ask import Answers
from stamm.app.project import Project
from stamm.app.settings import SETTINGS
from stamm.lang.errors import LakeError
from stamm.reports.figures import Figures
from stamm.store.manifest import numbers
from stamm.web.filters import Period

Made = TypeVar("Made")
#: a snapshot and the times of the files that numbers depend on beside it
State = tuple[int, int, int]
#: things that pages were made of and that are kept until there is another snapshot
MOST_KEPT = 200


@dataclass
class Opened:
    """One snapshot of a project. Asked by one page at a time; what pages are made of is made once."""

    project: Project
    answers: Answers
    state: State
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _kept: dict[Hashable, object] = field(default_factory=dict, repr=False)

    def kept(self, what: Hashable, make: Callable[[Answers], Made]) -> Made:
        """What `make` gives, made once; `what` names it and everything it depends on beside the snapshot."""
        with self._lock:
            if what not in self._kept:
                if len(self._kept) >= MOST_KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[what] = make(self.answers)
            return cast(Made, self._kept[what])

    def figures(self, keys: frozenset[str] | None, period: Period) -> Figures:
        """Metrics, or all of them, over the windows up to the end of a period."""
        organisation = self.project.organisation
        return self.kept(
            ("figures", keys, period),
            lambda answers: Figures(answers, organisation, period.until, keys=keys, grain=period.grain),
        )


class Desk:
    """Opens the newest snapshot when there is one; pages still being made keep theirs."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._opened: Opened | None = None

    def opened(self) -> Opened:
        """The newest snapshot under the settings as they are now; raises ProjectError and LakeError."""
        with self._lock:
            state = self._state()
            if self._opened is None or self._opened.state != state:
                project = Project.open(self._directory)
                self._opened = Opened(project, Answers(project.world()), state)
            return self._opened

    def ask(self, make: Callable[[Opened], Made]) -> Made:
        """What `make` gives of the newest snapshot; once more where its files went because a person was erased."""
        try:
            return make(self.opened())
        except LakeError:
            with self._lock:
                self._opened = None
            return make(self.opened())

    def _state(self) -> State:
        known = numbers(self._directory / "lake")
        settings_file, rates = self._directory / SETTINGS, self._directory / "rates.csv"
        return (known[-1] if known else -1, _changed(settings_file), _changed(rates))


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0


_desks: dict[Path, Desk] = {}


def desk() -> Desk:
    """The desk of the project that this process serves."""
    return _desks.setdefault(settings.STAMM_PROJECT, Desk(settings.STAMM_PROJECT))
