"""Who ends a subscription: features and labels by hand, nothing of later, lifelines beside it, and a known truth."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import CoxPHFitter, KaplanMeierFitter  # type: ignore[import-untyped]

from stamm.analyses.worth import Worth
from stamm.answers import Answers
from stamm.answers.examples import arrow_of
from stamm.answers.table import TableAnswer
from stamm.lang.errors import CurrencyError, TooLittleError
from stamm.lang.window import Window
from stamm.predictions.checked import Checked
from stamm.predictions.churn.cuts import Cut, Lessons, lessons
from stamm.predictions.churn.learning import hazard
from stamm.predictions.churn.quality import auc, brier
from stamm.predictions.contracts.curve import by_tenure
from stamm.predictions.contracts.features import features
from stamm.predictions.contracts.subscribed import DAY, NEVER, Subscribed
from stamm.predictions.contracts.words import SUBSCRIBING
from stamm.predictions.report import Report
from stamm.predictions.subscription_end_risk import SubscriptionEndRisk
from stamm.predictions.value_at_risk import ValueAtRisk
from stamm.sources.simulated.people import People, people
from stamm.sources.simulated.seasons import Season
from stamm.sources.simulated.shop import BLOCK, Shop
from stamm.sources.simulated.subscriptions import CANCEL, MONTH, NEVER_PAID, PAUSE, subscription_rows
from tests.answers.small import paying, world

NOW = date(2024, 7, 1)
NO_USE: dict[str, Any] = {}


def row(who: str, started: str, ended: str | None, mrr: int, status: str = "active", plan: str = "a") -> dict[str, Any]:
    return {
        "subscription_id": who,
        "customer_id": who,
        "started_at": started,
        "ended_at": ended,
        "mrr_minor": mrr,
        "status": status,
        "plan": plan,
    }


#: anna tried, paid, paused, came back dearer and owes; ben ended on the day of looking; cleo had ended before; dora has
#: a plan of her own since 2023; emil begins on the day of looking
ROWS = [
    row("anna", "2024-01-01", "2024-01-15", 1000, "trialing"),
    row("anna", "2024-01-15", "2024-02-14", 1000),
    row("anna", "2024-02-14", "2024-03-01", 1000, "paused"),
    row("anna", "2024-03-01", "2024-05-30", 1000),
    row("anna", "2024-05-30", "2024-06-21", 1500),
    row("anna", "2024-06-21", "2024-07-05", 1500, "past_due"),
    row("ben", "2024-06-01", "2024-07-01", 700),
    row("cleo", "2024-06-01", "2024-06-30", 700),
    row("dora", "2023-07-11", "2024-07-20T12:00", 900, plan="b"),
    row("dora", "2024-07-20T12:00", None, 900, plan="a"),
    row("emil", "2024-07-01", None, 700),
]


def known(rows: list[dict[str, Any]], on: date = date(2024, 12, 31)) -> Subscribed:
    return Subscribed.of(arrow_of("subscriptions", rows, "UTC"), on, "UTC")


def told(seen: Subscribed, horizon: int = 30) -> dict[str, dict[str, float]]:
    found = features(seen, NO_USE, horizon)
    who = seen.customers.take(pa.array(found.place)).to_pylist()
    return {name: dict(zip(found.names, cells, strict=True)) for name, cells in zip(who, found.table, strict=True)}


# -- by hand -------------------------------------------------------------------------------------------------
def test_features_by_hand() -> None:
    """Ben's end at the first instant of the day is not known yet; Emil begins only then."""
    found = told(known(ROWS).before(NOW))
    assert found.keys() == {"anna", "ben", "dora"}
    anna, dora = found["anna"], found["dora"]
    assert (anna["tenure"], anna["since_change"], anna["spans_before"]) == (122, 10, 1)
    assert (anna["pauses"], anna["trial"], anna["past_due"], anna["past_due_days"], anna["past_dues"]) == (
        1,
        1,
        1,
        10,
        1,
    )
    assert (anna["price"], anna["price_to_first"], anna["price_to_quarter"]) == (1500, 1.5, 1.5)
    assert (anna["subscriptions"], anna["year_full"]) == (1, 0)
    assert (dora["tenure"], dora["past_due_days"], dora["year_full"], dora["price_to_quarter"]) == (356, 0, 1, 1)
    # two ends on plan a (anna's pause, cleo) in so many days that it was paid for, none on b
    days = 30 + 90 + 22 + 10 + 30 + 29
    usual = 2 / ((days + 356) / 365.25)
    assert anna["plan_ends"] == pytest.approx((2 + 20) / (days / 365.25 + 20 / usual))
    assert dora["plan_ends"] == pytest.approx(20 / (356 / 365.25 + 20 / usual))


