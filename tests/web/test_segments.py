"""The pages of segments: rules in the address, built in place, saved, and put back; and the list to take away."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.marks import unmarked

RULE = "who ordered at least once and whose last order was at most 400 days ago"
Get = Callable[..., str]


@pytest.fixture
def browser(signed_in: Callable[[str], Any]) -> Iterator[Any]:
    from django.db import transaction

    from stamm.people.accounts import run

    yield signed_in("analyst")
    with transaction.atomic():
        for table in ("segment", "segment_version"):
            run(f"DELETE FROM {table}", ())


@pytest.fixture
def get(browser: Any) -> Get:
    def ask(path: str, **query: str) -> str:
        answer = browser.get(path, query)
        assert answer.status_code == 200, answer.content.decode()
        return unmarked(html.unescape(str(answer.content.decode())))

    return ask


@pytest.mark.long
def test_a_rule_is_shown_and_taken_away(get: Get, browser: Any) -> None:
    ready = get("/segments/")
    assert "who are among the 10% who paid most in the last 365 days" in ready
    assert "None yet." in ready
    assert "rule=who+ordered+at+least+once&at=whole#edit" in ready
    page = get("/segments/", rule=RULE)
    lines = str(browser.get("/segments.csv", {"rule": RULE}).content.decode()).splitlines()
    assert lines[0] == "customer_id,day"
    count = len(lines) - 1
    assert count > 0
    assert f"{count} of " in page
    german = get("/segments/", rule="die nicht mindestens einmal bestellten oder deren Land bekannt ist")
    assert words_of(german) == "Customers who did not order at least once or whose country is known"
    wrong = get("/segments/", rule="who orderd at least once")
    assert "is not understood" in wrong
    assert "who ordered at least once" in wrong
    assert "from 2" in get("/segments/", rule=RULE, day="1990-01-01")
    assert "is no day" in get("/segments/", rule=RULE, day="soon")
    assert "Lapsed</h1>" in get("/segments/lapsed/")
    assert browser.get("/segments/nothing/").status_code == 404


def words_of(page: str) -> str:
    """The sentence as it is read on a page."""
    (told,) = re.findall(r'<p class="rule">(.*?)</p>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", told).split()).removesuffix(".")


def link(page: str, words: str) -> str:
    """Where the one link with these words leads."""
    (found,) = set(re.findall(rf'<a[^>]*href="([^"]+)"[^>]*>{re.escape(words)}</a>', page))
    return str(found)


@pytest.mark.long
def test_every_condition_is_changed_in_its_place(get: Get, browser: Any) -> None:
    """Each step follows what stands on the page, as somebody without script would."""
    page = get("/segments/", rule=RULE)
    page = get(link(page, "who ordered at least once"))
    assert 'name="set-times" value="1"' in page
    fields = dict(re.findall(r'<input type="hidden" name="(rule|at|do)" value="([^"]*)"', page))
    answer = browser.get("/segments/", {**fields, "set-compare": "more_than", "set-times": "2", "set-days": "90"})
    assert answer.status_code == 302
    page = get(answer.headers["Location"])
    assert words_of(page) == (
        "Customers who ordered more than 2 times in the last 90 days and whose last order was at most 400 days ago"
    )
    page = get(link(page, "who ordered more than 2 times in the last 90 days"))
    page = get(link(page, "Add with or"))
    page = get(link(page, "whose country is DE"))
    assert words_of(page) == (
        "Customers (who ordered more than 2 times in the last 90 days or whose country is DE) "
        "and whose last order was at most 400 days ago"
    )
    assert 'name="set-values" value="DE"' in page, "the new condition is open"
    assert re.search(r'<datalist id="s-set-values-known"><option value="[A-Z]{2}">', page)
    page = get(link(page, "Say the opposite"))
    assert "or whose country is not DE)" in words_of(page)
    page = get(link(page, "and"))
    assert words_of(page) == (
        "Customers who ordered more than 2 times in the last 90 days or whose country is not DE "
        "or whose last order was at most 400 days ago"
    )
    page = get(link(get(link(page, "whose country is not DE")), "Leave out"))
    assert "country" not in words_of(page)
    refused = get("/segments/", rule=RULE, at="0", do="change", **{"set-times": "many"})
    assert "must be a whole number" in refused
    assert words_of(refused) == f"Customers {RULE}"


@pytest.mark.long
def test_a_segment_is_saved_changed_named_by_others_and_put_back(get: Get, browser: Any) -> None:
    def post(path: str, **form: object) -> Any:
        return browser.post(path, form)

    made = post("/segments/save", name="Gute <Käufer>", note="Für Briefe", rule=RULE)
    assert made.headers["Location"] == "/segments/gute_kaeufer/?told=save"
    page = get("/segments/gute_kaeufer/")
    assert "Gute <Käufer></h1>" in page
    assert "Für Briefe" in page
    assert "Gute <Käufer>" in get("/segments/")
    draft = link(page, "who ordered at least once")
    assert parse_qs(urlsplit(draft).query)["of"] == ["gute_kaeufer"]
    other = "who ordered at least 2 times"
    page = get("/segments/", rule=other, of="gute_kaeufer")
    assert "This is not how Gute <Käufer> is saved." in page
    act = "/segments/gute_kaeufer/act"
    assert post(act, do="change", rule=other, revision=1).status_code == 302
    late = post(act, do="change", rule=RULE, revision=1)
    assert late.status_code == 422
    assert "Somebody else has changed this segment meanwhile." in late.content.decode()
    page = get("/segments/gute_kaeufer/")
    assert words_of(page) == f"Customers {other}"
    assert f"Gute <Käufer>: Customers {RULE}." in page, "the version before"
    assert post(act, do="back", to=1, revision=2).status_code == 302
    assert words_of(get("/segments/gute_kaeufer/")) == f"Customers {RULE}"
    assert post(act, do="rename", name="Gute", note="", revision=3).status_code == 302

    named = "who are in the segment gute_kaeufer and whose country is known"
    assert post("/segments/save", name="Noch", rule=named).status_code == 302
    assert "is made of it" in get("/segments/gute_kaeufer/")
    circle = post(act, do="change", rule="who are in the segment noch", revision=5)
    assert "would be a part of itself" in circle.content.decode()
    kept = post(act, do="delete", revision=5)
    assert "Other segments are made of this one: Noch." in kept.content.decode()
    assert post("/segments/noch/act", do="delete", revision=1).status_code == 302
    assert "This segment is deleted." in get("/segments/noch/")
    assert "Bring back" in get("/segments/")
    assert post("/segments/noch/act", do="restore", revision=2).status_code == 302
    assert words_of(get("/segments/noch/")) == f"Customers {named}"
    for key in ("page_views", "revenue", "customer_retention_rate"):
        get(f"/metrics/{key}", where="segment=noch")
    metric = get("/metrics/order_count", where="segment=noch")
    assert "Only who is in the segment noch." in metric
    beside = get("/metrics/order_count", by="segment", window="2024-05")
    assert "Who was in two of them as the window opened counts in both." in beside
    table = str(browser.get("/metrics/order_count.csv", {"by": "segment", "window": "2024-05"}).content.decode())
    months = [line.split(",") for line in table.splitlines()]
    assert months[0][:4] == ["window_start", "window_end", "segment", "value"]
    of_may = {row[2]: row[3] for row in months if row[0] == "2024-05-01"}
    assert set(of_may) == {"gute_kaeufer", "noch"}
    alone = str(
        browser.get("/metrics/order_count.csv", {"where": "segment=noch", "window": "2024-05"}).content.decode()
    )
    assert f"2024-05-01,2024-06-01,{of_may['noch']}," in alone
    assert re.search(rf">Noch</a></th><td class=\"n\">{of_may['noch']}</td>", beside)
    shared = get("/segments/noch/overlaps/")
    (row,) = re.findall(r"<tr><th scope=.row.><a[^>]*>Gute</a></th>.*?</tr>", shared)
    (both,) = re.findall(r'href="(/segments/\?rule=[^"]*)"', row)
    assert words_of(get(both)) == "Customers who are in the segment noch and who are in the segment gute_kaeufer"
    assert "There is no segment named 'nothing'" in browser.get(
        "/metrics/order_count", {"where": "segment=nothing"}
    ).content.decode().replace("&#x27;", "'").replace("&#39;", "'")
    listed = str(browser.get("/segments.csv", {"rule": named}).content.decode()).splitlines()
    assert len(listed) > 1
