"""What holds of money whatever the data: movements add up, and what is told twice is the same."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings

from stamm.answers import Answers
from stamm.lang.window import Window
from stamm.metrics import METRICS
from tests.soundness import oracle
from tests.soundness.test_against_oracle import facts_of
from tests.soundness.world_rows import DAY
from tests.soundness.worlds import windows_of, worlds

QUICK = settings(
    max_examples=5,
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


def windows(world: oracle.World) -> list[Window]:
    """Some windows of every grain."""
    return sorted({Window(*span) for group in windows_of(world, 2).values() for span in group if span[0] < span[1]})


@QUICK
@given(worlds() | worlds(lasting=True))
def test_movements_are_the_change_of_recurring_revenue(world: oracle.World) -> None:
    """At the end less at the start, where the start is the end of the window before it."""
    facts = facts_of(world)
    try:
        answers, asked = Answers(facts), windows(world)
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