def test_labels_are_of_the_days_after_and_of_no_others() -> None:
    """Anna's debts and Ben's subscription end, Dora's change of plan is no end; on the 5th itself Anna still pays."""
    everything = known(ROWS)
    seen = everything.before(NOW)
    for until, left in ((date(2024, 7, 5), [False, True, False]), (date(2024, 7, 6), [True, True, False])):
        who, gone = seen.left_by(everything.before(until))
        assert who.tolist() == features(seen, NO_USE, 30).place.tolist()
        assert gone.tolist() == left


HOURS = st.integers(0, 400 * 24)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), HOURS, HOURS, st.sampled_from(("active", "past_due", "paused")))), HOURS
)
def test_what_comes_later_changes_no_feature(stretches: list[tuple[str, int, int, str]], moved: int) -> None:
    """Rows that begin on the day or later are made over, and ends that come then are moved or undone."""
    begin, cut = date(2024, 1, 1), 200 * 24

    def at(hours: int) -> str:
        return f"{begin + timedelta(days=hours // 24)}T{hours % 24:02}:00"

    on = begin + timedelta(days=200)
    one, other = [], []
    for who, start, length, status in stretches:
        end = start + length + 1
        one.append(row(who, at(start), at(end), 100 + start, status))
        if start >= cut:
            other.append(row("e", at(start + moved), None, 5, plan="new"))
        else:
            other.append(row(who, at(start), at(max(cut, end + moved)) if end >= cut else at(end), 100 + start, status))
    both = [known(rows, on + timedelta(days=900)).before(on) for rows in (one, other)]
    assert told(both[0]) == told(both[1])


def test_every_feature_has_a_name_and_a_kind() -> None:
    use = {"active_28", "active_28_before", "active_change", "orders_91", "tickets_91", "tickets_open"}
    assert {*features(known(ROWS).before(NOW), NO_USE, 30).names, *use} == SUBSCRIBING.names.keys()
    assert all(SUBSCRIBING.kind_of[lead] == kind for kind, lead in SUBSCRIBING.leading.items())


# -- the truth that no shop knows ----------------------------------------------------------------------------
ON = tuple(date(2025, 12, 2) - timedelta(days=30 * back) for back in range(7, -1, -1))
AFTER = ON[-1] + timedelta(days=30)


@cache
def made() -> tuple[Subscribed, dict[str, float]]:
    """Subscriptions of a simulated shop, and how likely each customer is to leave for good on any one day."""
    shop = Shop(
        seed=5,
        customers=12 * BLOCK,
        first=date(2024, 1, 1),
        until=date(2026, 1, 1),
        zone="Europe/Berlin",
        currency="EUR",
    )
    season = Season(shop)
    blocks: list[People] = [people(shop, block, season) for block in range(12)]
    table = pa.concat_tables([subscription_rows(folk) for folk in blocks])
    rates = {
        who: rate
        for folk in blocks
        for who, rate in zip(folk.ids(np.arange(len(folk))).to_pylist(), folk.leaving_a_day.tolist(), strict=True)
    }
    return Subscribed.of(table, AFTER, shop.zone), rates


@cache
def taught() -> tuple[Cut, ...]:
    everything, _ = made()
    found = []
    for on in ON:
        seen = everything.before(on)
        each = features(seen, NO_USE, 30)
        _, left = seen.left_by(everything.before(on + timedelta(days=30)))
        yard = by_tenure(seen, each["tenure"], 30)
        found.append(Cut(on, each, seen.customers.take(pa.array(each.place)), left, yard))
    return tuple(found)


def truth(cut: Cut) -> np.ndarray:
    """A month has one turn: a debt is never paid, or somebody pauses or cancels; and on each day they may leave."""
    _, rates = made()
    turn = np.where(cut.features["past_due"] > 0, NEVER_PAID, PAUSE + CANCEL) * 30 * DAY * 1_000_000 / MONTH
    leaving = np.array([rates[who] for who in cut.customers.to_pylist()])
    return 1 - (1 - turn) * np.exp(-30 * leaving)


