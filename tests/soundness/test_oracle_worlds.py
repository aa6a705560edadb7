"""Random worlds through the oracle: it answers everywhere, and what must hold of its answers holds."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.soundness.oracle import KINDS, METRICS, World, ends_in, spells, starts_in
from tests.soundness.oracle.spells import spell_here
from tests.soundness.oracle.world import closing, opening
from tests.soundness.worlds import windows_of, worlds
from tests.thorough import turns

RANDOM = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SHARES = (
    "customer_retention_rate",
    "customer_churn_rate",
    "churn_rate_pooled",
    "repeat_purchase_rate",
    "repeat_within_window",
    "returning_customer_share",
    "repeat_customers_of_all",
    "conversion_rate",
    "customer_satisfaction",
    "easy_share",
    "response_rate",
    "delivery_rate",
    "open_rate",
    "open_rate_all",
    "click_through_rate",
    "click_to_open_rate",
    "message_conversion_rate",
    "unsubscribe_rate",
    "attendance_rate",
)


def all_windows(world: World) -> list[tuple[date, date]]:
    return [window for windows in windows_of(world).values() for window in windows]


@RANDOM
@given(worlds())
def test_spells_balance(world: World) -> None:
    """here(end) = here(start) - ended + started."""
    found = spells(world)
    for start, end in all_windows(world):
        at_start = sum(1 for spell in found if spell_here(spell, min(opening(world, start), world.as_of)))
        at_end = sum(1 for spell in found if spell_here(spell, closing(world, end)))
        started = sum(1 for spell in found if starts_in(world, spell, start, end))
        ended = sum(1 for spell in found if ends_in(world, spell, start, end))
        assert at_end == at_start - ended + started


@RANDOM
@given(worlds())
def test_answers_agree_with_each_other(world: World) -> None:
    for start, end in all_windows(world):
        of = {key: metric(world, start, end) for key, metric in METRICS.items()}
        kept, churned = of["customer_retention_rate"], of["customer_churn_rate"]
        assert (kept is None) == (churned is None)
        if kept is not None and churned is not None:
            assert kept + churned == 1
        for key in SHARES:
            share = of[key]
            assert share is None or 0 <= share <= 1
        score = of["net_promoter_score"]
        assert score is None or -100 <= score <= 100
        formula = of["monthly_recurring_revenue_formula"]
        assert formula is None or formula == of["monthly_recurring_revenue"]
        lifetime = of["customer_lifetime"]
        assert lifetime is None or 0 < lifetime <= 5


@RANDOM
@given(worlds())
def test_days_add_up_to_their_week(world: World) -> None:
    for start, end in windows_of(world)["week"]:
        for key in ("order_count", "gross_revenue", "revenue", "likes", "messages_sent", "tickets_opened"):
            days = [METRICS[key](world, day, day.fromordinal(day.toordinal() + 1)) for day in spread(start, end)]
            if METRICS[key](world, start, end) is not None and None not in days:
                assert METRICS[key](world, start, end) == sum(day for day in days if day is not None)


def spread(start: date, end: date) -> list[date]:
    return [date.fromordinal(number) for number in range(start.toordinal(), end.toordinal())]


@RANDOM
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(world: World, chance: Random) -> None:
    other = replace(world)
    for kind in KINDS:
        rows = list(getattr(world, kind))
        chance.shuffle(rows)
        setattr(other, kind, rows)
    for start, end in all_windows(world)[::5]:
        for metric in METRICS.values():
            assert metric(world, start, end) == metric(other, start, end)


@pytest.mark.long
def test_every_metric_somewhere_has_a_value_that_is_not_zero() -> None:
    """The strategies reach every metric; a world that is always empty would prove nothing."""
    missing = set(METRICS)

    @settings(RANDOM, max_examples=turns(200, 80), phases=[Phase.generate])
    @given(worlds() | worlds(lasting=True))
    def note(world: World) -> None:
        for key in sorted(missing):
            for start, end in all_windows(world):
                if METRICS[key](world, start, end) not in (None, 0):
                    missing.discard(key)
                    break

    note()
    assert not missing


@RANDOM
@given(worlds(lasting=True))
def test_lasting_worlds_reach_six_months(world: World) -> None:
    for start, end in windows_of(world)["month"]:
        value = METRICS["lifetime_value_arpa_over_churn"](world, start, end)
        assert value is None or isinstance(value, Fraction)
