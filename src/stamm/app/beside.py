"""What is usually asked of a snapshot, made beside what somebody waits for, so that whoever comes finds it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from stamm.app.stopping import Stop
from stamm.lang.errors import BusyError, LakeError, StammError, StoppedError

if TYPE_CHECKING:
    from stamm.app.desk import Opened

#: of what is usually asked of a snapshot, how each is made
Usual = Callable[["Opened"], Iterable[Callable[["Opened"], Any]]]
#: how often it is looked whether there is a newer snapshot, and how many times as long as the last one took it rests
LOOK_SECONDS, REST = 0.5, 10
#: what is given up is told so again after so long
JOIN_SECONDS = 0.05

_log = logging.getLogger("django.stamm")


class Beside:
    """A thread that makes what is usually asked of what is shown, one thing after the other, when nothing else is made.

    It gives way to whoever waits meanwhile, and begins that thing again afterwards. What it makes is not held.
    """

    def __init__(self, shown: Callable[[], Opened | None], usual: Usual) -> None:
        self._which, self._usual = shown, usual
        self._thread = threading.Thread(target=self._work, name="usual", daemon=True)
        self._ending = threading.Event()
        self._stop = Stop()

    def start(self) -> None:
        """Begin with the snapshot that is shown, and go on with those after it."""
        self._thread.start()

    def give_way(self) -> None:
        """Let go of what is being made: somebody waits for something else."""
        self._stop.now()

    def ended(self) -> bool:
        """Whether it has ended, for good; it is told to."""
        self._ending.set()
        self._stop.now()
        self._thread.join(JOIN_SECONDS)
        return not self._thread.is_alive()

    def _work(self) -> None:
        done, rested = None, 0.0
        while not self._ending.wait(LOOK_SECONDS):
            shown = self._which()
            if shown is None or shown is done or time.monotonic() < rested:
                continue
            begun = time.monotonic()
            try:
                for make in self._usual(shown):
                    while not self._ending.is_set() and self._which() is shown:
                        if self._made(shown, make):
                            break
            except (StammError, OSError) as error:
                _log.info("what is usually asked is not made ready: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001 - of one snapshot, and no reason to make nothing of the next
                _log.warning("what is usually asked is not made ready", exc_info=error)
            done, rested = shown, time.monotonic() + REST * (time.monotonic() - begun)

    def _made(self, shown: Opened, make: Callable[[Opened], Any]) -> bool:
        """Whether it is made, or cannot be; it begins when nothing else is being made."""
        while shown.is_making and not self._ending.wait(LOOK_SECONDS):
            pass
        self._stop = Stop()
        if self._ending.is_set():  # looked at after there is something by which the end can interrupt it
            return False
        with self._stop.heeded(), suppress(StoppedError):
            try:
                make(shown)
            except (LakeError, BusyError, StoppedError):
                raise
            except StammError as error:  # such as too little of something: whoever asks is told
                _log.info("what is usually asked is not made ready: %s", type(error).__name__)
            return True
        return False
