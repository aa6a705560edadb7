"""Writing a book: into a file of another name, durably, and only when it is whole to be seen.

A new one is a copy of the one before with what has changed since, or is written from nothing. Both hold the same: a
book keeps the table it was made of, so that all that differs from it is known and nothing is taken over unseen.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa

from stamm.lang.errors import LakeError
from stamm.store.book.change import Change, change
from stamm.store.book.lines import KEPT, MOMENTS, SCHEMA, Line, lines_of
from stamm.store.book.spelling import address_of, address_words, beginnings, spellings, words
from stamm.store.durable import sync_file

#: how many lines are in, and how many there will be
Tell = Callable[[int, int], None]
#: by which the book is sorted; each has an index
SORTED = ("last_order_at", "orders", "revenue_minor", "risk", "name")
#: once so much of a book has changed since it was written from nothing, it is written so again
MOST_GROWN = 0.2
#: where more than that share of all lines changes, indexes are made anew, and not changed line by line
MOST_INDEXED = 0.1
#: rows of the table it was made of that are kept as one piece
PIECE = 50_000
#: a book without lines
NOTHING = SCHEMA.append(pa.field("number", pa.int64())).empty_table()
_TABLES = (
    f"CREATE TABLE line (number INTEGER PRIMARY KEY, {', '.join(KEPT)}, shown TEXT)",
    # what is found is a number, so words are kept without their texts and places
    """CREATE VIRTUAL TABLE word USING fts5(
        told, content='', detail='none', columnsize=0, prefix='3 4', tokenize="unicode61 remove_diacritics 0")""",
    "CREATE TABLE name_word (word TEXT PRIMARY KEY, bearers INTEGER) WITHOUT ROWID",
    "CREATE TABLE former (customer_id TEXT, number INTEGER, PRIMARY KEY (customer_id, number)) WITHOUT ROWID",
    "CREATE TABLE about (what TEXT PRIMARY KEY, told TEXT)",
    # the table it was made of, and how much of it has changed since it was written from nothing
    "CREATE TABLE made (piece INTEGER PRIMARY KEY, rows BLOB)",
    "CREATE TABLE grown (lines INTEGER)",
)
_INDEXES = {
    "line_customer": "UNIQUE INDEX line_customer ON line (customer_id)",
    "line_last_order_at": "INDEX line_last_order_at ON line (last_order_at DESC, customer_id)",
    **{
        f"line_{name}": f"INDEX line_{name} ON line ({column}, last_order_at DESC, customer_id)"
        for name, column in (
            ("orders", "orders DESC"),
            ("revenue_minor", "revenue_minor DESC"),
            ("risk", "risk DESC"),
            ("name", "shown"),
        )
    },
    "former_number": "INDEX former_number ON former (number)",
    "line_state": "INDEX line_state ON line (state, segment)",
    "line_segment": "INDEX line_segment ON line (segment)",
}
_PLACES = ", ".join("?" * (len(KEPT) + 2))


def untold(_done: int, _whole: int) -> None:
    """Nobody wants to know how far it is."""


def write(
    path: Path,
    told: Callable[[], pa.Table],
    about: Callable[[], Mapping[str, object]],
    before: Path | None = None,
    tell: Tell = untold,
) -> int:
    """A book of a table of lines (`SCHEMA`); returns how many they are. A customer may come once.

    What `about` gives once they are in is kept with it, as JSON. `before` is a book of the same program, from which
    this one grows if little has changed; `tell` is told how many lines of how many are in. The file is there before
    the table is asked for: whoever erases a person meanwhile removes its name, and with it all that was written. Raises
    LakeError then.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(0o600)
    try:
        old, grown = _copied(before, draft) if before is not None else (NOTHING, 0)
        new = told().select(SCHEMA.names).cast(SCHEMA)
        found = change(old, new)
        if grown + found.telling > MOST_GROWN * new.num_rows:
            os.truncate(draft, 0)
            old, found = NOTHING, change(NOTHING, new)
        with closing(_opened(draft)) as book:
            if old is NOTHING:
                for statement in _TABLES:
                    book.execute(statement)
            _apply(book, found, tell)
            book.execute("DELETE FROM about")
            book.executemany("INSERT INTO about VALUES (?, ?)", [(what, json.dumps(v)) for what, v in about().items()])
            book.execute("COMMIT")
        sync_file(draft)
        draft.replace(path)
    except (FileNotFoundError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.OperationalError) and draft.exists():
            raise
        raise erased_meanwhile() from error
    finally:
        draft.unlink(missing_ok=True)
    sync_file(path.parent)
    return int(new.num_rows)


def erased_meanwhile() -> LakeError:
    """Why there is no book: what it was made of is not there any more."""
    return LakeError("A person was erased while the book of customers was made.", remedy="Ask again; it is made anew.")


