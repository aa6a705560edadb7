"""Who asks: tokens with a scope, looked up each time, so that a revoked one is out at once; and who did what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from stamm.api.problems import Problem
from stamm.lang.errors import ProjectError
from stamm.people import Act, Database, Key, Scope, key_of, record
from stamm.people.keys import NOTED_SECONDS, note_use
from stamm.people.rates import Rates

T = TypeVar("T")

#: the act of reading who customers are
READ = "customers_read"
#: when to come again where the database of people is away
AGAIN_SECONDS = 5.0
HOW = "Send one in the header Authorization, as Bearer; `stamm keys create NAME --scope read` makes it."


class Readers:
    """Knows the tokens. It has a thread of its own, so that nobody else waits for its database."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readers")
        self._rates = Rates()
        #: when the use of each key was last written down
        self._noted: dict[int, float] = {}

    async def admit(self, secret: str, scope: Scope) -> Key:
        """The key that a token is, for one question; raises Problem where it is none, for something else, or spent."""
        if not secret:
            raise Problem("no_token", "Nobody may ask this without a token.", remedy=HOW)
        key = await self._do(partial(self._known, secret))
        if key is None:
            raise Problem("unknown_token", "There is no such token, or it is revoked.", remedy=HOW)
        if not key.scope.covers(scope):
            raise Problem(
                "wrong_scope",
                f"This needs a token of scope {scope.value}; this one is of scope {key.scope.value}.",
                remedy=f"`stamm keys create NAME --scope {scope.value}` makes one.",
            )
        if wait := self._rates.take(key.id, key.per_second, 1, self._clock()):
            what = f"The token may ask {key.per_second:,} times a second."
            raise Problem("too_many", what, remedy="Ask again as Retry-After says.", retry_after=wait)
        return key

    async def write_down(self, key: Key, place: str) -> None:
        """That somebody read who customers are: which token, and of what."""
        await self._do(partial(self._record, Act(datetime.now(UTC), f"key {key.id} {key.source}", READ, place)))

    def _known(self, secret: str) -> Key | None:
        """The key, and once a minute a note that it is used."""
        key, now = key_of(self._database, secret), self._clock()
        if key is not None and now - self._noted.get(key.id, float("-inf")) >= NOTED_SECONDS:
            self._noted[key.id] = now
            note_use(self._database, key.id, datetime.now(UTC))
        return key

    def _record(self, act: Act) -> None:
        with self._database.transaction() as run:
            record(run, act)

    async def _do(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except ProjectError as error:
            raise Problem("unusable", error.what, remedy=error.remedy, retry_after=AGAIN_SECONDS) from error

    def close(self) -> None:
        """Let go of the database."""
        self._thread.shutdown()
        self._database.close()
