"""The oracle's spells, and what is measured on them, against numbers worked by hand."""

from datetime import date, timedelta
from fractions import Fraction

from tests.soundness.hand import (
    FACTS,
    FEBRUARY,
    TICK,
    at,
    event,
    order,
    subscribed,
    subscription,
    value,
    world,
)
from tests.soundness.oracle import here, spells
from tests.soundness.oracle.metrics_value import kaplan_meier_mean

# Spells -----------------------------------------------------------------------------------------------------


def test_who_left_on_the_10th_and_came_back_on_the_20th_was_kept() -> None:
    made = subscribed(subscription("c", "2024-01-01", "2024-02-10"), subscription("c", "2024-02-20"))
    assert len(spells(made)) == 2
    assert value("customer_count", made) == 1
    assert value("lost_customers", made) == 0
    assert value("new_customers", made) == 0
    assert value("returned_customers", made) == 1
    assert value("customer_retention_rate", made) == 1
    assert value("customer_churn_rate", made) == 0
    assert value("churn_rate_all_leavers", made) == 0
    assert value("churn_rate_pooled", made) == 0
    assert value("churn_rate_daily_sum", made) == 1  # here on the morning of the 10th's end, gone that night


def test_a_small_february() -> None:
    """Two here at the start, one leaves; a newcomer leaves again; one comes back."""
    made = subscribed(
        subscription("stays", "2024-01-01"),
        subscription("leaves", "2024-01-01", "2024-02-10"),
        subscription("newcomer", "2024-02-05", "2024-02-08"),
        subscription("back", "2023-12-01", "2024-01-15"),
        subscription("back", "2024-02-12"),
    )
    assert value("customer_count", made) == 2
    assert value("new_customers", made) == 1
    assert value("returned_customers", made) == 1
    assert value("lost_customers", made) == 1
    assert value("customer_retention_rate", made) == Fraction(1, 2)
    assert value("customer_retention_rate_formula", made) == Fraction(1, 2)  # (2 - 1) / 2
    assert value("churn_rate_all_leavers", made) == Fraction(2, 2)
    assert value("churn_rate_pooled", made) == Fraction(2, 4)
    assert value("churn_rate_daily_sum", made) == Fraction(1, 3) + Fraction(1, 2)
    assert value("share_remaining", made) == 1
    assert value("mean_closed_spell", made) == (Fraction(40) + Fraction(3)) / 2 / Fraction(1461, 4)


def test_touching_rows_are_one_spell_and_trials_are_none() -> None:
    made = subscribed(
        subscription("c", "2024-01-01", "2024-01-20"),
        subscription("c", "2024-01-20", "2024-02-10", status="past_due"),
        subscription("c", "2024-02-10", "2024-02-12", status="paused"),
        subscription("c", "2024-02-12", None),
        subscription("d", "2024-01-01", None, status="trialing"),
    )
    found = [(spell.started_at, spell.ended_at) for spell in spells(made)]
    assert found == [(at("2024-01-01"), at("2024-02-10")), (at("2024-02-12"), None)]


def test_exactly_the_lapse_is_inside() -> None:
    for beyond, number in ((timedelta(0), 1), (TICK, 2)):
        orders = [order(1, "c", "2024-02-01"), order(2, "c", "2024-02-11")]
        orders[1]["ordered_at"] += beyond
        assert len(spells(world(orders=orders))) == number


def test_cancelled_orders_make_no_spell() -> None:
    orders = [
        order(1, "c", "2024-02-01"),
        order(2, "c", "2024-02-08", cancelled="2024-06-01"),
        order(3, None, "2024-02-08"),
    ]
    found = spells(world(orders=orders))
    assert [(spell.customer, spell.started_at, spell.ended_at) for spell in found] == [
        ("c", at("2024-02-01"), at("2024-02-11"))
    ]


def test_an_end_after_as_of_is_not_known() -> None:
    orders = [order(1, "c", "2024-02-01"), order(2, "c", "2024-02-20")]
    early = world(orders=orders, as_of=at("2024-02-08"))
    assert [spell.ended_at for spell in spells(early)] == [None]
    assert value("customer_count", early) == 1
    assert value("lost_customers", early, (date(2024, 2, 5), date(2024, 3, 1))) == 0


def test_here_is_just_before() -> None:
    made = world(orders=[order(1, "c", "2024-02-01")])
    assert here(spells(made), at("2024-02-01")) == set()
    assert here(spells(made), at("2024-02-01") + TICK) == {"c"}
    assert here(spells(made), at("2024-02-11")) == {"c"}
    assert here(spells(made), at("2024-02-11") + TICK) == set()
    # The order at the opening midnight is in the window, the lapse at the closing midnight in the next.
    window = (date(2024, 2, 1), date(2024, 2, 11))
    assert value("new_customers", made, window) == 1
    assert value("customer_count", made, window) == 1
    assert value("mean_closed_spell", made, window) is None
    assert value("lost_customers", made, (date(2024, 2, 11), date(2024, 2, 12))) == 1


