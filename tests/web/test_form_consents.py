"""The page behind the mail about a consent, and how it stands with it on the page of the form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.forms import keeping
from stamm.forms.confirming import (
    HELD,
    LASTS,
    NO_LONGER_THEIRS,
    SENT,
    TOO_MANY,
    WAITING,
    Confirmation,
    confirm_token,
    confirmations_of,
)
from stamm.forms.ready import ready
from stamm.forms.submissions import Submission, submissions_where
from stamm.forms.submitting import Sent, fresh_token, take_submission
from tests.forms.filled import nonce_for
from tests.web.test_ask import text_of
from tests.web.test_fill import none_left, stranger

__all__ = ["none_left", "stranger"]
NOW = datetime.now(UTC)
ASKED = NOW - timedelta(days=1)


@pytest.fixture
def ticked(project: Project) -> Iterator[Callable[..., Submission]]:
    """What somebody ticked, in the state that is said."""

    def make(language: str = "en", *, asked: datetime | None = ASKED, state: str = SENT) -> Submission:
        secret, then = secret_of(project), NOW - timedelta(days=1)
        with closing(project.people()) as database, database.transaction() as run:
            form = keeping.make_form(run, ready("lead", "Fair", NOW), who="i", now=NOW)
            keeping.open_form(run, form, who="i", now=NOW)
            token = fresh_token(form, secret, then - timedelta(seconds=20))
            fields = {"name": ["Evil <b>name</b>"], "email": ["anna@example.com"], "newsletter": ["yes"]}
            sent = take_submission(
                run,
                token,
                Sent(fields, "203.0.113.7", language, nonce=nonce_for(token), revision=2),
                secret=secret,
                now=then,
            )
            reason = "" if state != HELD else NO_LONGER_THEIRS if asked else TOO_MANY
            run("UPDATE form_confirmation SET asked_at = ?, state = ?, reason = ?", (asked, state, reason))
        return sent

    yield make
    with closing(project.people()) as database, database.transaction() as run:
        run("DELETE FROM form_confirmation", ())


def address(project: Project, sent: Submission) -> str:
    return f"/form/confirm/{confirm_token(sent, secret_of(project))}/"


def kept(project: Project, sent: Submission) -> tuple[Confirmation, Submission]:
    with closing(project.people()) as database, database.transaction() as run:
        return confirmations_of(run, [sent.id])[sent.id], submissions_where(run, "id = ?", (sent.id,))[0]


def test_opening_the_link_changes_nothing_and_pressing_the_button_does_once(
    stranger: Any, ticked: Callable[..., Submission], project: Project
) -> None:
    sent = ticked("de")
    link, before = address(project, sent), kept(project, sent)
    for look in (stranger.get, stranger.get, stranger.head):
        assert look(link).status_code == 200
    page = stranger.get(link)
    assert kept(project, sent) == before
    assert (page.headers["Referrer-Policy"], page.headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert dict(page.cookies) == {}
    text = text_of(page)
    assert "Bitte bestätigen Sie" in text
    assert "Sie dürfen mir Neuigkeiten per E-Mail schicken." in text
    assert not re.search("evil|anna", page.content.decode(), re.IGNORECASE), "nothing that was typed"
    pressed = stranger.post(link)
    assert (pressed.status_code, pressed.headers["Location"]) == (303, link)
    confirmation, submission = kept(project, sent)
    assert confirmation.confirmed_at is not None
    assert not submission.told
    for _ in range(2):
        assert "Es ist bestätigt" in text_of(stranger.get(link))
        assert stranger.post(link).status_code == 303
    assert kept(project, sent) == (confirmation, submission)


def test_a_link_that_is_no_good_says_so_and_confirms_nothing(
    stranger: Any, ticked: Callable[..., Submission], project: Project
) -> None:
    sent = ticked(asked=NOW - LASTS - timedelta(hours=1))
    link = address(project, sent)
    assert [stranger.get(link).status_code, stranger.post(link).status_code] == [410, 410]
    forged = link[:-2] + ("0" if link[-2] != "0" else "1") + "/"
    for wrong in (forged, "/form/confirm/x/", f"/form/confirm/{'x' * 300}/"):
        assert [stranger.get(wrong).status_code, stranger.post(wrong).status_code] == [404, 404]
    with closing(project.people()) as database, database.transaction() as run:
        run("UPDATE form_confirmation SET asked_at = ?", (NOW,))
        run("UPDATE form_submission SET held = 'flood'", ())
    assert [stranger.get(link).status_code, stranger.post(link).status_code] == [404, 404]
    assert kept(project, sent)[0].confirmed_at is None


STATES = [
    ({}, "yes, waits for confirmation"),
    ({"state": WAITING, "asked": None}, "yes, not asked yet, there is no mail server"),
    ({"state": HELD, "asked": None}, "yes, no mail asked: three of these mails went to this address within a day"),
    ({"state": HELD}, f"yes, {NO_LONGER_THEIRS}"),
    ({"asked": NOW - LASTS - timedelta(hours=1)}, "yes, not confirmed within 30 days"),
]


@pytest.mark.parametrize(("how", "words"), STATES)
def test_the_page_of_a_form_says_how_it_stands_with_a_consent(
    how: dict[str, Any], words: str, signed_in: Any, ticked: Callable[..., Submission], project: Project
) -> None:
    sent = ticked(**how)
    shown = text_of(signed_in("analyst").get(f"/forms/{sent.form}/"))
    assert words in shown
    assert "stamm.toml names no mail server, so nobody is asked" in shown
    assert "so nobody is asked" not in text_of(signed_in("viewer").get(f"/forms/{sent.form}/"))


def test_where_facts_come_from_a_database_of_the_shop_nobody_is_asked_and_it_says_so(
    signed_in: Any, ticked: Callable[..., Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = ticked(asked=None, state=WAITING)
    monkeypatch.setattr(Project, "reads_database", True)
    shown = text_of(signed_in("analyst").get(f"/forms/{sent.form}/"))
    assert "yes, not asked, the facts are read from a database of yours" in shown
    assert "so nobody is asked to confirm it." in shown


def test_once_confirmed_the_page_and_the_csv_say_when(
    signed_in: Any, stranger: Any, ticked: Callable[..., Submission], project: Project
) -> None:
    sent = ticked()
    stranger.post(address(project, sent))
    analyst = signed_in("analyst")
    assert "yes, confirmed on " in text_of(analyst.get(f"/forms/{sent.form}/"))
    at = kept(project, sent)[0].confirmed_at
    assert at is not None
    assert f"{at:%Y-%m-%dT%H:%M}" in analyst.get(f"/forms/{sent.form}.csv").content.decode()
