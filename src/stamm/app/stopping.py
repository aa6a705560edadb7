"""Ending what is computed for a question that nobody waits for any more, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import ibis.expr.types as ir
import pyarrow as pa

from stamm.engines.kind import Engine
from stamm.lang.heeding import heeded, stopped


class Stop:
    """Ends the work for one question; it can be told before the work begins."""

    def __init__(self) -> None:
        self._told = threading.Event()
        #: the threads that work for it and are at a query just now
        self._at: dict[int, Engine] = {}
        self._guard = threading.Lock()

    def __bool__(self) -> bool:
        return self._told.is_set()

    def now(self) -> None:
        """Interrupt what runs and begin nothing more.

        A query that is just about to begin may miss it: who waits for the end says it again.
        """
        self._told.set()
        with self._guard:  # a thread that has gone on to something else is not interrupted there
            for thread, engine in self._at.items():
                engine.interrupt(thread)

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """As long as this lasts, it ends what this thread asks."""
        before = heeded.set(self)
        try:
            yield
        finally:
            heeded.reset(before)

    @classmethod
    def of_this_thread(cls) -> Stop | None:
        """The one that this thread heeds."""
        return cast("Stop | None", heeded.get())

    @contextmanager
    def watching(self, engine: Engine) -> Iterator[None]:
        """While something runs on the engine, that is interrupted; what ends for that reason is StoppedError."""
        if self:
            raise stopped()
        thread = threading.get_ident()
        with self._guard:
            self._at[thread] = engine
        try:
            yield
        except Exception as error:
            if self:
                raise stopped() from error
            raise
        finally:
            with self._guard:
                del self._at[thread]
        if self:
            raise stopped()


class Heeding:
    """An engine that ends a query when the question it is for is stopped."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.name, self.most_distinct = engine.name, engine.most_distinct

    def table(self, kind: str) -> ir.Table:
        with self._watched():
            return self._engine.table(kind)

    def held(self, expression: ir.Table) -> ir.Table:
        with self._watched():
            return self._engine.held(expression)

    def run(self, expression: ir.Table) -> pa.Table:
        with self._watched():
            return self._engine.run(expression)

    def interrupt(self, thread: int) -> None:
        self._engine.interrupt(thread)

    def close(self) -> None:
        self._engine.close()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        if (stop := Stop.of_this_thread()) is None:
            yield
        else:
            with stop.watching(self._engine):
                yield
