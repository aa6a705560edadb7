"""What `stamm survey widget` does and says: which sites may show a survey in a box, and the line for their pages."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import click
from msgspec.structs import replace

from stamm.answers.written import json_of
from stamm.app.framework import secret_of
from stamm.cli.session import Session
from stamm.lang.errors import UsageError
from stamm.surveys.asking import open_token
from stamm.surveys.keeping import change_survey, survey_of
from stamm.surveys.widget import widget_link
from stamm.web.survey_widget import snippet


def widget(say: Session, number: int, form: str, given: Mapping[str, Any], *, here: str) -> None:
    """Set the sites where some are named; print the line. `here` is where pages are served if nobody says."""
    who, now = getpass.getuser(), datetime.now(UTC)
    with closing(say.project.people()) as database, database.transaction() as run:
        found = survey_of(run, number)
        if given["origins"]:
            plan = replace(found.plan, origins=given["origins"])
            change_survey(run, number, plan, seen=found.revision, who=who, now=now)
            found = survey_of(run, number)
        if not found.plan.origins:
            raise UsageError("No site may show this survey.", remedy="Name one: `--origin https://shop.example.com`.")
        token = open_token(widget_link(run, number, who=who, now=now).id, secret_of(say.project))
    line = snippet(say.project.settings.address or here, token)
    if form == "table":
        say.out.print(say("Shown on {sites}. The line for their pages:", sites=", ".join(found.plan.origins)))
        say.out.plain(line)
    else:
        click.echo(json_of({"origins": found.plan.origins, "snippet": line}))
