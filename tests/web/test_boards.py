"""Boards: what widgets say is what the answers say, each sees their own, and two who change one lose nothing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from stamm.app.project import Project
from stamm.boards.content import (
    Add,
    Alter,
    Content,
    GoBack,
    KeepTo,
    Kept,
    MeanwhileError,
    Move,
    Remove,
    Rename,
    Resize,
    content_of,
)
from stamm.boards.kind import WIDGETS
from stamm.cli.main import cli
from stamm.lang.errors import UsageError
from tests.web.conftest import NOON

Make = Callable[..., Any]
#: what an attacker might write wherever something can be written
HOSTILE = (
    """</script><script>alert(1)</script><img src=x onerror=alert(1)> =HYPERLINK("http://evil") #import "x" {{ 7*7 }}"""
)


def words_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def changed(content: Content, *changes: Any, seen: int = 1) -> Content:
    for revision, change in enumerate(changes, start=seen + 1):
        content = change.of(content, seen, revision)
    return content


# -- what can be done to one ---------------------------------------------------------------------------------
def test_changes_to_different_things_are_joined_and_those_to_one_are_refused() -> None:
    content = changed(Content("A"), Add("number", {"metric": "order_count"}), Add("text", {"text": "hello"}), seen=1)
    seen = 3  # both Anna and Ben look at revision 3
    annas = Alter(1, {"metric": "revenue"}).of(content, seen, 4)
    both = Alter(2, {"text": "good morning"}).of(annas, seen, 5)
    both = Move(2, 1).of(both, seen, 6)
    both = Resize(1, 1).of(Rename("B").of(both, seen, 7), seen, 8)
    assert [(w.number, w.settings, w.span) for w in both.widgets] == [
        (2, {"text": "good morning"}, 4),
        (1, {"metric": "revenue"}, 6),
    ]
    assert both.name == "B"
    for late in (Alter(1, {"metric": "visits"}), Remove(1), Rename("C"), KeepTo(Kept("week")), GoBack(content)):
        with pytest.raises(MeanwhileError):
            late.of(both, seen, 9)
    assert Alter(1, {"metric": "visits"}).of(both, 8, 9).widgets[1].settings == {"metric": "visits"}
    assert Rename("B").of(both, seen, 9) == both  # what is so already needs nobody's leave
    with pytest.raises(MeanwhileError):
        Alter(2, {"text": ""}).of(Remove(2).of(both, 8, 9), 8, 10)
    back = GoBack(content).of(both, 8, 9)
    assert ([w.settings for w in back.widgets], back.next) == ([w.settings for w in content.widgets], 3)
    assert content_of(both.written()) == both


@pytest.mark.parametrize(
    "kept", [Kept("fortnight"), Kept("month", "2024-W07"), Kept("week", "soon"), Kept("month", "", ("country",))]
)
def test_a_board_is_kept_to_nothing_that_is_not_there(kept: Kept) -> None:
    with pytest.raises(UsageError):
        KeepTo(kept).of(Content("A"), 1, 2)


def test_widths_end_at_their_ends_and_names_are_one_line() -> None:
    content = changed(Content("A"), Add("number", {}, span=12), seen=1)
    assert Resize(1, 1).of(content, 2, 3).widgets[0].span == 12
    assert changed(content, *[Resize(1, -1)] * 9, seen=2).widgets[0].span == 3
    assert Rename(" two\nlines\x00 ").of(content, 2, 3).name == "two lines"
    with pytest.raises(UsageError):
        Rename(" \n ").of(content, 2, 3)


# -- what they show ------------------------------------------------------------------------------------------
def test_every_kind_has_its_words_in_both_languages() -> None:
    assert {"number", "trend", "bars", "table", "heatmap", "funnel", "text"} <= set(WIDGETS.keys())
    for kind in WIDGETS:
        assert kind.sentence("en").endswith(".")
        assert kind.sentence("de").endswith(".")
        assert kind.title("de")
        assert all(setting.label("de") for setting in kind.settings_declared().values())


def test_a_widget_says_what_the_command_line_says(signed_in: Make, board: Make, project: Project) -> None:
    place, browser = f"/boards/{board().pk}/", signed_in()
    got = browser.get(f"{place}widgets/1.csv?grain=week&where=country%3DDE").content.decode()
    rows = list(csv.DictReader(io.StringIO(got)))
    asked = ("--from", rows[0]["window_start"], "--to", rows[-1]["window_end"], "--where", "country=DE")
    line = ("metric", "order_count", *asked, "--grain", "week", "--format", "csv", "--project", str(project.directory))
    assert got == CliRunner().invoke(cli, line).output
    widget = browser.get(f"{place}widgets/1?grain=week&where=country%3DDE")
    last = [row for row in rows if row["complete"] == "true"][-1]
    assert re.search(rf"\b{int(last['value'])}\b", words_of(widget))
    assert "week 24/2024" in words_of(widget)
    leads = re.search(r'href="(/metrics/order_count\?[^"]*)"', widget.content.decode())
    assert leads is not None
    assert re.search(rf"\b{int(last['value'])}\b", words_of(browser.get(leads[1].replace("&amp;", "&"))))


