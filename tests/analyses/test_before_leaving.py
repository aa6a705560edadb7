"""What changed before customers left: beside a plain count in Python, and nothing of what came later plays a part."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import NormalDist, variance
from typing import Any

import pytest

from stamm.analyses.before_leaving import BASIS, FELL, NOBODY, NOTHING, BeforeLeaving
from stamm.analyses.drivers import NO_SUCH
from stamm.analyses.drivers.effect import TOO_FEW
from stamm.answers import Answers, TableAnswer, World
from stamm.lang.errors import UsageError
from stamm.lang.window import Window
from tests.answers.small import ALL_OF_2024, order, paying, world

MAY = Window.parse("2024-05")
STARTS, ENDS = datetime(2024, 5, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)
LAPSE, NEAR = timedelta(days=30), timedelta(days=10)


def visit(who: str, at: datetime) -> dict[str, Any]:
    return {"event_id": f"{who} {at}", "customer_id": who, "happened_at": at.isoformat(), "kind": "page"}


def asked(of: World, /, **settings: object) -> TableAnswer:
    return Answers(of).analyse(BeforeLeaving, MAY, settings={"days": 10, "least": 2, **settings})


def told(answer: TableAnswer, sign: str) -> Any:
    return next(row for row in answer.rows if row.sign.en == sign)


def drawn(seed: int) -> tuple[dict[str, list[datetime]], dict[str, list[datetime]]]:
    """Orders and visits of sixty customers over half a year, by customer; visits are half a day apart."""
    chance = Random(seed)
    first = datetime(2024, 1, 1, 8, tzinfo=UTC)
    orders = {
        f"c{n:02}": sorted(first + timedelta(hours=chance.randrange(24 * 170)) for _ in range(chance.randint(1, 9)))
        for n in range(60)
    }
    visits = {who: [first + timedelta(hours=12 * n) for n in range(340) if chance.random() < 0.2] for who in orders}
    return orders, visits


def facts(orders: dict[str, list[datetime]], visits: dict[str, list[datetime]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "orders": [order(f"{who} {at}", who, at.isoformat()) for who, all_ in orders.items() for at in all_],
        "events": [visit(who, at) for who, all_ in visits.items() for at in all_],
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_what_a_plain_count_says(seed: int) -> None:
    orders, visits = drawn(seed)
    left = {}
    for who, all_ in orders.items():
        ends = [at for at, after in zip(all_, [*all_[1:], None], strict=True) if after is None or after - at > LAPSE]
        if inside := [at for at in ends if STARTS <= at + LAPSE < ENDS]:
            left[who] = inside[-1]
    stayed = {}
    for number, who in enumerate(sorted(orders.keys() - left.keys())):
        all_ = orders[who]
        signs = [at for at, after in pairwise(all_) if after - at <= LAPSE and STARTS - LAPSE <= at < ENDS - LAPSE]
        if signs:
            stayed[who] = signs[number % len(signs)]

    def stratum(who: str, at: datetime) -> tuple[int, int]:
        days = (at - orders[who][0]) / timedelta(days=1)
        return (at - (STARTS - LAPSE)).days // 7, sum(days >= band for band in (30, 90, 180, 365, 730))

    changes: dict[bool, dict[tuple[int, int], list[int]]] = {True: defaultdict(list), False: defaultdict(list)}
    for which, people in ((True, left), (False, stayed)):
        for who, at in people.items():
            if at - orders[who][0] < 2 * NEAR:
                continue
            ago = [(at - then) / NEAR for then in visits[who] if then < at]
            changes[which][stratum(who, at)].append(sum(x <= 1 for x in ago) - sum(1 < x <= 2 for x in ago))
    both = changes[True].keys() & changes[False].keys()
    n = sum(len(changes[True][each]) for each in both)
    ours = [d for each in both for d in changes[True][each]]
    theirs = [d for each in both for d in changes[False][each]]
    of_theirs = sum(len(changes[True][s]) * sum(changes[False][s]) / len(changes[False][s]) for s in both) / n
    error = variance(ours) / n + variance(theirs) * sum(
        (len(changes[True][s]) / n) ** 2 / len(changes[False][s]) for s in both
    )
    answer = asked(world(facts(orders, visits), lapse_days=30))
    row, (basis,) = told(answer, "Visits"), answer.tables[BASIS]
    assert (basis.left, basis.matched, basis.stayed) == (len(left), n, len(theirs))
    assert row.change == pytest.approx(sum(ours) / n)
    assert row.change_stayed == pytest.approx(of_theirs)
    assert row.difference == pytest.approx(sum(ours) / n - of_theirs)
    judged = Counter(each.verdict is not None for each in answer.rows)[True]
    z = NormalDist().inv_cdf(1 - 0.05 / 2 / judged)
    assert (row.low, row.high) == pytest.approx((row.difference - z * error**0.5, row.difference + z * error**0.5))


def test_nothing_that_came_later_plays_a_part() -> None:
    orders, visits = drawn(3)
    before = facts(orders, visits)
    later = facts(orders, visits)
    ends = {who: all_[-1] for who, all_ in orders.items()}
    later["events"] += [visit(who, at + timedelta(hours=1)) for who, at in ends.items()]
    later["events"] += [visit(who, at) for who, at in ends.items()]
    one, other = (told(asked(world(each, lapse_days=30)), "Visits") for each in (before, later))
    assert (one.near, one.earlier, one.n) == (other.near, other.earlier, other.n)


def test_subscribers_who_visit_less_before_they_go() -> None:
    paid, events = [], []
    start = datetime(2024, 3, 1, 9, tzinfo=UTC)
    for n in range(80):
        who, end = f"c{n:02}", datetime(2024, 5, 2 + n % 20, 12, tzinfo=UTC)
        goes = n < 40
        paid.append(paying(who, "2024-01-01", end.isoformat() if goes else None))
        quiet = end - NEAR if goes else ENDS
        events += [visit(who, at) for day in range(0, 90, 2) if (at := start + timedelta(days=day)) < quiet]
    of = world({"subscriptions": paid, "events": events}, spell_rule="subscriptions")
    answer = asked(of, least=30)
    row = told(answer, "Visits")
    assert row.near == 0
    assert row.earlier == pytest.approx(5)
    assert row.near_stayed == pytest.approx(5)
    assert row.verdict == FELL
    assert told(answer, "Tickets").reason == NOTHING
    behind = Answers(of).customers(answer, row)
    assert len(behind.counted) == row.n
    assert len(behind.others) == row.n_stayed
    assert set(behind.counted) <= {f"c{n:02}" for n in range(40)}
    few = told(asked(of, least=41), "Visits")
    assert (few.verdict, few.low, few.reason) == (None, None, TOO_FEW)


def test_what_is_not_known() -> None:
    nobody = asked(world({"orders": [order(1, "anna", "2024-01-01")]}))
    assert {row.reason for row in nobody.rows} == {NOBODY}
    orders, visits = drawn(4)
    covered = {"orders": ALL_OF_2024, "events": ALL_OF_2024}
    answer = asked(world(facts(orders, visits), lapse_days=30, coverage=covered))
    assert told(answer, "Returns").reason == NO_SUCH
    assert told(answer, "Visits").verdict is not None
    with pytest.raises(UsageError, match="set beside anybody"):
        BeforeLeaving().customers(None, told(answer, "Returns"))  # type: ignore[arg-type]  # nothing is asked
