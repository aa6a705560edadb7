"""The funnel against the plain-Python oracle, in random worlds full of equal moments and borders: every step."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from stamm.analyses.funnel import Funnel
from stamm.answers import Answers
from stamm.lang.window import Window
from tests.soundness import oracle
from tests.soundness.oracle.funnels import Settings, counted, funnel
from tests.soundness.test_against_oracle import facts_of
from tests.thorough import turns

ZONE = "Europe/Berlin"
#: a clock change and the border of the span lie on it
DAY = date(2024, 3, 31)
MIDNIGHT = datetime(2024, 3, 30, 23, tzinfo=UTC)
SPAN = (DAY, date(2024, 4, 1))
PEOPLE, DEVICES = ("anna", "ben"), ("phone", "tablet")
#: kind, name and page of what is done
DONE = (
    ("page", None, "/cart"),
    ("page", None, "/cart/help"),
    ("page", "Home", "/"),
    ("track", "Pay", "/cart"),
    ("screen", "Pay", None),
    ("stay", "Pay", "/cart"),
)
STEPS = (
    "page:/cart", "page:/cart*", "page:Home", "page", "track:Pay", "event:Pay", "screen", "order", "visit", "activity",
)  # fmt: skip
EMPTY_EVENT = dict.fromkeys(("title", "referrer", "medium", "campaign", "value_minor", "currency", "properties"))
#: minutes from the midnight at which the span begins: equal ones are likely, and its borders, and steps of an hour
MINUTES = st.sampled_from((-60, -1, 0, 0, 1, 20, 30, 31, 60, 60, 61, 90, 120, 1379, 1380, 1380, 1410, 1440))


@st.composite
def worlds(draw: Any) -> oracle.World:
    """Two customers and two devices, of which each may turn out to be somebody's, and up to 16 things done."""
    second = draw(st.sampled_from((timedelta(0), timedelta(0), timedelta(microseconds=1))))
    moments = st.builds(
        lambda minutes, late: MIDNIGHT + minutes * timedelta(minutes=1) + late * second, MINUTES, st.integers(0, 1)
    )
    events: list[oracle.Row] = []
    linked: set[tuple[str, datetime]] = set()
    for number in draw(st.permutations(range(draw(st.integers(0, 12))))):
        who, device = draw(st.sampled_from((None, *PEOPLE))), draw(st.sampled_from((None, *DEVICES)))
        at = draw(moments)
        if who is not None and device is not None:
            device = None if (device, at) in linked else device
            linked.add((str(device), at))
        kind, name, page = draw(st.sampled_from(DONE))
        ids = {"event_id": f"e{number:02}", "customer_id": who, "anonymous_id": device if who or device else "phone"}
        events.append(
            {**EMPTY_EVENT, **ids, "happened_at": at, "kind": kind, "name": name, "page": page, "channel": None}
        )
    links = [
        {"anonymous_id": device, "linked_at": at, "customer_id": draw(st.sampled_from(PEOPLE)), "unlinked_at": None}
        for device, at in {device: draw(moments) for device in draw(st.sets(st.sampled_from(DEVICES)))}.items()
        if (device, at) not in linked
    ]
    orders = [an_order(draw, number, draw(moments)) for number in range(draw(st.integers(0, 4)))]
    customers = [
        {"customer_id": who, "valid_from": draw(moments), "country": country}
        for who, country in zip(PEOPLE, ("AT", "DE"), strict=True)
    ]
    covered = (DAY - timedelta(days=9), DAY + draw(st.sampled_from((0, 1, 5))) * timedelta(days=1))
    kinds = dict.fromkeys(oracle.KINDS, covered)
    as_of = draw(st.sampled_from((MIDNIGHT + timedelta(days=30), MIDNIGHT + timedelta(hours=23), draw(moments))))
    world = oracle.World(ZONE, as_of, "complete", "orders", 90, "EUR", kinds)
    world.events, world.orders, world.links, world.customers = events, orders, links, customers
    return world


def an_order(draw: Any, number: int, at: datetime) -> oracle.Row:
    money = dict.fromkeys(("discount_minor", "tax_minor", "shipping_minor", "cost_minor", "channel", "campaign"))
    cancelled_at = draw(st.sampled_from((None, None, None, at)))
    who = draw(st.sampled_from((*PEOPLE, *PEOPLE, None)))
    return {
        **money,
        "order_id": f"o{number}",
        "customer_id": who,
        "ordered_at": at,
        "amount_minor": 100,
        "currency": "EUR",
        "cancelled_at": cancelled_at,
    }


@st.composite
def questions(draw: Any) -> Settings:
    mode = draw(st.sampled_from(("ordered", "strict", "any")))
    steps = draw(st.lists(st.sampled_from(STEPS), min_size=2, max_size=4, unique=mode == "any"))
    hours = draw(st.sampled_from((0.0, 0.5, 1.0, 1.0, 23.0, 72.0)))
    return Settings(" > ".join(steps), mode, hours, draw(st.sampled_from(("visitors", "visitors", "customers"))))


def check(world: oracle.World, asked: Settings, by: str | None) -> None:
    """Every step, and who is behind it."""
    if oracle.day_start(ZONE, DAY) >= world.as_of:
        return
    expected = funnel(world, asked, *SPAN, by=by)
    facts = facts_of(world)
    try:
        answers = Answers(facts)
        answer = answers.analyse(Funnel, Window(*SPAN), by=by, settings=vars(asked))
        behind = answers.customers(answer, answer.rows[1])
    finally:
        facts.engine.close()
    where = f"{asked} by {by} as of {world.as_of}: {answer.rows}, expected {expected}"
    assert [(row.group, row.step) for row in answer.rows] == sorted(expected, key=lambda key: (key[0] is None, key)), (
        where
    )
    for row in answer.rows:
        step = expected[row.group, row.step]
        event("undecided" if step.undecided else f"{asked.mode} to {row.step}" if step.reached else "nobody")
        exact = (row.reached, row.customers, row.dropped, row.undecided)
        assert exact == (step.reached, step.customers, step.dropped, step.undecided), where
        for name in ("of_first", "of_before", "minutes"):
            wanted = getattr(step, name)
            assert getattr(row, name) == (None if wanted is None else pytest.approx(float(wanted), rel=1e-12)), where
    if by is None:
        named = {p[1]: len(a.reached) for p, a in counted(world, asked, *SPAN).items() if p[0] == "customer"}
        assert behind.counted == tuple(sorted(who for who, reached in named.items() if reached >= 2)), where
        assert behind.others == tuple(sorted(who for who, reached in named.items() if reached == 1)), where


QUICK = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)


@pytest.mark.long
@QUICK
@given(worlds(), questions(), st.sampled_from((None, None, "country")))
def test_random_funnels(world: oracle.World, asked: Settings, by: str | None) -> None:
    check(world, asked, by)


@pytest.mark.long
@settings(max_examples=turns(10, 5), deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), questions(), st.sampled_from((None, None, "country")))
def test_many_random_funnels(world: oracle.World, asked: Settings, by: str | None) -> None:
    check(world, asked, by)
