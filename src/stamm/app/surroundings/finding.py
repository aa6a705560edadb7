"""What looking at the surroundings finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, what it is, what it means; `remedy` where something is wrong."""

    what: str
    value: str
    meaning: str = ""
    remedy: str = ""
