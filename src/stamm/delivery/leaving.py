"""What is held of mails to a person, and what of it goes with them. The digest of a suppressed address stays."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from stamm.people.database import Run

#: the table in which customers stand
TABLE = "customer_mail"
_SHOWN = (
    *("customer_id", "purpose", "occasion", "programme", "about", "campaign", "made_at", "until_at", "state"),
    *("outcome", "sent_at", "bounced_at", "unsubscribed_at"),
)


def mails_of(run: Run, customers: Collection[str]) -> list[dict[str, Any]]:
    """All that is held of mails to somebody of these numbers."""
    marks = ", ".join("?" * len(customers))
    rows = run(
        f"SELECT {', '.join(_SHOWN)} FROM {TABLE} WHERE customer_id IN ({marks}) ORDER BY id",  # noqa: S608 - ours
        sorted(customers),
    )
    return [dict(zip(_SHOWN, row, strict=True)) for row in rows]


def count_mails(run: Run, is_theirs: Callable[[str], bool]) -> int:
    """How many mails are a person's."""
    return len(_theirs(run, is_theirs))


def forget_mails(run: Run, is_theirs: Callable[[str], bool]) -> int:
    """Mails of a person become nobody's, and what was planned is not sent; how many. It may be done again."""
    found = _theirs(run, is_theirs)
    for number in found:
        run(f"UPDATE {TABLE} SET customer_id = NULL, about = '{{}}', campaign = '' WHERE id = ?", (number,))  # noqa: S608 - ours
    return len(found)


def _theirs(run: Run, is_theirs: Callable[[str], bool]) -> list[int]:
    rows = run(f"SELECT id, customer_id FROM {TABLE} WHERE customer_id IS NOT NULL ORDER BY id", ())  # noqa: S608 - ours
    return [number for number, customer in rows if is_theirs(customer)]
