"""Surveys that take answers, links to them, and answers sent by a link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from stamm.people import Database
from stamm.surveys import asking, keeping
from stamm.surveys.answering import Sent, take_answers
from stamm.surveys.plan import Plan
from stamm.surveys.ready import ready
from stamm.surveys.sheets import Sheet

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
SECRET = "drei Kannen Tee"
HOME, OFFICE = "203.0.113.7", "2001:db8:1:2::7"


def opened(database: Database, plan: Plan | None = None, **other: Any) -> int:
    """A survey that takes answers; of NPS where nothing else is said."""
    with database.transaction() as run:
        number = keeping.make_survey(run, replace(plan or ready("nps", "Spring"), **other), who="i", now=NOON)
        keeping.open_survey(run, number, who="i", now=NOON)
    return number


def personal(database: Database, survey: int, *customers: str, now: datetime = NOON) -> dict[str, str]:
    """The links of these customers."""
    with database.transaction() as run:
        sheets, _ = asking.ask_customers(run, survey, customers or ("anna",), who="i", now=now)
    return {str(sheet.customer): asking.token_of(sheet, 0, SECRET) for sheet in sheets}


def shared(database: Database, survey: int) -> Callable[[], str]:
    """Gives a new sheet of an open link at each call."""
    with database.transaction() as run:
        link = asking.make_open_link(run, survey, "counter", who="i", now=NOON)
    return lambda: asking.fresh_token(link.id, SECRET)


def send(
    database: Database,
    token: str,
    revision: int,
    page: str = "score",
    *,
    at: datetime = NOON,
    address: str = HOME,
    trap: str = "",
    **fields: str | list[str],
) -> Sheet:
    given = {name: [one] if isinstance(one, str) else one for name, one in fields.items()}
    with database.transaction() as run:
        return take_answers(run, token, Sent(page, given, revision, address, trap), secret=SECRET, now=at)
