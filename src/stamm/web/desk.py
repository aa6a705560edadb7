"""The newest snapshot, opened once for all pages: each speaks of one snapshot, whoever writes meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from django.conf import settings

from stamm.answers.ask import Answers
from stamm.app.project import Project
from stamm.app.settings import SETTINGS
from stamm.app.worlds import Stop
from stamm.lang.errors import LakeError, StammError
from stamm.reports.figures import Figures
from stamm.store.manifest import numbers
from stamm.web.filters import Period

Made = TypeVar("Made")
Make = Callable[["Opened"], Any]
#: a snapshot and the times of the files that numbers depend on beside it
State = tuple[int, int, int]
#: things that pages were made of and that are kept until there is another snapshot
MOST_KEPT = 200
#: of these, the last ones looked at are made anew before a newer snapshot is shown
MOST_RENEWED = 12
#: how often a newer snapshot is looked for, and how many times as long as a renewal the next one waits for
LOOK_SECONDS, REST = 0.5, 10
#: what is given up is told so again after so long
JOIN_SECONDS = 0.05

_log = logging.getLogger("django.stamm")


@dataclass
class Opened:
    """One snapshot of a project. Asked by one page at a time; what pages are made of is made once."""

    project: Project
    answers: Answers
    state: State
    #: ends what is being made of it, for good
    stop: Stop = field(default_factory=Stop)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _kept: dict[Hashable, tuple[Make, object]] = field(default_factory=dict, repr=False)

    def kept(self, what: Hashable, make: Callable[[Opened], Made]) -> Made:
        """What `make` gives of this snapshot, made once; `what` names it and all that it depends on besides."""
        with self._lock:
            found = self._kept.pop(what, None) or (make, make(self))
            self._kept[what] = found  # the last one looked at is the last
            if len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            return cast(Made, found[1])

    def figures(self, keys: frozenset[str] | None, period: Period) -> Figures:
        """Metrics, or all of them, over the windows up to the end of a period."""
        return self.kept(
            ("figures", keys, period),
            lambda opened: Figures(
                opened.answers, opened.project.organisation, period.until, keys=keys, grain=period.grain
            ),
        )

    def looked_at(self) -> list[tuple[Hashable, Make]]:
        """What was last looked at, and how it is made."""
        with self._lock:
            return [(what, make) for what, (make, _) in self._kept.items()][-MOST_RENEWED:]


class Desk:
    """Opens a newer snapshot when there is one; pages still being made keep theirs.

    Where it is kept current, a newer snapshot is shown once it is ready, so that no page waits for it.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._opened: Opened | None = None
        self._keeper: threading.Thread | None = None
        self._ending = threading.Event()
        #: why a newer snapshot is not ready, told once and not at every look
        self._failed = ""
        #: opened, and being made ready
        self._coming: Opened | None = None

    def opened(self) -> Opened:
        """The newest snapshot that is ready, under the settings as they are now; raises ProjectError and LakeError."""
        with self._lock:
            state, opened = self._state(), self._opened
            if opened is not None and (opened.state == state or (self._keeper and opened.state[1:] == state[1:])):
                return opened
            self._opened = self._open(state)
            return self._opened

    def kept(self, what: Hashable, make: Callable[[Opened], Made]) -> Made:
        """As of what is opened; once more where files of a snapshot went because a person was erased."""
        try:
            return self.opened().kept(what, make)
        except LakeError:
            with self._lock:
                self._opened = None
            return self.opened().kept(what, make)

    @contextmanager
    def kept_current(self, first: Callable[[], object]) -> Iterator[None]:
        """As long as this lasts, a newer snapshot is made ready beside the one that is shown.

        `first` is done before: it makes what is looked at first, so that whoever comes first does not wait for it.
        At the end, what is being made is given up: no thread may still compute when the process ends.
        """
        self._ending.clear()
        self._keeper = threading.Thread(target=self._keep, args=(first,), name="desk", daemon=True)
        self._keeper.start()
        try:
            yield
        finally:
            self._ending.set()
            while self._keeper.is_alive():
                for opened in (self._opened, self._coming):
                    if opened is not None:
                        opened.stop.now()
                self._keeper.join(JOIN_SECONDS)
            self._keeper = self._opened = None

    def _keep(self, first: Callable[[], object]) -> None:
        self._tried(first)
        while not self._ending.wait(LOOK_SECONDS):
            begun = time.monotonic()
            if self._tried(self._renew) is not False:
                self._ending.wait(REST * (time.monotonic() - begun))

    def _tried(self, work: Callable[[], object]) -> object:
        """What it gives; None where somebody is writing, or a file has just gone: the next look finds another state."""
        try:
            given = work()
        except (StammError, OSError) as error:
            if str(error) != self._failed and not self._ending.is_set():
                _log.warning("a newer snapshot is not ready", exc_info=error)
            self._failed = str(error)
            return None
        self._failed = ""
        return given

    def _renew(self) -> bool:
        """Whether there was a newer snapshot, which is shown from now on."""
        before, state = self._opened, self._state()
        if before is None or before.state == state:
            return False
        renewed = self._coming = self._open(state)
        for what, make in before.looked_at():
            renewed.kept(what, make)
        with self._lock:
            self._opened, self._coming = renewed, None
        return True

    def _open(self, state: State) -> Opened:
        project, stop = Project.open(self._directory), Stop()
        world = project.world()
        opened = Opened(project, Answers(replace(world, engine=stop.over(world.engine))), state, stop)
        if self._ending.is_set():
            stop.now()
        return opened

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
