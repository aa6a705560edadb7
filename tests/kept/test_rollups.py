"""A rollup says what the facts say, in random worlds, for every reduction it stands for."""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from stamm.answers.plan import Plan
from stamm.answers.reduce import cheapest, reduce_parts
from stamm.facts import FACTS, Derived
from stamm.facts.filter import filter_of
from stamm.lang.window import Window
from tests.answers.small import world
from tests.soundness import oracle
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.worlds import windows_of, worlds

PAIRS = [pair for fact in FACTS if issubclass(fact, Derived) for pair in fact.stands_for()]


def check(world: oracle.World) -> None:
    spans = sorted({span for group in windows_of(world).values() for span in group if span[0] < span[1]})
    facts = facts_of(world)
    with closing(facts.engine):
        plan = Plan(facts, tuple(Window(*span) for span in spans), None, world.as_of)
        larger = reduce_parts(plan, {str(number): pair[0] for number, pair in enumerate(PAIRS)})
        smaller = reduce_parts(plan, {str(number): pair[1] for number, pair in enumerate(PAIRS)})
    assert larger == smaller


def test_there_are_rollups() -> None:
    assert {smaller.fact for _, smaller in PAIRS} >= {"customer_days"}
    assert all(larger.identity != smaller.identity and larger.fact != smaller.fact for larger, smaller in PAIRS)


def test_what_is_split_or_filtered_is_answered_by_the_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rollup knows no attribute apart, so it would answer for everybody."""
    monkeypatch.setattr(Plan, "keeps", lambda _plan, _key: True)
    of, february = world({"orders": []}), (Window.parse("2024-02"),)
    moment = february[0].ends_at(of.organisation.zone)
    for larger, _ in PAIRS:
        assert cheapest(Plan(of, february, None, moment), larger).fact != larger.fact
        assert cheapest(Plan(of, february, "country", moment), larger) is larger
        assert cheapest(Plan(of, february, None, moment, filter_of("country=DE")), larger) is larger


@settings(
    max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(worlds())
def test_a_rollup_gives_what_the_facts_give(world: oracle.World) -> None:
    check(world)


@pytest.mark.long
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds() | worlds(lasting=True))
def test_a_rollup_gives_what_the_facts_give_in_many_worlds(world: oracle.World) -> None:
    check(world)
