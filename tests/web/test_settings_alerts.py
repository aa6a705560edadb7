"""Alerts in the browser: tried on the past, made, paused and removed by an owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from stamm.app.alerting import previewed
from stamm.app.project import Project
from stamm.automations.alerts import About, Finding, alerts, note_sent, note_told
from tests.web.conftest import NOON
from tests.web.test_pages import text_of
from tests.web.test_settings import noted

Make = Callable[..., Any]
PAGE, NEW = "/settings/alerts/", "/settings/alerts/new/"
WATCHED = {"metric": "order_count", "per": "week", "how": "line", "side": "above", "line": "55", "back": "50"}


@pytest.fixture(autouse=True)
def none_left(project: Project) -> Iterator[None]:
    yield
    with closing(project.people()) as database, database.transaction() as run:
        for table in ("alert", "alert_told", "alert_sent", "job"):
            run(f"DELETE FROM {table}", ())


def the_one(project: Project) -> Any:
    with closing(project.people()) as database, database.transaction() as run:
        (found,) = alerts(run)
    return found


def test_it_is_tried_on_the_past_before_it_is_made(signed_in: Make, project: Project) -> None:
    owner = signed_in("owner")
    assert "Nothing is watched yet" in text_of(owner.get(PAGE))
    assert "Who is told" not in text_of(owner.get(NEW))
    tried = owner.get(NEW, WATCHED)
    text = text_of(tried)
    found = previewed(project, About("Orders", "order_count", "week", "above", 55.0, 50.0), NOON)
    assert found is not None
    # 28, 40, 44, 68, 52, 52, 64, ... 56, 48, 57, 44, ... 43: 52 is not back, 48 is
    assert [each.value for each in found.findings] == [68.0, 57.0]
    assert "Of the last 24 windows it would have told 2." in text
    for each in found.findings:
        assert f"window={each.window}" in tried.text
    assert "Who is told" in text
    assert tried.text.count("c-point told") > len(found.findings), "each in each picture"
    with closing(project.people()) as database, database.transaction() as run:
        assert alerts(run) == [], "trying makes nothing"
    made = owner.post(NEW, {**WATCHED, "to": ["owner@example.com"], "language": "de"})
    alert = the_one(project)
    assert made.headers["Location"] == f"{PAGE}{alert.id}/?done=add"
    assert alert.about == About(
        "Orders", "order_count", "week", "above", 55.0, 50.0, to=("owner@example.com",), language="de"
    )
    assert noted(project)[0][1:] == ("alert_made", f"alert {alert.id} for 1")
    assert "above 55; again only after a window was back at 50" in text_of(owner.get(PAGE))
    with closing(project.people()) as database, database.transaction() as run:
        assert run("SELECT kind, state FROM job", ()) == [("alert", "waiting")]


def test_a_band_says_how_often_it_tells_without_a_cause(signed_in: Make) -> None:
    owner = signed_in("owner")
    asked = {"metric": "order_count", "per": "day", "how": "band", "side": "both", "one_in": "20"}
    text = text_of(owner.get(NEW, asked))
    assert "as expected" in text
    little = text_of(owner.get(NEW, {**asked, "one_in": "1000"}))
    assert "Too little history: one false alarm in 1,000 needs 1,034 days with a value" in little


def test_one_of_them_shows_what_it_told_and_is_paused_and_removed(signed_in: Make, project: Project) -> None:
    owner = signed_in("owner")
    owner.post(
        NEW, {**WATCHED, "where": "country=DE", "name": "<b>Busy", "to": ["owner@example.com"], "language": "en"}
    )
    alert = the_one(project)
    place = f"{PAGE}{alert.id}/"
    with closing(project.people()) as database, database.transaction() as run:
        note_told(run, alert, [Finding("2024-W20", 9.0, "above", 7.0, 7.0, "count")], "2024-05-20T00:00:00", now=NOON)
        note_sent(run, alert.id, "2024-05-20T00:00:00", "owner@example.com", "the account is removed", now=NOON)
    shown = owner.get(place)
    text = text_of(shown)
    assert "week 20/2024 9 the line is 7" in " ".join(text.split())
    assert "the account is removed" in text
    assert "grain=week&amp;window=2024-W20&amp;where=country%3DDE" in shown.text
    assert "<b>Busy" not in shown.text
    assert "week 20/2024" in text_of(owner.get(PAGE))
    assert owner.post(place, {"action": "pause"}).headers["Location"] == f"{place}?done=pause"
    assert "paused" in text_of(owner.get(place))
    owner.post(place, {"action": "resume"})
    assert the_one(project).turn == alert.turn + 1
    assert owner.post(place, {"action": "burn"}).status_code == 422
    assert owner.post(place, {"action": "remove"}).headers["Location"] == f"{PAGE}?done=remove"
    assert owner.get(place).status_code == 404
    assert [act[1] for act in noted(project)[:4]] == ["alert_removed", "alert_resumed", "alert_paused", "alert_made"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": []}, {"to": ["nobody@example.com"]}, {"metric": "no"}, {"per": "year"}, {"how": "x"}, {"side": "x"},
        {"line": "x"}, {"line": ""}, {"back": "56"}, {"one_in": "x"}, {"how": "band", "one_in": "1"},
        {"where": "email=a@b.de"}, {"where": "nothing"}, {"settings": "x"}, {"settings": "nothing=1"},
        {"webhook": ["7"]}, {"webhook": ["x"]}, {"language": "fr"}, {"name": "x" * 121},
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_said(signed_in: Make, project: Project, wrong: dict[str, Any]) -> None:
    owner = signed_in("owner")
    answer = owner.post(NEW, {**WATCHED, "to": ["owner@example.com"], "language": "en", **wrong})
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    with closing(project.people()) as database, database.transaction() as run:
        assert alerts(run) == []


def test_a_metric_leads_to_a_new_alert_with_its_windows_and_filter(signed_in: Make) -> None:
    owner = signed_in("owner")
    text = owner.get("/metrics/loyal_customers?grain=week&where=country%3DDE&orders=5").text
    leads = "metric=loyal_customers&per=week&how=band&side=both&one_in=100&where=country%3DDE&settings=orders%3D5"
    assert f"{NEW}?{leads.replace('&', '&amp;')}" in text
    answer = owner.get(f"{NEW}?{leads}")
    assert answer.status_code == 200
    assert ">country=DE</textarea>" in answer.text
    assert ">orders=5</textarea>" in answer.text
    assert NEW not in owner.get("/metrics/loyal_customers?grain=year").text
    assert NEW not in signed_in("analyst").get("/metrics/loyal_customers?grain=week").text
