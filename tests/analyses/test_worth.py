"""Whom it pays to fight for: the best that a budget can buy, and what is refused or not known."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from stamm.analyses.brought import MONEY, REVENUE
from stamm.analyses.worth import ACCEPTABLE, BASIS, CUSTOMERS, NO_RISK, NOTHING_KEPT, Worth
from stamm.analyses.worth.judging import Effort, Judged
from stamm.analyses.worth.tables import ALONE, BEYOND, DECISIONS, FIGHT, LET_GO, MODEL, PACE
from stamm.answers import Answers, TableAnswer, World
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.reasons import NO_FACTS, NOT_OVER
from stamm.lang.window import Window
from tests.answers.small import ALL_OF_2024, known, order, world

FEBRUARY = Window.parse("2024-02")


def risk(who: str, value: float, on: str = "2024-02-20", name: str = "churn_risk", days: int = 29) -> dict[str, Any]:
    """What was kept of one customer; 29 days are February."""
    told = {"model": f"{name}:{days}d", "customer_id": who, "predicted_at": on, "name": name}
    return {**told, "horizon_days": days, "value": value}


def asked(of: World, /, **settings: object) -> TableAnswer:
    return Answers(of).analyse(Worth, FEBRUARY, settings=settings)


def decided(answer: TableAnswer) -> dict[str, str]:
    return {row.customer_id: row.decision.en for row in answer.tables[CUSTOMERS]}


def test_no_other_customers_of_the_budget_would_gain_more() -> None:
    chance = Random(7)
    for _ in range(5):
        amounts = {f"c{n}": chance.choice((0, 40, 300, 1000, 1000, 5000)) for n in range(7)}
        risks = {who: chance.choice((0.0, 0.1, 0.5, 0.5, 0.9)) for who in amounts}
        orders = [order(who, who, "2024-02-03", amount) for who, amount in amounts.items() if amount]
        price, kept, most = chance.choice((20, 60)), chance.choice((0.2, 0.5)), chance.randrange(4)
        answer = asked(
            world({"orders": orders, "predictions": [risk(*each) for each in risks.items()]}),
            price_minor=price,
            kept=kept,
            budget_minor=most * price + chance.randrange(price),
        )
        gains = {who: risks[who] * amounts[who] * kept - price for who in amounts}
        best = max(sum(gains[who] for who in few) for n in range(most + 1) for few in combinations(gains, n))
        ours = [who for who, decision in decided(answer).items() if decision == FIGHT.en]
        assert len(ours) <= most
        assert sum(gains[who] for who in ours) == pytest.approx(best)
        groups = {row.decision: row for row in answer.rows}
        assert groups[FIGHT].gain == pytest.approx(best, abs=1)
        assert groups[FIGHT].cost == len(ours) * price
        assert sum(row.customers for row in answer.rows) == len(amounts)
        assert sum(row.contribution for row in answer.rows) == sum(amounts.values())
        for who, decision in decided(answer).items():
            fits = {FIGHT.en: gains[who] > 0, BEYOND.en: gains[who] > 0, ALONE.en: gains[who] <= 0 < amounts[who]}
            assert fits.get(decision, amounts[who] == 0), (who, decision)


def test_the_newest_word_of_the_better_prediction_up_to_the_end_counts() -> None:
    told = [
        risk("anna", 0.9, on="2024-02-10"),
        risk("anna", 0.5, on="2024-02-20"),
        risk("anna", 0.1, on="2024-03-02"),
        risk("anna", 0.2, on="2024-02-25", name="no_order_risk", days=90),
    ]
    of = world({"orders": [order(1, "anna", "2024-02-03")], "predictions": told})
    answer = asked(of)
    (basis,) = answer.tables[BASIS]
    assert (basis.prediction, basis.foretold_on, basis.days, basis.customers) == ("churn_risk", "2024-02-20", 29, 1)
    assert [row.risk for row in answer.tables[CUSTOMERS]] == [0.5]
    (young,) = asked(world({"orders": [order(1, "anna", "2024-02-03")], "predictions": told[3:]})).tables[CUSTOMERS]
    # 10.00 in 29 days are 31.03 in 90, of which a fifth is at risk
    assert (young.ahead, young.at_risk) == (3103, 621)


def test_who_is_behind_a_group_and_within_a_filter() -> None:
    orders = [order(1, "anna", "2024-02-03", 90_000), order(2, "ben", "2024-02-03", 500)]
    risks = [risk("anna", 0.5), risk("ben", 0.5), risk("cleo", 0.5)]
    people = [known("anna", "2024-01-01", country="DE"), known("ben", "2024-01-01", country="AT")]
    answers = Answers(world({"orders": orders, "predictions": risks, "customers": people}))
    answer = answers.analyse(Worth, FEBRUARY)
    assert decided(answer) == {"anna": FIGHT.en, "ben": ALONE.en, "cleo": LET_GO.en}
    behind = answers.customers(answer, answer.rows[0])
    assert (behind.counted, behind.others) == (("anna",), ("ben", "cleo"))
    assert decided(answers.analyse(Worth, FEBRUARY, where="country=AT")) == {"ben": ALONE.en}


def test_without_a_word_on_risk_it_says_what_to_do() -> None:
    answer = asked(world({"orders": [order(1, "anna", "2024-02-03")]}))
    assert [(row.customers, row.gain, row.reason) for row in answer.rows] == [(None, None, NO_RISK)] * len(DECISIONS)
    assert answer.notes == (NOTHING_KEPT,)
    with pytest.raises(UsageError, match="Of nobody is known what they are worth"):
        Worth().customers(None, answer.rows[0])  # type: ignore[arg-type]  # nothing of the world is asked


def test_what_is_not_known_or_not_over() -> None:
    told = {"orders": [order(1, "anna", "2024-02-03")], "predictions": [risk("anna", 0.5)]}
    only_orders = {"orders": ALL_OF_2024, "predictions": ALL_OF_2024}
    assert {row.reason for row in asked(world(told, coverage=only_orders)).rows} == {NO_FACTS}
    half = asked(world(told, as_of="2024-02-21"))
    assert {(row.complete, row.reason) for row in half.rows} == {(False, NOT_OVER)}
    assert decided(half) == {"anna": ALONE.en}
    orders_and_returns = {**only_orders, "returns": (date(2024, 1, 1), date(2024, 12, 31))}
    assert decided(asked(world(told, coverage=orders_and_returns), of=REVENUE)) == {"anna": ALONE.en}


@pytest.mark.parametrize("of", MONEY)
def test_money_that_cannot_be_added_is_refused(of: str) -> None:
    told = {"orders": [order(1, "anna", "2024-02-03", currency="CHF")], "predictions": [risk("anna", 0.5)]}
    with pytest.raises(CurrencyError, match="CHF"):
        asked(world(told, currency="EUR"), of=of)


# -- what a model told -------------------------------------------------------------------------------------------
def staying(who: str, value: float, low: float, high: float, **more: Any) -> dict[str, Any]:
    told = risk(who, value, name="value_if_staying", **more)
    return {**told, "low": low, "high": high}


def test_a_model_of_the_same_day_and_days_is_believed_and_no_other() -> None:
    """Of the 40.00 paid 10.00 came back: as both are all there is, three quarters are left of what comes."""
    of = {
        "orders": [order(1, "anna", "2024-02-03", 4000)],
        "returns": [
            {
                "return_id": "r",
                "order_id": "1",
                "customer_id": "anna",
                "returned_at": "2024-02-05",
                "quantity": 1,
                "amount_minor": 1000,
            }
        ],
    }

    def first(*told: dict[str, Any]) -> tuple[Any, Any]:
        answer = asked(world({**of, "predictions": [risk("anna", 0.25), *told]}), of=REVENUE)
        return answer.tables[CUSTOMERS][0], answer.tables[BASIS][0]

    one, basis = first(staying("anna", 8000, 800, 12000))
    assert (one.ahead, one.low, one.high, one.expected, one.at_risk) == (6000, 600, 9000, 4500, 1500)
    assert (one.margin, basis.margin, basis.ahead) == (pytest.approx(0.75), pytest.approx(0.75), MODEL)
    for other in (staying("anna", 8000, 0, 0, on="2024-02-19"), staying("anna", 8000, 0, 0, days=30)):
        one, basis = first(other)
        assert (one.ahead, one.low, one.margin, basis.ahead) == (3000, None, None, PACE)


def test_an_effort_for_a_segment_pays_just_above_its_acceptable_churn() -> None:
    """At that churn what an effort for all of it costs is what it saves; a little above it gains."""
    risks = {"anna": 0.5, "ben": 0.5, "cleo": 0.5}
    orders = [order(who, who, f"2024-02-0{n}", 3000 * n) for n, who in enumerate(risks, 1)]
    settings = {"price_minor": 300, "kept": 0.25}

    def rows(churn: float) -> list[Any]:
        told = [risk(who, churn) for who in risks]
        return list(asked(world({"orders": orders, "predictions": told}), **settings).tables[ACCEPTABLE])

    for place, row in enumerate(rows(0.5)):
        assert row.acceptable == pytest.approx(row.cost / (0.25 * row.ahead))
        assert row.churn == pytest.approx(0.5)
        assert [rows(row.acceptable + more)[place].gain for more in (-0.01, 0.01)] == pytest.approx(
            [-0.01 * 0.25 * row.ahead, 0.01 * 0.25 * row.ahead], abs=1
        )


def test_who_never_pays_has_no_acceptable_churn() -> None:
    (row,) = asked(
        world({"orders": [order(1, "anna", "2024-02-03", 1000)], "predictions": [risk("anna", 1.0)]}),
        price_minor=300,
        kept=0.25,
    ).tables[ACCEPTABLE]
    assert (row.ahead, row.cost, row.acceptable, row.gain) == (1000, 300, None, -50)


def test_a_prediction_of_the_very_moment_up_to_which_all_is_known_counts() -> None:
    of = world(
        {"orders": [order(1, "anna", "2024-02-03")], "predictions": [risk("anna", 0.5, on="2024-03-01")]},
        as_of="2024-03-01",
    )
    assert [row.risk for row in asked(of).tables[CUSTOMERS]] == [0.5]


def test_many_are_judged_in_columns() -> None:
    """Two hundred thousand in a moment, and none of them as an object of its own."""
    chance, count = np.random.default_rng(3), 200_000
    brought = chance.integers(-5000, 50_000, count)
    people = pa.table(
        {
            "customer_id": [f"c{n}" for n in range(count)],
            "risk": chance.random(count),
            "brought": brought,
            "paid": np.abs(brought) * 2,
            "staying": pa.nulls(count, pa.float64()),
            "low": pa.nulls(count, pa.float64()),
            "high": pa.nulls(count, pa.float64()),
            "segment": np.zeros(count, dtype=np.int64),
        }
    )
    effort = Effort(500, 0.2, 500 * 40)
    judged = Judged.of(people, effort, 2.0, DECISIONS)
    assert [int(judged.about(each).sum()) for each in (FIGHT, LET_GO)] == [40, int((brought <= 0).sum())]
    assert np.all(np.diff(judged.gain) <= 0)
    first = people["customer_id"].to_pylist().index(judged.customers[0].as_py())
    assert judged.gain[0] == pytest.approx(people["risk"][first].as_py() * brought[first] * 2.0 * 0.2 - 500)