# -- beginning -------------------------------------------------------------------------------------------------
def _copied(before: Path, draft: Path) -> tuple[pa.Table, int]:
    """The table that a book was made of, once the draft is a copy of it, and how much of it has changed since it was
    written from nothing; `NOTHING` where the book is gone."""
    try:
        with before.open("rb") as source, draft.open("r+b") as target:
            shutil.copyfileobj(source, target, 2**20)
    except FileNotFoundError:
        if not draft.exists():
            raise
        return NOTHING, 0
    with closing(_opened(draft)) as book:
        kept = book.execute("SELECT rows FROM made ORDER BY piece").fetchall()
        grown = int(book.execute("SELECT coalesce(sum(lines), 0) FROM grown").fetchone()[0])
    return pa.concat_tables([NOTHING, *(pa.ipc.open_stream(rows).read_all() for (rows,) in kept)]), grown


def _opened(draft: Path) -> sqlite3.Connection:
    """The draft that is there, in a transaction; nobody reads it before it is whole, so nothing has to be undone."""
    book = sqlite3.connect(f"file:{quote(str(draft))}?mode=rw", uri=True, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536"):
        book.execute(f"PRAGMA {setting}")
    book.execute("BEGIN EXCLUSIVE")
    return book


# -- changing --------------------------------------------------------------------------------------------------
def _apply(book: sqlite3.Connection, found: Change, tell: Tell) -> None:
    whole = found.table.num_rows
    many = found.changed.num_rows + found.gone.num_rows > MOST_INDEXED * whole
    if many:
        for name in _INDEXES:
            book.execute(f"DROP INDEX IF EXISTS {name}")
    names: Counter[str] = Counter()
    for numbers, lines in _numbered(found.unsaid):
        book.executemany(
            "INSERT INTO word (word, rowid, told) VALUES ('delete', ?, ?)",
            zip(numbers, map(_told, lines), strict=True),
        )
        book.executemany("DELETE FROM former WHERE customer_id = ? AND number = ?", _formers(numbers, lines))
        names.subtract(word for line in lines for word in _name_words(line))
    book.executemany("DELETE FROM line WHERE number = ?", [(number,) for number in found.gone["number"].to_pylist()])
    done = 0
    for numbers, lines in _numbered(found.said):
        book.executemany("INSERT INTO word (rowid, told) VALUES (?, ?)", zip(numbers, map(_told, lines), strict=True))
        book.executemany("INSERT INTO former VALUES (?, ?)", _formers(numbers, lines))
        names.update(word for line in lines for word in _name_words(line))
        done += len(lines)
        tell(done, found.said.num_rows)
    for numbers, lines in _numbered(found.changed):
        rows = map(_row, numbers, lines)
        book.executemany(f"INSERT OR REPLACE INTO line VALUES ({_PLACES})", rows)  # noqa: S608 - ours
    _count_names(book, names)
    if many:
        for made in _INDEXES.values():
            book.execute(f"CREATE {made}")
    if found.said.num_rows == whole:
        book.execute("INSERT INTO word (word) VALUES ('optimize')")
    else:
        book.execute("INSERT INTO grown VALUES (?)", (found.telling,))
    _keep(book, found.table)


def _numbered(table: pa.Table) -> list[tuple[list[int], list[Line]]]:
    table = table.sort_by("number")
    pieces, first = [], 0
    for lines in lines_of(table):
        pieces.append((table["number"].slice(first, len(lines)).to_pylist(), lines))
        first += len(lines)
    return pieces


def _formers(numbers: list[int], lines: list[Line]) -> list[tuple[str, int]]:
    return [(each, number) for number, line in zip(numbers, lines, strict=True) for each in line.formers]


def _count_names(book: sqlite3.Connection, names: Counter[str]) -> None:
    """Words of names are kept as long as somebody bears them."""
    book.executemany(
        "INSERT INTO name_word VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET bearers = bearers + excluded.bearers",
        sorted((word, bearers) for word, bearers in names.items() if bearers),
    )
    book.execute("DELETE FROM name_word WHERE bearers = 0")


def _keep(book: sqlite3.Connection, table: pa.Table) -> None:
    book.execute("DELETE FROM made")
    for piece, first in enumerate(range(0, table.num_rows, PIECE)):
        sink = pa.BufferOutputStream()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_stream(sink, table.schema, options=options) as stream:
            stream.write_table(table.slice(first, PIECE).combine_chunks())
        book.execute("INSERT INTO made VALUES (?, ?)", (piece, memoryview(sink.getvalue())))


# -- one line --------------------------------------------------------------------------------------------------
def _row(number: int, line: Line) -> tuple[object, ...]:
    values = line._asdict()
    values |= {name: _micros(values[name]) for name in MOMENTS}
    shown = " ".join(words(line.name or "")) or None
    return (number, *(values[name] for name in KEPT), shown)


def _name_words(line: Line) -> set[str]:
    return set(words(line.name)) if line.name else set()


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
