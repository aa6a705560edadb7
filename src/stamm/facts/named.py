"""What may be called by the name of a dimension, in all facts together."""

from __future__ import annotations

from difflib import get_close_matches

from stamm.facts import FACTS
from stamm.facts.columns import Column
from stamm.lang.errors import UsageError


def columns_named(dimension: str) -> tuple[Column, ...]:
    """All columns of that name; raises UsageError where answers can be told apart by none of them."""
    if not any(dimension in fact.dimensions() for fact in FACTS):
        known = sorted({name for fact in FACTS for name in fact.dimensions()})
        near = get_close_matches(dimension[:100], known, 1)
        raise UsageError(
            f"Nothing can be told apart by {dimension[:40]!r}.",
            remedy=f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}.",
        )
    return tuple(fact.columns()[dimension] for fact in FACTS if dimension in fact.columns())
