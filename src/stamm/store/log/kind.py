"""What a durable log is, whichever database keeps it.

How the lake is filled from it, exactly once across kills:

1. `read(after)` from the position that the lake's newest manifest names, put the messages into the lake, and write
   the last position into the manifest of that same commit.
2. `trim(up_to)` that position. A kill between the two trims again; a kill before the first reads again.
3. What cannot become a fact goes to `fail(...)` before the commit that steps over it. It is kept, and `replay` puts it
   behind everything else at a new position.

Positions grow, are never used again, and become visible in their order, so nothing can appear behind a reader.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from hashlib import blake2b

import msgspec

#: bytes of a hash: no two of 10^15 messages share one
HASH_BYTES = 16
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Outcome(Enum):
    """What became of one entry."""

    ACCEPTED = "accepted"
    #: its message id has come before, with the same body
    DUPLICATE = "duplicate"
    #: its message id has come before, with another body; the first one stays
    CONFLICT = "conflict"
    #: it cannot be understood; it is kept with the reason
    FAILED = "failed"


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One message, as it is to be kept.

    `message_id` tells it from all others of its `source`; only what fails may have none. `body` is whatever the
    projection reads; it has to be the same bytes when the same message comes again, so what changes from one attempt to
    the next (`sent_at`, by the sender's clock) stands beside it. Moments carry a zone. `reason`, a code such as
    `no_customer`, is set for what cannot be taken in.
    """

    source: str
    message_id: str
    body: bytes
    received_at: datetime
    sent_at: datetime | None = None
    reason: str = ""

    @property
    def key(self) -> bytes:
        """What stands for source and message id; the id itself may be somebody's name."""
        return marks([self])[0][0]

    @property
    def digest(self) -> bytes:
        """What stands for the body."""
        return marks([self])[0][1]

    @property
    def aside_key(self) -> bytes:
        """What stands for a failed entry: it may have no message id, and mended it is another."""
        return _hash(_led(self.source.encode()), _led(self.message_id.encode()), _led(self.body))


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry in the log, at its position."""

    position: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Failed:
    """An entry set aside. `held`: it had been accepted before, so its message id is its own."""

    number: int
    entry: Entry
    held: bool


@dataclass(frozen=True, slots=True)
class Counters:
    """What has become of everything ever received: `received` is the sum of accepted, duplicate and failed.

    `conflict` says how many of the duplicates had another body than the first.
    """

    received: int = 0
    accepted: int = 0
    duplicate: int = 0
    failed: int = 0
    conflict: int = 0


class Log(ABC):
    """A durable log. One object serves one thread at a time; any number of processes may hold one.

    Every method is one transaction, and raises LogError where it could not be made.
    """

    #: asked within the transaction in which entries are kept: what is to be kept in the place of each, which is told
    #: from all others as the one that came
    veil: Callable[[Sequence[Entry]], Sequence[Entry]] = staticmethod(lambda entries: entries)

    # -- at the door -------------------------------------------------------------------
    @abstractmethod
    def append(self, entries: Sequence[Entry]) -> list[Outcome]:
        """Keep the entries that are new, durably when it returns; what became of each, in their order.

        Equal to what came before means the same source and message id, ever: also after `trim`, also within
        `entries`. An entry with a `reason` is kept aside; coming again it is a duplicate, and mended it is new.
        """

    @abstractmethod
    def touch(self) -> None:
        """Write something that changes nothing, durably: whether the log could be written to just now."""

    @abstractmethod
    def counters(self) -> dict[str, Counters]:
        """What has become of everything received, by source."""

    # -- the way into the lake ---------------------------------------------------------
    @abstractmethod
    def read(self, after: int = 0, limit: int = 10_000) -> list[Stored]:
        """Entries behind a position, in their order."""

    @abstractmethod
    def trim(self, up_to: int) -> int:
        """Drop entries up to a position and including it, once the lake holds them; how many there were."""

    @abstractmethod
    def span(self) -> tuple[int, int]:
        """First position that is still kept, and the last one ever given; (n + 1, n) where nothing is kept."""

    # -- what failed -------------------------------------------------------------------
    @abstractmethod
    def fail(self, reasons: Mapping[int, str]) -> int:
        """Set entries aside that turned out not to be facts, by position with the reason of each; how many.

        They count as failed and no longer as accepted. Positions that are not kept any more change nothing.
        """

    @abstractmethod
    def failures(self, after: int = 0, limit: int = 1_000) -> list[Failed]:
        """What was set aside, in the order in which it was."""

    @abstractmethod
    def replay(self, mended: Mapping[int, Entry]) -> list[Outcome]:
        """Put failed entries, by number, back into the log, as they are now understood (without a reason).

        They get new positions behind all others and count as accepted; one whose message id has come in the meantime
        counts as a duplicate. Numbers that are not there any more are passed over.
        """

    # -- taking a person out -----------------------------------------------------------
    @abstractmethod
    def amend(self, waiting: Mapping[int, Entry], failures: Mapping[int, Entry]) -> int:
        """Keep other ids and bodies for entries by position, and for failed ones by number; how many there were.

        What tells each of them from all others stays, as do counters.
        """

    @abstractmethod
    def scrub(self) -> None:
        """Let no byte of what was trimmed or removed stay in the log's files; others may write meanwhile or wait."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""


def check_mended(mended: Mapping[int, Entry]) -> None:
    """Raise ValueError for an entry that still has a reason to fail."""
    if any(entry.reason for entry in mended.values()):
        raise ValueError("what is put back has no reason to fail")


def tally(entries: Sequence[Entry], outcomes: Sequence[Outcome]) -> dict[str, Counters]:
    """What these outcomes add to the counters of each source."""
    sources = {entry.source for entry in entries}
    if len(sources) == 1:
        return {sources.pop(): _counted(outcomes)}
    places: dict[str, list[Outcome]] = {source: [] for source in sources}
    for entry, outcome in zip(entries, outcomes, strict=True):
        places[entry.source].append(outcome)
    return {source: _counted(some) for source, some in places.items()}


def _counted(outcomes: Sequence[Outcome]) -> Counters:
    conflict = outcomes.count(Outcome.CONFLICT)
    return Counters(
        received=len(outcomes),
        accepted=outcomes.count(Outcome.ACCEPTED),
        duplicate=outcomes.count(Outcome.DUPLICATE) + conflict,
        failed=outcomes.count(Outcome.FAILED),
        conflict=conflict,
    )


def marks(entries: Sequence[Entry]) -> list[tuple[bytes, bytes]]:
    """The key and the digest of each entry; all at once, since at the door each microsecond counts."""
    heads = {source: _led(source.encode()) for source in {entry.source for entry in entries}}
    found = []
    for entry in entries:
        message_id, body = entry.message_id.encode(), entry.body
        key = blake2b(heads[entry.source] + len(message_id).to_bytes(8, "big") + message_id, digest_size=HASH_BYTES)
        digest = blake2b(len(body).to_bytes(8, "big") + body, digest_size=HASH_BYTES)
        found.append((key.digest(), digest.digest()))
    return found


def _led(part: bytes) -> bytes:
    """A part after its length, so that no two sequences of parts are the same bytes."""
    return len(part).to_bytes(8, "big") + part


def _hash(*parts: bytes) -> bytes:
    return blake2b(b"".join(parts), digest_size=HASH_BYTES).digest()


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - EPOCH) // _MICROSECOND


def moment_of(count: int) -> datetime:
    """The reverse of `microseconds`."""
    return EPOCH + timedelta(microseconds=count)
