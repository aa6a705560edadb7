"""The members of a family beside one another: the same ledger, the same facts, each its own number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from stamm.answers.ask import Answers
from stamm.answers.examples import world_of
from stamm.engines.duckdb import DuckDB
from stamm.lang.example import rows
from stamm.lang.window import Window
from stamm.metrics import METRICS, family
from stamm.metrics.engagement.conversion_rate import VISITS
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.repeat_purchase_rate import BUYERS
from stamm.metrics.retention.time_between_purchases import RHYTHMS
from stamm.metrics.revenue.monthly_recurring_revenue import SUBSCRIBERS

#: 1000 here at the start; 50 of them leave; 300 join, 20 of those leave again; 1230 at the end
LEDGER = {
    "start": 1000,
    "kept": 950,
    "lost": 50,
    "new": 300,
    "joined": 300,
    "gone_again": 20,
    "leavers": 70,
    "end": 1230,
}


def by_ledger(key: str) -> Any:
    metric = METRICS[key]()
    return type(metric).value(metric, **{name: LEDGER[name] for name in metric.operands()})


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("customer_retention_rate", 0.950),
        ("customer_retention_rate_formula", 0.930),
        ("customer_churn_rate", 0.050),
        ("churn_rate_all_leavers", 0.070),
        ("churn_rate_pooled", 70 / 1300),
        ("share_remaining", 1.230),
    ],
)
def test_one_ledger_through_both_families(key: str, expected: float) -> None:
    assert by_ledger(key) == pytest.approx(expected, rel=1e-12)


def test_the_ledger_as_printed() -> None:
    assert f"{by_ledger('customer_retention_rate'):.1%}" == "95.0%"
    assert f"{by_ledger('customer_retention_rate_formula'):.1%}" == "93.0%"
    assert f"{by_ledger('customer_churn_rate'):.1%}" == "5.0%"
    assert f"{by_ledger('churn_rate_all_leavers'):.1%}" == "7.0%"
    assert f"{by_ledger('churn_rate_pooled'):.2%}" == "5.38%"


def numbers_of(name: str, facts: Mapping[str, Any], window: str, **more: Any) -> dict[str, float | None]:
    """The value of each member of a family over one window of the same facts."""
    context = {"window": window, "as_of": "2024-06-01", **more}
    settings = context.pop("settings", None)
    answers = Answers(world_of(facts, context, DuckDB.over_tables))
    return {
        metric.key: answers.ask(metric, [Window.parse(window)], settings=settings).rows[0].value
        for metric in family(name)
    }


def approximately(**values: float | None) -> dict[str, Any]:
    return {key: None if value is None else pytest.approx(value, rel=1e-9) for key, value in values.items()}


def test_retention_and_churn_over_spells() -> None:
    facts = {"spells": MARCH, "orders": BUYERS}
    assert numbers_of("retention", facts, "2024-03") == approximately(
        customer_retention_rate=2 / 3,  # anna and ben of anna, ben, dora
        customer_retention_rate_formula=1 / 3,  # anna, ben, emil less cleo and emil
        returning_over_new_customers=None,  # only emil ordered, and nobody for the first time
    )
    assert numbers_of("churn", facts, "2024-03") == approximately(
        customer_churn_rate=1 / 3,
        churn_rate_all_leavers=2 / 3,
        churn_rate_pooled=2 / 5,
        churn_rate_daily_sum=11 / 12,
        share_remaining=1,
    )


def test_repeat_purchases() -> None:
    assert numbers_of("repeat_purchase", {"orders": BUYERS}, "2024-02") == approximately(
        repeat_purchase_rate=4 / 5,
        repeat_within_window=2 / 5,
        returning_customer_share=3 / 5,
        repeat_customers_of_all=5 / 6,
    )


def test_purchase_intervals() -> None:
    facts = {
        "orders": RHYTHMS,
        "events": rows("""
            event_id  customer_id  happened_at  kind
            e1        ben          2024-02-01   page
        """),
    }
    assert numbers_of("purchase_interval", facts, "2024-02") == approximately(
        time_between_purchases=15, gap_between_orders=55 / 3, time_to_first_purchase=2, time_to_second_purchase=22.5
    )


def test_conversions() -> None:
    found = numbers_of("conversion", {"events": VISITS}, "2024-02", settings={"event": "purchase"})
    assert found == approximately(conversion_rate=2 / 4, conversions_per_visitor=3 / 4, conversions_per_session=3 / 5)


def test_recurring_revenue_is_the_same_both_ways() -> None:
    found = numbers_of("mrr", {"subscriptions": SUBSCRIBERS}, "2024-02")
    assert found == approximately(monthly_recurring_revenue=5500, monthly_recurring_revenue_formula=5500)


def test_lifetimes() -> None:
    # a spell of 10 days ended in January; one begun on the 1st is still open: half stay to the longest follow-up
    facts = {
        "orders": rows("""
            order_id  customer_id  ordered_at  amount_minor
            o1        anna         2024-01-01  1000
            o2        ben          2024-01-01  1000
            o3        ben          2024-01-10  1000
            o4        ben          2024-01-19  1000
            o5        ben          2024-01-28  1000
        """)
    }
    found = numbers_of("lifetime", facts, "2024-01", lapse_days=10)
    assert found == approximately(mean_closed_spell=10 / 365.25, customer_lifetime=(10 + 31) / 2 / 365.25)


def bounds(key: str, **parts: float) -> tuple[float, float]:
    interval = METRICS[key].interval
    assert interval is not None
    found = interval.bounds(parts)
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def test_interval_of_the_net_promoter_score() -> None:
    low, high = bounds("net_promoter_score", answered=90, promoters=50, detractors=20)
    assert (low + high) / 2 == pytest.approx(32.3, abs=0.05)
    assert (high - low) / 2 == pytest.approx(16.6, abs=0.05)


def test_interval_of_the_retention_rate() -> None:
    # (0.6 + 1.9207 / 1000) / 1.0038415 = 0.599617, 1.959964 x sqrt(0.24 / 1000 + 9.6036e-7) / 1.0038415 = 0.030308
    low, high = bounds("customer_retention_rate", start=1000, kept=600)
    assert low == pytest.approx(0.56931, abs=1e-5)
    assert high == pytest.approx(0.62993, abs=1e-5)


def test_interval_of_a_mean() -> None:
    # 2000, 3000 and 4000: mean 3000, deviation 1000, t of 2 degrees 4.302653: 3000 +- 4.302653 x 1000 / sqrt(3)
    low, high = bounds("average_order_value", order_count=3, gross_revenue=9000, squares=29e6)
    assert low == pytest.approx(3000 - 2484.14, abs=0.01)
    assert high == pytest.approx(3000 + 2484.14, abs=0.01)


@pytest.mark.parametrize("key", ["average_order_value", "average_revenue_per_account"])
def test_answers_bring_the_parts_of_the_interval(key: str) -> None:
    facts = {"orders": BUYERS, "subscriptions": SUBSCRIBERS}
    answers = Answers(world_of(facts, {"window": "2024-02", "as_of": "2024-06-01"}, DuckDB.over_tables))
    row = answers.ask(key, [Window.parse("2024-02")]).rows[0]
    assert row.value is not None
    assert row.low is not None
    assert row.high is not None
    assert row.low < row.value < row.high


def test_the_name_of_the_conversion_is_that_of_the_common_event() -> None:
    facts = {
        "events": (
            {
                "event_id": "e1",
                "customer_id": "anna",
                "happened_at": "2024-02-01",
                "kind": "track",
                "name": "Order Completed",
            },
            {"event_id": "e2", "customer_id": "ben", "happened_at": "2024-02-01", "kind": "page", "name": "Shop"},
        )
    }
    found = numbers_of("conversion", facts, "2024-02")
    assert found == approximately(conversion_rate=0.5, conversions_per_visitor=0.5, conversions_per_session=0.5)


def test_a_return_takes_its_moment_and_category_from_order_and_line() -> None:
    facts = {
        "orders": rows("""
            order_id  customer_id  ordered_at  amount_minor
            o1        anna         2024-02-05  3000
        """),
        "order_lines": rows("""
            order_id  line_id  customer_id  ordered_at  category  quantity
            o1        1        anna         2024-02-05  tea       4
            o1        2        anna         2024-02-05  cups      2
        """),
        "returns": rows("""
            return_id  order_id  line_id  returned_at  quantity
            r1         o1        2        2024-03-05   1
        """),
    }
    answers = Answers(world_of(facts, {"window": "2024-02", "as_of": "2024-06-01"}, DuckDB.over_tables))
    answer = answers.ask("product_return_rate", [Window.parse("2024-02")], by="category")
    assert {row.group: row.value for row in answer.rows} == {"tea": 0, "cups": 0.5}
