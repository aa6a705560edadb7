"""The pages of a board of ideas: for customers without a cookie or a script, and for the shop."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.ideas import keeping
from stamm.ideas.links import invite, open_token, own_token, participants_where
from stamm.ideas.posts import Post, posts_where
from tests.web.conftest import NOON
from tests.web.test_ask import text_of

Make = Callable[..., Any]


@pytest.fixture
def stranger(project: Project) -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost", enforce_csrf_checks=True)


def posts(project: Project) -> list[Post]:
    with closing(project.people()) as database, database.transaction() as run:
        return posts_where(run, "1 = 1", ())


def public(project: Project, board: int) -> str:
    return f"/suggest/{open_token(board, secret_of(project))}/"


def own(project: Project, board: int, customer: str = "", address: str = "") -> str:
    with closing(project.people()) as database, database.transaction() as run:
        if customer:
            (whose,) = invite(run, board, [customer], who="i", now=NOON)
        else:
            (whose,) = participants_where(run, "address = ?", (address,))
    return f"/suggest/{own_token(whose, secret_of(project))}/"


def hidden(page: Any) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode()))


def send(browser: Any, path: str, page: Any, **fields: str) -> Any:
    return browser.post(path, {**hidden(page), **fields})


def test_a_stranger_reads_suggests_and_votes_without_a_cookie_or_a_script(
    stranger: Any, idea: Make, project: Project
) -> None:
    board, number = idea()
    home = public(project, board)
    page = stranger.get(home, headers={"Accept-Language": "de-AT"})
    assert (page.status_code, dict(page.cookies)) == (200, {})
    assert "Tea in tins" in text_of(page)
    assert "2 Stimmen" in page.content.decode()
    for word in ("<script", "style=", "csrf", "onclick"):
        assert word not in page.content.decode()
    assert (page.headers["Referrer-Policy"], page.headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    there = f"{home}{number}/"
    voted = send(stranger, there, stranger.get(there), do="vote", mail="cleo@example.com")
    assert (voted.status_code, dict(voted.cookies)) == (303, {})
    assert "A mail with your link is on its way" in text_of(stranger.get(voted.headers["Location"]))
    made = send(stranger, f"{home}new", stranger.get(f"{home}new"), title="Open on Mondays", words="Please")
    assert "once somebody has looked at it" in text_of(stranger.get(made.headers["Location"]))
    assert "Open on Mondays" not in text_of(stranger.get(home))
    mine = own(project, board, address="cleo@example.com")
    seen = stranger.get(mine)
    assert "Is this address yours?" in text_of(seen)
    assert "2 votes" in seen.content.decode(), "looking confirms nothing"
    assert "Your vote: Tea in tins" in text_of(seen)
    done = send(stranger, mine, seen, vote=str(number))
    assert "What you confirmed counts" in text_of(stranger.get(done.headers["Location"]))
    assert "3 votes" in stranger.get(home).content.decode()


def test_a_confirmed_address_sees_what_was_sent_in_its_name_and_confirms_what_is_its_own(
    stranger: Any, idea: Make, project: Project
) -> None:
    board, number = idea()
    home = public(project, board)
    there = f"{home}{number}/"
    made = {"title": "Buy at spam.example", "mail": "cleo@example.com", "tell": "yes"}
    send(stranger, f"{home}new", stranger.get(f"{home}new"), **made)
    mine = own(project, board, address="cleo@example.com")
    seen = stranger.get(mine)
    assert "Your vote: an idea that waits to be looked at" in text_of(seen)
    assert "News by mail: an idea that waits to be looked at" in text_of(seen)
    assert "spam.example" not in text_of(seen), "what a stranger wrote is shown once somebody has looked at it"
    send(stranger, mine, seen)
    assert "vote:" not in text_of(stranger.get(home))
    send(stranger, there, stranger.get(there), do="vote", mail="cleo@example.com")
    seen = stranger.get(mine)
    assert "Did you ask for this?" in text_of(seen)
    assert "Your vote: Tea in tins" in text_of(seen)
    assert 'class="vote" name="do"' in seen.content.decode(), "nor does what waits keep anybody from voting"
    send(stranger, mine, seen, vote=str(number))
    seen = stranger.get(mine)
    assert "3 votes" in seen.content.decode()
    assert "Your vote: Tea in tins" not in text_of(seen)


def test_a_look_at_what_waits_does_what_it_says_and_to_what_waits_alone(
    stranger: Any, signed_in: Make, idea: Make, project: Project
) -> None:
    board, number = idea()
    home, support = public(project, board), signed_in("support")
    support.post(f"/ideas/{board}/waiting", {"post": str(number), "do": "remove"})
    assert "Tea in tins" in text_of(stranger.get(home))
    send(stranger, f"{home}new", stranger.get(f"{home}new"), title="Tea in cans")
    waiting = [post for post in posts(project) if post.held]
    refused = support.post(f"/ideas/{board}/waiting", {"post": str(waiting[0].id), "do": "shred"})
    assert refused.status_code == 422
    assert [post for post in posts(project) if post.held] == waiting


def test_a_member_votes_in_the_list_takes_it_back_and_comments(stranger: Any, idea: Make, project: Project) -> None:
    board, number = idea()
    home = own(project, board, "c3")
    page = stranger.get(f"{home}?sort=newest")
    done = send(stranger, f"{home}{number}/", page, do="vote", **{"from": "list", "sort": "newest"})
    assert done.headers["Location"].startswith(f"{home}?sort=newest&told=voted")
    page = stranger.get(done.headers["Location"])
    assert 'aria-pressed="true"' in page.content.decode()
    send(stranger, f"{home}{number}/", page, do="back", **{"from": "list"})
    assert "2 votes" in stranger.get(home).content.decode()
    there = f"{home}{number}/"
    said = send(stranger, there, stranger.get(there), do="comment", words="In green", name="Cleo")
    assert "Cleo" in text_of(stranger.get(said.headers["Location"])), "on this board members' posts appear at once"
    empty = send(stranger, there, stranger.get(there), do="comment", words=" ")
    assert (empty.status_code, "Please write 1 to 3,000 letters" in text_of(empty)) == (422, True)


HOSTILE = "<script>alert(1)</script><svg onload=alert(1)>\"'=1+1\r\nBcc: x@y.z"


def test_what_somebody_writes_is_inert_on_every_page_and_in_the_table(
    stranger: Any, signed_in: Make, idea: Make, project: Project
) -> None:
    board, number = idea(HOSTILE)
    home, analyst = own(project, board, "c3"), signed_in("analyst")
    send(stranger, f"{home}{number}/", stranger.get(f"{home}{number}/"), do="comment", words=HOSTILE, name=HOSTILE)
    held = public(project, board)
    send(stranger, f"{held}new", stranger.get(f"{held}new"), title=HOSTILE, words=HOSTILE, name=HOSTILE)
    analyst.post(f"/ideas/{board}/{number}/", {"do": "answer", "state": "planned", "answer": HOSTILE, "seen": "0"})
    shown = [stranger.get(home), stranger.get(f"{home}{number}/")]
    shown += [analyst.get(f"/ideas/{board}/{rest}") for rest in ("", "waiting", f"{number}/")]
    for page in shown:
        text = page.content.decode()
        assert page.status_code == 200
        assert "alert(1)" in text
        for alive in ("<script>alert", "<svg onload"):
            assert alive not in text
    told = analyst.get(f"/ideas/{board}.csv").content.decode()
    assert not re.search(r'(^|,)"?[=+@]', told, re.MULTILINE)


def test_a_link_of_nobody_leads_nowhere_and_a_closed_board_takes_nothing(
    stranger: Any, idea: Make, project: Project
) -> None:
    board, number = idea()
    home = own(project, board, "c3")
    page = stranger.get(f"{home}{number}/")
    with closing(project.people()) as database, database.transaction() as run:
        keeping.close_idea_board(run, board, who="i", now=NOON)
    before = posts(project)
    for path, fields in ((f"{number}/", {"do": "vote"}), ("new", {"title": "x"}), (f"{number}/", {"do": "comment"})):
        refused = send(stranger, f"{home}{path}", page, **fields)
        assert (refused.status_code, "This board is closed" in text_of(refused)) == (410, True)
    assert posts(project) == before
    assert stranger.get(f"{home}new").status_code == 410
    closed = stranger.get(home)
    assert (closed.status_code, "Tea in tins" in text_of(closed)) == (200, True)
    assert "<form" not in closed.content.decode()
    for path in (f"{home}999/", "/suggest/o1-abc/", home.replace("/p", "/o", 1)):
        assert stranger.get(path).status_code == 404


def test_the_shop_answers_merges_and_looks_at_what_waits(
    signed_in: Make, stranger: Any, idea: Make, project: Project
) -> None:
    board, number = idea()
    home, analyst, support = public(project, board), signed_in("analyst"), signed_in("support")
    send(stranger, f"{home}new", stranger.get(f"{home}new"), title="Tea in cans", name="Zoe")
    waits = support.get(f"/ideas/{board}/waiting")
    assert "Tea in cans" in text_of(waits)
    (post,) = re.findall(r'name="post" value="(\d+)"', waits.content.decode())
    support.post(f"/ideas/{board}/waiting", {"post": post, "do": "show"})
    assert "Tea in cans" in text_of(stranger.get(home))
    merged = analyst.post(f"/ideas/{board}/{post}/", {"do": "merge", "into": str(number), "seen": "0"})
    assert merged.status_code == 302
    assert "Tea in cans" not in text_of(stranger.get(home))
    assert "This is the same as another idea" in text_of(stranger.get(f"{home}{post}/"))
    assert "Also suggested as Tea in cans" in text_of(stranger.get(f"{home}{number}/"))
    said = {"do": "answer", "state": "done", "answer": "In every shop.", "seen": "0"}
    assert analyst.post(f"/ideas/{board}/{number}/", said).status_code == 302
    late = analyst.post(f"/ideas/{board}/{number}/", {**said, "state": "new"})
    assert (late.status_code, "Somebody else has said something" in text_of(late)) == (422, True)
    assert support.post(f"/ideas/{board}/{number}/", said).status_code == 403
    assert "In every shop." in text_of(stranger.get(f"{home}{number}/"))
    made = analyst.post(f"/ideas/{board}/links", {"customers": "c9\nc8\n\nc9"})
    assert re.findall(r"^(c\d),http://localhost/suggest/p", made.content.decode(), re.MULTILINE) == ["c8", "c9"]


def test_ideas_are_ranked_by_what_those_would_bring_who_want_them(
    signed_in: Make, idea: Make, monkeypatch: pytest.MonkeyPatch, project: Project
) -> None:
    """c1 brings 40.00, 10.00 at risk, c2 5.00 and 4.00; of c3 nothing is known: 45.00 and 14.00 of 2 votes."""
    from types import SimpleNamespace

    from stamm.ideas.posting import Sent, fresh_chance, suggest, vote
    from stamm.web import ideas_ranked
    from stamm.web.voices import Beside

    board, first = idea()
    secret = secret_of(project)
    with closing(project.people()) as database, database.transaction() as run:
        three, two = (own_token(each, secret) for each in reversed(invite(run, board, ["c2", "c3"], who="i", now=NOON)))
        sent = Sent(fresh_chance(), "203.0.113.8", title="Of nobody known")
        suggest(run, three, sent, secret=secret, now=NOON)
        vote(run, three, first, Sent(fresh_chance(), "203.0.113.8"), secret=secret, now=NOON)
        sent = Sent(fresh_chance(), "203.0.113.8", title="Of c2")
        suggest(run, two, sent, secret=secret, now=NOON)
    worth = {"c1": SimpleNamespace(ahead=4_000, at_risk=1_000, risk=0.25),
             "c2": SimpleNamespace(ahead=500, at_risk=400, risk=0.8)}  # fmt: skip
    about = Beside({each: each for each in ("c1", "c2", "c3")}, {}, worth)  # type: ignore[arg-type]
    monkeypatch.setattr(ideas_ranked, "beside", lambda *_, **__: about)
    page = text_of(signed_in("analyst").get(f"/ideas/{board}/?sort=at_risk"))
    titles = [page.rindex(title) for title in ("Tea in tins", "Of c2", "Of nobody known")]
    assert titles == sorted(titles)
    assert re.search(r"Tea in tins new 3 €?45\.00\D* n = 2 €?14\.00\D* n = 2", page), page
    assert "Of nobody known new 1 not known" in page


def test_whoever_ticks_it_is_told_sees_of_what_and_ends_it_with_one_click(
    stranger: Any, signed_in: Make, idea: Make, project: Project
) -> None:
    board, number = idea()
    home, analyst = own(project, board, "c3"), signed_in("analyst")
    there, list_of = f"{home}{number}/", f"{home}news"
    page = stranger.get(there)
    assert 'name="tell" value="yes">' in page.content.decode(), "nothing is ticked for anybody"
    assert "asked to be told" not in text_of(analyst.get(f"/ideas/{board}/{number}/"))
    send(stranger, there, page, do="vote", tell="yes")
    seen = stranger.get(there)
    assert "You are told by mail" in text_of(seen)
    asked = "1 person asked to be told. Nothing is sent: stamm.toml lacks a mail server or an address."
    assert asked in text_of(analyst.get(f"/ideas/{board}/{number}/"))
    ended = send(stranger, there, seen, do="no_news")
    assert "You are told no more of this idea" in text_of(stranger.get(ended.headers["Location"]))
    assert "You are told of no idea" in text_of(stranger.get(list_of))
    again = send(stranger, there, stranger.get(there), do="news")
    assert "You are told by mail" in text_of(stranger.get(again.headers["Location"]))
    for _ in range(2):
        assert "Tea in tins" in text_of(stranger.get(list_of)), "looking ends nothing"
    clicked = stranger.post(list_of, {"List-Unsubscribe": "One-Click"})
    assert (clicked.status_code, "You are told of no idea" in text_of(clicked)) == (200, True)
    assert "asked to be told" not in text_of(analyst.get(f"/ideas/{board}/{number}/"))
    everybody = f"{public(project, board)}news"
    assert stranger.get(everybody).status_code == 404
    assert stranger.post(everybody).status_code == 404


def test_an_end_is_taken_where_the_board_is_closed(stranger: Any, idea: Make, project: Project) -> None:
    board, number = idea()
    home = own(project, board, "c3")
    send(stranger, f"{home}{number}/", stranger.get(f"{home}{number}/"), do="comment", words="Yes", tell="yes")
    with closing(project.people()) as database, database.transaction() as run:
        keeping.close_idea_board(run, board, who="i", now=NOON)
    page = stranger.get(f"{home}news")
    assert "Tea in tins" in text_of(page)
    done = send(stranger, f"{home}news", page, idea=str(number))
    assert "You are told of no idea" in text_of(done)
