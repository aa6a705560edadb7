"""An organisation's own metrics: what is told in stamm.toml, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stamm.answers import Answers, World
from stamm.answers.compare import compare_family
from stamm.answers.world import moment_of
from stamm.app.settings import read_settings
from stamm.lang.errors import CurrencyError, ProjectError, UsageError
from stamm.lang.interval import wilson
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.library import OpenProject
from stamm.metrics import METRICS, Catalogue
from stamm.reports.retention_report import write_report
from tests.answers.small import ask, known, order, values, world

ORDERS = [
    order(1, "anna", "2024-02-05", 1000, channel="app", discount_minor=100),
    order(2, "anna", "2024-02-06", 3000, channel="web"),
    order(3, "ben", "2024-02-07", 2000, channel="app"),
    order(4, "cleo", "2024-02-08", 9000, channel="app", cancelled_at="2024-02-09"),
    order(5, None, "2024-02-29T23:59", 500, channel="app"),
    order(6, "anna", "2024-03-01", 7000, channel="app"),
]
CUSTOMERS = [known("anna", "2024-01-01", country="DE"), known("anna", "2024-02-06", country="AT")]
SCORES = (("anna", "nps", 9), ("ben", "nps", 3), ("cleo", "nps", 10), ("dora", "csat", 5), ("emil", "nps", None))
RESPONSES = [
    {"response_id": who, "question": "q", "kind": kind, "customer_id": who, "asked_at": "2024-02-01", "score": score,
     "answered_at": "2024-02-03" if score else None, "touchpoint": "mail"}
    for who, kind, score in SCORES
]  # fmt: skip
APP = """
[metrics.app_orders]
en = "App orders"
de = "App-Bestellungen"
fact = "orders"
count = true
where = { channel = "app" }
"""


def shop(text: str) -> World:
    of = world({"orders": ORDERS, "customers": CUSTOMERS, "responses": RESPONSES})
    return replace(of, metrics=read(text))


def read(text: str) -> Catalogue:
    return read_settings(text, Path("stamm.toml")).metrics


# -- what they count -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("told", "value"),
    [
        # orders 1, 3 and 5; the cancelled one does not stand, the sixth is of March
        ("fact = 'orders'\ncount = true\nwhere = { channel = 'app' }", 3),
        ("fact = 'orders'\ncustomers = true\nwhere = { channel = 'app' }", 2),
        ("fact = 'orders'\ndistinct = 'channel'", 2),
        ("fact = 'orders'\nsum = 'amount_minor'\nwhere = ['channel!=app']", 3000),
        ("fact = 'orders'\nmean = 'amount_minor'", 1625.0),
        ("fact = 'orders'\nmean = 'discount_minor'", 100.0),  # of the one order that has any
        ("fact = 'orders'\nmedian = 'amount_minor'\nwhere = { channel = ['app', 'web'] }", 1500.0),
        ("fact = 'orders'\ncount = true\nwhere = { country = 'AT' }", 1),  # anna moved on the 6th
        ("fact = 'orders'\ncount = true\nso_far = true\nwhere = { channel = 'web' }", 1),
        ("fact = 'responses'\ncount = true\nonly = 'promoters'\nclock = 'answered_at'", 2),
        ("fact = 'responses'\ncount = true\nonly = ['promoters', 'answered']\nwhere = { touchpoint = 'shop' }", 0),
        ("fact = 'base'\ncount = true\nonly = 'is_new'", 2),
    ],
)
def test_what_is_measured(told: str, value: Any) -> None:
    assert values(ask(shop(f"[metrics.own]\n{told}"), "own", "2024-02")) == [value]


@pytest.mark.parametrize(
    ("told", "window", "value"),
    [
        ("fact = 'orders'\ncount = true\nso_far = true\nwhere = { channel = 'web' }", "2024-03", 1),  # February's
        ("fact = 'orders'\ncount = true\nwhere = { channel = 'web' }", "2024-03", 0),
        ("fact = 'responses'\ncount = true\nclock = 'answered_at'", "2024-02-03", 4),
        ("fact = 'responses'\ncount = true\nclock = 'asked_at'", "2024-02-03", 0),
        ("fact = 'responses'\ncount = true\nclock = 'asked_at'", "2024-02-01", 5),
    ],
)
def test_when_it_counts(told: str, window: str, value: int) -> None:
    assert values(ask(shop(f"[metrics.own]\n{told}"), "own", window)) == [value]


def test_a_mean_has_its_interval_and_money_of_two_currencies_has_no_sum() -> None:
    """1000, 3000, 2000 and 500: their standard deviation is 1108.678, and t of three degrees of freedom 3.182446."""
    (row,) = ask(shop("[metrics.own]\nfact = 'orders'\nmean = 'amount_minor'"), "own", "2024-02").rows
    half = 3.182446 * 1108.678 / 2
    assert (row.low, row.high) == (pytest.approx(1625 - half, abs=0.01), pytest.approx(1625 + half, abs=0.01))
    for measure in ("sum", "mean"):
        of = world({"orders": [*ORDERS, order(7, "ben", "2024-02-08", currency="USD")]})
        of = replace(of, metrics=read(f"[metrics.own]\nfact = 'orders'\n{measure} = 'amount_minor'"))
        with pytest.raises(CurrencyError, match="USD: 1"):
            ask(of, "own", "2024-02")


def test_one_divided_by_another_and_a_part_of_a_whole() -> None:
    text = (
        APP
        + """
