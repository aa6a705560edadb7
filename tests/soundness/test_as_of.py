"""A metric over several facts is told of one moment, whichever of them ends first: against the oracle, by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings

from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.test_against_oracle import QUICK, expected_of, facts_of
from tests.soundness.worlds import windows_of, worlds
from tests.thorough import turns

#: what each is made from by metrics.md, what it is built on included; "spells" is what the rule makes them from
MADE_FROM: dict[str, tuple[str, ...]] = {
    "acquisition_cost": ("costs", "spells"),
    "retention_cost": ("costs", "spells"),
    "ltv_to_cac": ("costs", "orders", "spells"),
    "customer_lifetime_value": ("orders", "spells"),
    "lifetime_value_arpa_over_churn": ("subscriptions", "spells"),
    "revenue_per_customer": ("orders", "returns"),
}
SPELLS = {"orders": ("orders",), "activity": ("orders", "events"), "subscriptions": ("subscriptions",)}


def end_of_all(world: oracle.World, kinds: Iterable[str]) -> datetime:
    """The end of the last local day that all of these kinds cover."""
    lasts = [world.coverage[kind][1] for kind in kinds]
    return oracle.day_start(world.zone, min(lasts) + timedelta(days=1)).astimezone(UTC)


def spans_of(world: oracle.World) -> list[tuple[date, date]]:
    """Whole months and odd lengths around the ends of coverage."""
    by_grain = windows_of(world, most_of_each=5)
    return sorted(span for grain in ("month", "other") for span in by_grain[grain] if span[0] < span[1])


@pytest.mark.long
@settings(QUICK, max_examples=turns(12, 6))
@given(worlds())
def test_as_of_is_the_end_of_what_all_facts_of_a_metric_cover(world: oracle.World) -> None:
    facts = replace(facts_of(world), as_of=None)
    windows = [Window(*span) for span in spans_of(world)]
    try:
        answers = Answers(facts)
        for key, made_from in MADE_FROM.items():
            kinds = {kind for each in made_from for kind in SPELLS[world.spell_rule] if each == "spells"}
            known = replace(world, as_of=end_of_all(world, kinds | (set(made_from) - {"spells"})))
            answer = answers.ask(key, windows)
            assert answer.as_of == known.as_of, key
            for row in answer.rows:
                expected = expected_of(known, key, row.window.start, row.window.end)
                where = f"{key} {row.window.start}..{row.window.end} as of {known.as_of}: {row}"
                if expected is None:
                    assert row.value is None, where
                else:
                    assert row.value == pytest.approx(float(expected), rel=1e-9, abs=1e-9), where
    finally:
        facts.engine.close()
