"""Filters: the same as the group of a split, for every metric; and nothing else is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import ibis
import pytest

from stamm.analyses import ANALYSES
from stamm.answers import Answers, Row
from stamm.answers.compare import compare_family
from stamm.answers.people import People
from stamm.engines.duckdb import DuckDB
from stamm.facts import FACTS
from stamm.facts.filter import Condition, dimensions_of, filter_of
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.metrics import METRICS
from stamm.metrics.operands import facts_used
from tests.answers.anything import anything
from tests.answers.made import OrdersPerAnswer, Placed, Turnover
from tests.answers.small import ask, known, order, paying, values, world

#: analyses that rank customers among all that they are asked about, so that a filter is another question than a split
AMONG_ALL = ("rfm",)
WINDOWS = [Window.parse("2024-02"), Window.parse("2024-03")]
ORDERS = [
    order(1, "anna", "2024-02-05", 100, channel="web"),
    order(2, "ben", "2024-02-06", 200, channel="app"),
    order(3, "cleo", "2024-02-07", 400, channel="Tea, green"),
    order(4, None, "2024-02-08", 800),
]
PEOPLE = [
    known("anna", "2024-01-01", country="DE"),
    known("anna", "2024-02-15", country="AT"),
    known("ben", "2024-01-01", country="DE"),
]


# -- what a filter is ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("country=DE", Condition("country", ("DE",))),
        ("channel = web, app", Condition("channel", ("app", "web"))),
        ("channel!=web", Condition("channel", ("web",), other=True)),
        ("country=", Condition("country", (None,))),
        ("channel=web,", Condition("channel", (None, "web"))),
        ('product="Tea, green",cups', Condition("product", ("Tea, green", "cups"))),
        ("page=/a=b", Condition("page", ("/a=b",))),
    ],
)
def test_a_condition_is_read_as_it_is_written(text: str, condition: Condition) -> None:
    assert Condition.parse(text) == condition
    assert Condition.parse(str(condition)) == condition


@pytest.mark.parametrize("text", ["country", "=DE", "", "two words=x", "country<DE"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no condition"):
        filter_of([text])


def test_a_sign_that_ends_a_text_for_an_engine_is_in_no_value() -> None:
    for asked in (["country=DE\0"], {"country": "\0"}):
        with pytest.raises(UsageError, match="country cannot be kept to a text with a sign that is none"):
            filter_of(asked)


def test_a_filter_from_a_mapping_is_the_one_from_words() -> None:
    assert filter_of({"country": "DE", "channel": ["web", None]}) == filter_of(["channel=web,", "country=DE"])
    with pytest.raises(UsageError, match="country cannot be kept to 3"):
        filter_of({"country": 3})


@pytest.mark.parametrize(
    ("where", "total"),
    [
        ("channel=web", 100),
        ("channel=web,app", 300),
        ("channel=", 800),
        ("channel=web,", 900),
        ("channel!=web", 1400),
        ("channel!=web,", 600),
        ("channel!=", 700),
        ('channel="Tea, green"', 400),
        ("channel=' OR 1=1 --", 0),
        (["channel!=web", "channel!=app,"], 400),
    ],
)
def test_one_of_several_none_of_several_and_the_unknown(where: Any, total: int) -> None:
    assert values(ask(world({"orders": ORDERS}), Turnover, "2024-02", where=where)) == [total]


# -- which facts it keeps ------------------------------------------------------------------------------------
def test_an_attribute_of_the_customer_is_taken_at_the_moment_of_the_fact() -> None:
    orders = [*ORDERS, order(5, "anna", "2024-02-15", 1600), order(6, "anna", "2024-02-14T23:59", 3200)]
    of = world({"orders": orders, "customers": PEOPLE})
    assert values(ask(of, Turnover, "2024-02", where="country=DE")) == [3500]
    assert values(ask(of, Turnover, "2024-02", where="country=AT")) == [1600]
    assert values(ask(of, Turnover, "2024-02", where=["country=DE", "channel=web"])) == [100]


def test_in_retention_it_is_taken_at_the_start_of_the_window() -> None:
    subscriptions = [paying("anna", "2024-01-05"), paying("ben", "2024-01-05", "2024-02-20")]
    of = world({"subscriptions": subscriptions, "customers": PEOPLE}, spell_rule="subscriptions")
    for where, parts in (("country=DE", {"start": 2, "kept": 1}), ("country!=DE", {"start": 0, "kept": 0})):
        (row,) = ask(of, "customer_retention_rate", "2024-02", where=where).rows
        assert dict(row.parts) == parts
        assert row.value == (0.5 if row.parts["start"] else None)


def test_what_is_left_out_lies_within_the_filter() -> None:
    orders = [*ORDERS, order(5, None, "2024-02-09", channel="app", cancelled_at="2024-02-10")]
    answer = ask(world({"orders": orders}), Placed, "2024-02", where="channel=app")
    assert dict(answer.left_out) == {"cancelled orders": 1}
    assert [str(each) for each in answer.where] == ["channel=app"]


def test_a_filter_and_a_split_together() -> None:
    answer = ask(world({"orders": ORDERS, "customers": PEOPLE}), Placed, "2024-02", by="channel", where="country=DE")
    assert {row.group: row.value for row in answer.rows} == {"app": 1, "web": 1}


@pytest.mark.parametrize(
    ("metric", "where", "sentence"),
    [
        (Placed, "email=a", "Orders cannot be filtered by 'email': the fact has no such column."),
        (OrdersPerAnswer, "channel=web", "Responses cannot be filtered by 'channel': the fact has no such column."),
        (
            "customer_lifetime_value",
            "channel=web",
            "Survival cannot be filtered by 'channel': the fact has no such column.",
        ),
    ],
)
def test_a_dimension_that_a_fact_lacks_is_refused_by_name(metric: Any, where: str, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask(world({"orders": ORDERS}), metric, "2024-02", where=where)
    assert caught.value.what == sentence
    assert "country" in caught.value.remedy


def test_a_group_that_one_fact_alone_knows_has_nothing_of_the_other() -> None:
    """What ben sent back was sold before the window; in it nobody of his channel buys anything."""
    orders = [order(1, "anna", "2024-02-05", 1000, channel="web"), order(2, "ben", "2024-01-05", 700, channel="app")]
    returns = [{"return_id": "r1", "order_id": "o2", "customer_id": "ben", "returned_at": "2024-02-07",
                "quantity": 1.0, "amount_minor": 300}]  # fmt: skip
    customers = [known("anna", "2024-01-01", country="DE"), known("ben", "2024-01-01", country="AT")]
    of = world({"orders": orders, "returns": returns, "customers": customers})
    answer = ask(of, "revenue_per_customer", "2024-02", by="country")
    assert {row.group: (row.parts["revenue"], row.value) for row in answer.rows} == {
        "AT": (-300, None),
        "DE": (1000, 1000.0),
    }
    turnover = ask(of, "revenue", "2024-02", by="country")
    assert {row.group: row.value for row in turnover.rows} == {"AT": -300, "DE": 1000}
    for row in answer.rows:
        assert None not in row.parts.values()


# -- who is behind it ----------------------------------------------------------------------------------------
def test_only_customers_within_it_are_named() -> None:
    orders = [order(n, who, "2024-01-25") for n, who in enumerate(("anna", "ben", "cleo"))]
    of = world({"orders": orders, "customers": PEOPLE})
    february = WINDOWS[0]
    (lost,) = People(of, filter_of("country=DE")).memberships(METRICS["lost_customers"](), february).values()
    assert lost == {"anna", "ben"}
    found = compare_family(Answers(of), "churn", february, Language("en"), where="country=DE")
    named = {who for member in found.members for gap in member.gaps or () for who in gap.examples}
    assert named
    assert named <= {"anna", "ben"}


# -- of every metric and analysis ----------------------------------------------------------------------------
@pytest.fixture(scope="module")
def everything() -> Iterator[Answers]:
    of = anything()
    yield Answers(of)
    of.engine.close()


def told(row: Row) -> list[Any]:
    numbers = [row.value, row.low, row.high, *(row.parts[name] for name in sorted(row.parts))]
    return [-1.5e300 if number is None else number for number in numbers]


def check_as_split(answers: Answers, dimension: str, value: str) -> int:
    """Each metric that can be split: within the filter it is what its group is. How many had such a group."""
    asked = [m() for m in METRICS if all(dimension in dimensions_of(FACTS[f]) for f in facts_used(m()))]
    where = {dimension: value}
    answers.prepare(asked, WINDOWS, by=dimension)
    answers.prepare(asked, WINDOWS, where=where)
    seen = 0
    for metric in asked:
        split = [row for row in answers.ask(metric, WINDOWS, by=dimension).rows if row.group == value]
        kept = answers.ask(metric, WINDOWS, where=where).rows
        seen += bool(split)
        for row, other in zip(split, kept if split else (), strict=True):
            assert told(row) == pytest.approx(told(other), rel=1e-9, abs=1e-12), metric.key
            assert (row.window, row.n, row.complete) == (other.window, other.n, other.complete), metric.key
    return seen


@pytest.mark.long
@pytest.mark.parametrize(
    ("dimension", "value", "least"), [("country", "DE", 25), pytest.param("channel", "web", 5, marks=pytest.mark.long)]
)
def test_every_metric_within_a_filter_is_what_its_group_is(
    everything: Answers, dimension: str, value: str, least: int
) -> None:
    assert check_as_split(everything, dimension, value) >= least


@pytest.mark.long
def test_every_metric_within_every_filter_on_what_facts_say_of_themselves(everything: Answers) -> None:
    of_customers = set(FACTS["customers"].dimensions())
    found = {name for fact in FACTS for name in fact.dimensions()} - of_customers
    seen = 0
    for name in sorted(found):
        asked = [m() for m in METRICS if all(name in dimensions_of(FACTS[f]) for f in facts_used(m()))]
        everything.prepare(asked, WINDOWS, by=name)
        groups = Counter(row.group for m in asked for row in everything.ask(m, WINDOWS, by=name).rows if row.group)
        seen += sum(check_as_split(everything, name, group) for group, _ in groups.most_common(1))
    assert seen > 40


@pytest.mark.long
def test_every_analysis_that_splits_is_within_a_filter_what_its_group_is(everything: Answers) -> None:
    seen: set[str] = set()
    for analysis in (each() for each in ANALYSES if each.splits and each.key not in AMONG_ALL):
        split = everything.analyse(analysis, WINDOWS[0], by="country")
        kept = everything.analyse(analysis, WINDOWS[0], where="country=DE")
        for table, rows in split.tables.items():
            names = [column.name for column in analysis.columns(table)]
            if "group" not in names:
                continue
            keys = [column.name for column in analysis.columns(table) if column.key and column.name != "group"]
            others = {tuple(getattr(row, key) for key in keys): row for row in kept.tables[table]}
            mine = [row for row in rows if row.group == "DE"]
            seen |= {analysis.key} if mine else set()
            for row in mine:
                other = others[tuple(getattr(row, key) for key in keys)]
                assert {**vars(row), "group": None} == {**vars(other), "group": None}, analysis.key
    assert {"retention_table", "survival", "concentration"} <= seen


def test_values_are_literals_of_the_expression() -> None:
    """Whatever a person writes, the engine is given it as a value."""
    table = ibis.memtable({"channel": ["web", "x'); DROP TABLE orders; --"]})
    (condition,) = filter_of({"channel": "x'); DROP TABLE orders; --"})
    engine = DuckDB.over_tables({})
    assert engine.run(table.filter(condition.holds(table.channel))).num_rows == 1
    engine.close()
