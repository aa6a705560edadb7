"""Why customers left: beside a plain count in Python, split, and under a lapse."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from stamm.analyses.reasons_for_leaving import NOBODY_LEFT, NOTHING_TOLD, ReasonsForLeaving
from stamm.analyses.reasons_for_leaving.told import END, RETURNED
from stamm.answers import Answers
from stamm.lang.errors import UsageError
from stamm.lang.interval import wilson
from stamm.lang.reasons import NOT_BEGUN, NOT_OVER
from stamm.lang.window import Window
from tests.answers.small import known, order, paying, world

MARCH = Window.parse("2024-03")


def exit_answer(
    number: int, who: str, asked: str, choice: str | None, answered: str | None = None
) -> dict[str, object]:
    told = {"response_id": f"a{number}", "question": "why", "kind": "choice", "survey": "exit", "customer_id": who}
    return {**told, "asked_at": asked, "answered_at": answered or (asked if choice else None), "choice": choice}


def test_it_is_what_a_plain_count_says_whatever_is_asked_and_answered() -> None:
    chance, subscriptions, answers, people = Random(4), [], [], []
    ended: dict[str, Counter[str | None]] = {"DE": Counter(), "AT": Counter()}
    chosen: dict[str, Counter[str]] = {"DE": Counter(), "AT": Counter()}
    told: Counter[str] = Counter()
    silent: Counter[str] = Counter()
    for n in range(200):
        who, country = f"c{n}", chance.choice(("DE", "AT"))
        people.append(known(who, "2023-01-01", country=country))
        end = date(2024, 2, 1) + timedelta(days=chance.randrange(90))
        reason = chance.choice(("voluntary", "delinquent", None))
        subscriptions.append(paying(who, "2023-06-01", end.isoformat(), end_reason=reason))
        asked = end + timedelta(days=chance.choice((-40, -31, -30, 0, 30, 31)))
        picks = chance.choice(((), ("price",), ("price", "taste")))
        rows = [exit_answer(10 * n + k, who, asked.isoformat(), pick) for k, pick in enumerate(picks or (None,))]
        answers += rows
        if end.month != 3:
            continue
        ended[country][reason] += 1
        if abs((asked - end).days) <= 30 and asked < date(2024, 4, 1):
            chosen[country].update(picks)
            (told if picks else silent)[country] += 1
    facts = {"subscriptions": subscriptions, "responses": answers, "customers": people}
    answer = Answers(world(facts, spell_rule="subscriptions")).analyse(ReasonsForLeaving, MARCH, by="country")
    assert {row.group for row in answer.rows} == {"DE", "AT"}
    for row in answer.rows:
        of = ended[row.group]
        assert row.ended == sum(of.values())
        if row.source == END:
            assert (row.n, row.known, row.untold) == (of[row.answer], of["voluntary"] + of["delinquent"], of[None])
        else:
            assert (row.n, row.known) == (chosen[row.group][row.answer], told[row.group])
            assert row.untold == silent[row.group]
        assert (row.low, row.high) == wilson(row.n, row.known)


def test_under_a_lapse_it_looks_from_the_last_order_on() -> None:
    orders = [order(1, "anna", "2024-02-20"), order(2, "ben", "2024-02-21")]  # gone ten days later
    back = [
        {"return_id": "r1", "customer_id": "anna", "returned_at": "2024-02-18", "reason": "broken"},
        {"return_id": "r2", "customer_id": "ben", "returned_at": "2024-02-10", "reason": "size"},
        {"return_id": "r3", "customer_id": "ben", "returned_at": "2024-03-05", "reason": None},
    ]
    answers = Answers(world({"orders": orders, "returns": back}))
    answer = answers.analyse(ReasonsForLeaving, MARCH, settings={"near_days": 5})
    assert [(row.source, row.answer, row.n, row.known, row.untold, row.ended) for row in answer.rows] == [
        (RETURNED, "broken", 1, 1, 1, 2)
    ]
    assert answers.customers(answer, answer.rows[0]).counted == ("anna",)
    wide = answers.analyse(ReasonsForLeaving, MARCH, settings={"near_days": 30})
    behind = answers.customers(wide, wide.rows[0])
    assert (behind.counted, behind.others) == (("anna",), ("ben",))


def test_what_is_not_known_or_not_over() -> None:
    paid = [
        paying("anna", "2024-01-01", "2024-03-10", end_reason="voluntary"),
        paying("ben", "2024-01-01", "2024-04-10"),
    ]
    spelled = world({"subscriptions": paid}, spell_rule="subscriptions", as_of="2024-06-10")
    answer = Answers(spelled).analyse(
        ReasonsForLeaving, Window.parse("2024-03-01/2024-08-01"), settings={"grain": "month"}
    )
    assert [(row.n, row.reason) for row in answer.rows] == [
        (1, ""),
        (None, NOTHING_TOLD),
        (None, NOBODY_LEFT),
        (None, NOT_OVER),
        (None, NOT_BEGUN),
    ]
    with pytest.raises(UsageError, match="why somebody left"):
        Answers(spelled).customers(answer, answer.rows[1])
