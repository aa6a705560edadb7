"""The oracle itself, against the numbers of the catalogue and others worked by hand."""

from datetime import date
from fractions import Fraction

import pytest

from tests.soundness.hand import (
    FACTS,
    FEBRUARY,
    TICK,
    at,
    event,
    order,
    response,
    subscribed,
    subscription,
    value,
    world,
)
from tests.soundness.oracle import FAMILIES, METRICS, Row, customer_of, sessions

# The numbers of the catalogue -------------------------------------------------------------------------------


def test_every_metric_is_there() -> None:
    assert len(METRICS) == sum(len(family) for family in FAMILIES)


def test_the_ledger_through_both_families() -> None:
    leaving = [subscription(f"leaving {number}", "2024-01-10", "2024-02-15") for number in range(50)]
    staying = [subscription(f"staying {number}", "2024-01-10") for number in range(950)]
    passing = [subscription(f"passing {number}", "2024-02-05", "2024-02-20") for number in range(20)]
    joining = [subscription(f"joining {number}", "2024-02-05") for number in range(280)]
    ledger = subscribed(*leaving, *staying, *passing, *joining)
    assert value("customer_count", ledger) == 1230
    assert value("new_customers", ledger) == 300
    assert value("lost_customers", ledger) == 50
    assert value("customer_retention_rate", ledger) == Fraction(950, 1000)
    assert value("customer_retention_rate_formula", ledger) == Fraction(930, 1000)
    assert value("customer_churn_rate", ledger) == Fraction(50, 1000)
    assert value("churn_rate_all_leavers", ledger) == Fraction(70, 1000)
    assert value("churn_rate_pooled", ledger) == Fraction(70, 1300)
    assert round(100 * float(value("churn_rate_pooled", ledger)), 2) == 5.38
    assert value("share_remaining", ledger) == Fraction(1230, 1000)
    # Who ends at midnight is still here at that midnight: 50 of 1300 go on the 15th, 20 of 1250 on the 20th.
    assert value("churn_rate_daily_sum", ledger) == Fraction(50, 1300) + Fraction(20, 1250)


@pytest.mark.parametrize(
    ("at_start", "at_end", "newcomers", "formula"),
    [(1000, 800, 200, Fraction(60, 100)), (750, 950, 625, Fraction(325, 750)), (0, 5, 5, None)],
)
def test_retention_by_the_formula(at_start: int, at_end: int, newcomers: int, formula: Fraction | None) -> None:
    kept = at_end - newcomers
    coming = [subscription(f"coming {number}", "2024-02-05") for number in range(newcomers)]
    staying = [subscription(f"staying {number}", "2024-01-10") for number in range(kept)]
    leaving = [subscription(f"leaving {number}", "2024-01-10", "2024-02-15") for number in range(at_start - kept)]
    made = subscribed(*coming, *staying, *leaving)
    assert value("customer_retention_rate_formula", made) == formula
    assert value("customer_retention_rate", made) == formula  # nobody who came has gone again here


def test_repeat_purchase_rate_200_of_1000() -> None:
    orders = [order(number, f"c{number}", "2024-02-10") for number in range(1000)]
    orders += [
        order(1000 + number, f"c{number}", "2024-01-10" if number < 150 else "2024-02-12") for number in range(200)
    ]
    orders.append(order(5000, "only before", "2024-01-05"))
    made = world(orders=orders)
    assert value("repeat_purchase_rate", made) == Fraction(200, 1000)
    assert value("repeat_within_window", made) == Fraction(50, 1000)
    assert value("returning_customer_share", made) == Fraction(150, 1000)
    assert value("repeat_customers_of_all", made) == Fraction(200, 1001)
    assert value("purchase_frequency", made) == Fraction(1050, 1000)
    # 150 ordered again in February after a first order in January, 50 had first and second in it.
    assert value("returning_over_new_customers", made) == Fraction(200, 850)


def test_conversion_rate_20_of_400() -> None:
    events = [event(number, "2024-02-10", anonymous=f"v{number}") for number in range(400)]
    events += [
        event(400 + number, "2024-02-10T00:05", anonymous=f"v{number % 20}", name="Order Completed")
        for number in range(30)
    ]
    made = world(events=events)
    assert value("conversion_rate", made) == Fraction(20, 400)
    assert value("conversions_per_visitor", made) == Fraction(30, 400)
    assert value("conversions_per_session", made) == Fraction(30, 400)


def test_net_promoter_score() -> None:
    scores = [10] * 40 + [9] * 30 + [8] * 10 + [7] * 10 + [6] * 5 + [0] * 5
    made = world(responses=[response("nps", score) for score in scores] + [response("nps", None)] * 9)
    assert value("net_promoter_score", made) == 60
    of_ninety = world(responses=[response("nps", score) for score in [9] * 50 + [7] * 20 + [6] * 20])
    assert round(float(value("net_promoter_score", of_ninety)), 1) == 33.3
    assert value("net_promoter_score", world(responses=[response("nps", None)])) is None


