"""The engine against the plain-Python oracle, in random worlds: every metric, every window, equal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.answers import Answers
from stamm.answers import World as Facts
from stamm.answers.examples import MakeEngine, arrow_of
from stamm.engines.duckdb import DuckDB
from stamm.lang.errors import ScaleError
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.metrics import METRICS
from tests.soundness import oracle
from tests.soundness.oracle.metrics_answers import scales_in
from tests.soundness.worlds import windows_of, worlds
from tests.thorough import turns

ORACLE = {key: metric for key, metric in oracle.METRICS.items() if key in METRICS}
KEYS = sorted(ORACLE)


def facts_of(world: oracle.World, kinds: Iterable[str] = oracle.KINDS, make: MakeEngine = DuckDB.over_tables) -> Facts:
    """The oracle's world, loaded into an engine as the store would hold it."""
    stored = {kind: arrow_of(kind, getattr(world, kind), world.zone) for kind in kinds if getattr(world, kind)}
    organisation = Organisation(
        zone=world.zone,
        currency=world.currency,
        history="complete" if world.history == "complete" else "cut",
        spell_rule=world.spell_rule,  # type: ignore[arg-type]
        lapse_days=world.lapse_days,
    )
    return Facts(make(stored), organisation, dict(world.coverage), as_of=world.as_of)


def check(world: oracle.World, keys: Iterable[str]) -> None:
    """Compare every window of the world for these metrics."""
    spans = sorted({span for group in windows_of(world).values() for span in group if span[0] < span[1]})
    facts = facts_of(world)
    try:
        answers, windows = Answers(facts), [Window(*span) for span in spans]
        answers.prepare([METRICS[key]() for key in keys], windows)
        for key in keys:
            if key == "rating_average" and len({scale for span in spans for scale in scales_in(world, *span)}) > 1:
                with pytest.raises(ScaleError):
                    answers.ask(key, windows)
                continue
            answer = answers.ask(key, windows)
            for row in answer.rows:
                if key == "churn_rate_daily_sum" and row.window.end > covered_until(world):
                    continue  # a day outside coverage has no churn rate to add; the oracle looks at the whole window
                expected = expected_of(world, key, row.window.start, row.window.end)
                where = f"{key} {row.window.start}..{row.window.end} as of {world.as_of} in {world.zone}: {row}"
                if expected is None or isinstance(expected, int):
                    assert row.value == expected, f"{where}, expected {expected}"
                else:
                    assert row.value == pytest.approx(float(expected), rel=1e-9, abs=1e-9), where
    finally:
        facts.engine.close()


def covered_until(world: oracle.World) -> date:
    """The first day on which some fact that spells are made of is no longer covered."""
    kinds = {"orders": ("orders",), "activity": ("orders", "events"), "subscriptions": ("subscriptions",)}
    lasts = [world.coverage[kind][1] for kind in kinds[world.spell_rule] if kind in world.coverage]
    return min(lasts) + timedelta(days=1) if lasts else date.min


def expected_of(world: oracle.World, key: str, start: date, end: date) -> Fraction | float | int | None:
    """The oracle's value; a window that has not begun has none."""
    if oracle.day_start(world.zone, start) >= world.as_of:
        return None
    return ORACLE[key](world, start, end)


QUICK = settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)


@pytest.mark.long
@QUICK
@given(worlds(), st.lists(st.sampled_from(KEYS), min_size=min(5, len(KEYS)), max_size=5, unique=True))
def test_random_worlds(world: oracle.World, keys: list[str]) -> None:
    check(world, keys)


@pytest.mark.long
@settings(max_examples=turns(12, 6), deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds() | worlds(lasting=True))
def test_every_metric_in_many_worlds(world: oracle.World) -> None:
    check(world, KEYS)
