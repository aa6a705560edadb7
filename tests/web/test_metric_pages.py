"""A metric's page: compared with a year before, kept to a part, with other settings, and who is behind a point."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.lang.language import Language
from tests.reports import shops
from tests.web.marks import unmarked

Make = Callable[..., Any]
RATE = "/metrics/customer_retention_rate"
#: what somebody writes, and what is among the first that are found
WORDS = {
    "NPS": "net_promoter_score",
    "kundenbindung": "customer_retention_rate",
    "retention": "customer_retention_rate",
    "clv": "customer_lifetime_value",
    "net_promoter": "net_promoter_score",
}


def rows_of(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_a_filter_holds_for_the_page_its_exports_and_the_customers(signed_in: Make, project: Project) -> None:
    browser = signed_in()
    query = "window=2024-05&where=country%3DAT"
    page = browser.get(f"{RATE}?{query}").content.decode()
    # by hand: every seventh of 120 customers is from Austria, stops on 10 April and is gone four weeks later
    assert "Only where country is AT." in page
    assert 'data-of="customer_retention_rate 2024-05 value">0.0%' in page
    listed = rows_of(browser.get(f"{RATE}/customers.csv?{query}&part=0"))
    assert listed
    assert {int(row["customer_id"][1:]) % 7 for row in listed} == {0}
    rows = rows_of(browser.get(f"{RATE}.csv?{query}"))
    assert {row["where"] for row in rows} == {"country=AT"}
    more = browser.get(f"{RATE}.csv?window=2024-05&more=country%3DAT").content
    assert more == browser.get(f"{RATE}.csv?{query}").content
    command = ("metric", "customer_retention_rate", "--from", rows[0]["window_start"], "--to", rows[-1]["window_end"])
    more_words = ("--grain", "month", "--where", "country=AT", "--format", "json", "--project", str(project.directory))
    printed = CliRunner().invoke(cli, [*command, *more_words]).output
    assert browser.get(f"{RATE}.json?{query}").content.decode() == printed
    table = pq.read_table(io.BytesIO(browser.get(f"{RATE}.parquet?{query}").content))
    assert [str(value) if value is not None else "" for value in table["value"].to_pylist()] == [
        row["value"] for row in rows
    ]


@pytest.mark.long
def test_what_is_compared_with_is_named(signed_in: Make) -> None:
    browser = signed_in()
    page = browser.get("/metrics/order_count?grain=day&window=2024-05-14&against=year").content.decode()
    rows = {
        row["window_start"]: int(row["value"])
        for row in rows_of(browser.get("/metrics/order_count.csv?grain=day&window=2024-05-14"))
    }
    difference = rows["2024-05-14"] - rows["2024-05-07"]
    assert "7 May 2024" in re.sub(r"<[^>]+>", " ", page)
    assert (f"{difference:+d}".replace("-", "−") if difference else "unchanged") in page
    assert "nothing before it to compare with" in browser.get(f"{RATE}?against=year").content.decode()


def test_what_cannot_be_asked_is_told(signed_in: Make) -> None:
    browser = signed_in("viewer")
    for query in ("where=nonsense", "where=channel%3Dweb", "where=city%3DDorf+1", "days=3", "by=%00"):
        assert browser.get(f"{RATE}?{query}").status_code == 422, query


@pytest.mark.long
def test_a_setting_changes_the_number_and_the_command(signed_in: Make) -> None:
    browser = signed_in()
    address = "/metrics/loyal_customers.csv?window=2024-05&days=60"
    usual, strict = (rows_of(browser.get(address + more))[-1] for more in ("", "&orders=5"))
    assert float(strict["value"]) < float(usual["value"])
    page = browser.get("/metrics/loyal_customers?window=2024-05&days=60&orders=5").content.decode()
    assert "--param orders=5" in page
    assert f'value="{strict["value"]}" data-of="loyal_customers?orders=5&amp;days=60 2024-05 value"' in page
    assert 'name="orders" value="5"' in page


def test_a_point_leads_to_its_customers_for_whom_may_see_them(signed_in: Make) -> None:
    lead = f'data-to="{RATE}/customers?grain=month&amp;window=2024-04"'
    assert lead in signed_in("support").get(RATE).content.decode()
    viewer = signed_in("viewer").get(RATE).content.decode()
    assert "/customers" not in viewer
    assert f'data-to="{RATE}?grain=month&amp;window=2024-04"' in viewer


@pytest.mark.long
def test_customers_are_told_in_short(signed_in: Make) -> None:
    page = signed_in("support").get(f"{RATE}/customers?window=2024-04").content.decode()
    assert "customers.csv" not in page  # support takes no lists away
    line = re.search(r'<th scope="row"><a href="/customers/of/c1">c1</a> *</th>(.*?)</tr>', page)
    assert line is not None
    theirs = [row for row in shops.orders(120) if row["customer_id"] == "c1" and row["ordered_at"] < "2024-05-01"]
    told = re.findall(r'<td class="n[^"]*">(.*?)</td>', unmarked(line[1]))
    say, last = Language("en"), max(date.fromisoformat(row["ordered_at"]) for row in theirs)
    paid = sum(int(row["amount_minor"]) for row in theirs)
    assert told == [say.short_day(last), str(len(theirs)), say.money(paid, "EUR")]


# -- search --------------------------------------------------------------------------------------------------
def test_search_finds_by_name_and_abbreviation_in_both_languages(signed_in: Make) -> None:
    browser = signed_in("viewer")
    for words, found in WORDS.items():
        page = browser.get("/search", {"q": words}).content.decode()
        hits = re.findall(r'<li><a href="/metrics/(\w+)"', page.partition('id="hits"')[2])
        assert found in hits[:3], words


def test_search_finds_pages_of_the_role_and_says_when_it_finds_nothing(signed_in: Make) -> None:
    page = signed_in("viewer").get("/search", {"q": "konto"}).content.decode()
    assert 'href="/account/"' in page.partition('id="hits"')[2]
    assert "Nothing is called so" in signed_in("analyst").get("/search", {"q": "xyzzy"}).content.decode()
