"""Sessions put together from pieces are those cut from all events of a visitor in order."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from stamm.answers.plan import Plan
from stamm.facts.events import Events
from tests.soundness import oracle
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.worlds import worlds

_ = ibis._
NAMES = ("visitor_id", "started_at", "started_on", "ended_at", "events", "page_views", "actions")
SEEN = ("entry_page", "exit_page", "referrer", "medium", "campaign", "channel", "customer_id")


def check(world: oracle.World) -> None:
    for number, row in enumerate(world.events):  # so that each says where it is from
        row.update(page=f"/{number}" if row["kind"] != "track" else None, channel=f"ch {number}", medium=f"m {number}")
    facts = facts_of(world)
    with closing(facts.engine):
        plan = Plan(facts, (), None, world.as_of)
        pieced = plan["sessions"].select(*NAMES, *SEEN)
        cut = (
            plan["session_events"]
            .group_by("visitor_id", "started_at")
            .aggregate(
                started_on=_.happened_on.min(),
                ended_at=_.happened_at.max(),
                events=_.count(),
                page_views=_.count(where=Events().views()),
                actions=_.count(where=Events().actions()),
                entry_page=_.page.max(where=_.enters),
                exit_page=_.page.max(where=_.leaves),
                **{name: _[name].max(where=_.opens) for name in SEEN[2:6]},
                customer_id=_.customer_id.max(),
            )
        )
        found, expected = (_rows(facts.engine.run(each.select(*NAMES, *SEEN)).to_pylist()) for each in (pieced, cut))
    assert found == expected


def _rows(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(row) for row in rows)


@settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(worlds())
def test_pieces_are_put_together(world: oracle.World) -> None:
    check(world)


@pytest.mark.long
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_pieces_are_put_together_in_many_worlds(world: oracle.World) -> None:
    check(world)
