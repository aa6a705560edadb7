"""What holds of money whatever the data: movements add up, and what is told twice is the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from stamm.answers import Answers
from stamm.facts.contributions import Contributions
from stamm.facts.kind import Reduction
from stamm.lang.window import Window
from stamm.metrics import METRICS, Metric, part
from tests.soundness import oracle
from tests.soundness.oracle.metrics_costs import contribution_of, everybody
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.world_rows import DAY
from tests.soundness.worlds import windows_of, worlds

QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)
MOVEMENTS = {
    "mrr_new": 1,
    "mrr_expansion": 1,
    "mrr_reactivation": 1,
    "mrr_contraction": -1,
    "mrr_churned": -1,
}


def windows(world: oracle.World, most_of_each: int = 2) -> list[Window]:
    """Some windows of every grain."""
    return sorted(
        {Window(*span) for group in windows_of(world, most_of_each).values() for span in group if span[0] < span[1]}
    )


@settings(QUICK, max_examples=6)
@given(worlds() | worlds(lasting=True))
def test_movements_are_the_change_of_recurring_revenue(world: oracle.World) -> None:
    """At the end less at the start, where the start is the end of the window before it."""
    facts = facts_of(world, ("subscriptions",))
    try:
        answers, asked = Answers(facts), windows(world, 12)
        before = [Window(window.start - DAY, window.start) for window in asked]
        answers.prepare([METRICS[key]() for key in MOVEMENTS], asked)
        moved = {key: answers.ask(key, asked).rows for key in MOVEMENTS}
        end, start = (answers.ask("monthly_recurring_revenue", each).rows for each in (asked, before))
        for number, (after, was) in enumerate(zip(end, start, strict=True)):
            if after.value is not None:
                total = sum(sign * (moved[key][number].value or 0) for key, sign in MOVEMENTS.items())
                assert total == after.value - (was.value or 0), after.window
    finally:
        facts.engine.close()


class Contribution(Metric):
    """All that was earned, less what it cost, from the rows of customers and of nobody."""

    unit = "money"

    @part("contribution", "Deckungsbeitrag", "money")
    def earned(self, contributions: Contributions) -> Reduction:
        return contributions.earned()

    def value(self, earned: Any) -> Any:
        return earned


@QUICK
@given(worlds())
def test_contribution_is_revenue_less_its_costs(world: oracle.World) -> None:
    """Told as one number, told by its parts, and told by the metrics that tell the parts."""
    asked = windows(world)
    known = replace(world, history="complete")  # else spells say nothing at first, and revenue does
    facts = facts_of(known)
    try:
        answers = Answers(facts)
        told = ("contribution_per_customer", "revenue", "cost_to_serve", "retention_cost")
        answers.prepare([METRICS[key]() for key in told], asked)
        each = [answers.ask(key, asked).rows for key in told]
        for whole, earned, *others in zip(answers.ask(Contribution, asked).rows, *each, strict=True):
            parts = earned.parts
            if whole.value is None or parts["revenue"] is None:
                continue
            # the same from the rows as they were taken in
            assert whole.value == contribution_of(known, whole.window.start, whole.window.end, everybody)
            costs = sum(parts[name] for name in ("goods", "messages", "service", "shared", "care"))
            assert whole.value == parts["revenue"] - costs
            revenue, service, retention = others
            assert parts["revenue"] == revenue.value
            assert (parts["service"], parts["shared"]) == (service.parts["named"], service.parts["shared"])
            assert parts["care"] == retention.parts["spent"]
            if earned.value is not None:
                assert earned.value * parts["customers"] == pytest.approx(whole.value, abs=1e-6)
    finally:
        facts.engine.close()
