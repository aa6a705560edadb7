"""Who may come in: keys, read again every moment so that a revoked one is out at once, and their rates."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.requests import Request

from stamm.ingest.records import tell
from stamm.ingest.refusals import Refusal
from stamm.lang.errors import ProjectError
from stamm.people import Database, Key, Scope, keys
from stamm.people.keys import NOTED_SECONDS, hash_of, note_use, secret_in
from stamm.people.rates import Rates

#: for so long a key that was revoked elsewhere may still be taken for a good one
FRESH_SECONDS = 0.25
#: when to come again where the disk is full or the database away
UNUSABLE_SECONDS = 5.0
#: how long a disk or a database may say nothing at all
PATIENCE_SECONDS = 20.0


class Admission:
    """Knows the keys. `clock` is any steady one."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._keys: dict[str, Key] = {}
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None
        self._rates = Rates()
        #: the database serves one thread at a time
        self._turn = asyncio.Lock()
        #: when the use of each key was last written down, and what is being written
        self._noted: dict[int, float] = {}
        self._notes: set[asyncio.Task[None]] = set()

    async def admit(self, secret: str, scope: Scope) -> Key:
        """The key that a secret is; raises Refusal where it is none, is revoked, or is for something else."""
        if not secret:
            raise Refusal("no_key")
        await self._refresh()
        key = self._keys.get(hash_of(secret))
        if key is None:
            raise Refusal("unknown_key")
        if not key.scope.covers(scope):
            raise Refusal(
                "wrong_scope",
                f"This needs a key of scope {scope.value}; this one is of scope {key.scope.value}. "
                f"`stamm keys create NAME --scope {scope.value}` makes one.",
            )
        self._note(key)
        return key

    def spend(self, key: Key, events: int) -> None:
        """Count events against the rate of their key; raises Refusal where they are too many just now."""
        wait = self._rates.take(key.id, key.per_second, events, self._clock())
        if wait:
            raise Refusal("too_many", retry_after=wait)

    async def _refresh(self) -> None:
        if self._clock() - self._read_at < FRESH_SECONDS:
            return
        if self._reading is None or self._reading.done():  # all who come meanwhile wait for the same
            self._reading = asyncio.create_task(self._read())
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.shield(self._reading)
        except (ProjectError, TimeoutError) as error:
            raise Refusal("not_stored", retry_after=UNUSABLE_SECONDS) from error

    def _note(self, key: Key) -> None:
        """Once a minute, beside the request, which does not wait for it: the key is used."""
        now = self._clock()
        if now - self._noted.get(key.id, float("-inf")) >= NOTED_SECONDS:
            self._noted[key.id] = now
            task = asyncio.create_task(self._write_down(key.id))
            self._notes.add(task)
            task.add_done_callback(self._notes.discard)

    async def _write_down(self, number: int) -> None:
        try:
            async with self._turn:
                await asyncio.to_thread(note_use, self._database, number, datetime.now(UTC))
        except ProjectError:
            self._noted.pop(number, None)  # the next request tries it again
            tell("use_not_noted", key=number)

    async def _read(self) -> None:
        now = self._clock()
        async with self._turn:
            found = await asyncio.to_thread(keys, self._database)
        self._keys = {key.hash: key for key in found if key.revoked_at is None}
        self._read_at = now


def secret_of(request: Request) -> str:
    """The key in the header: the user name of Basic authentication, or a Bearer token. Empty where there is none."""
    return secret_in(request.headers.get("authorization", ""))
