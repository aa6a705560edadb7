"""Ways through visits against the plain-Python oracle, in random worlds: every way and every page, exactly."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from stamm.analyses.kind import ROWS
from stamm.analyses.paths import ARROW, BACK, BRANCHES, WHOLE, Paths
from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.oracle.journeys import Settings, Way, ways, whole
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.test_funnels import DAY, SPAN, ZONE, worlds
from tests.thorough import turns

STEPS = ("visit", "visit", "page:/cart", "page:/cart*", "page", "track:Pay", "event:Pay", "screen", "event")


@st.composite
def questions(draw: Any) -> Settings:
    return Settings(
        direction=draw(st.sampled_from(("from", "to"))),
        step=draw(st.sampled_from(STEPS)),
        length=draw(st.integers(1, 4)),
        places=draw(st.sampled_from(("pages", "events"))),
        collapse=draw(st.booleans()),
    )


def check(world: oracle.World, asked: Settings) -> None:
    """Every way, and every line of the other tables."""
    if oracle.day_start(ZONE, DAY) >= world.as_of:
        return
    for number, row in enumerate(world.events):
        row["referrer"], row["channel"] = (None, "search", "mail")[number % 3], ("web", None)[number % 2]
    facts = facts_of(world)
    try:
        answer = Answers(facts).analyse(Paths, Window(*SPAN), settings={**vars(asked), "top": 1000, "branches": 20})
    finally:
        facts.engine.close()
    where = f"{asked} as of {world.as_of}: {answer.tables}"
    expected = ways(world, asked, *SPAN)
    event(f"{len(expected)} ways")
    found = {row.journey: (row.visits, row.visitors) for row in answer.rows}
    assert found == {ARROW.join(way): counts for way, counts in expected.items()}, where
    order = [(-visits, way) for way, (visits, _) in expected.items()]
    assert [row.journey for row in answer.rows] == [ARROW.join(way) for _, way in sorted(order)], where
    total = sum(visits for visits, _ in expected.values())
    assert [row.share for row in answer.rows] == pytest.approx([row.visits / total for row in answer.rows]), where
    assert {table: {row.what: row.visits for row in answer.tables[table]} for table in WHOLE} == whole(world, *SPAN), (
        where
    )
    assert all(
        sum(row.share for row in rows) == pytest.approx(1)
        for name, rows in answer.tables.items()
        if rows and name != BRANCHES
    ), where
    told = {tuple(row.way.split(ARROW if asked.direction == "from" else BACK)): row for row in answer.tables[BRANCHES]}
    assert {way: (row.visits, row.ended) for way, row in told.items()} == branching(expected, asked), where
    for way, row in told.items():
        before = told[way[:-1]].visits if len(way) > 1 else total
        assert (row.share, row.of_before) == pytest.approx((row.visits / total, row.visits / before)), where
    assert answer.tables[ROWS] == answer.rows


def branching(expected: dict[Way, tuple[int, int]], asked: Settings) -> dict[Way, tuple[int, int | None]]:
    """By way so far, counted from the step: how many visits came so, and how many of them went no further."""
    came, ended = Counter[Way](), Counter[Way]()
    for way, (visits, _) in expected.items():
        counted = way if asked.direction == "from" else way[::-1]
        ended[counted] += visits
        for depth in range(1, len(counted) + 1):
            came[counted[:depth]] += visits
    return {way: (visits, ended[way] if len(way) < asked.length else None) for way, visits in came.items()}


QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)


@pytest.mark.long
@QUICK
@given(worlds(), questions())
def test_random_ways(world: oracle.World, asked: Settings) -> None:
    check(world, asked)


@pytest.mark.long
@settings(max_examples=turns(12, 6), deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), questions())
def test_many_random_ways(world: oracle.World, asked: Settings) -> None:
    check(world, asked)
