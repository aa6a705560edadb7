"""Metrics of messages, ratings and tickets with other settings than the usual ones, against the oracle."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.oracle.metrics_answers import rating_average
from tests.soundness.oracle.metrics_messages import message_conversion_rate, message_conversion_rate_by_event
from tests.soundness.oracle.metrics_tickets import overdue_tickets
from tests.soundness.test_against_oracle import QUICK, facts_of
from tests.soundness.world_rows import CONVERSION
from tests.soundness.worlds import windows_of, worlds

Told = Callable[[oracle.World, date, date], oracle.Value]
ASKED: tuple[tuple[str, dict[str, Any], Told], ...] = (
    ("message_conversion_rate", {"days": 1}, lambda *asked: message_conversion_rate(*asked, days=1)),
    (
        "message_conversion_rate",
        {"event": CONVERSION, "days": 5},
        lambda *asked: message_conversion_rate_by_event(*asked, event=CONVERSION, days=5),
    ),
    ("rating_average", {"scale_from": 1, "scale_to": 5}, lambda *asked: rating_average(*asked, scale_to=5)),
    ("overdue_tickets", {"hours": 0}, lambda *asked: overdue_tickets(*asked, after=0)),
)


@pytest.mark.long
@settings(QUICK, max_examples=3)
@given(worlds())
def test_random_worlds(world: oracle.World) -> None:
    spans = sorted({span for group in windows_of(world).values() for span in group if span[0] < span[1]})
    begun = [span for span in spans if oracle.day_start(world.zone, span[0]) < world.as_of][::3]
    facts = facts_of(world)
    try:
        answers = Answers(facts)
        for key, chosen, told in ASKED:
            for row in answers.ask(key, [Window(*span) for span in begun], settings=chosen).rows:
                expected = told(world, row.window.start, row.window.end)
                close = row.value == expected or abs(float(row.value or 0) - float(expected or 0)) < 1e-9
                assert (row.value is None) == (expected is None), f"{key} {chosen} {row}, expected {expected}"
                assert close, f"{key} {chosen} {row}, expected {expected}"
    finally:
        facts.engine.close()
