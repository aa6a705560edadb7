"""What the pages on customers share: the book, and the connection on which people's words are written."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

from django.http import Http404

from stamm.app.booking import Booking
from stamm.store.book import Book, Line
from stamm.web.desk import Opened, desk, soon

#: how often it is looked whether a newer book is due
LOOK_SECONDS = 15


def book() -> Book | None:
    """The book of customers; None while the first one is being made, or where facts lie in a shop's own database."""
    opened = desk().opened()
    if opened.project.reads_database:
        return None
    soon(("book", int(time.time() // LOOK_SECONDS)), _served)
    newest = Booking(opened.project).newest()
    return None if newest is None else _opened(newest, newest.stat().st_ino)


def line_of(customer: str) -> tuple[Book, Line]:
    """Somebody by number; raises Http404 where nobody has it, or the book is being made."""
    known = book()
    found = known.line(customer) if known is not None else None
    if known is None or found is None:
        raise Http404
    return known, found


def numbers_of(known: Book, customer: str) -> tuple[str, ...]:
    """All numbers under which something may have been written about a customer, the present one first."""
    return (customer, *known.formers(customer))


def _served(opened: Opened) -> bool:
    booking = Booking(opened.project)
    if booking.is_due():
        booking.make()
    return True


@lru_cache(2)
def _opened(path: Path, _inode: int) -> Book:
    return Book(path)
