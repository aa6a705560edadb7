"""A submission: what one person sent by a form, as it is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stamm.people.database import Run, as_moment

COLUMNS = "id, form_id, chance, email, content, language, customer_id, is_new, sent_at, changed_at, held, told, facts"
#: somebody threw it away; it is gone once it is out of the facts
REMOVED = "removed"
#: why a booking waits to be looked at, beside what looks like spam: that address has a place already
TWICE = "twice"


@dataclass(frozen=True)
class Submission:
    """What somebody sent, by the key of the field: a text, an option, a day, or whether it was ticked.

    `held` is why it is not counted, empty where it is. `customer` is who it is of, once that is known; `is_new` where
    nobody of that address was known before. `facts` are the rows that the facts may hold of it, by kind and key.
    """

    id: int
    form: int
    chance: str
    email: str
    content: Mapping[str, Any]
    language: str
    customer: str | None
    is_new: bool
    sent_at: datetime
    changed_at: datetime
    held: str
    told: bool
    facts: tuple[tuple[str, Mapping[str, str]], ...]

    @property
    def is_counted(self) -> bool:
        """Whether it counts."""
        return not self.held


def submissions_where(
    run: Run, condition: str, values: tuple[object, ...], rest: str = "ORDER BY id"
) -> list[Submission]:
    """Those of which that is so."""
    rows = run(f"SELECT {COLUMNS} FROM form_submission WHERE {condition} {rest}", values)  # noqa: S608 - ours
    return [_submission(row) for row in rows]


def counted(run: Run, form: int) -> int:
    """How many count."""
    rows = run("SELECT count(*) FROM form_submission WHERE form_id = ? AND held = ''", (form,))
    return int(rows[0][0])


def has_place(run: Run, form: int, email: str) -> bool:
    """Whether something from that address counts already."""
    return bool(run("SELECT id FROM form_submission WHERE form_id = ? AND email = ? AND held = ''", (form, email)))


def held_count(run: Run, form: int) -> int:
    """How many wait to be looked at."""
    rows = run("SELECT count(*) FROM form_submission WHERE form_id = ? AND held NOT IN ('', ?)", (form, REMOVED))
    return int(rows[0][0])


def sent_by_form(run: Run, form: int, *, held: bool, most: int | None = None) -> list[Submission]:
    """What came by a form, the newest first: what counts, or what waits to be looked at."""
    condition = "form_id = ? AND held NOT IN ('', ?)" if held else "form_id = ? AND held = '' AND ? <> ''"
    limit, values = ("LIMIT ?", (form, REMOVED, most)) if most is not None else ("", (form, REMOVED))
    return submissions_where(run, condition, values, f"ORDER BY id DESC {limit}")


def delete_submission(run: Run, number: int) -> None:
    """It is gone, with its files, what was ticked, and where it came from."""
    run("DELETE FROM form_arrival WHERE submission_id = ?", (number,))
    run("DELETE FROM form_file WHERE submission_id = ?", (number,))
    run("DELETE FROM form_confirmation WHERE submission_id = ?", (number,))
    run("DELETE FROM form_submission WHERE id = ?", (number,))


def _submission(row: tuple[Any, ...]) -> Submission:
    number, form, chance, email, content, language, customer, is_new, sent, changed, held, told, facts = row
    return Submission(
        number,
        form,
        chance,
        email,
        json.loads(content),
        language,
        customer,
        bool(is_new),
        as_moment(sent),
        as_moment(changed),
        held,
        bool(told),
        tuple((kind, key) for kind, key in json.loads(facts)),
    )
