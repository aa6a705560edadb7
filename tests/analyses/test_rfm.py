"""Recency, frequency and money, by hand."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from stamm.analyses.rfm import MOVES, SCORES, Rfm
from stamm.analyses.rfm.segments import NAMES, SEGMENTS, segment
from stamm.answers import Answers, TableAnswer, World
from stamm.lang.errors import CurrencyError, UsageError
from stamm.lang.reasons import BEGINS_BEFORE, NO_FACTS, NOT_OVER, OUTSIDE, ZERO
from stamm.lang.window import Window
from tests.answers.small import ALL_OF_2024, known, order, world
from tests.soundness.oracle.rfm import named


def asked(of: World, span: str = "2024-02", *, by: str | None = None, **settings: object) -> TableAnswer:
    return Answers(of).analyse(Rfm, Window.parse(span), by=by, settings=settings)


def sizes(answer: TableAnswer) -> dict[str, int]:
    return {row.segment.en: row.customers for row in answer.rows if row.customers}


def test_each_of_the_125_combinations_has_one_name() -> None:
    for recency, frequency, money in product(range(1, 6), repeat=3):
        assert segment(recency, (frequency + money + 1) // 2).en == named(recency, frequency, money)
    assert {name for names in NAMES.values() for name in names} == set(SEGMENTS)
    assert len({name.de for name in SEGMENTS}) == len({name.en for name in SEGMENTS}) == len(SEGMENTS)


def test_five_apart_fill_all_scores_and_equal_ones_share_one() -> None:
    apart = [order(n, f"c{n}", f"2024-02-{n:02}", 1000 * n) for n in range(1, 6)]
    table = asked(world({"orders": apart})).tables[SCORES]
    assert [(row.score, row.by_recency, row.money_from) for row in table] == [(n, 1, 1000 * n) for n in (5, 4, 3, 2, 1)]
    assert [row.by_frequency for row in table] == [0, 0, 0, 0, 5]
    assert [row.days_from for row in table] == [25, 26, 27, 28, 29]
    equal = [order(n, f"c{n}", "2024-02-09") for n in range(7)]
    assert sizes(asked(world({"orders": equal}))) == {"Gone quiet": 7}


def test_money_is_what_stands_less_what_came_back_in_the_span() -> None:
    """The fifth has 4500 back and is the least, whatever the first cancelled and the fourth sent back in January."""
    orders = [order(n, f"c{n}", f"2024-02-{n:02}", 1000 * n) for n in range(1, 6)]
    orders += [order(9, "c1", "2024-02-29", 9000, cancelled_at="2024-03-01"), order(8, "c4", "2024-01-02", 3900)]
    returns = [
        {"return_id": "r1", "order_id": "o5", "returned_at": "2024-02-20", "quantity": 1, "amount_minor": 4500},
        {"return_id": "r2", "order_id": "o8", "returned_at": "2024-01-20", "quantity": 1, "amount_minor": 3900},
    ]
    answer = asked(world({"orders": orders, "returns": returns}))
    assert [row.money_from for row in answer.tables[SCORES]] == [4000, 3000, 2000, 1000, 500]
    by_money = {1: 2, 2: 3, 3: 4, 4: 5, 5: 1}  # of the customers by how lately they ordered
    assert sizes(answer) == Counter(named(recency, 1, money) for recency, money in by_money.items())


def test_moves_and_who_was_not_there() -> None:
    orders = [
        *(order(n, f"c{n}", f"2024-01-{10 + n}", 1000 * n) for n in range(1, 6)),
        *(order(n + 10, f"c{n}", f"2024-02-{n:02}", 1000 * n) for n in range(2, 6)),
        order(20, "new", "2024-02-28", 9000),
    ]
    answer = asked(world({"orders": orders}), "2024-02-01/2024-03-01", earlier="2024-02-01")
    moves = {(move.before.en, move.after.en): move.customers for move in answer.tables[MOVES]}
    assert moves[("not there before", "Loyal")] == 1
    assert moves[("Gone quiet", "not there any more")] == 1
    assert sum(moves.values()) == 6
    assert [move.before.en for move in answer.tables[MOVES]][-1] == "not there before"


def test_countries_share_one_scale() -> None:
    people = [known("anna", "2024-01-01", country="DE"), known("ben", "2024-01-01", country="AT")]
    people += [known("ben", "2024-02-20", country="DE")]
    orders = [order(1, "anna", "2024-02-09"), order(2, "ben", "2024-02-10"), order(3, "cleo", "2024-02-11")]
    answer = asked(world({"orders": orders, "customers": people}), by="country")
    found = [(row.group, row.segment.en) for row in answer.rows if row.customers]
    assert found == [("DE", "Resting"), ("DE", "Gone quiet"), (None, "Promising")]
    assert sorted({row.share for row in answer.rows}) == pytest.approx([0, 1 / 3])
    assert len(answer.rows) == 2 * len(SEGMENTS)


def test_money_as_paid_needs_no_returns_and_never_adds_currencies() -> None:
    facts = {"orders": [order(1, "anna", "2024-02-09")]}
    only_orders = {"coverage": {"orders": ALL_OF_2024}}
    assert {row.reason for row in asked(world(facts, **only_orders)).rows} == {NO_FACTS}
    assert sizes(asked(world(facts, **only_orders), money="gross_revenue")) == {"Gone quiet": 1}
    mixed = world({"orders": [order(1, "anna", "2024-02-09", currency="USD")]})
    with pytest.raises(CurrencyError):
        asked(mixed)


@pytest.mark.parametrize(
    ("span", "reason", "customers"),
    [
        ("2023-02", OUTSIDE, None),
        ("2024-04", ZERO, 0),
        ("2024-12-01/2025-02-01", NOT_OVER, 0),
        ("2023-12-01/2024-02-01", BEGINS_BEFORE, 0),
    ],
)
def test_what_is_not_known_or_not_final(span: str, reason: str, customers: int | None) -> None:
    answer = asked(world({"orders": [order(1, "anna", "2024-02-09")]}, history="cut"), span)
    assert {(row.reason, row.customers, row.complete) for row in answer.rows} == {(reason, customers, False)}


def test_an_earlier_day_that_makes_no_sense() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-09")]}, coverage=dict.fromkeys(("orders", "returns"), ALL_OF_2024))
    with pytest.raises(UsageError, match="cannot be 'yesterday'"):
        asked(of, earlier="yesterday")
    with pytest.raises(UsageError, match="does not lie before the end"):
        asked(of, earlier=str(date(2024, 3, 1)))
    with pytest.raises(UsageError, match="leaves no span of"):
        asked(of, earlier="0001-01-01")
    reaching_back = asked(of, earlier="2023-06-01")
    assert reaching_back.tables[MOVES] == ()
    assert "do not reach back" in reaching_back.notes[0].en


def test_a_mean_is_that_of_whole_microseconds_in_whatever_order_they_are_added() -> None:
    """Real numbers added one by one would be a digit off, another one each time an engine adds on several threads."""
    moments = [datetime(2024, 2, 1 + n % 29, n % 24, n % 60, n % 59, 7919 * n, tzinfo=UTC) for n in range(1, 120)]
    answers = Answers(world({"orders": [order(n, f"c{n}", at.isoformat()) for n, at in enumerate(moments)]}))
    answer = answers.analyse(Rfm, Window.parse("2024-02"))
    end, micro = datetime(2024, 3, 1, tzinfo=UTC), timedelta(microseconds=1)
    since = {f"c{n}": (end - at) // micro for n, at in enumerate(moments)}
    seen = 0
    for row in answer.rows:
        inside = answers.customers(answer, row).counted
        seen += len(inside)
        if inside:
            assert row.days == sum(since[who] for who in inside) / 86_400_000_000 / len(inside)
    assert seen == len(moments)
