"""Reminders: what an owner chooses, and whom it reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from stamm.app.project import Project
from stamm.automations.reminding import Reminder, chosen_reminder
from stamm.people.roles import Role
from tests.web.test_pages import text_of
from tests.web.test_settings import noted

Make = Callable[..., Any]
PAGE = "/settings/reminders/"


@pytest.fixture(autouse=True)
def none_left(project: Project) -> Iterator[None]:
    yield
    with closing(project.people()) as database, database.transaction() as run:
        for table in ("ticket_reminder", "job"):
            run(f"DELETE FROM {table}", ())


def test_an_owner_chooses_when_and_whom(signed_in: Make, project: Project) -> None:
    owner = signed_in("owner")
    page = owner.get(PAGE)
    assert "Nobody is reminded at present." in text_of(page)
    wished = {"on": "yes", "hours": "24", "role": ["support", "owner"]}
    assert owner.post(PAGE, wished).headers["Location"] == f"{PAGE}?done=1"
    with closing(project.people()) as database, database.transaction() as run:
        assert chosen_reminder(run).about == Reminder(True, 24, (Role.OWNER, Role.SUPPORT))
        jobs = run("SELECT kind, state FROM job", ())
    assert jobs == [("tickets_look", "waiting")]
    assert noted(project)[0][1:] == ("ticket_reminder_changed", "after 24 hours: owner, support")
    text = owner.get(PAGE).text
    assert 'value="24"' in text
    assert text.count(" checked") == 3
    for wrong in ({"hours": "0"}, {"hours": "x"}, {"hours": ""}, {"role": ["viewer"]}, {"role": []}, {"role": ["king"]},
                  {"webhook": ["7"]}, {"webhook": ["x"]}, {"language": "fr"}):  # fmt: skip
        answer = owner.post(PAGE, {**wished, **wrong})
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), wrong
    assert owner.post(PAGE, {"hours": "24", "role": ["support"]}).status_code == 302
    with closing(project.people()) as database, database.transaction() as run:
        assert not chosen_reminder(run).about.on
