"""What the pages say: the numbers of the answers, of one snapshot, to those who may see them."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import stamm
from stamm.answers import Answers
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.lang.language import Language
from stamm.lang.window import Window
from tests.lang.test_translations import SAME, messages
from tests.reports import shops

Make = Callable[..., Any]
RATE = "/metrics/customer_retention_rate"
SAID = re.compile(r"""say\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def text_of(response: Any) -> str:
    """A page's words without its markup."""
    assert response.status_code == 200, response.status_code
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


# -- today ---------------------------------------------------------------------------------------------------
def test_today_says_what_the_answers_say(signed_in: Make, project: Project) -> None:
    page = text_of(signed_in().get("/"))
    row = Answers(project.world()).ask("customer_retention_rate", [Window.parse("2024-05")]).rows[0]
    assert row.value is not None
    say = Language("en")
    assert f"In May {say.percent(row.value)} of customers stayed" in page
    assert f"{say.percent(row.low or 0)} to {say.percent(row.high or 0)}" in page
    assert "data to the end of 17 June 2024" in page
    assert "Never imported" in page


def test_today_looks_back_at_another_month(signed_in: Make) -> None:
    page = text_of(signed_in().get("/?window=2024-03"))
    assert "In March " in page
    assert "In May " not in page


def test_today_in_german(signed_in: Make) -> None:
    browser = signed_in()
    browser.post("/preferences/", {"language": "de"})
    page = text_of(browser.get("/"))
    assert "Im Mai " in page or "im Mai " in page
    assert re.search(r"\d,\d\u00a0%", page)


@pytest.mark.parametrize("window", ["nonsense", "2024-W07", "1999-01"])
def test_a_window_that_is_none_is_told(signed_in: Make, window: str) -> None:
    answer = signed_in().get("/", {"window": window})
    assert answer.status_code == 422
    assert 'class="state' in answer.content.decode()


def test_today_says_which_group_a_clear_change_comes_from(signed_in: Make, project: Project) -> None:
    """All 120 stay in March; whoever is gone in April, counted here from the orders, is one of 18 from Austria."""
    lapse = timedelta(days=project.organisation.lapse_days)
    last: dict[str, date] = {}
    for row in shops.orders(120):
        last[row["customer_id"]] = max(last.get(row["customer_id"], shops.FIRST), date.fromisoformat(row["ordered_at"]))
    gone = [who for who, day in last.items() if day + lapse < date(2024, 5, 1)]
    assert 0 < len(gone) < 18
    assert {int(who[1:]) % 7 for who in gone} == {0}
    points = Language("en").number(100 * len(gone) / 120, 1)
    page = text_of(signed_in().get("/?window=2024-04"))
    assert f"AT (country) makes up {points} of the {points} points." in page
    assert f" {18 - len(gone)} of 18 " in page
    assert f" {120 - len(gone)} of 120 " in page
    assert "Where the change comes from" not in text_of(signed_in("analyst").get("/?window=2024-03"))


def test_who_may_not_see_names_does_not_split_by_what_tells_them(signed_in: Make) -> None:
    viewer, support = signed_in("viewer"), signed_in("support")
    for path in (f"{RATE}?by=city", f"{RATE}.csv?by=city"):
        assert viewer.get(path).status_code == 422
        assert "Dorf 10" in support.get(path).content.decode()
    assert "Dorf" not in text_of(viewer.get("/?window=2024-05"))


# -- metrics -------------------------------------------------------------------------------------------------
def test_every_metric_has_a_page(signed_in: Make, project: Project) -> None:
    browser = signed_in()
    listed = browser.get("/metrics/").content.decode()
    values = browser.get("/metrics/?values").content.decode()
    for key in ("customer_retention_rate", "gross_revenue", "net_promoter_score", "order_count"):
        assert f'href="/metrics/{key}"' in listed
        assert f'href="/metrics/{key}"' in values
        assert text_of(browser.get(f"/metrics/{key}"))
    assert browser.get("/metrics/no_such_metric").status_code == 404
    assert listed.count('href="/metrics/') - 1 == len(project.metrics.keys())


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_page_and_csv_and_command_line_say_the_same(signed_in: Make, project: Project, grain: str) -> None:
    browser = signed_in()
    got = browser.get(f"/metrics/order_count.csv?grain={grain}").content.decode()
    rows = list(csv.DictReader(io.StringIO(got)))
    first, last = rows[0]["window_start"], rows[-1]["window_end"]
    words = ("metric", "order_count", "--from", first, "--to", last, "--grain", grain, "--format", "csv")
    printed = CliRunner().invoke(cli, [*words, "--project", str(project.directory)])
    assert got == printed.output
    page = browser.get(f"/metrics/order_count?grain={grain}").content.decode()
    whole = [row for row in rows if row["complete"] == "true" and row["value"]]
    for row in whole:
        assert Language("en").number(float(row["value"])) in page
    assert whole or grain == "year"