[metrics.app_share]
share = ["app_orders", "order_count"]
[metrics.app_turnover]
fact = "orders"
sum = "amount_minor"
where = { channel = "app" }
[metrics.app_order_value]
ratio = ["app_turnover", "app_orders"]
[metrics.twice_removed]
ratio = ["app_order_value", "average_order_value"]
"""
    )
    of = shop(text)
    (row,) = ask(of, "app_share", "2024-02").rows
    assert (row.value, dict(row.parts), row.n) == (0.75, {"app_orders": 3, "order_count": 4}, 4)
    assert (row.low, row.high) == wilson(3, 4)
    assert of.metrics["app_order_value"].unit == "money"
    assert values(ask(of, "app_order_value", "2024-02", "2024-04")) == [3500 / 3, None]
    assert values(ask(of, "twice_removed", "2024-02"))[0] == pytest.approx(3500 / 3 / 1625)


def test_they_are_split_and_filtered_like_any_other() -> None:
    of = shop(APP)
    assert {row.group: row.value for row in ask(of, "app_orders", "2024-02", by="country").rows} == {"DE": 1, None: 2}
    assert values(ask(of, "app_orders", "2024-02", where="country=DE")) == [1]
    assert values(ask(of, "app_orders", "2024-02", where="channel=web")) == [0]
    with pytest.raises(UsageError, match="Orders cannot be split by 'plan'"):
        ask(of, "app_orders", "2024-02", by="plan")


def test_a_family_of_their_own_names_who_makes_the_difference() -> None:
    text = """
