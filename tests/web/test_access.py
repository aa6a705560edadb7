"""Every route and every role, against one table; a route without a row fails, and so does a row without a route."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TABLE = Path(__file__).with_name("routes.csv")
#: who may send the form of a route that has one, whatever stands in it
FORMS = Path(__file__).with_name("forms.csv")
WHO = ("signed out", "viewer", "support", "analyst", "owner")
#: what is put into the gaps of a route: a link that nobody made, a metric that counts customers, an analysis
GAPS = {
    "<int:number>": "1",
    "<int:goal>": "1",
    "<int:alert>": "999999",
    "<int:survey>": "1",
    "<int:form>": "1",
    "<int:file>": "1",
    "<int:board>": "1",
    "<int:idea>": "1",
    "<int:link>": "1",
    "<str:name>": "rejects-20240101T000000Z.csv",
    "<str:token>": "abc:def",
    "<slug:key>": "customer_retention_rate",
    "<str:segment>": "lapsed",
    "<str:colour>": "0b5a6b",
    "<str:digest>": "0123456789abcdef",
    "<slug:bundle>": "0123456789abcdef",
    "<slug:analysis>": "lifecycle",
    "<slug:prediction>": "expected_orders",
    "<slug:side>": "report",
    "<int:widget>": "1",
    "<path:customer>": "c1",
}
#: what the table says -> how the answer is told
ANSWERS = {
    "page": "opened",
    "refused": "refused",
    "sign in": "to sign in",
    "form": "takes POST alone",
    "gone": "a link that nobody made",
    "first": "to the first page",
    "missing": "opened, and nothing of that name there",
    "again": "asks for the password again",
    "asks": "opened, and asks for something else: which row is meant, or a prediction that needs less",
}


def rows(table: Path = TABLE) -> list[dict[str, str]]:
    with table.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def routes() -> dict[str, str]:
    from django.urls import get_resolver

    return {str(pattern.pattern): pattern.name for pattern in get_resolver().url_patterns}


def told(response: Any) -> str:
    """The answer to a GET in the words of the table."""
    location = response.headers.get("Location", "")
    if response.status_code == 302:
        ways = {"/sign-in/": "sign in", "/account/again/": "again", "/": "first"}
        return ways[location.partition("?")[0]]
    return {200: "page", 403: "refused", 404: "missing", 405: "form", 410: "gone", 422: "asks"}[response.status_code]


@pytest.mark.usefixtures("project")
def test_the_table_has_every_route_once() -> None:
    assert {row["route"]: row["name"] for row in rows()} == routes()
    assert len(rows()) == len(routes())
    assert {row[who] for row in rows() for who in WHO} <= ANSWERS.keys()


@pytest.mark.parametrize("who", WHO)
def test_every_route_answers_as_the_table_says(
    who: str,
    client: Any,
    signed_in: Callable[[str], Any],
    board: Callable[..., Any],
    goal: Callable[..., int],
    survey: Callable[..., tuple[int, int]],
    form: Callable[..., int],
    idea: Callable[..., tuple[int, int]],
) -> None:
    number, link = survey()
    gaps = {**GAPS, "<int:pk>": str(board("viewer", "support", "analyst").pk), "<int:goal>": str(goal())}
    gaps |= {"<int:survey>": str(number), "<int:link>": str(link), "<int:form>": str(form())}
    gaps |= dict(zip(("<int:board>", "<int:idea>"), map(str, idea()), strict=True))
    browser = client if who == "signed out" else signed_in(who)
    found = {row["route"]: told(browser.get(filled(row["route"], gaps))) for row in rows()}
    assert found == {row["route"]: row[who] for row in rows()}


@pytest.mark.usefixtures("project")
def test_the_table_has_every_form_once() -> None:
    from stamm.web.access import ANYBODY, pages

    sent = {each.path: {ANYBODY} if each.sends == ANYBODY else set(each.sends) for each in pages() if each.sends}
    assert {row["route"]: set(row["sent by"].split()) for row in rows(FORMS)} == sent
    assert len(rows(FORMS)) == len(sent)


@pytest.mark.parametrize("who", WHO)
def test_a_form_of_somebody_who_may_not_send_it_is_refused_whatever_stands_in_it(
    who: str, client: Any, signed_in: Callable[[str], Any], board: Callable[..., Any]
) -> None:
    gaps = {**GAPS, "<int:pk>": str(board("viewer", "support", "analyst").pk)}
    browser = client if who == "signed out" else signed_in(who)
    bodies: list[dict[str, Any]] = [
        {},
        {"data": {"action": "restore", "board": "\0", "number": "-1", "revision": "x" * 10_000}},
        {"data": b"{]", "content_type": "application/json"},
    ]
    refused = 302 if who == "signed out" else 403
    asked = [row["route"] for row in rows(FORMS) if not {who, "anybody"} & set(row["sent by"].split())]
    found = {route: {browser.post(filled(route, gaps), **body).status_code for body in bodies} for route in asked}
    assert found == {route: {refused} for route in asked}


def filled(route: str, gaps: dict[str, str]) -> str:
    """The address of a route with something in its gaps."""
    for gap, value in gaps.items():
        route = route.replace(gap, value)
    return f"/{route}"