def test_the_known_truth_is_recovered() -> None:
    """On a day not learned from: of those who owe and of the others within the interval, and each tenth near it."""
    *before, last = taught()
    told, true = hazard(lessons(before)).risk(last.features.table), truth(last)
    owes = last.features["past_due"] > 0
    assert told[owes].mean() == pytest.approx(true[owes].mean(), abs=0.06)
    assert told[~owes].mean() == pytest.approx(true[~owes].mean(), abs=0.01)
    assert last.left is not None
    assert last.yardstick is not None
    assert auc(told, last.left) > auc(last.yardstick, last.left) + 0.03
    assert brier(true, last.left) < brier(told, last.left) < brier(last.yardstick, last.left)


def test_nothing_is_learned_from_shuffled_labels() -> None:
    *before, last = taught()
    known, found = lessons(before), []
    assert last.left is not None
    for seed in range(2):
        shuffled = Lessons(known.table, np.random.default_rng(seed).permutation(known.left), known.who)
        found.append(auc(hazard(shuffled).risk(last.features.table), last.left))
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)


# -- lifelines, as an independent answer ---------------------------------------------------------------------
def test_the_curve_by_tenure_is_that_of_lifelines() -> None:
    everything, _ = made()
    seen = everything.before(date(2025, 6, 1))
    spans = seen.spans()
    length, over = (np.minimum(spans.end, seen.at) - spans.start) / DAY, spans.end < NEVER
    theirs = KaplanMeierFitter().fit(length, over)
    tenure = np.array([0.0, 3.5, 30.4, 100.0, 200.0])
    left = theirs.predict(tenure + 30).to_numpy() / theirs.predict(tenure).to_numpy()
    assert by_tenure(seen, tenure, 30) == pytest.approx(1 - left)
    assert by_tenure(seen, np.array([5000.0]), 30) == pytest.approx(1 - np.exp(-30 * over.sum() / length.sum()))


def test_a_proportional_hazard_tells_the_same() -> None:
    """Cox on the very days of the ends within each span, of whether somebody owes: the same risk of both kinds."""
    everything, _ = made()
    rows, owes = [], []
    for cut in taught()[:-1]:
        seen = everything.before(cut.on)
        spans = everything.before(cut.on + timedelta(days=30)).spans()
        now = (spans.start < seen.at) & (spans.end >= seen.at)
        rows.append(np.column_stack([np.minimum((spans.end[now] - seen.at) / DAY, 30), spans.end[now] < NEVER]))
        owes.append(cut.features["past_due"])
    table = pd.DataFrame(np.column_stack([np.vstack(rows), np.concatenate(owes)]), columns=["days", "left", "owes"])
    theirs = 1 - CoxPHFitter().fit(table, "days", "left").predict_survival_function(
        pd.DataFrame({"owes": [0.0, 1.0]}), times=[30]
    )
    known = lessons(taught()[:-1])
    ours = hazard(Lessons(np.concatenate(owes)[:, None], known.left, known.who)).risk(np.array([[0.0], [1.0]]))
    assert ours == pytest.approx(theirs.to_numpy()[0], abs=0.02)


# -- asked ---------------------------------------------------------------------------------------------------
def club(members: int = 320) -> list[dict[str, Any]]:
    """Members who join over a year; one of three fails to pay after some months, and 40 days later that ends."""
    rows: list[dict[str, Any]] = []
    for number in range(members):
        start, who = date(2023, 1, 1) + timedelta(days=number), f"c{number:03}"
        if number % 3:
            rows.append(paying(who, start.isoformat(), plan="grand", mrr_minor=3000 + number))
            continue
        owes = start + timedelta(days=110 + number % 90)
        rows.append(paying(who, start.isoformat(), owes.isoformat()))
        rows.append(paying(who, owes.isoformat(), (owes + timedelta(days=40)).isoformat(), status="past_due"))
    return rows


def asked(question: Any, rows: list[dict[str, Any]], as_of: str, **facts: Any) -> TableAnswer:
    found = world({"subscriptions": rows, **facts}, as_of=as_of, zone="Europe/Berlin")
    return Answers(found).analyse(question, Window(date(2023, 1, 1), date(2024, 3, 1)))


