"""What a shop owner reads is said as people say it: in their language, in the right number, and once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stamm.answers.arrivals import Source
from stamm.app.project import Project
from stamm.facts import FACTS
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.reports.first_rows import first_rows
from stamm.reports.freshness import OLD, freshness_of
from stamm.reports.wording import Words
from stamm.sources.checking import Layout
from stamm.sources.guessing import propose
from stamm.store.book import Line
from tests.web.conftest import NOON

Make = Callable[..., Any]
GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de"}


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize(("days", "told"), [(OLD, "has no gap, and is not late"), (OLD + 1, "1 June 2024: nothing")])
def test_data_that_ended_long_ago_are_not_called_up_to_date(project: Project, days: int, told: str) -> None:
    source = Source("orders", "shop.csv", 10, date(2024, 1, 1), date(2024, 6, 1), (), None)
    words = Words(Language("en"), project.world())
    found = freshness_of([source], words, date.fromordinal(date(2024, 6, 1).toordinal() + days))
    assert told in found.sentence


def test_today_says_when_the_data_ended(signed_in: Make) -> None:
    told = text_of(signed_in().get("/?whole", **GERMAN))
    assert "die neuesten Daten sind vom" in told
    assert "im Rückstand" not in told


def test_changed_settings_stand_in_the_record_by_their_names(signed_in: Make, project: Project) -> None:
    about = "currency 'EUR' -> 'CHF'; lapse_days 30 -> 1060; reasons {} -> {'de': 'Nie; so -> da', 'en': 'x'}"
    project.note("settings_changed", about, now=NOON, who="zoe")
    project.note("settings_changed", "of another time", now=NOON, who="zoe")
    told = text_of(signed_in().get("/settings/acts/?who=zoe", **GERMAN))
    assert "Währung: EUR → CHF; " in told
    assert ": 30 → 1.060; Grund: kein Grund → Nie; so -&gt; da" in told
    assert "of another time" in told


def test_a_currency_that_is_none_is_told_in_words_of_ours(signed_in: Make) -> None:
    browser = signed_in("owner")
    refused = browser.post("/start/", {"name": "", "zone": "UTC", "currency": "EURO"}, **GERMAN)
    assert refused.status_code == 422
    told = text_of(refused)
    assert "EURO" in told
    assert "Großbuchstaben" in told
    assert "Ensure" not in told
    assert "höchstens" not in told


def test_a_customer_known_by_a_mail_address_alone_stands_there_once(project: Project) -> None:
    from stamm.web.pages.customers import _below

    line = Line("ada@example.com", email="ada@example.com")
    assert _below(line) == ""
    assert _below(line._replace(city="Wien")) == "Wien"
    assert _below(line._replace(name="Ada")) == "ada@example.com"


@pytest.mark.parametrize(("rows", "told"), [(1, "1 Zeile"), (2, "2 Zeilen")])
def test_one_row_of_a_file_is_no_rows(project: Project, tmp_path: Path, rows: int, told: str) -> None:
    from stamm.web.mapping_form import file_form

    file = tmp_path / "shop.csv"
    lines = [f"o{number},c{number},2024-01-0{number},20.00" for number in range(1, rows + 1)]
    file.write_text("\n".join(["order_id,customer_id,ordered_at,amount", *lines]) + "\n", encoding="utf-8")
    assert file_form(0, propose(file, project.organisation), {}, Language("de")).rows == told


def test_the_preview_of_an_import_has_days_as_people_say_them() -> None:
    moments = pa.array([datetime(2024, 3, 3, 16, 15, tzinfo=UTC)], pa.timestamp("us", "UTC"))
    table = pa.table({"ordered_at": moments, "birthday_on": [date(1990, 2, 1)]})
    assert first_rows(table, "Europe/Berlin", Language("de")).rows == (("2024-03-03 17:15", "1990-02-01"),)
    (row,) = first_rows(table, "Europe/Berlin", Language("de"), spoken=True).rows
    assert row == ("3. März 2024, 17:15", "1. Februar 1990")


def test_a_remark_on_an_import_calls_columns_as_people_do(tmp_path: Path) -> None:
    """The remark is that which an import makes, so that another wording of it is noticed."""
    from stamm.web.brought import _remark

    columns = ["order_id", "customer_id", "ordered_at", "amount", "tax"]
    (made,) = Layout(FACTS["orders"], columns, "orders.csv", Organisation(currency="EUR")).remarks
    told = _remark(made, Language("de"))
    assert told.endswith("Als EUR, die Währung der Organisation, gelesen: Betrag und Steuer.")
    assert "_minor" not in told
