"""The page of a survey: whoever has a link answers without signing in, without a cookie and without a script."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.surveys import answering, asking, keeping
from stamm.surveys.ready import ready
from stamm.surveys.sheets import Sheet, sheets_where

Make = Callable[..., Any]


def text_of(page: Any) -> str:
    """Its words without the markup, whatever its status."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


NOW = datetime.now(UTC)
TABLES = ("survey", "survey_version", "survey_link", "survey_sheet", "survey_arrival", "survey_salt", "job")
#: forms that anybody may send and that take no answer, and why
NO_ANSWER = {
    "preferences": "language and theme",
    "enter": "signs in",
    "report_stop": "ends a report",
    "mail_stop": "wants no more mail",
    "form_confirm": "confirms what was sent before, which tests/web/test_form_consents.py takes",
    "fill": "is a form of its own, whose gates tests/web/test_fill.py takes",
    "suggest": "an address on a board of ideas is confirmed",
    "suggest_new": "takes an idea: tests/ideas and tests/web/test_suggest.py",
    "suggest_news": "ends what somebody is told of ideas",
    "suggest_idea": "takes votes and comments: the same",
}


@pytest.fixture(autouse=True)
def none_left(project: Project) -> Iterator[None]:
    yield
    with closing(project.people()) as database, database.transaction() as run:
        for table in TABLES:
            run(f"DELETE FROM {table}", ())


@pytest.fixture
def stranger(project: Project) -> Any:
    """A browser of a customer, which checks forms as a real one would have it."""
    from django.test import Client

    return Client(SERVER_NAME="localhost", enforce_csrf_checks=True)


@pytest.fixture
def link(project: Project) -> Callable[..., str]:
    """The address of a survey: a customer's own, or without one an open one."""

    def make(customer: str = "", key: str = "nps", **other: Any) -> str:
        from msgspec.structs import replace

        with closing(project.people()) as database, database.transaction() as run:
            survey = keeping.make_survey(run, replace(ready(key, "Spring"), **other), who="i", now=NOW)
            keeping.open_survey(run, survey, who="i", now=NOW)
            if customer:
                sheets, _ = asking.ask_customers(run, survey, [customer], who="i", now=NOW)
                return f"/ask/{asking.token_of(sheets[0], 0, secret_of(project))}/"
            made = asking.make_open_link(run, survey, "counter", who="i", now=NOW)
            return f"/ask/{asking.open_token(made.id, secret_of(project))}/"

    return make


def kept(project: Project) -> list[Sheet]:
    with closing(project.people()) as database, database.transaction() as run:
        return sheets_where(run, "id > 0", ())


def form_of(page: Any) -> tuple[str, dict[str, str]]:
    """Where the form goes, and what it says by itself."""
    text = page.content.decode()
    action = re.search(r'<form method="post" action="([^"]+)"', text)
    assert action, text_of(page)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
    return action[1], dict(hidden)


def answer(browser: Any, page: Any, **fields: Any) -> Any:
    action, hidden = form_of(page)
    return browser.post(action, {**hidden, **fields})


def test_a_page_has_no_cookie_no_script_and_no_answer_before_one_is_sent(
    stranger: Any, link: Make, project: Project
) -> None:
    page = stranger.get(link())
    assert (page.status_code, dict(page.cookies), dict(stranger.cookies)) == (200, {}, {})
    text = page.content.decode()
    for word in ("<script", "style=", "csrf", "onclick"):
        assert word not in text
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert kept(project) == []
    sent = answer(stranger, page, recommend="9", why="Good tea")
    assert (sent.status_code, dict(sent.cookies)) == (303, {})
    (sheet,) = kept(project)
    assert (sheet.customer, sheet.touchpoint, dict(sheet.answers)) == (
        None,
        "counter",
        {"recommend": 9, "why": "Good tea"},
    )
    thanks = stranger.get(sent.headers["Location"])
    assert "Thank you" in text_of(thanks)


def test_a_customer_answers_corrects_and_is_counted_once(stranger: Any, link: Make, project: Project) -> None:
    address = link("c1")
    page = stranger.get(address, headers={"Accept-Language": "de-AT,de;q=0.9"})
    assert "Wie wahrscheinlich ist es" in text_of(page)
    assert "Antwort senden" in text_of(page)
    sent = answer(stranger, page, recommend="3")
    again = answer(stranger, page, recommend="0")
    assert (again.status_code, kept(project)[0].answers["recommend"]) == (409, 3)
    assert "schon bei uns" in text_of(again)
    thanks = stranger.get(sent.headers["Location"])
    change = re.search(r'href="(\?page=[^"]+)"', thanks.content.decode())
    assert change
    page = stranger.get(f"{address}{change[1].replace('&amp;', '&')}")
    assert 'value="3" required checked' in page.content.decode()
    assert answer(stranger, page, recommend="10").status_code == 303
    (sheet,) = kept(project)
    assert (sheet.customer, sheet.answers["recommend"]) == ("c1", 10)


