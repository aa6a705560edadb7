"""A survey in a box on a shop's pages: for the sites that it names, with every gate, and a script that is small."""

from __future__ import annotations

import asyncio
import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from stamm.app.project import Project
from tests.web.test_ask import SHOP, kept, link, none_left, stranger
from tests.web.test_surveys import form_of, text_of

__all__ = ["link", "none_left", "stranger"]
Make = Callable[..., Any]
FROM_SHOP = {"Origin": SHOP}


def asked(browser: Any, link: Make, query: str = "", **other: Any) -> Any:
    return browser.get(f"{link(**{'origins': (SHOP,), **other})}widget{query}", headers=FROM_SHOP)


def send(browser: Any, page: dict[str, Any], origin: str = SHOP, **fields: Any) -> Any:
    given = {**page["hidden"], **fields}
    return browser.post(f"/ask/{page['token']}/widget", given, headers={"Origin": origin} if origin else {})


def test_a_box_asks_and_its_answers_are_taken_page_by_page(stranger: Any, link: Make, project: Project) -> None:
    first = asked(stranger, link, key="exit", colour="#ffcc00")
    told = first.json()
    assert (told["colours"]["fill"], told["colours"]["words"], told["rest"]) == ("#ffcc00", "#000000", 30)
    assert told["page"]["questions"][0]["told"] == "Why are you leaving?"
    missing = send(stranger, told["page"])
    assert (missing.status_code, missing.json()) == (422, {"missing": ["why_leaving"]})
    assert kept(project) == []
    second = send(stranger, told["page"], why_leaving=["price", "elsewhere"])
    assert [each["key"] for each in second.json()["questions"]] == ["elsewhere"]
    again = send(stranger, told["page"], why_leaving="price")
    assert (again.status_code, again.json()) == (409, {"told": "Your answer has already reached us"})
    last = send(stranger, second.json(), elsewhere="<svg onload=alert(1)>")
    thanks = send(stranger, last.json())
    assert thanks.json() == {"told": "Thank you. We read every answer."}
    (sheet,) = kept(project)
    assert (sheet.customer, sheet.touchpoint, sheet.answers["why_leaving"]) == (None, "counter", ["price", "elsewhere"])
    assert sheet.finished_at is not None
    for answer in (first, missing, second, again, thanks):
        assert answer.headers["Access-Control-Allow-Origin"] == SHOP
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == (
            "application/json",
            "nosniff",
        )
        assert dict(answer.cookies) == {}


@pytest.mark.parametrize(
    "origin",
    ["", "null", "*", "https://other.example", "http://shop.example", "https://shop.example:8443", "https://shop.example.evil",
     "https://www.shop.example", "https://shop.example/", "https://SHOP.example"],
)  # fmt: skip
def test_another_site_is_refused_and_nothing_is_kept(stranger: Any, link: Make, project: Project, origin: str) -> None:
    page = asked(stranger, link).json()["page"]
    answer = send(stranger, page, origin, recommend="9")
    assert (answer.status_code, answer.content, kept(project)) == (403, b"", [])
    looked = stranger.get(f"{link(origins=(SHOP,))}widget", headers={"Origin": origin})
    assert (looked.status_code, looked.content) == (403, b"")
    for each in (answer, looked):
        assert "Access-Control-Allow-Origin" not in each.headers


def test_a_survey_that_names_no_site_is_shown_on_none_and_a_personal_link_in_no_box(
    stranger: Any, link: Make, project: Project
) -> None:
    assert asked(stranger, link, origins=()).status_code == 403
    personal = f"{link('c1', origins=(SHOP,))}widget"
    assert stranger.get(personal, headers=FROM_SHOP).status_code == 404
    sent = {"-page": "score", "-revision": "1", "recommend": "9"}
    assert stranger.post(personal, sent, headers=FROM_SHOP).status_code == 404
    assert kept(project)[0].begun_at is None
    assert stranger.get("/ask/o1-00/widget", headers=FROM_SHOP).status_code == 404