[metrics.buyers]
fact = "orders"
customers = true
family = "buyers"
[metrics.app_buyers]
fact = "orders"
customers = true
where = { channel = "web" }
family = "buyers"
"""
    found = compare_family(Answers(shop(text)), "buyers", Window.parse("2024-02"), Language("en"))
    assert [member.metric.key for member in found.members] == ["buyers", "app_buyers"]
    (gap,) = found.members[1].gaps or ()
    assert (gap.customers, gap.numerator, gap.examples) == (1, -1, ("ben",))


def test_names_and_sentences_in_both_languages() -> None:
    metric = read(APP)["app_orders"]
    assert (metric.title(), metric.title("de"), metric.unit, metric.topic()) == (
        "App orders", "App-Bestellungen", "count", "own"
    )  # fmt: skip
    assert metric.sentence() == "How many: Orders. Only where channel is app."
    assert metric.sentence("de") == "Wie viele: Bestellungen. Nur wo gilt: channel ist app."
    assert read(APP)["App-Bestellungen"].key == "app_orders"


def test_a_project_knows_nothing_of_another() -> None:
    with_own, without = shop(APP), shop("")
    assert "app_orders" in with_own.metrics
    assert "app_orders" not in without.metrics
    assert "app_orders" not in METRICS
    assert len(with_own.metrics) == len(METRICS) + 1
    with pytest.raises(UsageError, match="There is no metric named 'app_orders'"):
        ask(without, "app_orders", "2024-02")


@pytest.mark.long
def test_they_stand_in_the_report_and_in_the_library() -> None:
    of = replace(shop(APP), as_of=moment_of("2024-03-01", "UTC"))
    page = write_report(Answers(of), organisation=of.organisation, language=Language("en"), reader="analyst")
    assert "App orders" in page
    assert "Your own" in page
    opened = OpenProject(of, Language("de"))
    assert "app_orders" in opened.metrics
    assert opened.explain("app_orders").startswith("App-Bestellungen: Wie viele: Bestellungen.")
    (record,) = opened.metric("app_orders", window="2024-02", where="country=DE").to_arrow().to_pylist()
    assert (record["value"], record["parts.measured"]) == (1, 1)


# -- what is refused -----------------------------------------------------------------------------------------
FACT = "fact = 'orders'\n"


@pytest.mark.parametrize(
    ("key", "told", "what", "remedy"),
    [
        ("order_count", FACT + "count = true", "order_count is there already and comes with Stamm.", "another name"),
        ("nps", FACT + "count = true", "nps is there already", "another name"),
        ("retention_table", FACT + "count = true", "retention_table is there already", "another name"),
        ("Own", FACT + "count = true", "'Own' cannot be a key.", "small letters"),
        ("own", "count = true", "It names no fact.", "orders"),
        ("own", "fact = 'order'\ncount = true", "There is no fact 'order'.", "Did you mean orders?"),
        ("own", FACT, "It says nothing that it measures.", "count, customers"),
        ("own", FACT + "count = true\nsum = 'amount_minor'", "It measures count and sum.", "Give one of"),
        ("own", FACT + "cuont = true", "There is no setting 'cuont' of a metric.", "Did you mean count?"),
        ("own", FACT + "count = false", "count can only be true.", "leave it out"),
        ("own", FACT + "sum = 'channel'", "Orders have no column 'channel' for sum.", "amount_minor"),
        ("own", FACT + "distinct = 'amount_minor'", "Orders have no column 'amount_minor' for distinct.", "channel"),
        ("own", FACT + "sum = 3", "sum must be a text in quotation marks.", ""),
        ("own", "fact = 'posts'\ncustomers = true", "Posts have no column 'customer_id' for customers.", ""),
        ("own", FACT + "count = true\nwhere = { plan = 'a' }", "Orders cannot be filtered by 'plan'", "channel"),
        ("own", FACT + "count = true\nwhere = { channel = 3 }", "channel cannot be kept to 3.", "text"),
        ("own", FACT + "count = true\nwhere = ['channel']", "'channel' is no condition.", "channel=web"),
        ("own", FACT + "count = true\nwhere = 3", "where is no filter.", "where = {"),
        ("own", FACT + "count = true\nonly = 'loyal'", "Orders have no predicate 'loyal'.", "stands"),
        ("own", FACT + "count = true\nonly = 3", "only must name predicates.", "promoters"),
        ("own", FACT + "count = true\nclock = 'cancelled_at'", "Orders have no clock 'cancelled_at'.", "ordered_at"),
        ("own", FACT + "count = true\nunit = 'days'", "unit cannot be 'days'.", "It is count"),
        ("own", FACT + "sum = 'amount_minor'\nunit = 'number'", "unit cannot be 'number'.", "It is money"),
        ("own", FACT + "count = true\nbetter = 'more'", "better cannot be 'more'.", "higher, lower, neither"),
        ("own", "ratio = ['order_count']", "ratio must name two metrics.", "app_orders"),
        ("own", "ratio = ['order_cuont', 'revenue']", "There is no metric named 'order_cuont'.", "order_count?"),
        ("own", FACT + "ratio = ['order_count', 'revenue']", "fact says nothing of a ratio.", "made of"),
        ("own", "ratio = ['own', 'revenue']", "It is made of itself.", "without it"),
        ("own", "share = ['order_count', 'revenue']", "Nothing shows that order_count is a part of revenue.", "ratio"),
        ("own", "share = ['order_count', 'new_customers']", "Nothing shows that order_count is a part", "ratio"),
    ],
)
def test_each_mistake_is_named_with_its_place_and_what_to_do(key: str, told: str, what: str, remedy: str) -> None:
    with pytest.raises(ProjectError) as caught:
        read(f"[metrics.{key}]\n{told}\n")
    assert caught.value.what.startswith(what)
    assert caught.value.where == f"stamm.toml, [metrics.{key}]"
    assert remedy in caught.value.remedy


def test_two_that_are_made_of_each_other_are_refused() -> None:
    with pytest.raises(ProjectError, match="made of itself"):
        read("[metrics.one]\nratio = ['two', 'revenue']\n[metrics.two]\nratio = ['one', 'revenue']\n")


@pytest.mark.parametrize("text", ["metrics = 3", "[metrics]\nown = 3"])
def test_what_is_no_section_is_refused(text: str) -> None:
    with pytest.raises(ProjectError, match="must be a section"):
        read(text)


def test_one_of_events_whose_column_is_called_title() -> None:
    told = '[metrics.looks]\nen = "Looks"\nde = "Blicke"\nfact = "events"\ncount = true\n'
    assert read(told)["looks"].sentence("de") == "Wie viele: Ereignisse."