@pytest.mark.long
def test_a_ready_board_holds_what_the_data_support(signed_in: Make) -> None:
    browser = signed_in()
    place = browser.post("/boards/", {"action": "first"}).headers["Location"]
    page = browser.get(f"{place}?whole")
    assert page.content.decode().count('class="widget ') == 6
    assert "Nothing to show" not in words_of(page)
    assert "Customer retention rate by country" in words_of(page)


@pytest.mark.long
def test_each_kind_draws_and_hands_out_its_rows(signed_in: Make, board: Make, project: Project) -> None:
    place = f"/boards/{board().pk}/"
    browser = signed_in("owner")
    forms: tuple[dict[str, object], ...] = (
        {"kind": "trend", "metric": "order_count"},
        {"kind": "bars", "metric": "customer_count", "by": "country"},
        {"kind": "table", "analysis": "lifecycle", "period": "month"},
        {"kind": "heatmap"},
        {"kind": "funnel", "steps": "order > order", "within_hours": "1000", "people": "customers"},
        {"kind": "windows", "metric": "customer_churn_rate"},
        {"kind": "text", "text": "Read this\nfirst.\n\nThen that."},
    )
    for form in forms:
        assert browser.get(f"{place}widgets/new?kind={form['kind']}").status_code == 200
        done = browser.post(f"{place}widgets/new", {"revision": 1, "title": "", **form})
        assert done.status_code == 302, done.content.decode()
    drawn = [words_of(browser.get(f"{place}widgets/{number}")) for number in range(1, 9)]
    assert not [text for text in drawn if "Nothing to show" in text]
    assert "DE 51 51" in re.sub(r"\s+", " ", drawn[2])
    assert re.search(r"1\. order 120 100\.0%", re.sub(r"\s+", " ", drawn[5]))
    for number, key in ((4, "lifecycle"), (5, "retention_table"), (6, "funnel")):
        got = browser.get(f"{place}widgets/{number}.csv").content.decode()
        row = next(csv.DictReader(io.StringIO(got)))
        line = ["analyse", key, "--from", "2024-01-01", "--to", "2024-06-01"]
        more = {"funnel": ("steps=order > order", "within_hours=1000", "people=customers")}.get(key, ())
        asked = [*line, *(word for one in more for word in ("--param", one)), "--format", "csv"]
        told = CliRunner().invoke(cli, [*asked, "--project", str(project.directory)]).output
        assert next(csv.DictReader(io.StringIO(told))) == row, key
    assert browser.get(f"{place}widgets/8.csv").status_code == 404


def test_a_segment_stands_on_a_board_and_a_board_is_kept_to_one(signed_in: Make, board: Make, project: Project) -> None:
    place, browser = f"/boards/{board().pk}/", signed_in("owner")
    once = "who ordered exactly once and whose first order was at most 90 days ago"
    rows = list(csv.DictReader(io.StringIO(browser.get("/segments/sizes.csv", {"rule": once}).content.decode())))
    last = [row for row in rows if row["complete"] == "true"][-1]
    marked = f'<data value="{last["customers"]}" data-of="segments customers {last["day"]} no_second_order">'
    for number, kind in enumerate(("segment_size", "segment_trend"), start=2):
        assert browser.get(f"{place}widgets/new?kind={kind}").status_code == 200
        form = {"kind": kind, "segment": "no_second_order", "title": "", "revision": 1}
        assert browser.post(f"{place}widgets/new", form).status_code == 302
        drawn = browser.get(f"{place}widgets/{number}").content.decode()
        assert marked in drawn or kind == "segment_trend", drawn
        assert "New, without a second order" in drawn
        assert "May 2024" in drawn
    assert browser.post("/segments/save", {"name": "Dorf", "rule": 'whose city is "Dorf 10"'}).status_code == 302
    try:
        told = browser.post(f"{place}widgets/new", {"kind": "segment_size", "segment": "dorf", "revision": 3})
        assert told.status_code == 422
        assert "may tell who somebody is" in told.content.decode()
        assert browser.get(f"{place}?where=segment%3Ddorf").status_code == 422
    finally:
        browser.post("/segments/dorf/act", {"do": "delete", "revision": 1})
    got = browser.get(f"{place}widgets/1.csv?where=segment%3Dno_second_order").content.decode()
    months = list(csv.DictReader(io.StringIO(got)))
    span = ("--from", months[0]["window_start"], "--to", months[-1]["window_end"])
    line = ("metric", "order_count", *span, "--segment", "no_second_order", "--format", "csv")
    assert got == CliRunner().invoke(cli, [*line, "--project", str(project.directory)]).output
    assert any(row["value"] not in ("", "0") for row in months)
    assert browser.get(f"{place}?where=segment%3Dnothing").status_code == 422


