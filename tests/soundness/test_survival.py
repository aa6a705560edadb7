"""The survival curve against one worked out by hand in fractions, in random worlds with clock changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.analyses.survival import SUMMARY, Survival
from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.oracle.survival import Length, at_risk, lengths, still_here
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.worlds import worlds
from tests.thorough import turns

DAY = timedelta(days=1)
STEPS = {"day": DAY, "week": 7 * DAY, "month": timedelta(days=30.4375)}


def check(world: oracle.World, end: date, grid: str) -> None:
    """Each point and the sums of the whole curve."""
    facts = facts_of(world)
    try:
        answer = Answers(facts).analyse(Survival, Window(end - DAY, end), settings={"grid": grid})
    finally:
        facts.engine.close()
    rows = [row for row in answer.rows if row.survival is not None]
    if not rows:
        return
    known: list[Length] = lengths(world, end)
    for row in rows:
        time = row.step * STEPS[grid] if grid != "event" else timedelta(days=row.days)
        assert row.survival == pytest.approx(float(still_here(known, time)), abs=1e-9)
        assert row.at_risk == at_risk(known, time)
    (summary,) = answer.tables[SUMMARY]
    assert (summary.spells, summary.ended) == (len(known), sum(over for _, over in known))
    if grid == "event":
        assert sum(row.ended for row in rows) == summary.ended
        assert [timedelta(days=row.days) for row in rows[1:]] == sorted({t for t, over in known if over and t})
    half = [time for time, over in sorted(known) if over and still_here(known, time) <= 0.5]
    assert summary.median == (pytest.approx(half[0] / DAY) if half else None)


@st.composite
def questions(draw: Any) -> tuple[oracle.World, date, str]:
    world = draw(worlds())
    last = oracle.local_day(world.zone, world.as_of)
    return world, last - draw(st.sampled_from((0, 0, 1, 5, 30))) * DAY, draw(st.sampled_from((*STEPS, "event")))


QUICK = settings(
    max_examples=2,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)


@QUICK
@given(questions())
def test_random_curves(question: tuple[oracle.World, date, str]) -> None:
    check(*question)


@pytest.mark.long
@settings(max_examples=turns(10, 5), deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_many_random_curves(question: tuple[oracle.World, date, str]) -> None:
    check(*question)
