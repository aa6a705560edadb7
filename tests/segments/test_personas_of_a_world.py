"""Personas of a small world: planted kinds are found, by any machine alike, and are those of whom their rules hold."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from stamm.answers import World, personas
from stamm.answers.personas import MONTH_DAYS, Personas, day_and_measures, many_events, measured, personas_of
from stamm.answers.personas_told import record_of, rows_of
from stamm.answers.segments import Segments
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.reports.personas import personas_shown
from stamm.segments.personas import find
from stamm.segments.sentence import sentence
from stamm.segments.speech import Speech
from tests.answers.small import ALL_OF_2024, order, world

END = date(2025, 1, 1)
EACH = 40
#: by the first letter of an id: orders, and what each is about
KINDS = {"a": (12, 2_000), "b": (2, 10_000), "c": (1, 2_000)}


def planted(seed: int = 1) -> list[dict[str, object]]:
    """Orders of those who order often, of those whose orders are large, and of those who came once."""
    chance = np.random.default_rng(seed)
    found = []
    for kind, (times, amount) in KINDS.items():
        for who in range(EACH):
            for _ in range(times + int(chance.integers(times // 2 + 1))):
                day = date(2024, 1, 1) + timedelta(days=int(chance.integers(330)))
                minor = int(amount * chance.uniform(0.5, 1.5))
                found.append(order(len(found), f"{kind}{who:02}", str(day), minor))
    return found


def shop(orders: list[dict[str, object]]) -> World:
    return world({"orders": orders}, coverage={"orders": ALL_OF_2024})


@pytest.fixture(scope="module")
def orders() -> list[dict[str, object]]:
    return planted()


@pytest.fixture(scope="module")
def asked(orders: list[dict[str, object]]) -> Segments:
    return Segments(shop(orders), {})


@pytest.fixture(scope="module")
def found(asked: Segments) -> Personas:
    return personas_of(asked)


def test_planted_kinds_are_found_and_are_whom_their_rules_hold(asked: Segments, found: Personas) -> None:
    assert (found.on, found.customers) == (END, 3 * EACH)
    inside = [asked.members(each.rule, END)["customer_id"].to_pylist() for each in found.found.personas]
    kinds = [{who[0] for who in each} for each in inside]
    assert all(len(kind) == 1 for kind in kinds), "nobody is with others of another kind"
    assert set.union(*kinds) == KINDS.keys()
    assert [len(each) for each in inside] == [each.customers for each in found.found.personas]
    assert sum(map(len, inside)) == 3 * EACH
    assert found.found.personas[0].name.en.startswith("Order often")


def test_rows_in_another_order_and_other_threads_change_nothing(
    orders: list[dict[str, object]], found: Personas
) -> None:
    chance = np.random.default_rng(2)
    shuffled = Segments(shop([orders[place] for place in chance.permutation(len(orders))]), {})
    on, asked = day_and_measures(shuffled, None)
    with threadpool_limits(2):
        assert find(measured(shuffled, asked, on)[1]) == found.found


def test_a_month_before_they_were_the_same(found: Personas) -> None:
    since = found.since
    assert since is not None
    assert since.on == END - timedelta(days=MONTH_DAYS)
    # no order is of the last month, so nobody moved
    assert (since.n, since.same, since.share, since.alike) == (3 * EACH, 3 * EACH, 1.0, 1.0)
    assert since.interval == (pytest.approx(3 * EACH / (3 * EACH + 1.959964**2)), 1.0)


def test_what_is_told_is_what_was_found(found: Personas) -> None:
    told = record_of(found, "EUR")
    first = told["personas"][0]
    assert first["share"] == first["customers"] / (3 * EACH)
    assert told["personas"][0]["sentence"]["de"] == sentence(found.found.personas[0].rule, Speech("de", "EUR"))
    assert told["why_none"] is None
    assert len(rows_of(found, "EUR", "de")) == 2 * len(told["personas"])
    shown = personas_shown(found, "EUR", Language("de"))
    assert shown.about == "120 Kunden bestellten in den 365 Tagen vor dem 1. Januar 2025."
    assert len(shown.steadiness) == 3


def test_too_few_and_days_that_are_not_known_are_told() -> None:
    few = Segments(shop([order(n, f"c{n}", "2024-05-01") for n in range(99)]), {})
    none = personas_of(few)
    assert (none.found.personas, none.since, none.customers) == ((), None, 99)
    assert personas_shown(none, "EUR", Language("en")).reason == "fewer than 100 customers ordered"
    with pytest.raises(UsageError, match="from 2024-01-02 to 2025-01-01"):
        personas_of(few, date(2025, 2, 1))
    with pytest.raises(UsageError, match="none were ever taken in"):
        personas_of(Segments(world({}, coverage={})))


def test_facts_that_ended_long_ago_are_left_out() -> None:
    """Tickets of the spring alone would stand for a year in which nobody asked for help."""
    tickets = [{"ticket_id": "t1", "customer_id": "a", "opened_at": "2024-03-01"}]
    found = []
    for last in (date(2024, 12, 20), date(2024, 4, 1)):
        known = {"orders": ALL_OF_2024, "tickets": (date(2024, 1, 1), last)}
        on, asked = day_and_measures(
            Segments(world({"orders": [order(1, "a", "2024-03-01")], "tickets": tickets}, coverage=known), {}), None
        )
        found.append((on, [each.metric for each in asked]))
    both = ["order_count", "average_order_value"]
    assert found == [(date(2024, 12, 21), [*both, "tickets_opened"]), (END, both)]


def test_of_too_many_events_visits_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    event = {"event_id": "e1", "customer_id": "a", "happened_at": "2024-03-01T10:00", "kind": "page", "name": "home"}
    both = {"orders": [order(1, "a", "2024-03-01")], "events": [event, {**event, "event_id": "e2"}]}
    segments = Segments(world(both, coverage=dict.fromkeys(both, ALL_OF_2024)), {})
    for most, visits in ((2, True), (1, False)):
        monkeypatch.setattr(personas, "MOST_EVENTS", most)
        known = [each.metric for each in day_and_measures(segments, None)[1]]
        assert ("visits" in known, many_events(segments, END)) == (visits, not visits)
