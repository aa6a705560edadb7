"""Why what somebody sent is held for review instead of counted. Nothing is refused for it, and nobody is asked."""

from __future__ import annotations

#: it came with many others from one address; a field was filled in that nobody sees
FLOOD, TRAP = "flood", "trap"
