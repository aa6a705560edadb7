"""Mail to customers: what an owner chooses, what is suppressed, and the link by which a customer wants no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from stamm.app.project import Project
from stamm.app.sending import digests_of
from stamm.delivery.customer_mail import Mail, Planned, newest_mails, send_to_customer, stop_token
from stamm.delivery.restraint import Restraint, restraint
from stamm.delivery.suppression import suppressed_counts
from tests.web.test_pages import text_of
from tests.web.test_settings import noted

Make = Callable[..., Any]
PAGE = "/settings/mail/"
LIMITS = {
    "action": "limits",
    "quiet_from": "20:30",
    "quiet_until": "09:00",
    "marketing_day": "2",
    "marketing_week": "4",
    "feedback_day": "1",
    "feedback_week": "1",
    "service_day": "50",
    "service_week": "200",
}


@pytest.fixture(autouse=True)
def none_left(project: Project) -> Iterator[None]:
    yield
    with closing(project.people()) as database, database.transaction() as run:
        for table in ("customer_mail", "mail_suppressed", "mail_restraint", "job"):
            run(f"DELETE FROM {table}", ())


def kept(project: Project) -> tuple[Restraint, dict[Any, int]]:
    with closing(project.people()) as database, database.transaction() as run:
        return restraint(run), suppressed_counts(run)


def test_an_owner_chooses_hours_and_limits(signed_in: Make, project: Project) -> None:
    owner = signed_in("owner")
    assert owner.post(PAGE, LIMITS).headers["Location"] == f"{PAGE}?done=limits"
    chosen = Restraint("20:30", "09:00", {"marketing": (2, 4), "feedback": (1, 1), "service": (50, 200)})
    assert kept(project)[0] == chosen
    assert 'value="20:30"' in owner.get(PAGE).text
    before = "quiet 21:00-08:00, marketing 1/3, feedback 1/2, service 5/15"
    after = "quiet 20:30-09:00, marketing 2/4, feedback 1/1, service 50/200"
    assert noted(project)[0][1:] == ("restraint_changed", f"{before} -> {after}")
    for wrong in ({"quiet_from": "25:00"}, {"quiet_until": ""}, {"marketing_day": "0"}, {"service_week": "201"},
                  {"feedback_day": "x"}, {"action": "else"}):  # fmt: skip
        answer = owner.post(PAGE, {**LIMITS, **wrong})
        assert (answer.status_code, 'role="alert"' in answer.text) == (422, True), wrong
    assert kept(project)[0] == chosen


def test_an_address_is_looked_for_added_and_taken_off_and_never_kept(signed_in: Make, project: Project) -> None:
    owner, address = signed_in("owner"), {"address": "Anna.Muster@example.com", "why": "complained"}
    assert "It is not among them." in text_of(owner.post(PAGE, {**address, "action": "look"}))
    assert owner.post(PAGE, {**address, "action": "add"}).status_code == 302
    assert kept(project)[1] == {"bounced": 0, "complained": 1, "asked": 0}
    page = owner.get(PAGE).text
    assert "Take it off" in page
    assert "muster" not in page.casefold()
    found = owner.post(PAGE, {"address": "anna.muster@EXAMPLE.com ", "action": "look"})
    assert "It gets nothing since" in text_of(found)
    with closing(project.people()) as database, database.transaction() as run:
        ((number, mark),) = run("SELECT id, mark FROM mail_suppressed", ())
    assert len(mark) == 32
    assert owner.post(PAGE, {"action": "off", "number": number}).status_code == 302
    assert owner.post(PAGE, {"action": "off", "number": number}).status_code == 422
    assert kept(project)[1]["complained"] == 0
    assert [act[1:] for act in noted(project)[:2]] == [
        ("address_taken_off", f"address {number}: complained"),
        ("address_suppressed", f"address {number}: complained"),
    ]
    for wrong in ({"address": "anna"}, {"why": "bounced"}, {"why": "<i>"}):
        assert owner.post(PAGE, {**address, "action": "add", **wrong}).status_code == 422
    assert kept(project)[1]["complained"] == 0


def planned(project: Project) -> Mail:
    now = datetime.now(UTC)
    with closing(project.people()) as database, database.transaction() as run:
        mail = Planned("c1", "news & <i>more</i>", "marketing", "news", "1", {"issue": 1})
        assert send_to_customer(run, mail, now=now)
        return newest_mails(run)[0]


def test_what_was_planned_is_listed(signed_in: Make, project: Project) -> None:
    planned(project)
    page = signed_in("owner").get(PAGE)
    assert "news &amp; &lt;i&gt;more&lt;/i&gt; Advertising waits" in text_of(page)
    assert '<a href="/customers/of/c1">c1</a>' in page.text


def test_one_click_says_no_more_and_a_look_changes_nothing(project: Project) -> None:
    from django.test import Client

    program = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    mail = planned(project)
    path = f"/mail/stop/{stop_token(digests_of(project), mail)}/"
    for _ in range(2):  # a scanner opens links
        page = program.get(path)
        assert (page.status_code, page.headers["Referrer-Policy"]) == (200, "no-referrer")
        assert "<i>" not in page.text
        assert '<form method="post"><button' in page.text
    assert state(project).unsubscribed_at is None
    # as RFC 8058 has mail programs do it, without a cookie or anything of the page
    told = program.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert told.status_code == 200
    assert "You get no more of these mails" in text_of(told)
    assert state(project).unsubscribed_at is not None
    german = Client(headers={"host": "localhost", "accept-language": "de"}).get(path)
    assert "Keine mehr schicken" in german.text
    for wrong in (path[:-3] + "00/", "/mail/stop/1-x/", "/mail/stop/x/", f"/mail/stop/{'9' * 40}-1/"):
        assert (program.get(wrong).status_code, program.post(wrong).status_code) == (404, 404)


def state(project: Project) -> Mail:
    with closing(project.people()) as database, database.transaction() as run:
        return newest_mails(run)[0]
