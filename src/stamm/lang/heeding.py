"""Ending work that nobody waits for any more: a query is interrupted from outside, and what Python computes asks.

What takes seconds without a query calls `heed` every tenth of one or so.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

from stamm.lang.errors import StoppedError


class Told(Protocol):
    """True once the work is to end."""

    def __bool__(self) -> bool: ...


#: what ends the question that a thread is at
heeded: ContextVar[Told | None] = ContextVar("heeded", default=None)


def heed() -> None:
    """Raises StoppedError where the question that this thread is at was stopped."""
    if heeded.get():
        raise stopped()


def stopped() -> StoppedError:
    """What whoever asked is told."""
    return StoppedError("The question was stopped.", remedy="Ask for fewer days, or ask again later.")
