"""Two currencies are never added: converted with the rate of the day, or refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stamm.answers import Answers
from stamm.answers.world import Rate
from stamm.lang.errors import CurrencyError
from stamm.lang.window import Window
from tests.answers.made import Amounts, MeanAmount, Placed, Turnover
from tests.answers.small import ask, order, values, world

MIXED = [
    order(1, "anna", "2024-02-05", 1000, currency="EUR"),
    order(2, "anna", "2024-02-06", 1000, currency="USD"),
    order(3, "ben", "2024-02-20", 1000, currency="USD"),
    order(4, "ben", "2024-02-21", 500, currency="CHF"),
    order(5, "ben", "2024-03-21", 700),  # says nothing: the reported one
]


def rate(currency: str, day: str, factor: str) -> Rate:
    return Rate(currency, date.fromisoformat(day), Decimal(factor))


def test_without_rates_both_are_named_with_their_rows() -> None:
    with pytest.raises(CurrencyError) as caught:
        ask(world({"orders": MIXED}), Turnover, "2024-02")
    assert caught.value.what == "Orders hold money that cannot be added to EUR (rows by currency: CHF: 1, USD: 2)."
    assert "rates.csv" in caught.value.remedy
    assert caught.value.exit_code == 4


def test_one_foreign_currency_alone_is_refused_too() -> None:
    with pytest.raises(CurrencyError, match=r"cannot be added to EUR \(rows by currency: USD: 1\)"):
        ask(world({"orders": [order(1, "anna", "2024-02-05", currency="USD")]}), Turnover, "2024-02")


def test_counts_and_other_windows_do_not_mind() -> None:
    of = world({"orders": MIXED})
    assert values(ask(of, Placed, "2024-02", "2024-03")) == [4, 1]
    assert values(ask(of, Turnover, "2024-03")) == [700]


def test_a_cancelled_order_does_not_refuse_the_answer() -> None:
    orders = [MIXED[0], order(9, "anna", "2024-02-07", currency="USD", cancelled_at="2024-02-08")]
    assert values(ask(world({"orders": orders}), Turnover, "2024-02")) == [1000]


def test_rows_are_counted_once_where_windows_overlap() -> None:
    with pytest.raises(CurrencyError) as caught:
        ask(world({"orders": MIXED}), Turnover, "2024-02", "2024", "2024-Q1")
    assert "USD: 2" in caught.value.what


def test_only_rows_that_would_be_added_are_told() -> None:
    orders = [
        order(1, "anna", "2024-02-05", currency="USD"),
        order(2, "anna", "2024-02-07", currency="CHF", cancelled_at="2024-02-08"),
    ]
    with pytest.raises(CurrencyError) as caught:
        ask(world({"orders": orders}), Turnover, "2024-02")
    assert "CHF" not in caught.value.what


def test_a_plain_sum_asked_before_does_not_open_the_door() -> None:
    answers = Answers(world({"orders": MIXED}))
    february = [Window.parse("2024-02")]
    assert answers.ask(Amounts, february).rows[0].value == 3500
    with pytest.raises(CurrencyError):
        answers.ask(Turnover, february)


def test_the_rate_of_the_day_counts() -> None:
    rates = [
        rate("USD", "2024-01-01", "0.9"),
        rate("CHF", "2024-01-01", "1.1"),
        rate("USD", "2024-02-20", "0.95"),  # from this very day on
        rate("USD", "2024-02-21", "5"),
    ]
    of = world({"orders": MIXED}, rates=rates)
    # 1000 + 900 + 950 + 550
    assert values(ask(of, Turnover, "2024-02", "2024-03")) == [3400, 700]
    assert values(ask(of, Turnover, "2024-02-06", "2024-02-20")) == [900, 950]
    assert values(ask(of, MeanAmount, "2024-02")) == [850]


def test_the_day_of_a_rate_is_the_local_one() -> None:
    orders = [order(1, "anna", "2024-02-19T23:30", 1000, currency="USD")]  # the 20th in Berlin
    rates = [rate("USD", "2024-01-01", "0.9"), rate("USD", "2024-02-20", "0.5")]
    assert values(ask(world({"orders": orders}, rates=rates, zone="Europe/Berlin"), Turnover, "2024-02")) == [500]
    assert values(ask(world({"orders": orders}, rates=rates), Turnover, "2024-02")) == [900]


def test_before_the_first_rate_the_answer_is_refused() -> None:
    rates = [rate("USD", "2024-02-06", "0.9"), rate("CHF", "2024-02-22", "1.1")]
    of = world({"orders": MIXED}, rates=rates)
    assert values(ask(of, Turnover, "2024-02-06")) == [900]
    with pytest.raises(CurrencyError, match=r"\(rows by currency: CHF: 1\)"):
        ask(of, Turnover, "2024-02")


@pytest.mark.parametrize(
    ("own", "foreign", "factor", "minor", "expected"),
    [
        ("EUR", "JPY", "0.62", 10_000, 6200),  # 10,000 yen at 0.0062 are 62.00
        ("JPY", "EUR", "1.6125", 1000, 1613),  # 10.00 at 161.25 yen are 1,612.5
        ("EUR", "KWD", "0.3", 1234, 370),  # 1.234 at 3.00 are 3.702
        ("EUR", "USD", "0.005", 100, 1),  # half a cent is rounded away from zero
        ("EUR", "USD", "0.005", -100, -1),
        ("EUR", "USD", "0.123456789012", 9_000_000_000_000_000, 1_111_111_101_108_000),
    ],
)
def test_minor_units(own: str, foreign: str, factor: str, minor: int, expected: int) -> None:
    orders = [order(1, "anna", "2024-02-05", minor, currency=foreign)]
    of = world({"orders": orders}, rates=[rate(foreign, "2024-01-01", factor)], currency=own)
    assert values(ask(of, Turnover, "2024-02")) == [expected]


def test_a_rate_may_have_many_digits() -> None:
    of = world({"orders": MIXED[1:3]}, rates=[rate("USD", "2024-01-01", "0.92345678901234567")])
    assert values(ask(of, Turnover, "2024-02")) == [1846]


def test_recurring_revenue_is_refused_and_converted_too() -> None:
    row: dict[str, Any] = {
        "subscription_id": "s",
        "customer_id": "anna",
        "started_at": "2024-01-05",
        "mrr_minor": 1000,
        "currency": "USD",
        "status": "active",
    }
    with pytest.raises(CurrencyError):
        ask(world({"subscriptions": [row]}), "monthly_recurring_revenue", "2024-02")
    of = world({"subscriptions": [row]}, rates=[rate("USD", "2024-01-01", "0.9")])
    assert values(ask(of, "monthly_recurring_revenue", "2024-02")) == [900]


PER_DAY = {"incurred_on": date(2024, 2, 7), "kind": "service", "amount_minor": 50}


@pytest.mark.parametrize(
    ("metric", "told"),
    [
        # the dollars of two orders, one of them with the cost of its goods; the cancelled one and what winning cost
        # add nothing
        ("contribution_per_customer", "Contributions hold money that cannot be added to EUR (rows by currency: USD: 3"),
        ("revenue", "Orders hold money that cannot be added to EUR (rows by currency: USD: 2"),
        ("top_customer_share", "Contributions hold money that cannot be added to EUR (rows by currency: USD: 3"),
    ],
)
def test_money_made_of_several_facts_names_the_currency_and_its_rows(metric: str, told: str) -> None:
    orders = [
        order(1, "anna", "2024-02-05", currency="USD", cost_minor=400),
        order(2, "anna", "2024-02-06", currency="USD"),
        order(3, "ben", "2024-02-07", currency="USD", cancelled_at="2024-02-08"),
    ]
    costs = [
        {"cost_id": "c1", "currency": "USD", **PER_DAY, "kind": "acquisition"},
        {"cost_id": "c2", "customer_id": "anna", **PER_DAY},
    ]
    of = world({"orders": orders, "costs": costs, "returns": [], "messages": []})
    with pytest.raises(CurrencyError) as caught:
        ask(of, metric, "2024-02", "2024")
    assert told in caught.value.what
    assert "another currency" not in caught.value.what


def test_shared_and_advertising_costs_name_theirs_too() -> None:
    costs = [{"cost_id": "c1", "currency": "CHF", **PER_DAY}]
    of = world({"orders": [order(1, "anna", "2024-02-05")], "costs": costs, "tickets": []})
    with pytest.raises(CurrencyError, match=r"Costs hold .*CHF: 1"):
        ask(of, "cost_to_serve", "2024-02", by="country")
    of = world({"orders": [], "costs": [{**costs[0], "kind": "advertising", "campaign": "spring"}]})
    with pytest.raises(CurrencyError, match=r"Advertising hold .*CHF: 1"):
        ask(of, "return_on_ad_spend", "2024-02", "2024")