def test_customer_satisfaction() -> None:
    scores = [5] * 300 + [4] * 100 + [3] * 60 + [1] * 40
    made = world(responses=[response("csat", score, (1, 5)) for score in scores] + [response("csat", None, (1, 5))])
    assert value("customer_satisfaction", made) == Fraction(400, 500)
    three_points = world(responses=[response("csat", score, (1, 3)) for score in (3, 2, 2, 1)])
    assert value("customer_satisfaction", three_points) == Fraction(1, 4)
    four_points = world(responses=[response("csat", score, (1, 4)) for score in (4, 3, 2, 1)])
    assert value("customer_satisfaction", four_points) == Fraction(2, 4)


def test_recurring_revenue_100_times_50() -> None:
    made = subscribed(*[subscription(f"c{number}", "2024-01-10") for number in range(100)])
    assert value("monthly_recurring_revenue", made) == 100 * 5000
    assert value("average_revenue_per_account", made) == 5000
    assert value("monthly_recurring_revenue_formula", made) == 100 * 5000


def test_customer_lifetime_value_50_times_4_times_5() -> None:
    """Four orders of 50.00 a year, five years and more a customer."""
    orders = []
    for number, day in enumerate(["2024-02-01", "2024-05-01", "2024-08-01", "2024-11-01"]):
        orders.append(order(number, "c", day, amount=5000))
    long_covered = dict.fromkeys(FACTS, (date(2018, 1, 1), date(2024, 12, 31)))
    made = world(
        orders=orders,
        subscriptions=[subscription("c", "2019-01-01")],
        spell_rule="subscriptions",
        coverage=long_covered,
    )
    window = (date(2024, 12, 1), date(2025, 1, 1))
    assert value("average_order_value", made, window) is None
    assert value("customer_lifetime", made, window) == 5
    assert value("customer_lifetime_value", made, window) == 100_000


# Orders, returns, revenue -----------------------------------------------------------------------------------


def test_time_between_purchases_and_its_family() -> None:
    orders = [
        order(1, "a", "2024-01-30"),
        order(2, "a", "2024-02-09"),
        order(3, "a", "2024-02-13"),  # gaps 10 and 4
        order(4, "b", "2024-02-01"),
        order(5, "b", "2024-02-03"),  # gap 2
        order(6, "c", "2024-01-01"),
        order(7, "c", "2024-01-21"),  # not in the window
        order(8, "d", "2024-02-10"),
        order(9, None, "2024-02-11"),
        order(10, "d", "2024-02-12", cancelled="2024-02-12"),
    ]
    events = [
        event(1, "2024-01-31T12:00", anonymous="v"),
        event(2, "2024-02-01", customer="b", anonymous="v"),
    ]
    events.append(event(3, "2024-02-11", customer="d"))
    made = world(orders=orders, events=events)
    assert value("time_between_purchases", made) == Fraction(7 + 2, 2)
    assert value("gap_between_orders", made) == Fraction(10 + 4 + 2, 3)
    assert value("time_to_second_purchase", made) == Fraction(10 + 2, 2)
    assert value("time_to_first_purchase", made) == Fraction(1, 2)  # d came by only after the first order
    assert value("purchase_frequency", made) == Fraction(5, 3)
    assert value("order_count", made) == 6
    assert value("repeat_purchase_rate", made) == Fraction(2, 3)


def test_revenue_and_returns() -> None:
    def back(number: int, order_id: str, ordered_at: str, returned_at: str) -> Row:
        row: Row = {
            "return_id": number,
            "order_id": order_id,
            "customer_id": None,
            "ordered_at": at(ordered_at),
        }
        return row | {"returned_at": at(returned_at), "quantity": 1, "amount_minor": 300, "currency": "EUR"}

    orders = [
        order(1, "a", "2024-02-05"),
        order(2, None, "2024-02-06", 500),
        order(3, "a", "2024-02-07", 9000, cancelled="2024-04-01"),
        order(4, "b", "2024-01-20", 700),
    ]
    lines = [
        {"order_id": f"o{number}", "line_id": "1", "ordered_at": at(day), "quantity": 4}
        for number, day in ((1, "2024-02-05"), (2, "2024-02-06"), (3, "2024-02-07"), (4, "2024-01-20"))
    ]
    returns = [
        back(1, "o1", "2024-02-05", "2024-03-05"),  # of February, after it
        back(2, "o4", "2024-01-20", "2024-02-10"),  # of January, in February
        back(3, "o3", "2024-02-07", "2024-02-10"),  # of a cancelled order
    ]
    made = world(orders=orders, order_lines=lines, returns=returns)
    assert value("gross_revenue", made) == 1500
    assert value("revenue", made) == 1200
    assert value("order_count", made) == 2
    assert value("average_order_value", made) == 750
    assert value("product_return_rate", made) == Fraction(1, 8)
    made.as_of = at("2024-03-05")
    assert value("product_return_rate", made) == 0
    made.as_of = at("2025-01-01")
    # a: 1000, b: 700 - ... ; the returns here know no customer, so that they are nobody's.
    assert value("historic_value", made) == Fraction(1700, 2)
    returns[1]["customer_id"] = "b"
    assert value("historic_value", made) == Fraction(1400, 2)


