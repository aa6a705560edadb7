"""One writer for many requests: whoever waits while a transaction is brought to the disk shares the next one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from queue import SimpleQueue

from stamm.lang.errors import LogError
from stamm.store.log.kind import Entry, Log, Outcome

#: bytes that may wait; more would only make everybody wait longer, and memory is not for queues
MOST_WAITING_BYTES = 32 * 2**20
#: what an entry weighs beside its body
WEIGHT = 500
#: entries of one transaction, so that a reader or a trim gets its turn
MOST_AT_ONCE = 20_000

_Asked = tuple[Sequence[Entry], int, "Future[list[Outcome]]"]


class OverloadedError(Exception):
    """More is waiting to be written than can be in a moment; try again later. Nothing was kept."""


class GroupCommit:
    """Appends to a log from many threads or coroutines, by one thread of its own.

    `commits` counts transactions, `failure` is why the last one could not be made, or None when it was.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self._asked: SimpleQueue[_Asked | None] = SimpleQueue()
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
        size = sum(len(entry.body) + WEIGHT for entry in entries)
        future: Future[list[Outcome]] = Future()
        with self._guard:
            if self._closed or self._waiting_bytes + size > MOST_WAITING_BYTES:
                raise OverloadedError
            self._waiting_bytes += size
            self._asked.put((entries, size, future))
        return future

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
            asked = self._asked.get()
            if asked is None:
                return group, False
            group.append(asked)
            count += len(asked[0])
        return group, True

    def _write(self, group: list[_Asked]) -> None:
        """One transaction for all: all of it is durable, or each of them is told that nothing is."""
        try:
            outcomes = self._log.append([entry for entries, _, _ in group for entry in entries])
            if not outcomes:
                self._log.touch()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait have to hear of it
            self._refuse(group, error)
            return
        self.failure = None
        self.commits += 1
        self._written(group)
        start = 0
        for entries, _, future in group:
            future.set_result(outcomes[start : start + len(entries)])
            start += len(entries)

    def _refuse(self, group: list[_Asked], error: Exception) -> None:
        self.failure = error if isinstance(error, LogError) else LogError(f"The log failed: {error!r}.")
        self._written(group)
        for _, _, future in group:
            future.set_exception(self.failure)

    def _written(self, group: list[_Asked]) -> None:
        with self._guard:
            self._waiting_bytes -= sum(size for _, size, _ in group)
