"""The newest snapshot, opened once for all that ask: pages, programs and assistants.

Whoever asks has one snapshot from the first question to the last, whatever is written beside it; a question can be
stopped, and none waits for another one that it does not need.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from stamm.answers.ask import Answers
from stamm.answers.world import World
from stamm.app.beside import Beside, Usual
from stamm.app.leaving.erasing import finish_begun
from stamm.app.making import Making, StillMaking
from stamm.app.project import Project
from stamm.app.settings import SETTINGS
from stamm.app.stopping import Heeding, Stop
from stamm.lang.errors import BusyError, LakeError, StammError, StoppedError
from stamm.reports.figures import Figures, Looked
from stamm.store import manifest
from stamm.store.kept.files import DIRECTORY

Made = TypeVar("Made")
Make = Callable[["Opened"], Any]
#: settings, then data: what a world depends on, as far as it can change
State = tuple[tuple[object, ...], tuple[object, ...]]
#: threads that count for pages which show that they do
AT_ONCE = 4
#: snapshots that were shown before and are kept for pages that still load their parts
BEFORE = 1
#: what was last looked at is made anew before a newer snapshot is shown: so many things, as far as they took no longer
MOST_RENEWED, RENEWING_SECONDS = 60, 30.0
#: so long a newer snapshot waits for the worker to make what is kept of it
KEPT_SECONDS = 60.0
#: how often a newer snapshot is looked for, how many times as long as a renewal the next one waits for, and how long
#: at most: so old is what is shown where facts come all the time
LOOK_SECONDS, REST, REST_SECONDS = 0.5, 10, 60.0
#: what is given up is told so again after so long
JOIN_SECONDS = 0.05
#: what of a lake's kept files changes with every answer, and means nothing for the world
_ANSWERS = "answers"

_log = logging.getLogger("django.stamm")


class Opened:
    """One snapshot of a project under its settings. Threads may ask it at the same time."""

    def __init__(self, project: Project, world: World, state: State | None, threads: ThreadPoolExecutor) -> None:
        self.project, self.state = project, state
        self.answers = Answers(replace(world, engine=Heeding(world.engine)))
        #: what tells it apart from others
        self.name = hashlib.sha256(repr((state, time.monotonic_ns())).encode()).hexdigest()[:16]
        self._making = Making(threads)
        weakref.finalize(self, world.engine.close).atexit = False

    def kept(self, what: Hashable, make: Callable[[Opened], Made]) -> Made:
        """What `make` gives of this snapshot, made once; `what` names it and all that it depends on besides.

        Raises StillMaking for a page that is not to wait for it.
        """
        page = _page.get()
        if page is None or page.until is None:
            return self._making.get(what, make, lambda: self._made(make))
        return self._making.soon(what, make, lambda: self._made(make), max(0.0, page.until - time.monotonic()))

    def figures(self, keys: frozenset[str] | None, period: Looked) -> Figures:
        """Metrics, or all of them, over the windows up to the end of a period."""
        return self.kept(
            ("figures", keys, period),
            lambda opened: Figures(
                opened.answers, opened.project.organisation, period.until, keys=keys, grain=period.grain
            ),
        )

    def looked_at(self) -> list[tuple[Hashable, Make]]:
        """What was last looked at, the last one last, and how it is made."""
        return self._making.looked_at()[-MOST_RENEWED:]

    def took(self, what: Hashable) -> float:
        """Seconds that making it has taken."""
        return self._making.took(what)

    @property
    def is_making(self) -> bool:
        """Whether anything is being made."""
        return self._making.is_busy

    def give_up_idle(self) -> None:
        """Stop what is being made for somebody who has left."""
        self._making.give_up_idle()

    def end(self) -> None:
        """Stop what is being made, and begin nothing more."""
        self._making.end()

    def _made(self, make: Callable[[Opened], Made]) -> Made:
        before = _page.set(_Page(self))
        try:
            return make(self)
        finally:
            _page.reset(before)


@dataclass
class _Page:
    """What is made of one snapshot, the one that is opened first; and until when it waits, if not for ever."""

    opened: Opened | None = None
    until: float | None = None


_page: ContextVar[_Page | None] = ContextVar("page", default=None)


class Desk:
    """Opens a newer snapshot when there is one; whoever asks an older one still keeps it.

    Where it is kept current, pages are shown a newer snapshot once it is ready, so that none waits for it.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="making")
        #: the newest there is, and the one that pages show, after those before it
        self._newest: Opened | None = None
        self._shown: list[Opened] = []
        self._keeper: threading.Thread | None = None
        self._ending = threading.Event()
        self._beside: Beside | None = None
        #: what is being made ready, and since when something newer is known
        self._coming: Opened | None = None
        self._newer_since: float | None = None
        #: why a newer snapshot is not ready, told once and not at every look
        self._failed = ""

    # -- asking ----------------------------------------------------------------------
    def opened(self) -> Opened:
        """The snapshot of the page that is made, else the newest that is ready, under the settings as they are now.

        Raises ProjectError and LakeError.
        """
        if (page := _page.get()) is None:
            return self._ready()
        if page.opened is None:
            page.opened = self._ready()
        return page.opened

    def _ready(self) -> Opened:
        shown = self._shown[-1] if self._shown else None
        if shown is not None and self._keeper and shown.state and shown.state[0] == self._settings():
            return shown
        return self.show_newest()

    def newest(self) -> Opened:
        """The newest snapshot, ready or not; raises ProjectError and LakeError."""
        with self._lock:
            state = self._state()
            if self._newest is None or state is None or self._newest.state != state:
                self._newest = self._open(state)
            return self._newest

    def show_newest(self) -> Opened:
        """Show the newest snapshot from now on, ready or not: somebody was just told of what is new in it."""
        newest = self.newest()
        with self._lock:
            self._show(newest)
        return newest

    def kept(self, what: Hashable, make: Callable[[Opened], Made]) -> Made:
        """What `make` gives of what is opened, made once."""
        try:
            return self._once_more(self.opened, lambda opened: opened.kept(what, make))
        except StillMaking:
            if self._beside is not None:
                self._beside.give_way()
            raise

    def soon(self, what: Hashable, make: Callable[[Opened], Made], within: float) -> Made | None:
        """The same if it is there within so many seconds and those of the page; else None, and it is made meanwhile."""
        page, until = _page.get(), time.monotonic() + within
        if page is not None and page.until is not None:
            until = min(until, page.until)
        before = _page.set(_Page(self.opened(), until))
        try:
            return self.kept(what, make)
        except StillMaking:
            return None
        finally:
            _page.reset(before)

    def ask(self, work: Callable[[World], Made], stop: Stop) -> Made:
        """What some work with the newest snapshot gives, until it is stopped."""
        with stop.heeded():
            return self._once_more(self.newest, lambda opened: work(opened.answers.world))

    @contextmanager
    def one(self, name: str = "", within: float | None = None) -> Iterator[bool]:
        """All that this thread asks until the end is of one snapshot: the one of that name, else the one that is shown.

        False where the one of that name is gone. What is not there `within` so many seconds raises StillMaking.
        """
        found = next((each for each in self._shown if each.name == name), None)
        before = _page.set(_Page(found, None if within is None else time.monotonic() + within))
        try:
            yield found is not None or not name
        finally:
            _page.reset(before)

    def of_page(self) -> Opened | None:
        """The snapshot of what this thread is at, once it has asked for anything."""
        page = _page.get()
        return page.opened if page else None

    def forget(self, opened: Opened) -> None:
        """Open it anew: a file of it is gone, because a person was erased."""
        with self._lock:
            self._newest = None if self._newest is opened else self._newest
            self._shown = [each for each in self._shown if each is not opened]

    def _once_more(self, which: Callable[[], Opened], work: Callable[[Opened], Made]) -> Made:
        """Once more where files of a snapshot went because a person was erased; a page begins anew as a whole."""
        opened = which()
        try:
            return work(opened)
        except LakeError:
            if opened is self.of_page():
                raise
            self.forget(opened)
            return work(which())

    # -- keeping current -------------------------------------------------------------
    @contextmanager
    def kept_current(self, first: Callable[[], object], then: Usual | None = None) -> Iterator[None]:
        """As long as this lasts, a newer snapshot is made ready beside the one that is shown.

        `first` is done before: it makes what is looked at first, so that whoever comes first does not wait for it.
        `then` makes what is usually asked while nobody waits for anything else; it is kept on the disk alone.
        At the end, what is being made is given up: no thread may still compute when the process ends.
        """
        self._ending.clear()
        self._keeper = threading.Thread(target=self._keep, args=(first,), name="desk", daemon=True)
        self._beside = beside = Beside(lambda: self._shown[-1] if self._shown else None, then or (lambda _: ()))
        self._keeper.start()
        beside.start()
        try:
            yield
        finally:
            self._ending.set()
            while self._keeper.is_alive() or not beside.ended():
                self._end()
                self._keeper.join(JOIN_SECONDS)
            self._keeper = self._beside = None
            self.close()

    def close(self) -> None:
        """End what is being made, and let go of everything; who asks again opens anew."""
        threads, self._threads = self._threads, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="making")
        ended = threading.Thread(target=threads.shutdown, kwargs={"cancel_futures": True})
        ended.start()
        while ended.is_alive():
            self._end()
            ended.join(JOIN_SECONDS)
        self._newest, self._coming, self._shown = None, None, []

    def _end(self) -> None:
        for opened in (*self._shown, self._newest, self._coming):
            if opened is not None:
                opened.end()

    def _keep(self, first: Callable[[], object]) -> None:
        self._tried(first)
        while not self._ending.wait(LOOK_SECONDS):
            for opened in tuple(self._shown):
                opened.give_up_idle()
            begun = time.monotonic()
            if self._tried(self._renew):
                self._ending.wait(min(REST * (time.monotonic() - begun), REST_SECONDS))

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
        shown = self._shown[-1] if self._shown else None
        newest = self._coming = self.newest()
        if shown is None or newest is shown:
            self._newer_since = None
            return False
        begun = time.monotonic()
        self._newer_since = self._newer_since or begun
        lacking = newest.answers.world.kept.keys() < shown.answers.world.kept.keys()
        if lacking and begun - self._newer_since < KEPT_SECONDS:
            return False  # counting from what is kept takes a fraction of the time
        for what, make in reversed(shown.looked_at()):
            if self._ending.is_set():
                break
            # what takes longer is counted when somebody asks for it, and keeps nobody from what is new meanwhile
            if time.monotonic() - begun + shown.took(what) <= RENEWING_SECONDS:
                self._make_ready(newest, what, make)
        with self._lock:
            if newest is self._newest:  # else somebody was shown a newer one meanwhile
                self._show(newest)
        self._newer_since = None
        return True

    @staticmethod
    def _make_ready(newest: Opened, what: Hashable, make: Make) -> None:
        """What was last looked at. Where facts are gone that it needs, nothing is amiss: who asks again is told."""
        try:
            newest.kept(what, make)
        except (LakeError, BusyError, StoppedError, OSError):
            raise  # the next look finds another state
        except StammError as error:
            _log.info("a page is not made ready: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one page of many, and no reason to show none of them any more
            _log.warning("a page is not made ready", exc_info=error)

    def _show(self, opened: Opened) -> None:
        if not self._shown or self._shown[-1] is not opened:
            self._shown = [*self._shown[-BEFORE:], opened]

    def _open(self, state: State | None) -> Opened:
        project = Project.open(self._directory)
        if project.has_erased:
            finish_begun(project)
        opened = Opened(project, project.world(), state, self._threads)
        if self._ending.is_set():
            opened.end()
        return opened

    def _state(self) -> State | None:
        """None where it cannot be told (a shop's own database): then each opens it anew."""
        lake = self._directory / "lake"
        if not (numbers := manifest.numbers(lake)):
            return None
        kept = lake / DIRECTORY
        folders = sorted(path for path in kept.iterdir() if path.name != _ANSWERS) if kept.is_dir() else ()
        return self._settings(), (numbers[-1], *((path.name, path.stat().st_mtime_ns) for path in folders))

    def _settings(self) -> tuple[object, ...]:
        files = (self._directory / SETTINGS, self._directory / "rates.csv")
        return tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)
