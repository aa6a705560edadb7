"""Analyses tell the same from what is kept as from the facts, in random worlds."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from stamm.answers import Answers, World
from stamm.answers.plan import Plan
from stamm.engines.kind import Engine
from stamm.facts import kept
from stamm.lang.window import Window, day_of, day_start
from tests.soundness import oracle
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.test_cohorts import DAY, questions, spans
from tests.soundness.worlds import worlds
from tests.thorough import turns


class Keeping:
    """An engine that has a table of each kept fact, made beforehand."""

    def __init__(self, engine: Engine, tables: dict[str, pa.Table]) -> None:
        self._engine, self._tables = engine, {key: ibis.memtable(rows) for key, rows in tables.items()}
        self.name, self.most_distinct = engine.name, engine.most_distinct

    def table(self, kind: str) -> ir.Table:
        return self._tables[kind] if kind in self._tables else self._engine.table(kind)

    def held(self, expression: ir.Table) -> ir.Table:
        return self._engine.held(expression)

    def run(self, expression: ir.Table) -> pa.Table:
        return self._engine.run(expression)

    def close(self) -> None:
        self._engine.close()


def keeping(facts: World) -> World:
    """The same world with all that can be kept; as_of is a midnight, since days are kept whole."""
    assert facts.as_of is not None
    plan = Plan(facts, (), None, facts.as_of)
    tables = {fact.key: facts.engine.run(plan[fact.key].select(*fact.columns())) for fact in kept()}
    return replace(facts, engine=Keeping(facts.engine, tables), kept=dict.fromkeys(tables))


@st.composite
def until_midnight(draw: Any) -> oracle.World:
    """A world as it is known at a midnight."""
    world = draw(worlds())
    world.as_of = day_start(day_of(world.as_of, world.zone) + draw(st.integers(0, 1)) * DAY, world.zone)
    return world


def check(world: oracle.World, span: Window, by: str | None, analysis: str, asked: dict[str, Any]) -> None:
    facts = facts_of(world)
    with closing(facts.engine):
        derived = Answers(facts).analyse(analysis, span, by=by, settings=asked)
        found = Answers(keeping(facts)).analyse(analysis, span, by=by, settings=asked)
    event("complete" if any(row.complete for row in found.rows) else "nothing complete")
    assert found.tables == derived.tables, f"{analysis} {asked} over {span} by {by}"
    assert found.left_out == derived.left_out, f"{analysis} {asked} over {span} by {by}"


@st.composite
def cohorts(draw: Any) -> tuple[oracle.World, Window, str | None, str, dict[str, Any]]:
    """Retention by cohort, mostly by events of any kind."""
    world = draw(until_midnight())
    asked, by = draw(questions()), draw(st.sampled_from((None, "country")))
    asked = replace(asked, begins_with=draw(st.sampled_from(("event", "event", "activity", asked.begins_with))))
    return world, Window(*draw(spans(world))), by, "retention_table", vars(asked)


@st.composite
def lifecycles(draw: Any) -> tuple[oracle.World, Window, str | None, str, dict[str, Any]]:
    """Lifecycles of whoever did anything."""
    world = draw(until_midnight())
    asked = {
        "active_with": draw(st.sampled_from(("event", "event", "activity", "track"))),
        "period": draw(st.sampled_from(("day", "week", "month"))),
        "people": draw(st.sampled_from(("customers", "visitors"))),
    }
    by = draw(st.sampled_from((None, "country")))
    return world, Window(*draw(spans(world))), by, "lifecycle", asked


@st.composite
def drivers(draw: Any) -> tuple[oracle.World, Window, str | None, str, dict[str, Any]]:
    """What goes with staying: what was kept of the days before a span, unless a link was taken back since."""
    world = draw(until_midnight())
    asked = {"look_back_days": draw(st.sampled_from((1, 7, 40))), "least": 1}
    return world, Window(*draw(spans(world))), draw(st.sampled_from((None, "country"))), "drivers", asked


QUICK = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)


@QUICK
@given(cohorts() | lifecycles() | drivers())
def test_what_is_kept_tells_the_same(question: tuple[oracle.World, Window, str | None, str, dict[str, Any]]) -> None:
    check(*question)


@pytest.mark.long
@settings(max_examples=turns(6, 3), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(cohorts() | lifecycles() | drivers())
def test_what_is_kept_tells_the_same_in_many_worlds(
    question: tuple[oracle.World, Window, str | None, str, dict[str, Any]],
) -> None:
    check(*question)