def test_a_box_is_told_nothing_while_a_gate_is_shut(stranger: Any, link: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from stamm.surveys import answering

    monkeypatch.setattr(answering, "GATES", {"closed": lambda *_: True})
    answer = asked(stranger, link)
    # 204, so that the browser of whoever visits the shop complains of nothing
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP


def test_what_nobody_sees_is_a_trap_in_the_box_too(stranger: Any, link: Make, project: Project) -> None:
    told = asked(stranger, link).json()
    send(stranger, told["page"], recommend="9", **{told["trap"]: "https://casino.example"})
    assert kept(project)[0].held == "trap"


def test_it_speaks_the_language_of_the_browser_or_the_one_that_the_page_names(stranger: Any, link: Make) -> None:
    address = f"{link(origins=(SHOP,))}widget"
    german = stranger.get(address, headers={**FROM_SHOP, "Accept-Language": "de-AT"}).json()
    assert (german["code"], german["words"]["close"]) == ("de", "Schließen")
    english = stranger.get(f"{address}?lang=en", headers={**FROM_SHOP, "Accept-Language": "de-AT"}).json()
    assert (english["code"], english["words"]["send"]) == ("en", "Send answer")


def test_sites_are_named_and_the_line_is_there_to_copy(signed_in: Make, survey: Make, project: Project) -> None:
    number, _ = survey()
    page, analyst = f"/surveys/{number}/widget", signed_in("analyst")
    shown = analyst.get(page)
    assert "data-survey" not in shown.content.decode()
    sent = {**form_of(shown), "origins": f"{SHOP}/\r\nhttps://www.shop.example"}
    for wrong, told in (({"origins": "shop.example"}, "is no site"), ({"revision": "1"}, "meanwhile")):
        answer = analyst.post(page, {**sent, **wrong})
        assert (answer.status_code, told in text_of(answer)) == (422, True)
    assert analyst.post(page, sent).status_code == 302
    line = r"&lt;script defer src=&#34;http://localhost/survey.js&#34; data-survey=&#34;(o\d+-[0-9a-f]{40})&#34;&gt;"
    for address in (page, f"/surveys/{number}/"):
        (token,) = re.findall(line, analyst.get(address).content.decode())
    told = analyst.get(f"/ask/{token}/widget", headers=FROM_SHOP)
    assert told.status_code == 200
    assert send(analyst, told.json()["page"], recommend="9").status_code == 200
    assert "widget" in [sheet.touchpoint for sheet in kept(project) if sheet.customer is None]
    # what is asked can be changed without losing the sites
    edit = f"/surveys/{number}/edit"
    assert analyst.post(edit, {**form_of(analyst.get(edit)), "name": "Summer", "do": "save"}).status_code == 302
    assert SHOP in html.unescape(analyst.get(page).content.decode())
    assert analyst.post(page, {**form_of(analyst.get(page)), "origins": ""}).status_code == 302
    assert analyst.get(f"/ask/{token}/widget", headers=FROM_SHOP).status_code == 403
    assert "data-survey" not in analyst.get(f"/surveys/{number}/").content.decode()


# -- the script ----------------------------------------------------------------------------------------------
def fetched(project: Project, method: str = "GET", packed: bool = True) -> tuple[int, dict[str, str], bytes]:
    """The script as a browser of another site gets it."""
    from stamm.web.application import Web

    heard: list[Any] = []

    async def ask() -> None:
        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        async def send(message: Any) -> None:
            heard.append(message)

        headers = [(b"accept-encoding", b"gzip, br")] if packed else []
        scope = {"type": "http", "method": method, "path": "/survey.js", "headers": headers, "query_string": b""}
        await Web()(scope, receive, send)

    asyncio.run(ask())
    begun, body = heard
    return begun["status"], {name.decode(): value.decode() for name, value in begun["headers"]}, body["body"]


def test_the_script_is_under_10_kb_and_may_be_loaded_by_other_sites(project: Project) -> None:
    status, headers, body = fetched(project)
    assert (status, headers["content-encoding"], headers["content-type"]) == (
        200,
        "gzip",
        "text/javascript; charset=utf-8",
    )
    assert len(body) < 10_000
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "max-age=3600" in headers["cache-control"]
    assert "set-cookie" not in headers
    _, plain, text = fetched(project, packed=False)
    assert "content-encoding" not in plain
    for word in (b"innerHTML", b"cookie", b"eval(", b".style", b"// "):
        assert word not in text
    assert fetched(project, "POST")[0] == 404


def test_what_a_box_is_told_names_no_customer_and_no_answer(stranger: Any, link: Make) -> None:
    told = json.dumps(asked(stranger, link).json())
    assert "customer" not in told
    assert "answers" not in told
