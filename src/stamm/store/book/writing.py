"""Writing a book: into a file of another name, whole, durably, and only then to be seen."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from stamm.lang.errors import LakeError
from stamm.store.book.spelling import address_of, address_words, beginnings, spellings, words
from stamm.store.durable import sync_file


class Line(NamedTuple):
    """One customer as the book has them; moments are UTC, money in minor units, the risk 0..1.

    `state` and `segment` are codes. What is not known is None.
    """

    customer_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    city: str | None = None
    country: str | None = None
    orders: int = 0
    revenue_minor: int | None = 0
    last_order_at: datetime | None = None
    state: str = ""
    state_since: datetime | None = None
    segment: int | None = None
    risk: float | None = None
    risk_low: float | None = None
    risk_high: float | None = None
    #: former numbers of the same person, and the numbers of orders: found by them, and not shown
    formers: tuple[str, ...] = ()
    order_ids: tuple[str, ...] = ()


#: the columns that are kept, in their order in the file
KEPT = Line._fields[: Line._fields.index("formers")]
MOMENTS = ("last_order_at", "state_since")
#: by which the book is sorted; each has an index
SORTED = ("last_order_at", "orders", "revenue_minor", "risk", "name")
_TABLES = (
    f"CREATE TABLE line (number INTEGER PRIMARY KEY, {', '.join(KEPT)}, shown TEXT)",
    # what is found is a number, so words are kept without their texts and places
    """CREATE VIRTUAL TABLE word USING fts5(
        told, content='', detail='none', columnsize=0, prefix='3 4', tokenize="unicode61 remove_diacritics 0")""",
    "CREATE TABLE name_word (word TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE former (customer_id TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID",
    "CREATE TABLE about (what TEXT PRIMARY KEY, told TEXT)",
)
_INDEXES = (
    "CREATE UNIQUE INDEX line_customer ON line (customer_id)",
    *(f"CREATE INDEX line_{name} ON line ({'shown' if name == 'name' else name}, number)" for name in SORTED),
    "CREATE INDEX line_state ON line (state, segment, number)",
    "CREATE INDEX line_segment ON line (segment, number)",
)
_PLACES = ", ".join("?" * (len(KEPT) + 2))


def write(path: Path, lines: Iterable[Line], about: Callable[[], Mapping[str, object]]) -> int:
    """A book of these lines in their order, which is that of answers; returns how many they are.

    What `about` gives once they are in is kept with it, as JSON. A customer may come once. The file is opened before
    the first line is asked for: whoever erases a person meanwhile removes its name, and with it all that was written.
    Raises LakeError then.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(0o600)
    try:
        with closing(sqlite3.connect(draft, isolation_level=None)) as book:
            # nobody reads it before it is whole, so nothing has to be undone
            book.execute("PRAGMA journal_mode = OFF")
            book.execute("PRAGMA synchronous = OFF")
            book.execute("BEGIN EXCLUSIVE")
            for table in _TABLES:
                book.execute(table)
            count = _fill(book, lines)
            for index in _INDEXES:
                book.execute(index)
            book.execute("INSERT INTO word (word) VALUES ('optimize')")
            book.executemany("INSERT INTO about VALUES (?, ?)", [(what, json.dumps(v)) for what, v in about().items()])
            book.execute("COMMIT")
        try:
            sync_file(draft)
            draft.replace(path)
        except FileNotFoundError as error:
            raise LakeError(
                "A person was erased while the book of customers was made.", remedy="Ask again; it is made anew."
            ) from error
    finally:
        draft.unlink(missing_ok=True)
    sync_file(path.parent)
    return count


def _fill(book: sqlite3.Connection, lines: Iterable[Line]) -> int:
    names: set[str] = set()
    count = 0
    for piece in _pieces(lines):
        numbered = list(enumerate(piece, count + 1))
        count += len(piece)
        book.executemany(f"INSERT INTO line VALUES ({_PLACES})", [_row(number, line) for number, line in numbered])  # noqa: S608 - ours
        book.executemany("INSERT INTO word (rowid, told) VALUES (?, ?)", [(n, _told(line)) for n, line in numbered])
        formers = [(former, number) for number, line in numbered for former in line.formers]
        book.executemany("INSERT OR IGNORE INTO former VALUES (?, ?)", formers)
        names.update(word for line in piece if line.name for word in words(line.name))
    book.executemany("INSERT INTO name_word VALUES (?)", [(word,) for word in sorted(names)])
    return count


def _pieces(lines: Iterable[Line], size: int = 10_000) -> Iterator[list[Line]]:
    piece: list[Line] = []
    for line in lines:
        piece.append(line)
        if len(piece) == size:
            yield piece
            piece = []
    yield piece


def _row(number: int, line: Line) -> tuple[object, ...]:
    values = dict(zip(Line._fields, line, strict=True))
    moments = {name: _micros(values[name]) for name in MOMENTS}
    shown = " ".join(words(line.name or "")) or None
    return (number, *({**values, **moments}[name] for name in KEPT), shown)


def _told(line: Line) -> str:
    """All words that find a customer."""
    named = (line.customer_id, line.name, address_words(line.email or ""), line.company, *line.formers)
    found = {word for text in named if text for word in spellings(text)}
    found |= {word for text in line.order_ids for word in words(text)}
    found |= {address_of(line.email or "")} | (beginnings(line.phone) if line.phone else set())
    return " ".join(found)


def _micros(moment: object) -> int | None:
    """Microseconds since 1970."""
    return round(moment.timestamp() * 1e6) if isinstance(moment, datetime) else None
