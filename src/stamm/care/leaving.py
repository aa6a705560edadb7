"""What is held of a person, and what goes with them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from stamm.care.tables import TABLES as _TABLES
from stamm.people.database import Run

#: each table, and its columns of words
HELD = {"care_note": ("told",), "care_task": ("told",), "care_owner": ()}
_COLUMNS = {
    "care_note": ("customer_id", "told", "who", "at"),
    "care_task": ("customer_id", "told", "whose", "due_on", "who", "at", "done_at", "done_by"),
    "care_owner": ("customer_id", "whose", "who", "at"),
}
#: under which names a person is given them
NAMES = {"care_note": "notes", "care_task": "tasks", "care_owner": "owner"}
assert all(any(table in made for made in _TABLES) for table in HELD)


def held_of(run: Run, customers: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """All that people wrote about somebody of these numbers, by `notes`, `tasks` and `owner`; what was removed, too."""
    marks, found = ", ".join("?" * len(customers)), {}
    for table, columns in _COLUMNS.items():
        rows = run(
            f"SELECT {', '.join(columns)} FROM {table} WHERE customer_id IN ({marks}) ORDER BY id",  # noqa: S608 - ours
            sorted(customers),
        )
        if rows:
            found[NAMES[table]] = [dict(zip(columns, row, strict=True)) for row in rows]
    return found


def of_them(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> list[tuple[str, int]]:
    """Table and number of all that was written about a person, and of what was written about others and names them.

    `is_theirs` tells whether a number is one of theirs, `names` whether a text names them.
    """
    return [
        (table, number)
        for table, texts in HELD.items()
        for number, customer, *told in run(f"SELECT {', '.join(('id', 'customer_id', *texts))} FROM {table}", ())  # noqa: S608 - ours
        if is_theirs(customer) or any(names(text) for text in told)
    ]


def forget(run: Run, is_theirs: Callable[[str], bool], names: Callable[[str], bool]) -> int:
    """Erase all of that; how much it was. It may be done again."""
    found = of_them(run, is_theirs, names)
    for table, number in found:
        run(f"DELETE FROM {table} WHERE id = ?", (number,))  # noqa: S608 - ours
    return len(found)