def test_the_whole_answer() -> None:
    rows = club()
    answer = asked(SubscriptionEndRisk(horizon=45), rows, "2024-02-01")
    here = {each["customer_id"] for each in rows if each["ended_at"] is None or each["ended_at"] >= "2024-02-01"}
    here &= {each["customer_id"] for each in rows if each["started_at"] < "2024-02-01"}
    assert {row.customer_id for row in answer.rows} == here
    assert [row.value for row in answer.rows] == sorted((row.value for row in answer.rows), reverse=True)
    last = answer.rows[-1]
    assert (last.since_on, last.mrr) == (
        (date(2023, 1, 1) + timedelta(days=int(last.customer_id[1:]))).isoformat(),
        3000 + int(last.customer_id[1:]),
    )
    own, curve, nobody = answer.tables["quality"]
    assert own.auc > 0.9 > curve.auc
    assert own.brier < curve.brier
    assert own.brier < nobody.brier
    report = asked(Report(SubscriptionEndRisk(horizon=45)), rows, "2024-02-01")
    assert report.rows == answer.tables["quality"]
    assert {each.feature for each in report.tables["features"]} == SUBSCRIBING.names.keys()
    assert all(each.met for each in report.tables["gates"])


def test_too_little_is_refused_by_name() -> None:
    for members, as_of, lacking in (
        (90, "2024-02-01", "100 customers who pay"),
        (320, "2023-06-01", "2 past days"),
        (200, "2023-10-01", "30 customers who left"),
    ):
        with pytest.raises(TooLittleError, match=lacking):
            asked(SubscriptionEndRisk(horizon=45), club(members), as_of)
    dollars = [{**each, "currency": "USD"} for each in club()]
    with pytest.raises(CurrencyError):
        asked(SubscriptionEndRisk(horizon=45), dollars, "2024-02-01")


def test_kept_ones_are_held_against_who_ended() -> None:
    """Foretold as 1 July begins in Berlin, for 14 days: Anna's debts end on the 5th, Ben at that very instant, and a
    change of plan is no end."""
    kept = [
        {
            "model": "subscription_end_risk:14d",
            "customer_id": who,
            "predicted_at": "2024-06-30T22:00",
            "name": "subscription_end_risk",
            "horizon_days": 14,
            "value": value,
        }
        for who, value in (("anna", 0.6), ("ben", 0.3), ("dora", 0.1))
    ]
    ended = [{**each, "ended_at": "2024-06-30T22:00"} if each["customer_id"] == "ben" else each for each in ROWS]
    (line,) = asked(Checked(SubscriptionEndRisk()), ended, "2024-08-01", predictions=kept).rows
    assert (line.customers, line.came, line.auc, line.complete) == (3, pytest.approx(2 / 3), 1.0, True)
    assert line.told == pytest.approx(1 / 3)


def test_value_at_risk_of_subscribers() -> None:
    """The monthly price for so many months, times the risk; what moves it is told; without costs it says so."""
    rows = club()
    answer = asked(ValueAtRisk(horizon=45, by="subscription_end_risk", explained=5), rows, "2024-02-01")
    told = {row.customer_id: row for row in asked(SubscriptionEndRisk(horizon=45), rows, "2024-02-01").rows}
    assert {row.customer_id for row in answer.rows} == told.keys()
    for row in answer.rows:
        own = told[row.customer_id]
        assert (row.risk, row.since_on, row.orders) == (own.value, own.since_on, None)
        assert row.ahead == round(own.mrr * 45 / (365.25 / 12))
        assert row.value == pytest.approx(row.risk * row.ahead, abs=1)
    assert [row.value for row in answer.rows] == sorted((row.value for row in answer.rows), reverse=True)
    assert "payment" in {each.kind for each in answer.tables["reasons"]}
    assert "Costs are not known" in answer.notes[0].en
    # worth counts the same of what was kept, whoever pays for two months by the end of January
    kept = [
        {
            "model": "s", "customer_id": who, "predicted_at": "2024-01-31T23:00", "name": "subscription_end_risk",
            "horizon_days": 45, "value": each.value,
        }
        for who, each in told.items()
    ]  # fmt: skip
    made = world({"subscriptions": rows, "predictions": kept}, as_of="2024-02-01", zone="Europe/Berlin")
    settings = {"of": "subscriptions", "most": 1000}
    worth = Answers(made).analyse(Worth, Window(date(2023, 12, 1), date(2024, 2, 1)), settings=settings)
    one = {row.customer_id: (row.ahead, row.at_risk) for row in worth.tables["customers"]}
    assert one == {row.customer_id: (row.ahead, row.value) for row in answer.rows}
