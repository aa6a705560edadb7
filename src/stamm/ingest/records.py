"""What the server writes about itself: one JSON object a line. Never a body, an address or a key."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

#: lines of one minute that are alike; a stranger is not to fill the disk with them
MOST_ALIKE, MINUTE = 60, 60.0
#: kinds of lines that are told apart
MOST_KINDS = 1_000


@dataclass
class Told:
    """Which lines are alike, and how many of them were not written. `clock` is any steady one."""

    clock: Callable[[], float] = time.monotonic
    _kinds: dict[bytes, tuple[float, int]] = field(default_factory=dict)

    def untold(self, kind: bytes) -> int | None:
        """How many lines of a kind were not written before this one; None where this one is not either."""
        now = self.clock()
        if len(self._kinds) > MOST_KINDS:
            self._kinds.clear()
        begun, count = self._kinds.get(kind, (now, 0))
        if now - begun < MINUTE:
            self._kinds[kind] = begun, count + 1
            return 0 if count < MOST_ALIKE else None
        self._kinds[kind] = now, 1
        return max(0, count - MOST_ALIKE)


_TOLD = Told()


def tell(what: str, **about: object) -> None:
    """Write one line to the error stream, unless very many were like it just now."""
    line = {"what": what, **about}
    untold = _TOLD.untold(msgspec.json.encode(line))
    if untold is not None:
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **line}
        with suppress(OSError):  # where the disk is full, too, there is nobody to tell, and more to do than to tell
            sys.stderr.write(msgspec.json.encode(line | ({"untold": untold} if untold else {})).decode() + "\n")
            sys.stderr.flush()