def test_activity_takes_events_of_whoever_they_turn_out_to_be() -> None:
    events = [event(1, "2024-02-01", anonymous="v"), event(2, "2024-02-08", customer="c", anonymous="v")]
    orders = [order(1, "c", "2024-02-18"), order(2, "c", "2024-02-15", cancelled="2024-02-16")]
    made = world(spell_rule="activity", events=events, orders=orders)
    assert [(spell.started_at, spell.ended_at) for spell in spells(made)] == [(at("2024-02-01"), at("2024-02-28"))]


def test_a_cut_history_says_nothing_until_the_lapse_has_passed() -> None:
    cut = world(history="cut", orders=[order(1, "c", "2024-01-05")])
    assert value("customer_count", cut, (date(2024, 1, 10), date(2024, 1, 12))) is None
    assert value("customer_count", cut, (date(2024, 1, 11), date(2024, 1, 12))) == 1
    assert value("order_count", cut, (date(2024, 1, 1), date(2024, 1, 12))) == 1
    cut.history = "complete"
    assert value("customer_count", cut, (date(2024, 1, 10), date(2024, 1, 12))) == 1


# Lifetime and value -----------------------------------------------------------------------------------------


def test_kaplan_meier_by_hand() -> None:
    years = [(Fraction(1), True), (Fraction(2), False), (Fraction(2), True), (Fraction(4), False)]
    # 1 until year 1, 3/4 until year 2, then 3/4 x 2/3 = 1/2 until year 4.
    assert kaplan_meier_mean(years) == 1 + Fraction(3, 4) + 2 * Fraction(1, 2)
    assert kaplan_meier_mean([(Fraction(8), False)]) == 5
    assert kaplan_meier_mean([(Fraction(1), True), (Fraction(9), True)]) == 1 + 4 * Fraction(1, 2)
    assert kaplan_meier_mean([]) is None


def test_lifetime_at_the_windows_end() -> None:
    year = Fraction(1461, 4)
    made = subscribed(
        subscription("a", "2024-01-02", "2024-02-10"),
        subscription("b", "2024-01-11"),
        subscription("c", "2024-03-01"),
    )
    # On 1 March: a ended after 39 days, b is censored after 50; c begins just then.
    assert value("customer_lifetime", made) == (39 + Fraction(1, 2) * 11) / year
    made.as_of = at("2024-02-10")
    assert value("customer_lifetime", made) == 39 / year  # both still here
    assert value("customer_lifetime", world(), FEBRUARY) is None


def test_arpa_over_churn_takes_six_whole_months() -> None:
    rows = [
        subscription("stays", "2024-01-02", mrr=1000),
        subscription("leaves", "2024-01-02", "2024-06-10", mrr=9000),
    ]
    made = subscribed(*rows)
    # February to July; half of the two leave in June: mean churn 1/12, ARPA 1000.
    assert value("lifetime_value_arpa_over_churn", made, (date(2024, 8, 1), date(2024, 8, 10))) == 12_000
    assert value("lifetime_value_arpa_over_churn", made, (date(2024, 7, 1), date(2024, 8, 1))) == 12_000
    assert value("lifetime_value_arpa_over_churn", made, (date(2024, 12, 30), date(2024, 12, 31))) == 12_000
    assert (
        value("lifetime_value_arpa_over_churn", made, (date(2024, 6, 1), date(2024, 7, 1))) is None
    )  # January has none
    rows[1]["ended_at"] = None
    assert value("lifetime_value_arpa_over_churn", made, (date(2024, 8, 1), date(2024, 8, 10))) is None


def test_trailing_year_needs_coverage_where_history_is_cut() -> None:
    coverage = dict.fromkeys(FACTS, (date(2023, 1, 1), date(2024, 12, 31)))
    made = world(history="cut", coverage=coverage, orders=[order(1, "a", "2023-06-01")])
    assert value("customer_lifetime_value", made, (date(2023, 12, 30), date(2023, 12, 31))) is None
    assert value("customer_lifetime_value", made, (date(2023, 12, 31), date(2024, 1, 1))) == 1000 * 10 / Fraction(
        1461, 4
    )
    made.history = "complete"
    assert value("customer_lifetime_value", made, (date(2023, 12, 30), date(2023, 12, 31))) == 1000 * 10 / Fraction(
        1461, 4
    )


def test_who_left_came_back_and_left_again_is_one_leaver() -> None:
    rows = [subscription("c", "2024-01-01", "2024-02-10"), subscription("c", "2024-02-15", "2024-02-20")]
    made = subscribed(*rows, subscription("stays", "2024-01-01"))
    assert value("churn_rate_all_leavers", made) == Fraction(1, 2)
    assert value("churn_rate_pooled", made) == Fraction(1, 2)


def test_who_ends_with_the_window_is_still_here() -> None:
    made = subscribed(subscription("a", "2024-01-11", "2024-03-01"), subscription("b", "2024-01-01"))
    assert value("customer_lifetime", made) == 60 / Fraction(1461, 4)
    assert value("customer_count", made) == 2


def test_days_after_as_of_are_not_summed() -> None:
    made = subscribed(subscription("a", "2024-01-01"))
    made.as_of = at("2024-02-08")
    later = (date(2024, 2, 8), date(2024, 3, 1))
    assert value("customer_churn_rate", made, later) == 0
    assert value("churn_rate_daily_sum", made, later) is None
    assert value("churn_rate_daily_sum", made) == 0
