"""Rules against customers asked one by one in plain Python, in random worlds; what comes later changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.answers.segments import Segments
from stamm.segments.rule import rule_of
from tests.segments.drawn import rules
from tests.soundness import oracle
from tests.soundness.oracle.clock import day_start
from tests.soundness.oracle.segments import CLOCK, OPERATORS, everybody, members, past
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.worlds import interesting_days, worlds
from tests.thorough import turns

DAY = timedelta(days=1)
Drawn = dict[str, Any]


def later(world: oracle.World, on: date) -> oracle.World:
    """The same past: whatever comes on that day or after it comes a week later still, and much more comes."""
    start = day_start(world.zone, on)

    def moved(cell: Any) -> Any:
        return cell + 7 * DAY if isinstance(cell, datetime) and cell >= start else cell

    rows = {kind: [{n: moved(c) for n, c in row.items()} for row in getattr(world, kind)] for kind in CLOCK}
    rows["orders"] += [
        {**row, "order_id": f"{row['order_id']}+", "ordered_at": start, "amount_minor": 10**6} for row in rows["orders"]
    ]
    rows["customers"] += [{**row, "valid_from": start, "country": "CH"} for row in rows["customers"]]
    return replace(world, **rows)


def check(world: oracle.World, drawn: Sequence[Drawn], on: date) -> None:
    """The same customers, and the same as well where all that comes later is another."""
    expected = [sorted(members(world, rule, on)) for rule in drawn]
    where = f"{drawn} at the start of {on} in {world.zone}"
    for of in (world, later(world, on)):
        facts = facts_of(of)
        try:
            asked = Segments(replace(facts, as_of=None))
            found = [asked.members(rule_of(rule), on)["customer_id"].to_pylist() for rule in drawn[:2]]
            assert found == expected[:2], where
            sizes = asked.sizes({str(number): rule_of(rule) for number, rule in enumerate(drawn)}, on).values()
        finally:
            facts.engine.close()
        assert [size.customers for size in sizes] == [len(each) for each in expected], where
        assert {size.everybody for size in sizes} == {len(everybody(past(world, on)))}


@st.composite
def questions(draw: Any) -> tuple[oracle.World, list[Drawn], date]:
    world = draw(worlds())
    each = rules(sorted(OPERATORS), 4)
    return world, draw(st.lists(each, min_size=4, max_size=4)), draw(st.sampled_from(sorted(interesting_days(world))))


QUICK = settings(
    max_examples=1,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)


@QUICK
@given(questions())
def test_random_rules(question: tuple[oracle.World, list[Drawn], date]) -> None:
    check(*question)


@pytest.mark.long
@settings(max_examples=turns(8, 4), deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_many_random_rules(question: tuple[oracle.World, list[Drawn], date]) -> None:
    check(*question)
