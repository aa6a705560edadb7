"""How pages read addresses and forms: what is none of the things that a name may say is told, and never passed over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.http import QueryDict

from stamm.lang.errors import UsageError

#: of a number that a page may be asked for
MOST_DIGITS = 17


def refuse_signs(query: QueryDict) -> None:
    """Raises UsageError where an address holds a sign that is none: no database takes it."""
    if any("\0" in text for name, texts in query.lists() for text in (name, *texts)):
        raise UsageError("An address cannot hold a sign that is none.", remedy="Follow the link again.")


def whole_number(text: str) -> int:
    """A whole number from 0; raises UsageError for anything else."""
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        raise UsageError(f"{shortened(text)!r} is no number.", remedy="Go back, and follow the link again.")
    return int(text)


def number_in(query: Mapping[str, str], name: str, usual: int = 0) -> int:
    """The number that an address says under a name, or the usual one where it says none."""
    return whole_number(query[name]) if name in query else usual


def one_of(query: Mapping[str, str], name: str, allowed: Iterable[str]) -> str:
    """What an address says under a name, where that is one of these or nothing."""
    text, there = query.get(name, ""), tuple(allowed)
    if text and text not in there:
        raise UsageError(
            f"There is nothing called {shortened(text)!r} here.", remedy=f"Choose one of {', '.join(there)}."
        )
    return text


def day_or_none(text: str) -> date | None:
    """A day as an address writes it, None where it says nothing; raises UsageError for what is no day."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", remedy="Write it as 2024-02-29.") from error


def some_from(place: int, many: int) -> None:
    """Raises UsageError where a list of so many is asked for from beyond its end."""
    if place and place >= many:
        raise UsageError(f"There are no more than {many:,} of these.", remedy="Go back to the first of them.")


def shortened(text: str) -> str:
    """A text as far as a sentence can hold it."""
    return text if len(text) <= 40 else f"{text[:40]}…"
