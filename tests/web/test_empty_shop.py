"""A shop in which nothing is yet: each page opens and says what to do, and a made-up shop goes in and out again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stamm.app.bringing import demo, work
from stamm.app.bringing.bundles import bundle_named
from stamm.app.project import Project
from stamm.cli.main import cli
from tests.web.test_access import GAPS, filled, rows

Make = Callable[..., Any]
#: pages that say nothing of facts, or find them elsewhere: people's own, settings, boards and their forms, a search
OTHERS = re.compile(
    r"account|sign-|in/|start/|bring/|settings/(?!sources/$)|tasks/|search|boards/|goals/|surveys/|form/|forms/|ideas/|reports/|predictions/<"
)
#: what asks for something else first: a row of a metric or of an analysis
ASK = {"metrics/<slug:key>/customers", "analyses/<slug:analysis>/customers"}
#: nobody has that number
NOBODY = "customers/of/<path:customer>"


@pytest.fixture
def empty(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Another project in the place of the shop, with the same people and nothing else."""
    from django.conf import settings

    from stamm.web.desk import desk

    place = tmp_path / "empty"
    done = CliRunner().invoke(cli, ["init", str(place), "--name", "Neu & Co", "--time-zone", "Europe/Berlin"])
    assert done.exit_code == 0, done.output
    source, copy = sqlite3.connect(project.directory / "stamm.sqlite"), sqlite3.connect(place / "stamm.sqlite")
    with closing(source), closing(copy):
        source.backup(copy)  # the file alone lacks what still stands in its journal
    monkeypatch.setattr(settings, "STAMM_PROJECT", place)
    yield Project.open(place)
    desk().close()


def main_of(response: Any) -> str:
    return str(response.content.decode()).partition("<main")[2]


@pytest.mark.parametrize(
    ("who", "way"),
    [
        ("owner", r'href="/bring/"|action="/bring/demo/"'),
        ("viewer", r'An owner or an analyst brings it in|class="command"'),
    ],
)
def test_each_page_of_an_empty_shop_says_what_to_do(
    empty: Project,
    signed_in: Make,
    board: Make,
    goal: Make,
    survey: Make,
    form: Make,
    *,
    idea: Make,
    who: str,
    way: str,
) -> None:
    gaps = {
        **GAPS,
        "<int:pk>": str(board("viewer").pk),
        "<int:goal>": str(goal()),
        "<int:survey>": str(survey()[0]),
        "<int:form>": str(form()),
    }
    gaps |= dict(zip(("<int:board>", "<int:idea>"), map(str, idea()), strict=True))
    browser = signed_in(who)
    pages = [row["route"] for row in rows() if row[who] in ("page", "asks") and "." not in row["route"]]
    pages = [route for route in pages if route != NOBODY and (who == "owner" or not OTHERS.match(route))]
    answers = {route: browser.get(filled(route, gaps)) for route in pages}
    other = {route: told.status_code for route, told in answers.items() if told.status_code != 200}
    assert other == dict.fromkeys(ASK & {*pages}, 422)
    of_facts = [route for route in pages if not OTHERS.match(route) and route not in ASK]
    assert len(of_facts) > 12
    assert [route for route in of_facts if not re.search(way, main_of(answers[route]))] == []
    for route in ASK & {*pages}:  # it was asked for something that is not there: it says so, and leads on
        assert re.search(r'class="state.*?(href="/|class="command")', main_of(answers[route]), re.DOTALL), route


def test_a_made_up_shop_goes_in_and_out_in_german(
    empty: Project, signed_in: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SIZES", {demo.SIZE: 25})
    monkeypatch.setattr(demo, "DAYS", 120)
    browser, before = signed_in("analyst"), (empty.directory / "stamm.toml").read_text("utf-8")
    browser.post("/preferences/", {"language": "de"})
    assert "Sich in einem erfundenen Laden umsehen" in main_of(browser.get("/bring/"))
    place = browser.post("/bring/demo/").headers["Location"]
    bundle = bundle_named(empty.directory, place.split("/")[2])
    assert bundle is not None
    work.wait_for(bundle)
    told = main_of(browser.get(place))
    assert "Den erfundenen Laden" in main_of(browser.get("/bring/")), told
    page = browser.get("/").content.decode()
    assert "Simulierte Daten" in page
    assert re.search(r"\d,\d\N{NO-BREAK SPACE}%", page)
    assert browser.post("/bring/demo/").status_code == 422, "made ones beside others would change the numbers"
    gone = browser.get(browser.post("/bring/demo/remove/").headers["Location"])
    assert re.search(r"Der erfundene Laden ist entfernt: \d[\d.]+ Zeilen\.", main_of(gone))
    assert 'action="/bring/demo/"' in main_of(browser.get("/"))
    assert empty.lake().snapshot().kinds() == ()
    assert (empty.directory / "stamm.toml").read_text("utf-8") == before
