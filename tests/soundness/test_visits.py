"""Visits: the oracle by hand, and page by page against it in random worlds."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings

from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.hand import at, event, value, world
from tests.soundness.oracle.metrics_visits import exit_rate_of
from tests.soundness.test_against_oracle import QUICK, facts_of
from tests.soundness.worlds import windows_of, worlds


def page(number: int, happened_at: str, customer: str, path: str | None) -> oracle.Row:
    return event(number, happened_at, customer=customer, kind="page", page=path)


def test_visits_by_hand() -> None:
    events = [
        page(1, "2024-01-31T23:50", "a", "/"),
        page(2, "2024-02-01T00:10", "a", "/tea"),  # a visit of January
        page(3, "2024-02-03T23:50", "a", "/"),
        event(4, "2024-02-04T00:20", customer="a"),  # exactly half an hour later
        page(5, "2024-02-04T00:51", "a", "/tea"),  # a new one
        page(6, "2024-02-10", "b", "/tea"),
        event(7, "2024-02-12", anonymous="v"),
        page(8, "2024-02-29T23:59", "c", "/"),
        page(9, "2024-03-01T00:09", "c", "/tea"),  # of a visit of February
    ]
    made = world(events=events)
    assert value("page_views", made) == 5
    assert value("visits", made) == 5
    assert value("visitors", made) == 4
    assert value("new_visitor_share", made) == Fraction(3, 4)
    assert value("session_duration", made) == Fraction(1800 + 600, 5)
    assert value("pages_per_session", made) == Fraction(1 + 1 + 1 + 0 + 2, 5)
    assert value("bounce_rate", made) == Fraction(2, 4)
    assert value("one_page_sessions", made) == Fraction(3, 4)
    assert value("exit_rate", made) == Fraction(4, 5)
    assert value("visit_frequency", made) == Fraction(5, 4)
    assert value("days_between_visits", made) == (3 + Fraction(61, 1440)) / 2
    assert value("active_engagement_share", made) == Fraction(2, 5)
    assert value("sessions_not_engaged", made) == Fraction(3, 5)
    assert value("active_days", made) == Fraction(3 + 1 + 1 + 1, 4)  # a on the 1st, 3rd and 4th
    assert value("stickiness", made) == Fraction(6, 29 * 4)
    february = (date(2024, 2, 1), date(2024, 3, 1))
    assert exit_rate_of(made, "/tea", *february) == Fraction(3, 3)  # the visit of January counts there, not its view
    assert exit_rate_of(made, "/", *february) == Fraction(1, 2)
    made.as_of = at("2024-03-01")
    assert value("session_duration", made) == Fraction(1800, 5)
    made.as_of = at("2024-02-11")
    assert value("stickiness", made) == Fraction(4, 10 * 2)
    made.as_of = at("2024-03-01")
    assert exit_rate_of(made, "/", *february) == 1


@pytest.mark.long
@settings(QUICK, max_examples=5)
@given(worlds())
def test_exit_rate_page_by_page(world: oracle.World) -> None:
    facts = facts_of(world)
    try:
        windows = [Window(*span) for span in windows_of(world, 4)["month"]]
        for row in Answers(facts).ask("exit_rate", windows, by="page").rows:
            span = row.window.start, row.window.end
            known = oracle.METRICS["exit_rate"](world, *span) is not None
            expected = exit_rate_of(world, row.group, *span) if known else None
            assert row.value == (None if expected is None else pytest.approx(float(expected), rel=1e-9)), row
    finally:
        facts.engine.close()
