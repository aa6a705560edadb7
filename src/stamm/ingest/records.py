"""What the server writes about itself: one JSON object a line. Never a body, an address or a key."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import msgspec


def tell(what: str, **about: object) -> None:
    """Write one line to the error stream."""
    line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "what": what, **about}
    sys.stderr.write(msgspec.json.encode(line).decode() + "\n")
    sys.stderr.flush()
