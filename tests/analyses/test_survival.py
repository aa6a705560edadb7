"""How long customers stay: against published numbers, lifelines and by hand."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from lifelines import KaplanMeierFitter  # type: ignore[import-untyped]
from lifelines.utils import median_survival_times  # type: ignore[import-untyped]

from stamm.analyses.survival import SUMMARY, WHY, Survival
from stamm.answers import Answers, TableAnswer, World
from stamm.lang.errors import UsageError
from stamm.lang.reasons import NO_FACTS, NOT_BEGUN, NOT_OVER, OUTSIDE
from stamm.lang.window import Window
from tests.answers.small import ask, known, order, paying, world

LONG = {"subscriptions": (date(2010, 1, 1), date(2023, 12, 31)), "responses": (date(2010, 1, 1), date(2023, 12, 31))}
#: weeks of remission under 6-MP (Freireich et al., Blood 21, 1963); those still in remission when last seen
RELAPSED = (6, 6, 6, 7, 10, 13, 16, 22, 23)
OPEN = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
#: as Stata's manual prints them, [ST] sts
PUBLISHED = {
    6: (0.8571, 0.6197, 0.9516),
    7: (0.8067, 0.5631, 0.9228),
    10: (0.7529, 0.5032, 0.8894),
    13: (0.6902, 0.4316, 0.8491),
    16: (0.6275, 0.3675, 0.8049),
    22: (0.5378, 0.2678, 0.7468),
    23: (0.4482, 0.1881, 0.6801),
}


def asked(of: World, span: str = "2022", *, by: str | None = None, **settings: object) -> TableAnswer:
    return Answers(of).analyse(Survival, Window.parse(span), by=by, settings=settings)


def subscribed(rows: list[dict[str, Any]], **facts: Any) -> World:
    more = {"spell_rule": "subscriptions", "coverage": LONG}
    return world({"subscriptions": rows, **facts.pop("facts", {})}, **{**more, **facts})


def freireich() -> World:
    end = datetime(2023, 1, 1, tzinfo=UTC)
    rows = []
    for number, (weeks, over) in enumerate([*((w, True) for w in RELAPSED), *((w, False) for w in OPEN)]):
        start = end - timedelta(weeks=weeks + 1 if over else weeks)
        stop = start + timedelta(weeks=weeks) if over else None
        rows.append(paying(f"p{number}", "") | {"started_at": start, "ended_at": stop})
    return subscribed(rows)


def test_a_published_curve_to_four_digits() -> None:
    answer = asked(freireich(), grid="week")
    found = {row.step: row for row in answer.rows}
    assert list(found) == list(range(36))
    for week, (survival, low, high) in PUBLISHED.items():
        row = found[week]
        assert (round(row.survival, 4), round(row.low, 4), round(row.high, 4)) == (survival, low, high)
    assert [found[week].at_risk for week in PUBLISHED] == [21, 17, 15, 12, 11, 7, 6]
    assert (found[5].survival, found[5].low, found[5].high) == (1, None, None), "everybody is here"
    (summary,) = answer.tables[SUMMARY]
    assert (summary.median, summary.low, summary.high) == (23 * 7, 13 * 7, None)
    assert (summary.spells, summary.ended, summary.longest) == (21, 9, 35 * 7)


def test_half_are_gone_at_the_first_moment_at_which_no_more_than_half_are_here() -> None:
    """Two of four have left after 20 days: the curve stands at exactly one half from there on, until the 40th."""
    begun = datetime(2022, 1, 10, tzinfo=UTC)
    rows = [
        paying(f"p{days}", "") | {"started_at": begun, "ended_at": begun + timedelta(days=days)}
        for days in (10, 20, 40, 90)
    ]
    answer = asked(subscribed(rows), grid="event")
    assert [row.survival for row in answer.rows] == pytest.approx([1, 0.75, 0.5, 0.25, 0])
    (summary,) = answer.tables[SUMMARY]
    assert summary.median == 20


def test_times_of_an_end_are_those_of_the_published_table() -> None:
    rows = asked(freireich(), grid="event").rows
    assert [row.days / 7 for row in rows] == [0, *PUBLISHED]
    assert sum(row.ended for row in rows) == len(RELAPSED)
    assert [row.at_risk for row in rows[1:]] == [21, 17, 15, 12, 11, 7, 6]


@pytest.mark.parametrize(("seed", "people", "share_open"), [(3, 60, 0.5), (6, 30, 0.0)])
def test_against_lifelines(seed: int, people: int, share_open: float) -> None:
    chance = np.random.default_rng(seed)
    end = datetime(2023, 1, 1, tzinfo=UTC)
    rows, lengths, over = [], [], []
    for number in range(people):
        start = datetime(2017, 1, 1, tzinfo=UTC) + timedelta(hours=int(chance.integers(0, 24 * 2100)))
        length = timedelta(days=int(chance.choice([30, 365, 366, 900, int(chance.integers(1, 2000))])))
        stop = None if chance.random() < share_open else start + length
        rows.append(paying(f"c{number}", "") | {"started_at": start, "ended_at": stop})
        gone = stop is not None and stop < end
        over.append(gone)
        lengths.append((stop if stop is not None and gone else end) - start)
    days = np.array([length / timedelta(days=1) for length in lengths])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = KaplanMeierFitter().fit(days, over)
        answer = asked(subscribed(rows), grid="week", horizon_years=20)
        for row in answer.rows:
            assert row.survival == pytest.approx(float(fitter.predict(row.days)), abs=1e-9)
            assert row.at_risk == (days >= row.days - 1e-9).sum()
            if 0 < row.survival < 1:
                bounds = fitter.confidence_interval_.loc[: row.days].iloc[-1]
                assert (row.low, row.high) == pytest.approx(tuple(bounds), abs=1e-9)
            else:
                assert (row.low, row.high) == (None, None)
        (summary,) = answer.tables[SUMMARY]
        inside = [float(time) for time in median_survival_times(fitter.confidence_interval_).iloc[0]]
        expected = [fitter.median_survival_time_, *inside]
    found = [summary.median, summary.low, summary.high]
    gone_at = days.max() if not fitter.survival_function_.iloc[-1, 0] else None
    for ours, theirs in zip(found, expected, strict=True):
        if ours is None:  # nobody knows, or not before the last has gone, where there is no interval
            assert np.isinf(theirs) or theirs == gone_at
        else:
            assert ours == pytest.approx(theirs)


def test_the_mean_is_the_metric() -> None:
    of, horizon = freireich(), 0.3
    answer = asked(of, grid="week", horizon_years=horizon)
    (summary,) = answer.tables[SUMMARY]
    metric = ask(of, "customer_lifetime", "2022", settings={"horizon_years": horizon}).rows[0]
    assert summary.mean / 365.25 == pytest.approx(metric.value)
    assert summary.up_to == pytest.approx(horizon * 365.25)
    assert [row.days for row in answer.rows] == [7 * week for week in range(16)]


def test_where_all_have_left_the_curve_ends_at_nothing() -> None:
    rows = [
        paying("anna", "2022-03-01", "2022-03-01"),  # gone in the moment they came
        paying("ben", "2022-03-01", "2022-03-11"),
        paying("cleo", "2022-03-01", "2022-03-09"),
    ]
    answer = asked(subscribed(rows), grid="week")
    assert [(row.survival, row.at_risk, row.ended) for row in answer.rows] == [
        (pytest.approx(2 / 3), 3, 1),
        (pytest.approx(2 / 3), 2, 0),
        (0, 0, 2),
    ]
    assert answer.rows[-1].low is None
    assert [row.days for row in asked(subscribed(rows), grid="event").rows] == [0, 8, 10]


def test_by_country_as_it_was_when_they_came() -> None:
    people = [known("anna", "2021-01-01", country="DE"), known("anna", "2022-02-01", country="AT")]
    rows = [
        paying("anna", "2022-01-01", "2022-03-01"),
        paying("ben", "2022-01-01"),
        paying("anna", "2022-05-01", subscription_id="2"),
    ]
    answer = asked(subscribed(rows, facts={"customers": people}), by="country")
    assert [(s.group, s.spells, s.ended) for s in answer.tables[SUMMARY]] == [
        ("AT", 1, 0),
        ("DE", 1, 1),
        (None, 1, 0),
    ]
    assert {row.group: row.step for row in answer.rows} == {"DE": 2, "AT": 8, None: 11}, "each as far as it is known"


def test_what_is_said_at_a_moment_does_not_know_what_came_later() -> None:
    of = subscribed([paying("anna", "2022-01-01", "2022-06-01")])
    (summary,) = asked(of, "2022-03").tables[SUMMARY]
    assert (summary.ended, summary.longest) == (0, 90)
    (summary,) = asked(of, "2022-05").tables[SUMMARY]
    assert summary.ended == 0, "an end at the span's end does not lie in it"


@pytest.mark.parametrize(
    ("span", "reason"), [("2008", OUTSIDE), ("2024-02", NOT_BEGUN), ("2023-12-01/2024-02-01", NOT_OVER)]
)
def test_what_cannot_be_known_yet(span: str, reason: str) -> None:
    answer = asked(subscribed([paying("anna", "2022-01-01"), paying("ben", "2022-01-01", "2022-03-01")]), span)
    assert {(row.reason, row.complete, row.low) for row in answer.rows} == {(reason, False, None)}
    assert bool(answer.tables[SUMMARY]) == (reason == NOT_OVER)


def test_without_facts_and_without_customers() -> None:
    nothing = world({}, coverage={})
    assert [row.reason for row in asked(nothing).rows] == [NO_FACTS]
    answer = asked(subscribed([paying("anna", "2023-02-01")]))
    assert answer.rows == answer.tables[SUMMARY] == answer.tables[WHY] == ()


def test_why_they_left() -> None:
    rows = [
        paying("anna", "2022-01-01", "2022-03-01", end_reason="voluntary"),
        paying("ben", "2022-01-01", "2022-03-01", end_reason="delinquent"),
        paying("cleo", "2022-01-01", "2022-03-01", end_reason="voluntary"),
        paying("dora", "2022-01-01", "2022-03-01"),
        # a change of plan is no end
        paying("emil", "2022-01-01", "2022-02-01", end_reason="changed"),
        paying("emil", "2022-02-01", None),
    ]
    answers = [
        {"response_id": who, "question": "why", "kind": "choice", "customer_id": who, "choice": choice} | when
        for who, choice, when in (
            ("anna", "price", {"asked_at": "2022-03-31", "answered_at": "2022-04-05"}),
            ("ben", "price", {"asked_at": "2022-04-01", "answered_at": "2022-04-05"}),  # a day too late
            ("cleo", "taste", {"asked_at": "2022-01-30", "answered_at": "2022-02-01"}),
            ("dora", "taste", {"asked_at": "2022-03-01", "answered_at": "2023-01-01"}),  # after the span
        )
    ]
    answer = asked(subscribed(rows, facts={"responses": answers}))
    assert [(row.asked.en, row.answer.en, row.spells, row.known) for row in answer.tables[WHY]] == [
        ("end of the subscription", "by their own choice", 2, 4),
        ("end of the subscription", "not told", 1, 4),
        ("end of the subscription", "not paid", 1, 4),
        ("why", "price", 1, 2),
        ("why", "taste", 1, 2),
    ]
    assert answer.tables[WHY][0].low == pytest.approx(0.1500, abs=1e-4)
    simulated = subscribed(rows, facts={"responses": answers})
    object.__setattr__(simulated, "simulated", frozenset({"responses"}))
    assert asked(simulated).simulated, "made answers are told"


def test_who_left_and_who_could_have() -> None:
    of = world(
        {"orders": [order(1, "anna", "2024-01-01"), order(2, "ben", "2024-01-01"), order(3, "ben", "2024-01-05")]}
    )
    answers = Answers(of)
    answer = answers.analyse(Survival, Window.parse("2024-02"), settings={"grid": "day"})
    behind = {row.step: answers.customers(answer, row) for row in answer.rows}
    assert (behind[9].counted, behind[9].others) == ((), ("anna", "ben"))
    assert (behind[10].counted, behind[10].others) == (("anna",), ("ben",))
    assert (behind[14].counted, behind[14].others) == (("ben",), ())
    events = answers.analyse(Survival, Window.parse("2024-02"), settings={"grid": "event"})
    with pytest.raises(UsageError, match="by step of a grid"):
        answers.customers(events, events.rows[0])