def test_a_widget_says_which_facts_it_lacks(signed_in: Make, board: Make) -> None:
    place, browser = f"/boards/{board().pk}/", signed_in("owner")
    visits = {"kind": "funnel", "steps": "visit > order", "within_hours": "24", "people": "visitors", "revision": 1}
    assert browser.post(f"{place}widgets/new", visits).status_code == 302
    told = words_of(browser.get(f"{place}widgets/2"))
    assert "Never imported: Events." in told
    assert "Nobody began" not in told, "nobody knows that"


def test_nobody_is_told_apart_on_a_board_by_what_tells_who_somebody_is(signed_in: Make, board: Make) -> None:
    place = f"/boards/{board('analyst').pk}/"
    browser = signed_in("analyst")
    bars = {"kind": "bars", "metric": "customer_count", "by": "city", "revision": 2}
    assert browser.post(f"{place}widgets/new", bars).status_code == 422
    assert browser.get(f"{place}?where=city%3DDorf+10").status_code == 422
    keep = {"action": "keep", "revision": 2, "grain": "month", "window": "", "where": "city=Dorf 10"}
    assert browser.post(f"{place}edit", keep).status_code == 422


# -- who sees and changes ------------------------------------------------------------------------------------
def test_a_board_is_its_makers_until_it_is_shown(signed_in: Make, board: Make, person: Make) -> None:
    place = f"/boards/{board('support').pk}/"
    seen = {role: signed_in(role).get(place).status_code for role in ("viewer", "support", "analyst", "owner")}
    assert seen == {"viewer": 404, "support": 200, "analyst": 404, "owner": 200}
    from django.test import Client

    from stamm.people.models import Person

    viewer = Client(SERVER_NAME="localhost")
    viewer.force_login(Person.objects.get(email="viewer@example.com"))
    assert "Mornings" not in words_of(viewer.get("/boards/"))
    assert viewer.post("/boards/", {"action": "first"}).status_code == 403
    assert viewer.post(f"{place}edit", {"action": "rename", "revision": 2, "name": "x"}).status_code == 403


def test_of_two_who_change_one_board_neither_loses_anything(signed_in: Make, board: Make) -> None:
    place = f"/boards/{board('analyst').pk}/"
    anna, ben = signed_in("analyst"), signed_in("owner")
    seen = 2
    anna.post(f"{place}widgets/1/settings", {"metric": "customer_count", "title": "All of them", "revision": seen})
    late = ben.post(f"{place}widgets/1/settings", {"metric": "gross_revenue", "title": "Money", "revision": seen})
    assert late.status_code == 409
    page = late.content.decode()
    assert "All of them" in page  # what is there now
    assert 'value="Money"' in page  # and what Ben wrote
    now = re.search(r'name="revision" value="(\d+)"', page)
    assert now is not None
    again = {"metric": "gross_revenue", "title": "Money", "revision": now[1]}
    assert ben.post(f"{place}widgets/1/settings", again).status_code == 302
    renamed = [
        who.post(f"{place}edit", {"action": "rename", "revision": 2, "name": name})
        for who, name in ((anna, "A"), (ben, "B"))
    ]
    assert [answer.status_code for answer in renamed] == [302, 409]
    assert "You had written: B" in words_of_any(renamed[1])
    versions = words_of(ben.get(f"{place}versions"))
    assert "analyst@example.com set a widget" in versions
    assert "owner@example.com set a widget" in versions
    assert ben.post(f"{place}edit", {"action": "back", "revision": 5, "to": 2}).status_code == 302
    assert "Orders" in words_of(ben.get(f"{place}widgets/1"))


def words_of_any(response: Any) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_deleting_is_undone_but_links_stay_over(signed_in: Make, board: Make, client: Any) -> None:
    made = board("analyst")
    place, browser = f"/boards/{made.pk}/", signed_in("owner")
    link = shared_link(browser, place)
    gone = browser.post(f"{place}delete").headers["Location"]
    assert browser.get(place).status_code == 404
    assert client.get(link).status_code == 410
    assert "“Mornings” is deleted" in words_of(browser.get(gone))
    assert browser.post("/boards/", {"action": "restore", "board": made.pk}).status_code == 302
    assert browser.get(place).status_code == 200
    assert client.get(link).status_code == 410
    copy = browser.post(f"{place}duplicate").headers["Location"]
    assert "Mornings (copy)" in words_of(browser.get(copy))
    numbers = {"widget": 1, "revision": 1, "action": "wider"}
    assert browser.post(copy, numbers).status_code == 302


