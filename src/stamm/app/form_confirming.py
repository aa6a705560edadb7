"""The mail that asks whether a consent ticked in a form is that of whoever has the mailbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.delivery.customer_door import Compose, Whom
from stamm.delivery.letter import Letter
from stamm.forms.confirming import Asked, asked_by, confirm_token
from stamm.forms.submissions import submissions_where
from stamm.intake.words import said
from stamm.jobs import Cancel
from stamm.lang.language import Language
from stamm.people import Database

GONE = "what was sent does not count any more"
MOVED = "the customer has another address by now"


def can_ask(project: Project) -> bool:
    """Whether a mail can go out, and become a fact once it is answered."""
    return project.settings.mail is not None and bool(project.settings.address) and not project.reads_database


def confirmation_mail(directory: Path, database: Callable[[], Database]) -> Compose:
    """Composes the mail when it goes out."""

    def composed(about: Mapping[str, Any], whom: Whom, now: datetime) -> Letter | Cancel:
        project = Project.open(directory)
        with database().transaction() as run:
            found = submissions_where(run, "id = ?", (about.get("submission"),))
            token = confirm_token(found[0], secret_of(project)) if found else ""
            asked = asked_by(run, token, secret_of(project))
        if asked is None or asked.is_over(now):
            return Cancel(GONE)
        if whom.address.strip().lower() != asked.submission.email:
            return Cancel(MOVED)  # who was known by that address may not be asked at another one
        return letter_of(asked, project.organisation.name or "Stamm", f"{project.settings.address}{path_of(token)}")

    return composed


def path_of(token: str) -> str:
    """Where the page is on which it is confirmed."""
    return f"/form/confirm/{token}/"


def letter_of(asked: Asked, whose: str, link: str) -> Letter:
    """Nothing in it was typed by whoever filled the form in: it may be a stranger who knows an address."""
    plan, code = asked.form.plan, asked.submission.language or asked.form.plan.languages[0]
    say, title = Language("de" if code == "de" else "en"), said(plan.title, code)
    return Letter(
        code,
        say("Please confirm: {title}", title=title),
        over=whose,
        title=title,
        paragraphs=[
            say("In this form somebody, perhaps you, gave this address and ticked:"),
            *(say.quoted(each.words) for each in asked.confirmation.ticked),
            say("It counts only once you confirm it. If it was not you, you need not do anything."),
        ],
        button=(say("Look at it and confirm"), link),
    )
