"""How far goals are, by hand and against the numbers that everybody else is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from itertools import chain
from typing import Any

import pytest
from msgspec.structs import replace

from stamm.answers import Answers
from stamm.goals.aim import Aim, Step, checked, todos_of
from stamm.goals.keeping import Goal
from stamm.goals.standing import BY_HAND, FAR, NO_DATA, NOT_BEGUN, OVER, SHORT, Standing, standing_of
from stamm.lang.errors import UsageError
from stamm.lang.window import Window
from stamm.metrics import METRICS
from stamm.metrics.adding import adds_up
from stamm.segments.sentence import read
from stamm.segments.speech import Speech
from stamm.sources.simulated import Shop, blocks, shared
from tests.answers.small import order, world

DAYS = [date(2024, 1, 1) + timedelta(days=step) for step in range(366)]
#: 1 January to 29 February: a goal of 60 days, of which the data know 45
AIM = Aim("Sales", "", "metric", date(2024, 1, 1), date(2024, 2, 29), 6_000.0, "order_count")


@contextmanager
def asked(until: date, orders: list[dict[str, Any]]) -> Iterator[Answers]:
    made = world({"orders": orders}, coverage={"orders": (date(2023, 10, 1), until)})
    try:
        yield Answers(made)
    finally:
        made.engine.close()


def standing(aim: Aim, answers: Answers, **more: Any) -> Standing:
    return standing_of(Goal(1, 1, checked(aim, METRICS), archived=False, **more), answers, date(2024, 2, 14))


def orders_of(counts: dict[str, int]) -> list[dict[str, Any]]:
    return [order(f"{day}-{n}", f"c{n}", f"{day}T12:00") for day, count in counts.items() for n in range(count)]


def test_a_sum_is_held_against_its_path_on_the_last_day_known() -> None:
    """45 of 60 days gone; 3 orders on 2 January, 2 on 14 February, one on the day after, which is not known yet."""
    orders = orders_of({"2023-12-31": 4, "2024-01-02": 3, "2024-02-14": 2, "2024-02-15": 1})
    with asked(date(2024, 2, 14), orders) as answers:
        made = standing(replace(AIM, target=8.0), answers)
        assert (made.day, made.value, made.begin, made.path) == (date(2024, 2, 14), 5.0, 0.0, 8 * 45 / 60)
        assert (made.progress, made.ahead, made.gone, made.reached) == (5 / 8, -1.0, 45 / 60, False)
        assert made.short == 3.0
        assert [(mark.day.day, mark.value, mark.path) for mark in made.marks[:2]] == [
            (7, 3.0, 8 * 7 / 60),
            (14, 3.0, 8 * 14 / 60),
        ]
        assert made.marks[-1] == type(made.marks[-1])(date(2024, 2, 29), None, 8.0)
        less = standing(replace(AIM, target=8.0, at_most=True), answers)
        assert (less.ahead, less.reached, less.short) == (1.0, False, 0.0), (
            "what may still grow has kept within nothing"
        )
        bent = standing(replace(AIM, target=8.0, steps=(Step(date(2024, 2, 14), 1.0),)), answers)
        assert (bent.path, bent.ahead) == (1.0, 4.0)


def test_what_is_measured_in_a_month_goes_from_the_month_before_to_the_target() -> None:
    """10 orders in December, 12 in January, the last whole month; 16 is the target of March."""
    orders = orders_of({"2023-12-05": 10, "2024-01-05": 12, "2024-02-05": 1})
    aim = replace(AIM, per="month", due=date(2024, 3, 31), target=16.0)
    with asked(date(2024, 2, 14), orders) as answers:
        made = standing(aim, answers)
        assert (made.day, made.value, made.begin) == (date(2024, 1, 31), 12.0, 10.0)
        assert made.progress == pytest.approx(2 / 6)
        assert made.path == pytest.approx(10 + 6 * 31 / 91)
        assert made.ahead == pytest.approx(12 - 10 - 6 * 31 / 91)
        assert [mark.value for mark in made.marks] == [12.0, None, None]
        given = standing(replace(aim, begin=4.0), answers)
        assert (given.begin, given.progress) == (4.0, 8 / 12)
        fewer = standing(replace(aim, target=7.0, at_most=True), answers)
        assert fewer.progress == pytest.approx(2 / -3), "it went the other way"


def test_a_goal_in_a_segment_is_of_who_was_in_it_as_each_month_opened() -> None:
    """On 1 January the ten of December had ordered once; the two who are new in January are not in it."""
    orders = orders_of({"2023-12-05": 10, "2024-01-05": 12})
    aim = replace(AIM, per="month", target=16.0, where=("segment=no_second_order",))
    with asked(date(2024, 2, 14), orders) as answers:
        made = standing(aim, answers)
        assert (made.value, made.begin, made.problem) == (10.0, 0.0, None)
    town = {"town": read("whose city is Ulm", Speech())}
    for changed, told in (
        ({"per": ""}, "no sum over the whole way"),
        ({"where": ("segment=nothing",)}, "no segment named"),
        ({"where": ("segment=town",)}, "may tell who somebody is"),
    ):
        with pytest.raises(UsageError, match=told):
            checked(replace(aim, **changed), METRICS, lambda: town)


def test_why_there_is_no_forecast() -> None:
    with asked(date(2023, 11, 30), orders_of({"2023-11-20": 1})) as early:
        assert standing(AIM, early).refused == NOT_BEGUN
        assert standing(AIM, early).value is None
        begun = standing(replace(AIM, start=date(2023, 11, 1)), early)
        assert (begun.refused, begun.known) == (FAR, 8), "91 days are left, and 56 are looked back at"
    with asked(date(2023, 11, 20), orders_of({"2023-11-20": 1})) as few:
        begun = standing(replace(AIM, start=date(2023, 11, 1)), few)
        assert (begun.refused, begun.known) == (SHORT, 7)
    with asked(date(2024, 2, 14), orders_of({"2024-01-02": 3})) as answers:
        assert standing(replace(AIM, due=date(2024, 2, 10)), answers).refused == OVER
        assert standing(replace(AIM, due=date(2025, 2, 10)), answers).refused == FAR
        assert standing(replace(AIM, per="month", due=date(2024, 3, 31)), answers).refused == SHORT
        assert standing(replace(AIM, metric="net_promoter_score", per="month"), answers).refused == NO_DATA
        tasks = replace(AIM, kind="tasks", metric="", target=None, tasks=todos_of(["a", "b", "c", "d"]))
        ticked = standing(tasks, answers, done=frozenset({2, 3, 9}))
        assert (ticked.value, ticked.progress, ticked.path, ticked.refused) == (2.0, 0.5, 3.0, BY_HAND)
        done = standing(replace(AIM, kind="yes_no", metric="", target=None), answers, done=frozenset({0}))
        assert (done.reached, done.progress) == (True, 1.0)
        hand = replace(AIM, kind="money", metric="", target=600.0, begin=0.0)
        told = standing(hand, answers, reported=(200.0, date(2024, 1, 30)))
        assert (told.day, told.value, told.path, told.ahead) == (date(2024, 1, 30), 200.0, 300.0, -100.0)


def test_a_steady_shop_is_foretold_to_go_on_by_its_days_of_the_week() -> None:
    """Two orders on each Saturday, one on other days: from 15 to 29 February 15 days with two Saturdays, 17 orders."""
    orders = orders_of({str(day): 2 if day.weekday() == 5 else 1 for day in DAYS[:45]})
    history = [date(2023, 10, 1) + timedelta(days=step) for step in range(92)]
    orders += orders_of({str(day): 2 if day.weekday() == 5 else 1 for day in history})
    with asked(date(2024, 2, 14), orders) as answers:
        made = standing(replace(AIM, target=60.0), answers)
        assert made.value == 45 + 6
        assert made.forecast is not None
        assert (made.forecast.history, made.forecast.grain) == (16, "week")
        assert made.forecast.interval.middle == pytest.approx(51 + 17)
        assert made.forecast.interval.low == pytest.approx(51 + 17)
        assert made.likely == "yes"
        over = standing(replace(AIM, target=70.0), answers)
        assert over.likely == "no"


@pytest.mark.long
def test_metrics_that_are_said_to_add_up_do() -> None:
    """Weeks and a rest of four months of a shop are added, and are what the four months are."""
    adding = [metric for metric in METRICS if adds_up(metric())]
    assert {"revenue", "order_count", "new_customers", "visits"} <= {metric.key for metric in adding}
    assert not {"customer_count", "lost_customers", "average_order_value", "visitors"} & {each.key for each in adding}
    shop = Shop(7, 40, date(2024, 1, 1), date(2024, 6, 1), "UTC", "EUR")
    facts: dict[str, list[Any]] = {}
    for made in chain([shared(shop)], blocks(shop)):
        for kind, table in made.facts.items():
            facts.setdefault(kind, []).extend(table.to_pylist())
    span = Window(date(2024, 1, 1), date(2024, 5, 3))
    with closing((there := world(facts, coverage=dict.fromkeys(facts, shop.covered))).engine):
        answers, some = Answers(there), 0
        for metric in adding:
            whole, *weeks = answers.ask(metric, [span, *span.split("week")]).rows
            assert sum(week.value or 0 for week in weeks) == whole.value, metric.key
            some += bool(whole.value)
    assert some > len(adding) / 2
