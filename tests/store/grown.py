"""All that a book holds, without the numbers by which it calls its lines, so that two books can be compared."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from stamm.store.book.lines import KEPT


def content(path: Path) -> dict[str, Any]:
    """Lines, words by whom they find, words of names by how many bear them, and former numbers."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as book:
        book.execute("CREATE VIRTUAL TABLE temp.told USING fts5vocab('main', 'word', 'instance')")
        who = dict(book.execute("SELECT number, customer_id FROM line"))
        return {
            "lines": sorted(book.execute(f"SELECT {', '.join(KEPT)}, shown FROM line"), key=repr),
            "words": sorted(
                (term, who.get(number, "nobody")) for term, number in book.execute("SELECT term, doc FROM told")
            ),
            "names": sorted(book.execute("SELECT word, bearers FROM name_word")),
            "formers": sorted((former, who.get(number)) for former, number in book.execute("SELECT * FROM former")),
            "indexes": sorted(
                book.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            ),
        }
