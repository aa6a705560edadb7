"""The pages of goals: who sees and who changes, and that each number is the one that everybody else is given."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from click.testing import CliRunner

from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.goals.aim import todos_of

FORM = {
    "name": "Spring <b>sales</b>",
    "kind": "metric",
    "metric": "gross_revenue",
    "start": "2024-04-01",
    "due": "2024-06-30",
    "target": "9,000.50",
    "owner": "owner@example.com",
    "parent": "0",
    "where": "country=DE",
    "steps": "2024-W18 4000",
    "revision": "0",
}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_a_goal_is_made_changed_and_gone_back_to_and_its_number_is_that_of_the_metric(
    signed_in: Callable[..., Any], goal: Callable[..., int], project: Project
) -> None:
    browser = signed_in("owner")
    refused = browser.post("/goals/new", {**FORM, "target": "many"})
    assert (refused.status_code, "no number" in refused.content.decode()) == (422, True)
    assert "Spring &lt;b&gt;sales" in refused.content.decode(), "what was written stays"
    made = browser.post("/goals/new", FORM)
    assert made.status_code == 302, made.content.decode()
    place = made["Location"]
    page = browser.get(place).content.decode()
    assert "Spring &lt;b&gt;sales" in page
    (number,) = re.findall(r"/goals/(\d+)/", place)
    (told,) = rows(browser.get("/goals.csv").content.decode())
    asked = CliRunner().invoke(
        cli,
        [
            *("metric", "gross_revenue", "--where", "country=DE", "--format", "csv"),
            *("--window", f"{told['window_start']}/{told['window_end']}", "--project", str(project.directory)),
        ],
    )
    assert asked.exit_code == 0, asked.output
    (row,) = rows(asked.output)
    assert told["value"] == row["value"]
    assert float(told["progress"]) == float(row["value"]) / 900_050
    assert f'<data value="{float(row["value"])}">' in page
    listed = CliRunner().invoke(cli, ["goal", "list", "--format", "csv", "--project", str(project.directory)])
    assert rows(listed.output) == [told]
    edited = browser.get(f"{place}edit").content.decode()
    assert 'value="9000.5"' in edited
    assert "2024-05-05 4000" in edited
    changed = {**FORM, "steps": "", "target": "8000", "revision": "1"}
    assert browser.post(f"{place}edit", changed).status_code == 302
    late = browser.post(f"{place}edit", {**changed, "target": "1"})
    assert (late.status_code, "meanwhile" in late.content.decode()) == (409, True)
    browser.post(f"{place}act", {"do": "back", "to": "1", "revision": "2"})
    assert rows(browser.get("/goals.csv").content.decode())[0]["target"] == "900050"
    browser.post(f"{place}act", {"do": "check_in", "told": "On our way <i>"})
    page = browser.get(place).content.decode()
    assert "On our way &lt;i&gt;" in page
    assert page.count('value="back"') == 2
    way = rows(browser.get(f"/goals/{number}.csv").content.decode())
    assert (way[-1]["day"], float(way[-1]["path"])) == ("2024-06-30", 900_050)
    goal(parent=int(number), name="Below it")
    assert "Below it" in browser.get(place).content.decode()
    browser.post(f"{place}act", {"do": "archive", "revision": "3"})
    assert [each["name"] for each in rows(browser.get("/goals.csv").content.decode())] == ["Below it"]
    assert browser.get(place).status_code == 200
    browser.post(f"{place}act", {"do": "restore", "revision": "4"})
    assert len(rows(browser.get("/goals.csv").content.decode())) == 2


def test_owners_of_a_goal_check_in_and_others_only_look(
    signed_in: Callable[..., Any], goal: Callable[..., int]
) -> None:
    tasks = {"kind": "tasks", "metric": "", "target": None, "tasks": todos_of(["write", "send"])}
    mine, other = goal(**tasks, owner="viewer@example.com"), goal(**tasks, owner="support@example.com")
    browser = signed_in("viewer")
    assert browser.post(f"/goals/{mine}/act", {"do": "done", "task": "2"}).status_code == 302
    assert browser.post(f"/goals/{mine}/act", {"do": "done", "task": "7"}).status_code == 422
    assert browser.post(f"/goals/{other}/act", {"do": "done", "task": "2"}).status_code == 403
    for does in ("archive", "restore", "back"):
        assert browser.post(f"/goals/{mine}/act", {"do": does, "revision": "1", "to": "1"}).status_code == 403
    told = {each["goal"]: each["value"] for each in rows(browser.get("/goals.csv").content.decode())}
    assert told == {str(mine): "1", str(other): "0"}
    assert "Mark done" in browser.get(f"/goals/{mine}/").content.decode()
    assert "Mark done" not in browser.get(f"/goals/{other}/").content.decode()


def test_today_and_boards_show_a_goal(
    signed_in: Callable[..., Any], goal: Callable[..., int], board: Callable[..., Any]
) -> None:
    from stamm.boards.changing import change_board
    from stamm.boards.content import Add

    monthly = {"metric": "customer_retention_rate", "per": "month", "target": 0.94}
    number = goal(**monthly, name="They stay", start=date(2024, 3, 1))
    goal(where=("country=AT",), name="Austria alone")
    browser = signed_in("viewer")
    today = browser.get("/").content.decode()
    assert f'· <a href="/goals/{number}/">goal 94.0%</a>' in today
    assert today.count(">goal ") == 1, "what is kept to a country is not beside the number of all"
    assert "Austria alone" in today
    made = board("viewer")
    change_board(made, Add("goal", {"goal": str(number)}), seen=2, who=made.maker, now=made.changed_at)
    change_board(made, Add("goal", {"goal": "999"}), seen=3, who=made.maker, now=made.changed_at)
    shown = browser.get(f"/boards/{made.pk}/?whole").content.decode()
    assert f'<h2><a href="/goals/{number}/">They stay</a></h2>' in shown
    assert "This goal is not there, or archived." in shown
    for form in ("pdf", "png"):
        assert browser.get(f"/boards/{made.pk}.{form}").status_code == 200
