"""Questions on their way: off the event loop, a few at once, a few more waiting, none longer than it may take.

Taking events in never waits for a question: it has the loop, and the questions have threads of their own. A question
whose asker has gone, or that takes too long, is stopped where it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from stamm.answers import World
from stamm.api.problems import Problem
from stamm.app.desk import Desk
from stamm.app.stopping import Stop

T = TypeVar("T")

#: questions computed at once, and waiting for that
AT_ONCE, WAITING = 2, 32
#: how long a question may take, the waiting included
SECONDS = 30.0
#: when to come again
AGAIN_SECONDS = 2.0
#: between two attempts at stopping a question: a query that was about to begin has missed the last one
_STOPPING_SECONDS = 0.05


class GoneError(Exception):
    """Whoever asked has left; there is nobody to answer."""


class Turns:
    """Lets questions to a desk take turns, each about its newest snapshot."""

    def __init__(self, desk: Desk, *, at_once: int = AT_ONCE, waiting: int = WAITING, seconds: float = SECONDS) -> None:
        self._desk = desk
        self._most, self._seconds = at_once + waiting, seconds
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="question")
        self._asked: dict[Future[Any], Stop] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    async def ask(self, work: Callable[[World], T], gone: Awaitable[object] | None = None) -> T:
        """What some work with a world gives; `gone` ends when nobody waits for it any more.

        Raises what the work raises, Problem where too much is asked or it takes too long, and GoneError.
        """
        if len(self._asked) >= self._most:
            remedy = "Ask again as Retry-After says."
            raise Problem("busy", "Too many questions are waiting.", remedy=remedy, retry_after=AGAIN_SECONDS)
        stop = Stop()
        running = self._threads.submit(self._desk.ask, work, stop)
        self._asked[running] = stop
        running.add_done_callback(self._asked.pop)
        answer = asyncio.wrap_future(running)
        answer.add_done_callback(_seen)
        leaving = asyncio.ensure_future(gone if gone is not None else asyncio.Future[None]())
        try:
            both: set[asyncio.Future[Any]] = {answer, leaving}
            await asyncio.wait(both, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            if leaving.done():
                raise GoneError
            raise Problem(
                "too_slow",
                f"The answer would take longer than {self._seconds:g} seconds.",
                remedy="Ask for fewer days, a coarser grain, or without by.",
            )
        finally:
            leaving.cancel()
            if not answer.done():
                ending = asyncio.create_task(_stopped(running, stop))
                self._stopping.add(ending)
                ending.add_done_callback(self._stopping.discard)

    def close(self) -> None:
        """End what runs."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        while self._asked:
            for stop in list(self._asked.values()):
                stop.now()
            time.sleep(_STOPPING_SECONDS)


async def _stopped(running: Future[T], stop: Stop) -> None:
    running.cancel()
    while not running.done():
        stop.now()
        await asyncio.sleep(_STOPPING_SECONDS)


def _seen(answer: asyncio.Future[Any]) -> None:
    """How it ended is known, also where nobody waits for it any more: it stands in no log."""
    if not answer.cancelled():
        answer.exception()
