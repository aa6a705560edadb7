"""One writer for many requests: whoever waits while a transaction is brought to the disk shares the next one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue

from stamm.lang.errors import LogError
from stamm.store.log.kind import Entry, Log, Outcome

#: bytes that may wait; more would only make everybody wait longer, and memory is not for queues
MOST_WAITING_BYTES = 32 * 2**20
#: what an entry weighs beside its body
WEIGHT = 500
#: entries of one transaction, so that a reader or a trim gets its turn
MOST_AT_ONCE = 20_000


class OverloadedError(Exception):
    """More is waiting to be written than can be in a moment; try again later. Nothing was kept."""


@dataclass(slots=True)
class _Asked:
    """Somebody who waits: a thread, or a coroutine of a loop."""

    entries: Sequence[Entry]
    size: int
    future: Future[list[Outcome]] | asyncio.Future[list[Outcome]]
    loop: asyncio.AbstractEventLoop | None = None
    answer: list[Outcome] | LogError | None = None

    def settle(self) -> None:
        """Tell what has become of it, to whoever still waits."""
        if self.future.cancelled():
            return
        if isinstance(self.answer, list):
            self.future.set_result(self.answer)
        elif self.answer is not None:
            self.future.set_exception(self.answer)


class GroupCommit:
    """Appends to a log from many threads or coroutines, by one thread of its own.

    `commits` counts transactions, `failure` is why the last one could not be made, or None when it was.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._asked: SimpleQueue[list[_Asked] | None] = SimpleQueue()
        #: of each loop, what came since it was last looked after
        self._gathered: dict[asyncio.AbstractEventLoop, list[_Asked]] = {}
        self._guard = threading.Lock()
        self._waiting_bytes = 0
        self._closed = False
        self.commits = 0
        self.failure: LogError | None = None
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    @property
    def waiting_bytes(self) -> int:
        """Bytes that are not written yet."""
        return self._waiting_bytes

    def append(self, entries: Sequence[Entry]) -> Future[list[Outcome]]:
        """What becomes of the entries, once that is durable; the future fails with LogError where they were not kept.

        No entries at all ask whether the log can be written to.

        Raises OverloadedError where too much is waiting already.
        """
        future: Future[list[Outcome]] = Future()
        with self._guard:
            self._asked.put([self._admitted(_Asked(entries, _size(entries), future))])
        return future

    async def keep(self, entries: Sequence[Entry]) -> list[Outcome]:
        """The same for a coroutine; raises what the future would fail with."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[Outcome]] = loop.create_future()
        with self._guard:
            asked = self._admitted(_Asked(entries, _size(entries), future, loop))
        gathered = self._gathered.setdefault(loop, [])
        if not gathered:  # the others whose turn it is now are handed over with it: waking the thread costs most
            loop.call_soon(self._hand_over, loop)
        gathered.append(asked)
        return await future

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        gathered = self._gathered.pop(loop)
        with self._guard:
            if not self._closed:
                self._asked.put(gathered)
                return
        for asked in gathered:
            asked.future.set_exception(OverloadedError())

    def _admitted(self, asked: _Asked) -> _Asked:
        if self._closed or self._waiting_bytes + asked.size > MOST_WAITING_BYTES:
            raise OverloadedError
        self._waiting_bytes += asked.size
        return asked

    def close(self) -> None:
        """Write what is waiting, then stop. What comes later is refused."""
        with self._guard:
            if not self._closed:
                self._asked.put(None)
            self._closed = True
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            group, going = self._next_group()
            if group:
                self._write(group)

    def _next_group(self) -> tuple[list[_Asked], bool]:
        """Wait for somebody, and take all who wait with them; whether more may come."""
        group: list[_Asked] = []
        count = 0
        while not group or (count < MOST_AT_ONCE and not self._asked.empty()):
            some = self._asked.get()
            if some is None:
                return group, False
            group += some
            count += sum(len(asked.entries) for asked in some)
        return group, True

    def _write(self, group: list[_Asked]) -> None:
        """One transaction for all: all of it is durable, or each of them is told that nothing is."""
        try:
            outcomes = self._log.append([entry for asked in group for entry in asked.entries])
            if not outcomes:
                self._log.touch()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait have to hear of it
            self.failure = error if isinstance(error, LogError) else LogError(f"The log failed: {error!r}.")
            for asked in group:
                asked.answer = self.failure
        else:
            self.failure = None
            self.commits += 1
            start = 0
            for asked in group:
                asked.answer = outcomes[start : start + len(asked.entries)]
                start += len(asked.entries)
        with self._guard:
            self._waiting_bytes -= sum(asked.size for asked in group)
        _tell(group)


def _size(entries: Sequence[Entry]) -> int:
    return sum([len(entry.body) for entry in entries]) + WEIGHT * len(entries)


def _tell(group: list[_Asked]) -> None:
    """All of one loop at once: waking it costs more than what it is told."""
    for loop in {asked.loop for asked in group}:
        some = [asked for asked in group if asked.loop is loop]
        if loop is None:
            _settle(some)
        else:
            with suppress(RuntimeError):  # it has ended, and with it all who waited
                loop.call_soon_threadsafe(_settle, some)


def _settle(group: list[_Asked]) -> None:
    for asked in group:
        asked.settle()
