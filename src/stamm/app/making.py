"""What is made of one snapshot: each thing once, by whoever wants it first; others wait for what they want alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future, wait
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from stamm.app.stopping import Stop
from stamm.lang.errors import StoppedError
from stamm.lang.heeding import stopped

Made = TypeVar("Made")
#: things that are kept; of more, the one that nobody has looked at for longest is forgotten
MOST_KEPT = 200
#: whoever waits in a browser asks again all the time; what nobody has asked for so long is given up
IDLE_SECONDS = 15.0


class StillMaking(Exception):  # noqa: N818 - nothing is wrong
    """It is being made, and will be there when it is asked for again."""


@dataclass
class _Making:
    """One thing that is being made, or waits for it."""

    make: Callable[[], Any]
    #: a name for how it is made, for whoever makes it again
    told: object
    stop: Stop
    begun_at: float = field(default_factory=time.monotonic)
    asked_at: float = field(default_factory=time.monotonic)
    #: threads that wait for it, whoever makes it included
    waiting: int = 0
    #: whether a thread that has time was told of it
    handed_over: bool = False
    future: Future[Any] = field(default_factory=Future)
    _claim: threading.Lock = field(default_factory=threading.Lock)

    def claimed(self) -> bool:
        """Whether this thread is the one to make it: of those that want it, the first that has time."""
        return self._claim.acquire(blocking=False)


class Making:
    """Things of one snapshot by their names. Threads may call all methods; `threads` work where nobody waits."""

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._guard = threading.Lock()
        self._made: dict[Hashable, tuple[object, Any]] = {}
        #: how many seconds what is made has taken
        self._took: dict[Hashable, float] = {}
        self._begun: dict[Hashable, _Making] = {}
        self._ended = False

    def get(self, what: Hashable, told: object, make: Callable[[], Made]) -> Made:
        """The thing of that name, made now if need be; raises what making it raises."""
        while True:
            if (found := self._found(what)) is not None:
                return cast(Made, found[1])
            making = self._begin(what, told, make, Stop.of_this_thread())
            making.waiting += 1
            mine = False
            try:
                mine = self._run_if_free(what, making)
                return cast(Made, self._read(what, making, None))
            except StoppedError:
                if self._ended or Stop.of_this_thread() or (mine and not making.stop):
                    raise
                # whoever began it was stopped, which is no reason for this one to do without
            finally:
                making.waiting -= 1

    def soon(self, what: Hashable, told: object, make: Callable[[], Made], within: float) -> Made:
        """The thing of that name if it is there within so many seconds; else it goes on being made.

        It is given up when nobody asks again. Raises what making it raises, and StillMaking.
        """
        self.give_up_idle()
        while True:
            if (found := self._found(what)) is not None:
                return cast(Made, found[1])
            making = self._begin(what, told, make, None)
            making.asked_at = time.monotonic()
            if not making.handed_over:
                making.handed_over = True
                self._threads.submit(self._run_if_free, what, making)
            try:
                return cast(Made, self._read(what, making, within))
            except StoppedError:
                if self._ended:
                    raise

    @property
    def is_busy(self) -> bool:
        """Whether anything is being made, or waits for it."""
        return bool(self._begun)

    def looked_at(self) -> list[tuple[Hashable, Any]]:
        """Names and how each is made: what is looked at now, and what was, the last one last."""
        with self._guard:
            made = [(what, told) for what, (told, _) in self._made.items()]
            return [*made, *((what, making.told) for what, making in self._begun.items() if what not in self._made)]

    def took(self, what: Hashable) -> float:
        """Seconds that a thing has taken; of one that is being made, those until now, and of any other none."""
        with self._guard:
            if (making := self._begun.get(what)) is not None:
                return time.monotonic() - making.begun_at
            return self._took.get(what, 0.0)

    def give_up_idle(self) -> None:
        """Stop what nobody waits for any more."""
        with self._guard:
            begun = list(self._begun.values())
        for making in begun:
            if not making.waiting and not making.future.done() and time.monotonic() - making.asked_at > IDLE_SECONDS:
                making.stop.now()

    def end(self) -> None:
        """Stop everything, for good; who waits for the end says it again."""
        with self._guard:
            self._ended, begun = True, list(self._begun.values())
        for making in begun:
            making.stop.now()

    # -- one thing -------------------------------------------------------------------
    def _found(self, what: Hashable) -> tuple[object, Any] | None:
        with self._guard:
            if (found := self._made.pop(what, None)) is not None:
                self._made[what] = found  # the last one looked at is the last
            return found

    def _begin(self, what: Hashable, told: object, make: Callable[[], Any], stop: Stop | None) -> _Making:
        with self._guard:
            if self._ended:
                raise stopped()
            if what not in self._begun:
                self._begun[what] = _Making(make, told, Stop() if stop is None else stop)
            return self._begun[what]

    def _run_if_free(self, what: Hashable, making: _Making) -> bool:
        """Make it, where nobody else does; how it ends is told to all that wait."""
        if not making.claimed():
            return False
        making.begun_at = time.monotonic()
        try:
            with making.stop.heeded():
                made = making.make()
            if making.stop:  # parts that were stopped may stand in it as what is not known
                raise stopped()
        except BaseException as error:  # noqa: BLE001 - each that waits gets it
            making.future.set_exception(error)
            return True
        with self._guard:
            self._begun.pop(what, None)
            self._made[what] = (making.told, made)
            self._took[what] = time.monotonic() - making.begun_at
            if len(self._made) > MOST_KEPT:
                forgotten = next(iter(self._made))
                del self._made[forgotten], self._took[forgotten]
        making.future.set_result(made)
        return True

    def _read(self, what: Hashable, making: _Making, within: float | None) -> object:
        """How it ended; a failure is told once to whoever comes, and then tried again."""
        # asked once: it may end between one look and the next
        if not wait((making.future,), within).done:
            raise StillMaking
        with self._guard:
            if self._begun.get(what) is making:
                del self._begun[what]
        return making.future.result()
