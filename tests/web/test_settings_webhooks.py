"""The page of webhooks: made once, tried, sent again, ended; its address and secret are shown to nobody again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest

from stamm.app.project import Project
from stamm.automations import reports
from stamm.delivery import webhooks
from tests.web.test_pages import text_of
from tests.web.test_settings import noted
from tests.web.test_settings_reports import NEW

Make = Callable[..., Any]
PAGE = "/settings/webhooks/"
#: an address that nobody has to look up
HOOK = {"action": "add", "name": "Sales", "url": "https://93.184.216.34/hidden-path", "form": "slack"}


def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    from stamm.people.accounts import run

    return run(statement, values)


@pytest.fixture(autouse=True)
def none_left(project: Project) -> Iterator[None]:
    yield
    with closing(project.people()) as database, database.transaction() as run:
        for table in ("webhook", "webhook_message", "report", "report_recipient", "job", "job_timer"):
            run(f"DELETE FROM {table}", ())


def test_an_owner_makes_one_tries_it_sends_again_and_ends_it(signed_in: Make, project: Project) -> None:
    owner = signed_in("owner")
    made = owner.post(PAGE, HOOK)
    assert "whsec_" in made.text
    assert made.headers["Cache-Control"] == "no-store"
    page = owner.get(PAGE)
    assert "93.184.216.34" in page.text
    for hidden in ("whsec_", "hidden-path"):
        assert hidden not in page.text
    (hook,) = webhooks.webhooks(run)
    assert owner.post(PAGE, {"action": "test", "number": hook.id}).headers["Location"] == f"{PAGE}?done=test"
    (sent,) = webhooks.messages(run)
    assert (sent.content.kind, sent.state) == ("test", "waiting")
    assert run("SELECT count(*) FROM job WHERE kind = 'webhook'", ()) == [(1,)]
    assert "waits" in text_of(owner.get(PAGE))
    run("UPDATE webhook_message SET state = 'failed', outcome = 'its receiver answers 500'", ())
    run("UPDATE webhook SET stopped_at = made_at", ())
    page = text_of(owner.get(PAGE))
    assert "its receiver answers 500" in page
    assert "took nothing for five days" in page
    owner.post(PAGE, {"action": "resume", "number": hook.id})
    owner.post(PAGE, {"action": "again", "number": sent.id})
    assert run("SELECT count(*) FROM job WHERE kind = 'webhook'", ()) == [(2,)]
    owner.post(PAGE, {"action": "remove", "number": hook.id})
    assert webhooks.webhooks(run) == []
    told = [what for _, what, _ in noted(project)][:5]
    assert told == ["webhook_removed", "webhook_sent_again", "webhook_resumed", "webhook_tried", "webhook_made"]
    assert "hidden-path" not in repr(noted(project))


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://127.0.0.1:8000/"},
        {"url": "http://2130706433/"},
        {"url": "https://[::ffff:10.0.0.1]/"},
        {"url": "https://user:pw@example.com/"},
        {"url": "file:///etc/passwd"},
        {"url": ""},
        {"name": ""},
        {"form": "xml"},
        {"action": "drop"},
        {"action": "test", "number": "99"},
        {"action": "again", "number": "99"},
        {"action": "remove", "number": "x"},
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_made(signed_in: Make, wrong: dict[str, str]) -> None:
    answer = signed_in("owner").post(PAGE, {**HOOK, "name": "<i>x</i>", **wrong})
    assert answer.status_code == 422
    assert "<i>x</i>" not in answer.text
    assert webhooks.webhooks(run) == []


def test_where_nothing_may_be_sent_by_now_a_try_is_refused(signed_in: Make) -> None:
    owner = signed_in("owner")
    owner.post(PAGE, HOOK)
    (hook,) = webhooks.webhooks(run)
    run("UPDATE webhook SET url = 'http://10.0.0.1/'", ())  # as a name that leads elsewhere by now
    assert owner.post(PAGE, {"action": "test", "number": hook.id}).status_code == 422
    assert webhooks.messages(run) == []


def test_a_report_goes_to_those_that_are_ticked(signed_in: Make) -> None:
    owner = signed_in("owner")
    owner.post(PAGE, HOOK)
    (hook,) = webhooks.webhooks(run)
    assert owner.post("/settings/reports/", {**NEW, "to": "", "webhook": hook.id}).status_code == 302
    (report,) = reports.reports(run)
    assert (report.about.webhooks, report.about.language, report.recipients) == ((hook.id,), "de", ())
    assert "Sales" in text_of(owner.get("/settings/reports/"))
    for wrong in ("99", "x"):
        assert owner.post("/settings/reports/", {**NEW, "webhook": wrong}).status_code == 422
