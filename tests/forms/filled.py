"""Forms that are open, and what somebody sends by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from stamm.forms import keeping
from stamm.forms.ready import ready
from stamm.forms.submissions import Submission
from stamm.forms.submitting import Sent, found_by, fresh_token, take_submission
from stamm.intake.spam import is_done
from stamm.people import Database

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
SECRET = "drei Kannen Tee"
HOME, OFFICE = "203.0.113.7", "2001:db8:1:2::7"
#: how long somebody fills a form in
WHILE = timedelta(seconds=20)
ANNA = {"name": "Anna", "email": "Anna@Example.com"}


def opened(database: Database, use: str = "lead", name: str = "Spring", **other: Any) -> int:
    """A form that takes what is sent."""
    with database.transaction() as run:
        plan = replace(ready(use, name, NOON), **other)
        number = keeping.make_form(run, plan, who="i", now=NOON)
        keeping.open_form(run, number, who="i", now=NOON)
    return number


def nonce_for(challenge: str) -> str:
    """What the script of the page finds."""
    return next(nonce for nonce in map(str, range(2**31)) if is_done(challenge, nonce))


def page(form: int, at: datetime = NOON) -> str:
    """The address to which a page that somebody opens then sends."""
    return fresh_token(form, SECRET, at)


def send(
    database: Database,
    token: str,
    *,
    at: datetime = NOON + WHILE,
    address: str = HOME,
    trap: str = "",
    nonce: str | None = None,
    language: str = "en",
    revision: int | None = None,
    **fields: str,
) -> Submission:
    """What somebody fills in, sent with the work done; the page shows the form as it is unless `revision` is given."""
    given = {name: [text] for name, text in fields.items()}
    work = nonce_for(token) if nonce is None else nonce
    with database.transaction() as run:
        found = found_by(run, token, SECRET)
        shown = found.form.revision if found and revision is None else revision or 0
        sent = Sent(given, address, language, trap, work, revision=shown)
        return take_submission(run, token, sent, secret=SECRET, now=at)