# -- links ---------------------------------------------------------------------------------------------------
def shared_link(browser: Any, place: str, **more: object) -> str:
    page = browser.post(f"{place}share", {"action": "link", "days": "7", "note": "", **more}).content.decode()
    found = re.search(r"http://localhost(/shared/[^<]+)<", page)
    assert found is not None
    return found[1]


def test_a_link_shows_its_board_and_nothing_else(signed_in: Make, board: Make, client: Any, project: Project) -> None:
    place, browser = f"/boards/{board().pk}/", signed_in("owner")
    link = shared_link(browser, place)
    page = client.get(link)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    widget = client.get(f"{link}widgets/1")
    assert "Orders" in words_of(widget)
    text = page.content.decode() + client.get(f"{link}?whole").content.decode() + widget.content.decode()
    assert {address for address in re.findall(r'href="([^"]*)"', text) if not address.startswith("/static/")} == {
        "#main",
        "?whole",
    }
    assert not re.findall(r"\bc\d+\b", words_of(widget))
    # nobody with a link chooses what it is kept to
    assert client.get(f"{link}widgets/1?where=country%3DDE").content == widget.content
    for path in (place, "/", "/metrics/order_count.csv", f"{place}widgets/1.csv", f"{place}widgets/1"):
        assert client.get(path).status_code == 302, path
    assert client.get(f"{link}widgets/99").status_code == 404
    from stamm.boards.models import BoardLink

    kept = BoardLink.objects.get()
    token = link.split("/")[2]
    assert token not in str(vars(kept))
    assert browser.post(f"{place}share", {"action": "revoke", "link": kept.pk}).status_code == 302
    over = {code: client.get(link, headers={"Accept-Language": code}) for code in ("en", "de")}
    assert "It was revoked, its time is up, or it was mistyped." in words_of_any(over["en"])
    assert "Er wurde widerrufen" in words_of_any(over["de"])
    for answer in (*over.values(), client.get(f"{link}widgets/1"), client.get(f"{link}?whole")):
        assert answer.status_code == 410
        assert "Mornings" not in answer.content.decode()
        assert "data-of" not in answer.content.decode()
    acts = [(act.what, act.who) for act in _acts(project)[:2]]
    assert acts == [("board_link_revoked", "owner@example.com"), ("board_link_made", "owner@example.com")]
    assert token not in str(_acts(project))


def test_a_link_is_over_when_its_time_is_up(board: Make) -> None:
    from stamm.boards.links import board_of_link, make_board_link

    made = board()
    token = make_board_link(made, who=made.maker, now=NOON, until=NOON + timedelta(days=7))
    assert board_of_link(token, now=NOON + timedelta(days=7, seconds=-1)) == made
    assert board_of_link(token, now=NOON + timedelta(days=7)) is None
    assert board_of_link(token[:-1] + ("A" if token[-1] != "A" else "B"), now=NOON) is None


def _acts(project: Project) -> Any:
    from stamm.people import acts

    database = project.people()
    try:
        return acts(database)
    finally:
        database.close()


# -- what is written by others -------------------------------------------------------------------------------
def test_what_somebody_writes_is_text_wherever_it_stands(signed_in: Make, board: Make, client: Any) -> None:
    place, browser = f"/boards/{board().pk}/", signed_in("owner")
    browser.post(f"{place}edit", {"action": "rename", "revision": 2, "name": HOSTILE})
    browser.post(f"{place}widgets/1/settings", {"metric": "order_count", "title": HOSTILE, "revision": 2})
    browser.post(f"{place}widgets/new", {"kind": "text", "text": HOSTILE, "revision": 3})
    link = shared_link(browser, place, note=HOSTILE)
    pages = [
        browser.get(path)
        for path in (place, f"{place}?whole", f"{place}edit", f"{place}share", f"{place}wall", "/boards/")
    ]
    pages += [browser.get(f"{place}versions"), browser.get(f"{place}widgets/1/settings"), client.get(f"{link}?whole")]
    for page in pages:
        text = page.content.decode()
        assert "<script>" not in text
        assert "<img" not in text
        assert "49" not in re.sub(r"\d{3,}", "", re.sub(r'value="[^"]*"', "", text)) or "{{ 7*7 }}" in text
    paper = browser.get(f"{place.removesuffix('/')}.pdf")
    assert paper.content.startswith(b"%PDF-")
    assert paper.headers["Content-Type"] == "application/pdf"
    assert "\n" not in paper.headers["Content-Disposition"]
    assert "<script>" not in paper.headers["Content-Disposition"]
    listed = browser.get(f"{place}widgets/1.csv")
    assert listed.headers["Content-Disposition"] == f'attachment; filename="number-{place.split("/")[2]}-1.csv"'
