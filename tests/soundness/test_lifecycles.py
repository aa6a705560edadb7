"""The lifecycle against the plain-Python oracle, and against itself: whatever the world, it adds up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from stamm.analyses.lifecycle import Lifecycle, Period
from stamm.answers import Answers, TableAnswer
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.oracle import lifecycles
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.test_cohorts import settled, spans
from tests.soundness.world_rows import DAY
from tests.thorough import turns

SIGNS = st.sampled_from(("order", "order", "visit", "activity", "track", "page:/", "event:Home"))
UNITS = st.sampled_from(("day", "day", "week", "month", "quarter"))
PEOPLE = st.sampled_from(("customers", "visitors"))


def check(world: oracle.World, span: tuple[date, date], sign: str, unit: str, people: str) -> None:
    asked = {"active_with": sign, "period": unit, "people": people}
    facts = facts_of(world)
    try:
        answers = Answers(facts)
        whole, split = (answers.analyse(Lifecycle, Window(*span), by=by, settings=asked) for by in (None, "country"))
    finally:
        facts.engine.close()
    adds_up(whole, split)
    for answer in (whole, split):
        expected = lifecycles.lifecycle(world, sign, unit, people, *span, by=answer.by)
        where = f"{asked} over {span} by {answer.by} as of {world.as_of}: {answer.rows}, expected {expected}"
        found = {(row.period.start, row.group): row for row in answer.rows}
        for key, period in expected.items():
            if period.active is None or (key not in found and period.active == 0 and not period.dormant):
                continue
            row = found[key]
            event(period.reason or "complete")
            exact = (row.active, row.new, row.returning, row.resurrected, row.dormant, row.reason)
            assert lifecycles.Period(*exact) == period, where
        unexpected = [row for key, row in found.items() if key not in expected and (row.active or row.dormant)]
        assert not unexpected, where


def adds_up(whole: TableAnswer, split: TableAnswer) -> None:
    """Each period by itself, each with the one before, and the groups with the whole."""
    rows: tuple[Period, ...] = whole.rows
    before: Period | None = None
    for row in rows:
        if row.new is not None:
            assert row.active == numbers(row, "new", "returning", "resurrected")
            assert row.before == numbers(row, "returning", "dormant")
            if before is not None and before.active is not None:
                assert row.before == before.active
        groups = [other for other in split.rows if other.period == row.period and other.active is not None]
        for name in ("active", "new", "returning", "resurrected", "dormant", "before"):
            if getattr(row, name) is not None:
                assert sum(getattr(other, name) for other in groups) == getattr(row, name)
        before = row


def numbers(row: Any, *names: str) -> int:
    return sum(getattr(row, name) for name in names)


QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)


@QUICK
@given(st.data(), settled(), SIGNS, UNITS, PEOPLE)
def test_random_lifecycles(data: st.DataObject, world: oracle.World, sign: str, unit: str, people: str) -> None:
    check(world, data.draw(spans(world)), sign, unit, people)


@settings(QUICK, max_examples=2)
@given(settled(), PEOPLE)
def test_whoever_pauses_and_comes_back_adds_up_too(world: oracle.World, people: str) -> None:
    """Any sign of life day by day over all that there is: most who come twice have paused."""
    days = sorted(oracle.local_day(world.zone, row[at]) for row, at in signs(world)) or [date(2024, 2, 1)]
    check(world, (days[0], days[0] + 60 * DAY), "activity", "day", people)


def signs(world: oracle.World) -> list[tuple[oracle.Row, str]]:
    """Orders and events, with the name of their moment."""
    return [(row, "ordered_at") for row in world.orders] + [(row, "happened_at") for row in world.events]


@pytest.mark.long
@settings(max_examples=turns(10, 5), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), settled(), SIGNS, UNITS, PEOPLE)
def test_many_random_lifecycles(data: st.DataObject, world: oracle.World, sign: str, unit: str, people: str) -> None:
    check(world, data.draw(spans(world)), sign, unit, people)
