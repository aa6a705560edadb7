"""Sessions put together from pieces, and from what lies near them alone, are those cut from all events in order."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from stamm.answers.plan import Plan
from stamm.facts import FACTS, Derived
from stamm.facts.events import Events
from tests.answers.small import world
from tests.kept.shops import event
from tests.thorough import turns

_ = ibis._
NAMES = ("visitor_id", "started_at", "started_on", "ended_at", "events", "page_views", "actions", "customer_id")
SEEN = ("entry_page", "exit_page", "medium", "channel")
Seen = list[tuple[int, str | None, str, str]]
Told = list[tuple[int, str]]

#: minutes around a midnight of Berlin: many events at one moment, and pauses of exactly half an hour
MINUTES = st.sampled_from((0, 0, 15, 29, 30, 31, 45, 60, 61, 75, 90))
DEVICES, KINDS = st.sampled_from(("phone", "tablet")), st.sampled_from(("page", "track"))
EVENTS = st.lists(
    st.tuples(MINUTES, st.sampled_from((None, None, "anna", "ben")), DEVICES, KINDS), min_size=2, max_size=14
)
LINKS = st.lists(st.tuples(MINUTES, st.sampled_from(("anna", "ben"))), max_size=2, unique_by=lambda link: link[0])
BEGIN, MIDNIGHT = datetime(2024, 1, 31, 22, 15, tzinfo=UTC), datetime(2024, 1, 31, 23, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return BEGIN + timedelta(minutes=minutes)


def check(seen: Seen, told: Told) -> None:
    events = [
        {
            **event(f"{number * 7 % 13}-{number}", at(minutes), customer, device, kind),
            "channel": f"channel {number}",
            "medium": f"medium {number}",
            "page": f"/{number}",
        }
        for number, (minutes, customer, device, kind) in enumerate(seen)
    ]
    links = [{"anonymous_id": "phone", "linked_at": at(minutes), "customer_id": who} for minutes, who in told]
    facts = world({"events": events, "links": links}, zone="Europe/Berlin")
    with closing(facts.engine):
        plan = Plan(facts, (), None, at(10_000))
        cut = plan["session_events"].group_by("visitor_id", "started_at")
        cut = cut.aggregate(
            started_on=_.happened_on.min(),
            ended_at=_.happened_at.max(),
            events=_.count(),
            page_views=_.count(where=Events().views()),
            actions=_.count(where=Events().actions()),
            customer_id=_.customer_id.max(),
            entry_page=_.page.max(where=_.enters),
            exit_page=_.page.max(where=_.leaves),
            medium=_.medium.max(where=_.opens),
            channel=_.channel.max(where=_.opens),
        )
        tables = (plan["sessions"], cut)
        pieced, whole = (rows(facts.engine.run(each.select(*NAMES, *SEEN)).to_pylist()) for each in tables)
        narrow = (cut, plan["session_spans"], Keeping(facts, (), None, at(10_000))["session_spans"])
        spans = [rows(facts.engine.run(each.select(*NAMES)).to_pylist()) for each in narrow]
        for fact in (fact for fact in FACTS if issubclass(fact, Derived) and fact.narrows):
            both = (plan[key].select(*fact.columns(), "started_on") for key in (fact.key, fact.narrows))
            narrower, wider = (rows(facts.engine.run(each).to_pylist()) for each in both)
            assert narrower == wider, fact.key
        names = FACTS["session_starts"].columns()
        both = (plan[key].select(*names, "happened_on") for key in ("session_starts", "session_events"))
        narrower, wider = (rows(facts.engine.run(each).to_pylist()) for each in both)
        assert narrower == wider
        begun = _.started_at >= ibis.timestamp(MIDNIGHT.replace(tzinfo=None), timezone="UTC")
        for fact in ("sessions", "session_events", "session_starts"):
            both = (plan[fact], plan.visits_since(fact, date(2024, 2, 1)))
            of_all, cut_off = (rows(facts.engine.run(each.filter(begun)).to_pylist()) for each in both)
            assert of_all == cut_off, fact
    assert pieced == whole
    assert spans[0] == spans[1] == spans[2]


class Keeping(Plan):
    """A plan that takes pieces to be kept."""

    def keeps(self, key: str) -> bool:
        return key == "session_pieces"


def rows(found: list[dict[str, Any]]) -> list[str]:
    return sorted(repr(row) for row in found)


QUICK = settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


#: a visit that goes on over midnight, and one that begins after it
OVER_MIDNIGHT: Seen = [(30, "anna", "phone", "page"), (60, "anna", "phone", "page"), (60, "ben", "tablet", "page")]


@pytest.mark.long
@QUICK
@example(OVER_MIDNIGHT, [])
@given(EVENTS, LINKS)
def test_pieces_are_put_together(seen: Seen, told: Told) -> None:
    check(seen, told)


@pytest.mark.long
@settings(max_examples=turns(10, 4), deadline=None, suppress_health_check=list(HealthCheck))
@given(EVENTS, LINKS)
def test_many_pieces_are_put_together(seen: Seen, told: Told) -> None:
    check(seen, told)
