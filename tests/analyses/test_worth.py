"""Whom it pays to fight for: the best that a budget can buy, and what is refused or not known."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from random import Random
from typing import Any

import pytest

from stamm.analyses.brought import MONEY, REVENUE
from stamm.analyses.worth import (
    ALONE,
    BASIS,
    BEYOND,
    CUSTOMERS,
    DECISIONS,
    FIGHT,
    LET_GO,
    NO_RISK,
    NOTHING_KEPT,
    Worth,
)
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
