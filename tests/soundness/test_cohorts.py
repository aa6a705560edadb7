"""The retention table against the plain-Python oracle, in random worlds with clock changes: every cell, exactly."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from stamm.analyses.kind import ROWS
from stamm.analyses.retention_table import POOLED, RetentionTable
from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.oracle.cohort_periods import Settings
from tests.soundness.oracle.cohorts import Cell, retention_table
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.worlds import worlds
from tests.thorough import turns

DAY = timedelta(days=1)
SIGNS = ("order", "order", "visit", "event", "activity", "track", "track:Order Completed", "event:Home")


@st.composite
def questions(draw: Any) -> Settings:
    """Settings that make sense together."""
    of = draw(st.sampled_from(("customers", "customers", "orders", "gross_revenue", "revenue", "contribution")))
    free = of not in ("revenue", "contribution")
    return Settings(
        of=of,
        entry=draw(st.sampled_from(("first_ever", "first_in_range", "recurring"))),
        begins_with=draw(st.sampled_from(SIGNS)),
        returns_with=draw(st.sampled_from(("same", "same", *SIGNS))) if free else "same",
        least_minor=draw(st.sampled_from((0, 0, 333, 1000))) if free else 0,
        rule=draw(st.sampled_from(("on", "on_or_after", "bracket"))) if of != "contribution" else "on",
        brackets=draw(st.sampled_from(("1-3,4-7", "0-1,2,5-6", "2-2"))),
        minimum=draw(st.sampled_from((1, 1, 2, 3))) if free else 1,
        period=draw(st.sampled_from(("day", "week", "month", "quarter", "step", "step"))),
        step_days=draw(st.sampled_from((1, 1, 2, 7, 30))),
        periods=draw(st.integers(1, 7)),
        cohort=draw(st.sampled_from(("day", "week", "month", "quarter"))),
        denominator=draw(st.sampled_from(("start", "before", "customers"))),
    )


@st.composite
def settled(draw: Any) -> oracle.World:
    """A world of which three times in four more days are covered than anything happens on, so that cells are final."""
    world = draw(worlds())
    if draw(st.integers(0, 3)):
        firsts, lasts = zip(*world.coverage.values(), strict=True)
        until = max(lasts) + draw(st.sampled_from((5, 40, 120))) * DAY
        world.coverage = dict.fromkeys(world.coverage, (min(firsts), until))
        world.as_of = oracle.day_start(world.zone, until + DAY)
    return world


@st.composite
def spans(draw: Any, world: oracle.World) -> tuple[date, date]:
    """A range of days from one on which something happened, or shortly before it."""
    moments = [row["ordered_at"] for row in world.orders] + [row["happened_at"] for row in world.events]
    days = sorted({oracle.local_day(world.zone, moment) for moment in moments}) or [date(2024, 1, 1)]
    first = draw(st.sampled_from(days)) - draw(st.sampled_from((0, 0, 1, 9))) * DAY
    return first, first + draw(st.sampled_from((1, 3, 10, 40))) * DAY


def check(world: oracle.World, asked: Settings, span: tuple[date, date], by: str | None) -> None:
    """Every cell of the table and of its pooled row."""
    expected = retention_table(world, asked, *span, by=by)
    facts = facts_of(world)
    try:
        answer = Answers(facts).analyse(RetentionTable, Window(*span), by=by, settings=vars(asked))
    finally:
        facts.engine.close()
    found = {
        (row.cohort.start if row.cohort else None, row.group, row.period): row
        for table in (ROWS, POOLED)
        for row in answer.tables[table]
    }
    assert found.keys() == expected.keys()
    for key, cell in expected.items():
        event(cell.reason or "complete")
        row = found[key]
        where = f"{key} of {asked} over {span} by {by} as of {world.as_of}: {row}, expected {cell}"
        exact = Cell(row.returned, row.amount, row.denominator, row.size, cell.value, row.complete, row.reason)
        assert exact == cell, where
        assert row.value == (None if cell.value is None else pytest.approx(float(cell.value), rel=1e-12)), where


QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)


@QUICK
@given(st.data(), settled(), questions(), st.sampled_from((None, None, "country")))
def test_random_tables(data: st.DataObject, world: oracle.World, asked: Settings, by: str | None) -> None:
    check(world, asked, data.draw(spans(world)), by)


@pytest.mark.long
@settings(max_examples=turns(30, 12), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), settled(), questions(), st.sampled_from((None, None, "country")))
def test_many_random_tables(data: st.DataObject, world: oracle.World, asked: Settings, by: str | None) -> None:
    check(world, asked, data.draw(spans(world)), by)