def test_a_split_shows_each_group_beside_the_whole(signed_in: Make) -> None:
    browser = signed_in()
    assert browser.get("/metrics/order_count?by=customer_id").status_code == 422  # not a dimension
    page = browser.get("/metrics/order_count?by=channel").content.decode()
    assert "May 2024, split by channel" in page
    assert page.count('class="bar"') == 1  # no channel is known: one group, unknown


def test_the_customers_behind_a_number(signed_in: Make) -> None:
    browser = signed_in()
    page = text_of(browser.get(f"{RATE}/customers?window=2024-05&part=1"))
    listed = browser.get(f"{RATE}/customers.csv?window=2024-05&part=1").content.decode().splitlines()
    rows = browser.get(f"{RATE}.csv?window=2024-05").content.decode()
    kept = next(row for row in csv.DictReader(io.StringIO(rows)) if row["window_start"] == "2024-05-01")["parts.kept"]
    assert listed[0] == "customer_id"
    assert len(listed) - 1 == int(kept)
    assert f"of {kept}" in page
    # by hand: customer 7 stops on 10 April and has left four weeks later; customer 8 goes on
    assert "c8" in listed
    assert "c7" not in listed


def test_a_viewer_sees_numbers_and_nobody(signed_in: Make) -> None:
    viewer, analyst = signed_in("viewer"), signed_in("analyst")
    query = "/metrics/customer_churn_rate?window=2024-05"
    assert "The customers behind it" not in text_of(viewer.get(query))
    assert "The customers behind it" in text_of(analyst.get(query))
    keys = {f"c{number}" for number in range(120)}
    assert keys & set(re.findall(r"\bc\d+\b", text_of(analyst.get(query))))
    assert not keys & set(re.findall(r"\bc\d+\b", text_of(viewer.get(query))))


# -- one snapshot --------------------------------------------------------------------------------------------
def test_a_page_follows_the_newest_snapshot_and_the_settings(signed_in: Make, project: Project, tmp_path: Path) -> None:
    browser = signed_in()
    before = browser.get("/metrics/order_count.csv?grain=day").content.decode()
    more = {"order_id": "late", "customer_id": "c1", "ordered_at": "2024-06-17", "amount_minor": 500}
    names = list(shops.order(1, date(2024, 6, 17), 500))
    (tmp_path / "orders-late.csv").write_text(
        ",".join(names) + "\n" + ",".join(str(more[name]) for name in names) + "\n", encoding="utf-8"
    )
    done = CliRunner().invoke(cli, ["import", str(tmp_path / "orders-late.csv"), "--project", str(project.directory)])
    assert done.exit_code == 0, done.output
    after = browser.get("/metrics/order_count.csv?grain=day").content.decode()
    last = [list(csv.DictReader(io.StringIO(text)))[-1] for text in (before, after)]
    assert int(last[1]["value"]) == int(last[0]["value"]) + 1
    assert int(last[1]["snapshot"]) > int(last[0]["snapshot"])


# -- words ---------------------------------------------------------------------------------------------------
def test_every_text_of_every_template_is_translated() -> None:
    known = {str(message.id) for message in messages() if message.string} | SAME
    folders = [Path(stamm.__file__).parent / name for name in ("web", "reports")]
    pages = [file for folder in folders for file in folder.rglob("*.j2")]
    said = {ast.literal_eval(found[1]): file.name for file in pages for found in SAID.finditer(file.read_text("utf-8"))}
    assert len(said) > 150
    assert {text: place for text, place in said.items() if text not in known} == {}
