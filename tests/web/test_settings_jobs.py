"""The page of jobs: what failed and why, and what an owner does about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from random import Random
from typing import Any

import pytest

from stamm.app.project import Project
from stamm.jobs import Done, Job, Kind, Outcome, Retry, Rhythm, Worker, enqueue, set_timer
from tests.web.conftest import NOON
from tests.web.test_pages import text_of
from tests.web.test_settings import noted


class Sent(Kind):
    """Comes out as its job says."""

    name = "sent"
    title = "Sent"
    goes_outside = True
    most_tries = 1

    def outside(self, job: Job, now: object) -> Outcome:
        return Retry("the other side <b>was</b> away") if job.given["fails"] else Done()


@pytest.fixture
def jobs(project: Project) -> Iterator[None]:
    with closing(project.people()) as database:
        with database.transaction() as run:
            for key, kind, fails in (("one", "sent", True), ("two", "sent", False), ("three", "later", False)):
                enqueue(run, kind, key, {"fails": fails}, due_at=NOON, now=NOON)
            set_timer(run, "monday", "later", {}, Rhythm("week", 9, 0, "Europe/Berlin"), now=NOON)
        Worker(database, [Sent()], clock=lambda: NOON, chance=Random(1)).round()
        yield
        with database.transaction() as run:
            run("DELETE FROM job", ())
            run("DELETE FROM job_timer", ())


def test_a_page_without_jobs_says_what_will_stand_there(signed_in: Callable[..., Any]) -> None:
    assert "There are no jobs" in text_of(signed_in("analyst").get("/settings/jobs/"))


@pytest.mark.usefixtures("jobs")
def test_it_shows_what_failed_and_an_owner_tries_again_or_gives_up(
    signed_in: Callable[..., Any], project: Project
) -> None:
    owner = signed_in("owner")
    page = owner.get("/settings/jobs/")
    assert "&lt;b&gt;was&lt;/b&gt;" in page.text
    assert "Kept for 30 days." in text_of(page)
    with closing(project.people()) as database, database.transaction() as run:
        numbers = dict(run("SELECT key, id FROM job", ()))
    sent = owner.post("/settings/jobs/", {"action": "retry", "number": str(numbers["one"])})
    assert (sent.status_code, sent.headers["Location"]) == (302, "/settings/jobs/?done=retry")
    assert "It is tried again." in text_of(owner.get("/settings/jobs/?done=retry"))
    owner.post("/settings/jobs/", {"action": "cancel", "number": str(numbers["three"])})
    with closing(project.people()) as database, database.transaction() as run:
        assert dict(run("SELECT key, state FROM job", ())) == {
            "one": "waiting",
            "two": "done",
            "three": "cancelled",
        }
    assert [what for _, what, _ in noted(project)][:2] == ["job_cancelled", "job_retried"]
    for wrong in ({"action": "drop", "number": "1"}, {"action": "retry", "number": "x"}, {"action": "retry"}):
        assert owner.post("/settings/jobs/", wrong).status_code == 422


@pytest.mark.usefixtures("jobs")
def test_an_analyst_looks_and_changes_nothing(signed_in: Callable[..., Any]) -> None:
    analyst = signed_in("analyst")
    page = analyst.get("/settings/jobs/")
    assert "Try again" not in page.text
    assert analyst.post("/settings/jobs/", {"action": "retry", "number": "1"}).status_code == 403
