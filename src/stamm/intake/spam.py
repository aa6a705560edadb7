"""What tells a program from a person without asking anybody: a field nobody sees, the time it took, and work done.

None of it refuses anything: what looks like a program's is held for review, so that a person who is taken for one
loses nothing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

#: why something waits to be looked at: it came with many others from one address; a field was filled in that nobody
#: sees; it took too short or too long; the work was not done
FLOOD, TRAP, TIMING, WORK = "flood", "trap", "timing", "work"
#: nobody reads and fills in a form faster; whoever leaves it open for longer is looked at
SHORTEST, LONGEST = timedelta(seconds=3), timedelta(hours=24)
#: leading bits that have to be zero: 65,536 tries on average, a fraction of a second in a browser
BITS = 16
_LONGEST_NONCE = 20


def is_done(challenge: str, nonce: str) -> bool:
    """Whether somebody did the work for this challenge: its hash with the nonce begins with `BITS` zeros."""
    if not nonce.isascii() or not nonce.isdecimal() or len(nonce) > _LONGEST_NONCE:
        return False
    digest = hashlib.sha256(f"{challenge}:{nonce}".encode()).digest()
    return int.from_bytes(digest, "big") >> (len(digest) * 8 - BITS) == 0


def doubt(challenge: str, nonce: str, trap: str, issued: datetime, now: datetime) -> str:
    """Why something that came by a form has to be looked at; empty where nothing speaks against it."""
    if trap.strip():
        return TRAP
    if not SHORTEST <= now - issued <= LONGEST:
        return TIMING
    return "" if is_done(challenge, nonce) else WORK