def test_two_currencies_are_never_added() -> None:
    made = world(orders=[order(1, "a", "2024-02-05") | {"currency": "USD"}])
    with pytest.raises(ValueError, match="USD"):
        value("gross_revenue", made)


# Visitors ---------------------------------------------------------------------------------------------------


def test_identity_takes_the_last_link_before_else_the_first_after() -> None:
    links = [
        {"anonymous_id": "v", "linked_at": at("2024-02-10"), "customer_id": "a", "unlinked_at": None},
        {
            "anonymous_id": "v",
            "linked_at": at("2024-02-12"),
            "customer_id": "wrong",
            "unlinked_at": at("2024-06-01"),
        },
    ]
    events = [event(1, "2024-02-15", customer="b", anonymous="v")]
    made = world(events=events, links=links)
    expected = {"2024-02-01": "a", "2024-02-10": "a", "2024-02-13": "a", "2024-02-15": "b", "2024-02-20": "b"}
    for day, customer in expected.items():
        assert customer_of(made, event(9, day, anonymous="v")) == customer
    assert customer_of(made, event(9, "2024-02-01", anonymous="w")) is None
    made.as_of = at("2024-02-15")
    assert customer_of(made, event(9, "2024-02-14", anonymous="v")) == "a"


def test_exactly_thirty_minutes_do_not_cut_a_session_nor_does_midnight() -> None:
    events = [
        event(1, "2024-01-31T23:45", customer="a"),
        event(2, "2024-02-01T00:15", anonymous="v", name="Order Completed"),
        event(3, "2024-02-01T00:45:01", customer="a", anonymous="v"),
    ]
    made = world(events=events)
    assert sorted(len(session) for session in sessions(made)) == [1, 2]
    assert value("conversion_rate", made) == 1
    assert value("conversions_per_session", made) == 1  # the conversion is February's, its session January's
    assert value("conversions_per_session", made, (date(2024, 1, 1), date(2024, 2, 1))) == 0


# Windows without a value ------------------------------------------------------------------------------------


def test_outside_coverage_is_no_value_and_inside_without_rows_is_zero() -> None:
    made = world()
    inside, before, after = (
        FEBRUARY,
        (date(2023, 12, 1), date(2024, 1, 1)),
        (date(2025, 1, 1), date(2025, 2, 1)),
    )
    for key in METRICS:
        assert value(key, made, before) is None
        assert value(key, made, after) is None
    zeros = {key for key in METRICS if value(key, made, inside) == 0}
    assert zeros == {
        "customer_count",
        "customer_ledger",
        "new_customers",
        "returned_customers",
        "lost_customers",
        "gross_revenue",
        "revenue",
        "order_count",
        "monthly_recurring_revenue",
        "loyal_customers",
        "mrr_new",
        "mrr_expansion",
        "mrr_contraction",
        "mrr_churned",
        "mrr_reactivation",
        "page_views",
        "visits",
        "visitors",
        "messages_sent",
        "messages_delivered",
        "likes",
        "shares",
        "comments",
        "social_clicks",
        "registrations",
        "attendance_count",
        "gathering_interactions",
        "feedback_count",
        "tickets_opened",
        "overdue_tickets",
    }
    assert all(value(key, made, inside) is None for key in set(METRICS) - zeros)
    assert value("order_count", made, (date(2024, 12, 31), date(2025, 1, 2))) == 0
    del made.coverage["returns"]
    assert value("revenue", made, inside) is None
    assert value("gross_revenue", made, inside) == 0


def test_rows_at_as_of_do_not_exist() -> None:
    orders = [order(1, "a", "2024-02-10"), order(2, "a", "2024-02-12")]
    made = world(orders=orders, as_of=at("2024-02-12"))
    assert value("order_count", made) == 1
    made.as_of += TICK
    assert value("order_count", made) == 2


def test_an_answer_at_as_of_is_not_known() -> None:
    made = world(responses=[response("nps", 9)], as_of=at("2024-02-03"))
    assert value("net_promoter_score", made) is None
    made.as_of += TICK
    assert value("net_promoter_score", made) == 100


