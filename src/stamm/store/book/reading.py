"""Reading a book: who is called so, and a page of all of them in some order. No text of a reader becomes SQL."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stamm.store.book.lines import KEPT, MOMENTS, Line
from stamm.store.book.spelling import address_of, address_words, number_of, one_slip, words
from stamm.store.book.writing import SORTED

_BEGUN = datetime(1970, 1, 1, tzinfo=UTC)
#: words of a question that are looked at, and names that are tried for one that nobody bears
MOST_WORDS, MOST_NAMES = 8, 8
#: a shorter word is no beginning of others, and may be anything where it is mistyped
LEAST_BEGINNING, LEAST_LETTERS = 3, 4
#: of those whom words find no more are counted
MOST_COUNTED = 10_000
_COLUMNS = ", ".join(f"line.{name}" for name in KEPT)


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted: those that some words find, in a state, in a segment, at most at some risk ..."""

    text: str = ""
    #: a code, '' for no state; None for any
    state: str | None = None
    segment: int | None = None
    #: one of `SORTED`, largest first unless it is a name
    sort: str = "last_order_at"
    reverse: bool = False


@dataclass(frozen=True)
class Found:
    """A page of lines, how many there are in all (where words find very many: more than `MOST_COUNTED`), and the
    names that had to do because nobody bears the one asked for."""

    lines: tuple[Line, ...]
    count: int
    alike: tuple[str, ...] = ()


class Book:
    """An open book, for all threads of a process. It never changes; a newer one is another file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._book = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._book.execute("PRAGMA cache_size = -65536")
        self._book.execute("PRAGMA mmap_size = 1073741824")
        self.about: dict[str, Any] = {what: json.loads(told) for what, told in self._run("SELECT * FROM about")}
        self.count = int(self._run("SELECT count(*) FROM line")[0][0])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._book.close()

    def line(self, customer: str) -> Line | None:
        """The customer of that number, or who bears it no longer because they turned out to be somebody else."""
        found = self._run(f"SELECT {_COLUMNS} FROM line WHERE customer_id = ?", customer)  # noqa: S608 - ours
        found = found or self._run(
            f"SELECT {_COLUMNS} FROM line JOIN former USING (number) WHERE former.customer_id = ?",  # noqa: S608 - ours
            customer,
        )
        return _line(found[0]) if found else None

    def formers(self, customer: str) -> tuple[str, ...]:
        """The former numbers of the customer of that number."""
        rows = self._run(
            "SELECT former.customer_id FROM former JOIN line USING (number) WHERE line.customer_id = ? ORDER BY 1",
            customer,
        )
        return tuple(row[0] for row in rows)

    def alike(self, low: float, high: float) -> int:
        """How many customers have a risk from `low` (in) to `high` (out)."""
        return int(self._run("SELECT count(*) FROM line WHERE risk >= ? AND risk < ?", low, high)[0][0])

    def states(self) -> dict[str, int]:
        """How many customers are in each state."""
        return dict(self._run("SELECT state, count(*) FROM line GROUP BY state"))

    def segments(self) -> dict[int, int]:
        """How many customers are in each segment, of those who are in one."""
        return dict(self._run("SELECT segment, count(*) FROM line WHERE segment IS NOT NULL GROUP BY segment"))

    def find(self, wanted: Wanted, first: int = 0, most: int = 50) -> Found:
        """A page of the lines wanted, from the first-th on."""
        asked, alike = self._asked(wanted.text)
        if asked is None:
            return Found((), 0, alike)
        conditions, values = ["1"], list[object]()
        if asked:
            conditions.append("line.number IN (SELECT rowid FROM word WHERE word MATCH ?)")
            values.append(asked)
        for name, value in (("state", wanted.state), ("segment", wanted.segment)):
            if value is not None:
                conditions.append(f"line.{name} = ?")
                values.append(value)
        where = " AND ".join(conditions)
        counted = f"SELECT count(*) FROM (SELECT 1 FROM line WHERE {where} LIMIT ?)"  # noqa: S608 - ours
        limit = MOST_COUNTED + 1 if asked else self.count
        count = self._run(counted, *values, limit)[0][0] if values else self.count
        rows = self._run(
            f"SELECT {_COLUMNS} FROM line WHERE {where} ORDER BY {_order(wanted)} LIMIT ? OFFSET ?",  # noqa: S608 - ours
            *(*values, most, first),
        )
        lines = tuple(map(_line, rows))
        exact = self.line(wanted.text.strip()) if asked and not first and len(values) == 1 else None
        if exact is not None:  # whoever writes a whole number means that one
            lines = (exact, *(line for line in lines if line.customer_id != exact.customer_id))[:most]
        return Found(lines, int(count), alike)

    # -- words -----------------------------------------------------------------------
    def _asked(self, text: str) -> tuple[str | None, tuple[str, ...]]:
        """What is asked of the index ('' for everything, None for nothing), and the names that had to do."""
        found = words(address_words(text))[:MOST_WORDS]
        if not found:
            return (None if text.strip() else ""), ()
        number, plain = number_of(text), " AND ".join(map(_begins, found))
        address = address_of(text)
        if address and self._is_told(f'"{address}"*'):
            return f'"{address}"*', ()
        if number:
            return f'({plain}) OR "{number}"*', ()
        if self._is_told(plain):
            return plain, ()
        alike = {word: self._like(word) for word in found if not self._is_told(_begins(word))}
        if not alike or not all(alike.values()):
            return None, ()
        told = [
            "(" + " OR ".join(f'"{name}"' for name in alike[word]) + ")" if word in alike else _begins(word)
            for word in found
        ]
        return " AND ".join(told), tuple(name for names in alike.values() for name in names)

    def _is_told(self, asked: str) -> bool:
        return bool(self._run("SELECT 1 FROM word WHERE word MATCH ? LIMIT 1", asked))

    def _like(self, word: str) -> tuple[str, ...]:
        """Names that differ from a word by one letter, but not by the first."""
        if len(word) < LEAST_LETTERS or not word.isalpha():
            return ()
        rows = self._run(
            "SELECT word FROM name_word WHERE word >= ? AND word < ? AND length(word) BETWEEN ? AND ?",
            *(word[0], word[0] + "\U0010ffff", len(word) - 1, len(word) + 1),
        )
        return tuple(name for (name,) in rows if one_slip(word, name))[:MOST_NAMES]

    def _run(self, statement: str, *values: object) -> list[Any]:
        with self._lock:
            return self._book.execute(statement, values).fetchall()


def _begins(word: str) -> str:
    """What a word asks of the index: it holds letters and digits alone."""
    return f'"{word}"' + "*" * (len(word) >= LEAST_BEGINNING)


def _order(wanted: Wanted) -> str:
    """How lines are sorted, alike ones by their last order; those of which it is not known come last."""
    if wanted.sort not in SORTED:
        raise ValueError(wanted.sort)
    column = "shown" if wanted.sort == "name" else wanted.sort
    way = "DESC" if (wanted.sort != "name") is not wanted.reverse else "ASC"
    newest = "" if wanted.sort == "last_order_at" else "line.last_order_at DESC NULLS LAST, "
    return f"line.{column} {way} NULLS LAST, {newest}line.customer_id"


def _line(row: Sequence[Any]) -> Line:
    values = dict(zip(KEPT, row, strict=True))
    for name in MOMENTS:
        if values[name] is not None:
            values[name] = _BEGUN + timedelta(microseconds=values[name])
    return Line(**values)
