"""What stands behind the door: the log and its writer, the keys, what is counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from stamm.ingest.admission import PATIENCE_SECONDS, UNUSABLE_SECONDS, Admission
from stamm.ingest.bodies import Bodies
from stamm.ingest.measures import Measures
from stamm.ingest.refusals import Refusal
from stamm.lang.errors import LogError
from stamm.people import Database, Key
from stamm.sources.segment.problem import sentence
from stamm.store.log import Entry, GroupCommit, Log, Outcome, OverloadedError

OVERLOADED_SECONDS = 1.0


@dataclass(frozen=True)
class Fault:
    """Why an event of a batch was set aside: its place in it, its id, and the reason as it is kept."""

    index: int
    message_id: str
    reason: str

    @property
    def code(self) -> str:
        """The reason without the field."""
        return self.reason.partition(":")[0]

    @property
    def sentence(self) -> str:
        """The reason in words."""
        field, meaning = sentence(self.reason)
        return f"{field or 'The event'} {meaning}."


@dataclass(frozen=True)
class Taken:
    """What became of the events of a request; all of it is durable."""

    outcomes: Counter[Outcome]
    faults: tuple[Fault, ...]


class Door:
    """Takes events in. `open_log` is called for a log of one thread each time; `now` is the moment of arrival."""

    def __init__(
        self,
        open_log: Callable[[], Log],
        database: Database,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._log, self._seen = open_log(), open_log()
        self._writing = GroupCommit(self._log)
        self._database = database
        self._looking = asyncio.Lock()
        self.admission = Admission(database)
        self.bodies = Bodies()
        self.measures = Measures()
        self.measures.watch(self._seen, self._writing)

    async def take(self, key: Key, events: Sequence[Entry]) -> Taken:
        """Keep events of a key; raises Refusal where they cannot be kept, and then none of them is."""
        self.admission.spend(key, len(events))
        outcomes = await self.keep(events)
        faults = tuple(
            [Fault(place, event.message_id, event.reason) for place, event in enumerate(events) if event.reason]
        )
        for fault in faults:
            self.measures.faulty.labels(fault.code).inc()
        return Taken(Counter({outcome: outcomes.count(outcome) for outcome in Outcome}), faults)

    async def keep(self, entries: Sequence[Entry]) -> list[Outcome]:
        """What became of each entry; raises Refusal where that cannot be said, and then nothing is promised."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._writing.keep(entries)
        except OverloadedError as error:
            raise Refusal("overloaded", retry_after=OVERLOADED_SECONDS) from error
        except (LogError, TimeoutError) as error:  # what is stored after all has come before when it comes again
            raise Refusal("not_stored", retry_after=UNUSABLE_SECONDS) from error

    def now(self) -> datetime:
        """The moment at which something arrives."""
        return self._now()

    async def is_ready(self) -> bool:
        """Whether events can be kept; after a failure it is tried, so that the door opens again by itself."""
        if self._writing.failure is None:
            return True
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._writing.keep(())
        except (LogError, OverloadedError, TimeoutError):
            return False
        return True

    async def look(self, at: Callable[[], bytes]) -> bytes:
        """Something that reads the log, in a thread, one at a time; raises Refusal where it cannot be read."""
        async with self._looking:
            try:
                return await asyncio.to_thread(at)
            except LogError as error:
                raise Refusal("not_stored", retry_after=UNUSABLE_SECONDS) from error

    def close(self) -> None:
        """Write what waits, then let go."""
        self._writing.close()
        for log in (self._log, self._seen):
            log.close()
        self._database.close()