def test_who_pays_nothing_is_no_customer_with_mrr() -> None:
    made = subscribed(subscription("a", "2024-01-10"), subscription("free", "2024-01-10", mrr=0))
    made.subscriptions.append(subscription("tries", "2024-01-10", status="trialing"))
    assert value("average_revenue_per_account", made) == 5000
    assert value("customer_count", made) == 2


def test_five_ways_for_recurring_revenue_to_move() -> None:
    made = subscribed(
        subscription("up", "2024-01-10", "2024-02-10", mrr=1000),
        subscription("up", "2024-02-10", mrr=1500),
        subscription("down", "2024-01-10", "2024-02-10", mrr=900),
        subscription("down", "2024-02-10", mrr=300, status="past_due"),
        subscription("gone", "2024-01-10", "2024-02-10", mrr=700),
        subscription("new", "2024-02-01", mrr=3000),
        subscription("back", "2024-01-02", "2024-01-05", mrr=500),
        subscription("back", "2024-02-10", mrr=600),
    )
    moved = {"new": 3000, "expansion": 500, "contraction": 600, "churned": 700, "reactivation": 600}
    assert {kind: value(f"mrr_{kind}", made) for kind in moved} == moved
    assert value("gross_mrr_churn_rate", made) == Fraction(1300, 2600)
    assert value("net_mrr_churn_rate", made) == Fraction(200, 2600)
    assert value("net_revenue_retention", made) == Fraction(1800, 2600)
    assert value("gross_revenue_retention", made) == Fraction(1300, 2600)
    assert value("quick_ratio", made) == Fraction(4100, 1300)


def test_loyal_is_three_orders_in_a_year_of_whose_customer_is_here() -> None:
    often = [order(number, "a", f"2024-02-{number:02}") for number in (20, 22, 24)]
    left = [order(10 + number, "b", f"2024-01-0{number}") for number in (1, 2, 3)]
    rarely = [
        order(31, "c", "2024-02-20"),
        order(32, "c", "2024-02-21"),
        order(33, "c", "2024-02-22", cancelled="2024-02-23"),
    ]
    assert value("loyal_customers", world(orders=often + left + rarely)) == 1
    assert value("loyal_customers", world(orders=often, history="cut")) is None  # the year before begins in 2023


def test_one_time_buyers_have_had_their_chance() -> None:
    orders = [order(1, "a", "2024-02-20"), order(2, "b", "2024-02-20T00:00:01"), order(3, "c", "2024-01-01")]
    orders += [order(4, "c", "2024-02-29"), order(5, "a", "2024-03-01")]
    assert value("one_time_buyer_share", world(orders=orders)) == Fraction(1, 2)  # a has not come back yet, c has


def test_selling_something_new() -> None:
    orders = [order(1, "a", "2024-01-10"), order(2, "a", "2024-02-10"), order(3, "b", "2024-02-10")]
    orders += [order(4, "b", "2024-02-11"), order(5, "c", "2024-02-10")]
    held = {1: ("tea",), 2: ("tea", "cups"), 3: ("tea",), 4: ("tea", None), 5: ("tea", "cups")}
    lines: list[Row] = [
        {"order_id": f"o{number}", "ordered_at": at("2024-02-10"), "category": category}
        for number, categories in held.items()
        for category in categories
    ]
    assert value("cross_sell_rate", world(orders=orders, order_lines=lines)) == Fraction(1, 2)


def test_costs_by_hand() -> None:
    bought = order(1, "a", "2024-02-10", 9000) | {"cost_minor": 4000, "campaign": "spring"}
    unknown = order(2, None, "2024-02-11", 500) | {"cost_minor": None, "campaign": "letter"}
    kinds = {"service": 700, "reward": 100, "retention": 200, "acquisition": 1000, "advertising": 3000}
    costs: list[Row] = [
        {"incurred_on": date(2024, 2, 1), "kind": kind, "customer_id": None, "campaign": None, "amount_minor": amount}
        | {"currency": "EUR"}
        for kind, amount in kinds.items()
    ]
    costs[-1]["campaign"] = "spring"
    made = world(orders=[bought, unknown], costs=costs, lapse_days=90)
    assert value("cost_to_serve", made) == 700
    assert value("acquisition_cost", made) == 4000
    assert value("retention_cost", made) is None
    assert value("return_on_ad_spend", made) == 3
    assert value("gross_margin", made) == Fraction(5000, 9000)
    assert value("contribution_per_customer", made) == 9500 - 4000 - 1000
    made.costs.append(costs[0] | {"incurred_on": date(2024, 3, 1)})
    assert value("cost_to_serve", made) == 700