def test_pages_lead_on_by_what_was_answered(stranger: Any, link: Make, project: Project) -> None:
    page = stranger.get(link("c1", "exit"))
    missing = answer(stranger, page)
    assert (missing.status_code, "Please answer this question." in text_of(missing)) == (422, True)
    sent = answer(stranger, page, why_leaving=["price", "elsewhere"])
    page = stranger.get(sent.headers["Location"])
    assert "What is better there?" in text_of(page)
    assert "What would have to change" in text_of(stranger.get(answer(stranger, page).headers["Location"]))
    assert kept(project)[0].finished_at is None


STATES = {
    "closed": "This survey is closed",
    "full": "We have all the answers we need",
    "not_open": "This survey has not begun yet",
    "resting": "We asked you only recently",
    "used": "has already reached us",
}


SHOP = "https://shop.example"


def by_page(browser: Any, link: Make) -> Callable[[], Any]:
    """Sends an answer from the page of a survey."""
    page = browser.get(link("c1"))
    return lambda: answer(browser, page, recommend="9")


def by_widget(browser: Any, link: Make) -> Callable[[], Any]:
    """Sends an answer from the box on a page of the shop."""
    asked = browser.get(f"{link(origins=(SHOP,))}widget", headers={"Origin": SHOP}).json()["page"]
    sent = {**asked["hidden"], "recommend": "9"}
    return lambda: browser.post(f"/ask/{asked['token']}/widget", sent, headers={"Origin": SHOP})


#: each route that takes answers, and how one is sent there
TAKING = {"ask": by_page, "ask_widget": by_widget}


@pytest.mark.usefixtures("project")
def test_every_route_that_takes_an_answer_is_known() -> None:
    from stamm.web.access import ANYBODY, pages

    taking = {page.name for page in pages() if page.sends == ANYBODY} - NO_ANSWER.keys()
    assert taking == TAKING.keys(), "a form that anybody may send: does it take an answer?"


@pytest.mark.parametrize("route", TAKING)
@pytest.mark.parametrize("gate", answering.GATES)
def test_each_gate_holds_on_every_route_that_takes_an_answer_and_says_so_kindly(
    gate: str, route: str, stranger: Any, link: Make, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = TAKING[route](stranger, link)
    with closing(project.people()) as database, database.transaction() as run:
        before = sheets_where(run, "id > 0", ())
    monkeypatch.setattr(answering, "GATES", {**answering.GATES, gate: lambda *_: True})
    sent = send()
    assert sent.status_code in (403, 409, 410)
    assert STATES[gate] in text_of(sent)
    assert kept(project) == before


def test_what_somebody_writes_is_inert_and_what_nobody_sees_is_a_trap(
    stranger: Any, link: Make, project: Project
) -> None:
    address, evil = link("c1"), '</textarea><script>alert(1)</script><svg onload="x">\r\nSet-Cookie: a=b\x00\u202e'
    page = stranger.get(address)
    assert answer(stranger, page, recommend="9", why=evil).status_code == 303
    text = stranger.get(f"{address}?page=score").content.decode()
    assert "<script" not in text
    assert "<svg onload" not in text
    assert "\x00" not in str(kept(project)[0].answers["why"])
    page = stranger.get(f"{address}?page=score")
    answer(stranger, page, recommend="9", **{"-website": "https://casino.example"})
    assert kept(project)[0].held == "trap"


def test_a_moment_of_closing_that_is_over_closes_it(stranger: Any, link: Make) -> None:
    address = link("c1", closes_at=datetime.now(UTC) + timedelta(seconds=0.5))
    import time

    time.sleep(0.6)
    page = stranger.get(address)
    assert (page.status_code, "This survey is closed" in text_of(page)) == (410, True)


def test_a_click_in_a_mail_chooses_and_the_press_answers(stranger: Any, link: Make, project: Project) -> None:
    address = link("c1")
    for _ in range(2):  # programs that look through mail open every link
        for point in range(11):
            page = stranger.get(f"{address}?lang=de&answer={point}")
            assert f'value="{point}" required checked' in page.content.decode()
    assert [(sheet.begun_at, dict(sheet.answers)) for sheet in kept(project)] == [(None, {})]
    assert "answer=10" in page.content.decode()  # who reads it in another language has chosen the same
    for wrong in ("11", "-1", "9x", "<script>"):
        page = stranger.get(f"{address}?answer={wrong}")
        assert (page.status_code, " checked" in page.content.decode()) == (200, False), wrong
        assert "<script" not in page.content.decode()
    page = stranger.get(f"{address}?answer=9")
    assert answer(stranger, page, recommend="9").status_code == 303
    # the mail is clicked once more: thanks, and what was sent stays
    assert "Thank you" in text_of(stranger.get(f"{address}?answer=2"))
    assert kept(project)[0].answers["recommend"] == 9
    # of what was chosen before, the answer that is kept is shown
    changing = stranger.get(f"{address}?page=score&answer=2").content.decode()
    assert 'value="9" required checked' in changing
    text = stranger.get(f"{link('c2', 'exit')}?answer=price")
    assert " checked" not in text.content.decode()
