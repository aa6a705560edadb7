"""What the pages on customers share: the book, and the connection on which people's words are written."""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path

from django.http import Http404

from stamm.app.booking import Booking
from stamm.lang.errors import BusyError
from stamm.lang.language import Language
from stamm.store.book import Book, Line
from stamm.store.erasing.ledger import Ledger
from stamm.web.desk import Opened, desk, soon

#: how far the book is that this process makes: one pair or none
_progress: list[tuple[int, int]] = []
#: how often it is looked whether a newer book is due
LOOK_SECONDS = 15


def book() -> Book | None:
    """The book of customers; None while the first one is being made, or where facts lie in a shop's own database."""
    opened = desk().opened()
    if opened.project.reads_database:
        return None
    soon(("book", int(time.time() // LOOK_SECONDS)), _served)
    return _newest(opened)


def book_waited_for() -> Book:
    """The same once it is made; raises Http404 where there is none."""
    known = book()
    if known is None and not desk().opened().project.reads_database:
        desk().kept(("book", int(time.time() // LOOK_SECONDS)), _served)
        known = _newest(desk().opened())
    if known is None:
        raise Http404
    return known


def line_of(customer: str) -> tuple[Book, Line]:
    """Somebody by number; raises Http404 where nobody has it, or the book is being made."""
    known = book()
    found = known.line(customer) if known is not None else None
    if known is None or found is None:
        raise Http404
    return known, found


def refuse_erased(customer: str) -> None:
    """Raises Http404 for somebody who was erased, or is to be."""
    project = desk().opened().project
    ledger = Ledger.read(project.lake_directory) if project.has_erased else None
    if ledger is not None and ledger.knows(customer):
        raise Http404


def numbers_of(known: Book, customer: str) -> tuple[str, ...]:
    """All numbers under which something may have been written about a customer, the present one first."""
    return (customer, *known.formers(customer))


def _newest(opened: Opened) -> Book | None:
    newest = Booking(opened.project).newest()
    return None if newest is None else _opened(newest, newest.stat().st_ino)


def _served(opened: Opened) -> bool:
    booking = Booking(opened.project)
    if booking.is_due():
        try:
            booking.make(tell=_tell)
        except BusyError:
            return False  # another process makes it, and it is there at the next look
    return True


def being_made(say: Language) -> str:
    """How far the first book is, as far as this process makes it."""
    told = say("The book of customers is being made …")
    for done, whole in _progress:
        told += " " + say("{done} of {whole} customers are in it.", done=say.number(done), whole=say.number(whole))
    return told


def _tell(done: int, whole: int) -> None:
    _progress[:] = [] if done == whole else [(done, whole)]


@lru_cache(2)
def _opened(path: Path, _inode: int) -> Book:
    return Book(path)
