"""What goes with staying: against counts in plain Python, without leaks from later, and with sober verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.analyses.drivers import NO_SUCH, PARTLY, TOO_FEW, Driver, Drivers
from stamm.analyses.drivers.behaviours import BEHAVIOURS
from stamm.analyses.drivers.effect import LESS, MORE, OPEN, Split, weighed
from stamm.answers import Answers, TableAnswer, World
from stamm.facts import imported
from stamm.lang.interval import newcombe, z_for
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import CUT_HISTORY, NO_FACTS, NOT_OVER
from stamm.lang.window import Window
from tests.answers.small import ALL_OF_2024, order, paying, world
from tests.thorough import turns

Facts = dict[str, list[dict[str, Any]]]
START, DAY = datetime(2024, 6, 1, tzinfo=UTC), timedelta(days=1)
SINCE = START - 90 * DAY


def asked(facts: Mapping[str, Sequence[Mapping[str, Any]]], span: str = "2024-06", **settings: object) -> TableAnswer:
    return Answers(subscribed(facts)).analyse(Drivers, Window.parse(span), settings=settings)


def subscribed(facts: Mapping[str, Sequence[Mapping[str, Any]]], **more: Any) -> World:
    return world(facts, **{"spell_rule": "subscriptions", **more})


def found(answer: TableAnswer) -> dict[tuple[str, str | None], Driver]:
    return {(row.behaviour, row.value): row for row in answer.rows}


def drawn(seed: int, people: int) -> Facts:
    """A few rows of every kind a customer, in the half year around the start, never exactly where they count."""
    chance = np.random.default_rng(seed)
    facts: Facts = {kind: [] for kind in imported()}

    def near(after: datetime | None = None) -> datetime:
        hours = int(chance.integers(1, 60 if after else 24 * 150))
        return (after or START - 110 * DAY) + timedelta(hours=hours, minutes=30)

    def maybe(moment: datetime) -> datetime | None:
        return moment if chance.random() < 0.5 else None

    for number in range(people):
        who = f"c{number}"
        facts["subscriptions"].append(
            paying(who, "2024-01-05", ("2024-06-10", "2024-05-20", None, None)[int(chance.integers(4))])
        )
        facts["customers"].append(
            {"customer_id": who, "valid_from": near(), "acquired_through": ("ads", "friends", None)[number % 3]}
        )
        for each in range(int(chance.integers(0, 4))):
            key, at = f"{who}-{each}", near()
            bought = {"order_id": key, "customer_id": who, "ordered_at": at}
            discount, channel = (None, 0, 300)[int(chance.integers(3))], ("web", "store")[int(chance.integers(2))]
            facts["orders"].append(
                bought
                | {"amount_minor": 900, "discount_minor": discount, "channel": channel}
                | {"cancelled_at": maybe(near(at))}
            )
            facts["order_lines"].append(bought | {"line_id": "1", "category": ("tea", "cups")[each % 2]})
            if chance.random() < 0.5:
                facts["returns"].append({"return_id": key, "order_id": key, "returned_at": near(at), "amount_minor": 1})
            sent = near()
            facts["messages"].append(
                {"message_id": key, "customer_id": who, "sent_at": sent}
                | {"opened_at": maybe(near(sent)), "clicked_at": maybe(near(sent))}
            )
            opened = near()
            facts["tickets"].append(
                {"ticket_id": key, "customer_id": who, "opened_at": opened, "resolved_at": maybe(near(opened))}
            )
            posed = near()
            facts["responses"].append(
                {"response_id": key, "question": "q", "kind": "nps", "customer_id": who, "asked_at": posed}
                | {"answered_at": maybe(near(posed)), "score": float(chance.integers(0, 11))}
            )
            ends = near()
            facts["attendances"].append(
                {"gathering_id": key, "customer_id": who, "ends_at": ends, "attended_at": maybe(ends - DAY / 24)}
            )
            for visit in range(int(chance.integers(0, 3))):
                facts["events"].append(
                    {
                        "event_id": f"{key}-{visit}",
                        "anonymous_id": f"phone {who}",
                        "happened_at": near(),
                        "kind": "page",
                    }
                )
        facts["links"].append({"anonymous_id": f"phone {who}", "customer_id": who, "linked_at": near()})
    return facts


# -- counts in plain Python ------------------------------------------------------------------------------------
def counted(facts: Facts) -> dict[str, dict[str, Any]]:
    """Who showed what, by going through all rows: customer -> yes or no (or the value); others are not known."""
    here = [row["customer_id"] for row in facts["subscriptions"] if row["ended_at"] != "2024-05-20"]

    def lately(moment: datetime | None) -> bool:
        return moment is not None and SINCE <= moment < START

    def had(yes: set[str]) -> dict[str, bool]:
        return {who: who in yes for who in here}

    standing = {
        row["order_id"]: row
        for row in facts["orders"]
        if row["ordered_at"] < START and (row["cancelled_at"] is None or row["cancelled_at"] >= START)
    }
    owner = {row["order_id"]: row["customer_id"] for row in facts["orders"] if row["ordered_at"] < START}
    recent = [row for row in standing.values() if lately(row["ordered_at"])]
    orders = [row["customer_id"] for row in recent]
    categories: dict[str, set[str]] = {}
    for line in facts["order_lines"]:
        if lately(line["ordered_at"]) and line["order_id"] in standing:
            categories.setdefault(line["customer_id"], set()).add(line["category"])
    linked = {row["anonymous_id"]: row["customer_id"] for row in facts["links"] if row["linked_at"] < START}
    days: dict[str, set[date]] = {}
    for event in facts["events"]:
        if lately(event["happened_at"]) and event["anonymous_id"] in linked:
            days.setdefault(linked[event["anonymous_id"]], set()).add(event["happened_at"].date())
    sent = [row for row in facts["messages"] if lately(row["sent_at"])]
    tickets = [row for row in facts["tickets"] if lately(row["opened_at"])]
    answers: dict[str, float] = {}
    for row in sorted((r for r in facts["responses"] if lately(r["answered_at"])), key=lambda r: r["answered_at"]):
        answers[row["customer_id"]] = row["score"]
    firsts: dict[str, str] = {}
    for row in sorted(standing.values(), key=lambda row: (row["ordered_at"], row["order_id"])):
        firsts.setdefault(row["customer_id"], row["channel"])
    won = {r["customer_id"]: r["acquired_through"] for r in facts["customers"] if r["valid_from"] < START}

    def over(row: Mapping[str, Any]) -> bool:
        solved = row["resolved_at"] if row["resolved_at"] is not None and row["resolved_at"] < START else START
        return bool(solved > row["opened_at"] + timedelta(hours=48))

    def of_sent(column: str) -> dict[str, bool]:
        yes = {row["customer_id"] for row in sent if row[column] is not None and row[column] < START}
        return {row["customer_id"]: row["customer_id"] in yes for row in sent}

    returned = {
        owner[row["order_id"]] for row in facts["returns"] if lately(row["returned_at"]) and row["order_id"] in standing
    }
    return {
        "ordered_again": had({who for who in orders if orders.count(who) > 1}),
        "several_categories": had({who for who, kinds in categories.items() if len(kinds) > 1}),
        "returned_something": had(returned),
        "used_discount": had({row["customer_id"] for row in recent if (row["discount_minor"] or 0) > 0}),
        "opened_message": of_sent("opened_at"),
        "clicked_message": of_sent("clicked_at"),
        "visited_often": had({who for who, seen in days.items() if len(seen) >= 3}),
        "had_ticket": had({row["customer_id"] for row in tickets}),
        "waited_for_service": had({row["customer_id"] for row in tickets if over(row)}),
        "would_recommend": {who: score >= 9 for who, score in answers.items()},
        "would_not_recommend": {who: score <= 6 for who, score in answers.items()},
        "came_to_gathering": had({row["customer_id"] for row in facts["attendances"] if lately(row["attended_at"])}),
        "first_channel": firsts,
        "acquired_through": {who: how for who, how in won.items() if how is not None},
    }


def test_every_behaviour_against_counts_in_plain_python() -> None:
    facts = drawn(1, 60)
    here = {row["customer_id"] for row in facts["subscriptions"] if row["ended_at"] != "2024-05-20"}
    stays = {row["customer_id"] for row in facts["subscriptions"] if row["ended_at"] is None}
    expected = counted(facts)
    assert set(expected) == set(BEHAVIOURS.keys()), "a new behaviour is counted here, too"
    for (behaviour, value), row in found(asked(facts)).items():
        known = {who: yes for who, yes in expected[behaviour].items() if who in here}
        one = {who for who, yes in known.items() if (yes == value if value else yes is True)}
        other = set(known) - one
        sizes = (len(one), len(one & stays), len(other), len(other & stays))
        assert (row.n, row.stayed, row.n_without, row.stayed_without) == sizes, behaviour
        assert row.n, f"{behaviour} is shown by somebody, or the test says nothing"
        assert row.difference == pytest.approx(sizes[1] / sizes[0] - sizes[3] / sizes[2])
        assert row.ratio == pytest.approx((sizes[1] / sizes[0]) / (sizes[3] / sizes[2]))


# -- nothing from later ----------------------------------------------------------------------------------------
CLOCKS = {
    "orders": "ordered_at", "returns": "returned_at", "messages": "sent_at", "tickets": "opened_at",
    "responses": "asked_at", "events": "happened_at", "links": "linked_at", "order_lines": "ordered_at",
    "customers": "valid_from",
}  # fmt: skip
MARKS = {
    "orders": ("cancelled_at",), "messages": ("opened_at", "clicked_at"), "tickets": ("resolved_at",),
    "responses": ("answered_at",), "attendances": ("attended_at",),
}  # fmt: skip


def moved(facts: Facts, kinds: set[str], later: timedelta) -> tuple[Facts, Facts]:
    """Every third row of these kinds moved to the start or later, and the same facts without these rows.

    Of the others what came true is moved there, or is missing.
    """
    into, without = {k: [dict(r) for r in rows] for k, rows in facts.items()}, dict[str, list[dict[str, Any]]]()
    for kind, rows in into.items():
        without[kind] = []
        for number, row in enumerate(rows):
            bare = dict(row)
            if kind in kinds and number % 3 == 0 and kind in CLOCKS:
                row[CLOCKS[kind]] = START + later
                row |= {mark: START + later for mark in MARKS.get(kind, ()) if row[mark]}
                continue
            for mark in MARKS.get(kind, ()):
                if kind in kinds and number % 3 == 1 and row[mark]:
                    row[mark], bare[mark] = START + later, None
            without[kind].append(bare)
    return into, without


def check_no_leak(kinds: set[str], later: timedelta) -> None:
    into, without = moved(drawn(2, 25), kinds, later)
    assert found(asked(into)) == found(asked(without))


def test_what_happens_at_the_start_or_later_plays_no_part() -> None:
    check_no_leak({*CLOCKS, *MARKS}, timedelta(0))


@pytest.mark.long
@settings(
    max_examples=turns(12, 5),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
@given(st.sets(st.sampled_from(sorted({*CLOCKS, *MARKS})), min_size=1), st.integers(0, 40 * 24))
def test_whatever_is_moved_into_the_future(kinds: set[str], hours: int) -> None:
    check_no_leak(kinds, timedelta(hours=hours))


# -- verdicts --------------------------------------------------------------------------------------------------
def divided(with_it: tuple[int, int], without: tuple[int, int]) -> Facts:
    """Of so many with a discount and without, so many stayed."""
    facts: Facts = {"subscriptions": [], "orders": []}
    for discount, (n, stayed) in ((100, with_it), (0, without)):
        for number in range(n):
            who = f"{discount}-{number}"
            facts["subscriptions"].append(paying(who, "2024-01-05", None if number < stayed else "2024-06-10"))
            more = {"discount_minor": discount, "channel": "web" if number % 2 else "store"}
            facts["orders"].append(order(who, who, "2024-05-05", **more))
    return facts


def split(words: str, with_it: tuple[int, int], without: tuple[int, int]) -> Split:
    return Split(None, Phrase(words, words), words, None, *with_it, *without, reason="")


@pytest.mark.parametrize(
    ("with_it", "without", "verdict"),
    [((40, 38), (60, 30), MORE), ((60, 30), (40, 38), LESS), ((50, 30), (50, 25), OPEN), ((20, 20), (60, 10), None)],
)
def test_verdicts(with_it: tuple[int, int], without: tuple[int, int], verdict: Phrase | None) -> None:
    others = [split("a", (50, 30), (50, 30)), split("b", (0, 0), (100, 60))]
    rows, judged = weighed([*others, split("c", with_it, without)], least=30)
    assert judged == 1 + (verdict is not None), "those with enough customers on both sides"
    row = next(each for each in rows if each.behaviour == "c")
    assert row.verdict == verdict
    assert (row.reason, row.complete) == (TOO_FEW if verdict is None else "", True)
    ends = newcombe(with_it[1], with_it[0], without[1], without[0], z_for(judged))
    assert (row.low, row.high) == pytest.approx(tuple(ends))
    order_of = [each.behaviour for each in rows]
    assert order_of == (["a", "c", "b"] if verdict is None else ["c", "a", "b"]), "the farthest from zero first"


def test_who_had_it_and_who_did_not() -> None:
    answers = Answers(subscribed(divided((2, 1), (3, 3))))
    answer = answers.analyse(Drivers, Window.parse("2024-06"), settings={"least": 2})
    assert "Nothing here shows that one brings about the other" in answer.notes[0].en
    assert "all 3 comparisons" in answer.notes[1].en
    behind = answers.customers(answer, found(answer)["used_discount", None])
    assert (behind.counted, behind.others) == (("100-0", "100-1"), ("0-0", "0-1", "0-2"))
    behind = answers.customers(answer, found(answer)["first_channel", "web"])
    assert (behind.counted, behind.others) == (("0-1", "100-1"), ("0-0", "0-2", "100-0"))


# -- what is known ---------------------------------------------------------------------------------------------
def test_what_is_not_covered_or_not_over() -> None:
    late = (date(2024, 4, 1), date(2024, 12, 31))
    coverage = {"subscriptions": ALL_OF_2024, "orders": ALL_OF_2024, "messages": late}
    facts = divided((2, 1), (3, 3))
    of = subscribed(facts, coverage=coverage, history="cut")
    rows = found(Answers(of).analyse(Drivers, Window.parse("2024-06")))
    assert rows["had_ticket", None].reason == NO_SUCH
    assert (rows["opened_message", None].reason, rows["opened_message", None].complete) == (PARTLY, False)
    assert rows["used_discount", None].reason == TOO_FEW
    running = Answers(of).analyse(Drivers, Window.parse("2024-12-01/2025-02-01")).rows
    assert {(row.reason, row.low) for row in running} == {(NOT_OVER, None), (NO_SUCH, None)}
    empty = found(asked({"subscriptions": [paying("anna", "2024-06-02")]}))
    assert empty["used_discount", None].n == empty["used_discount", None].n_without == 0, "nobody was here"
    nothing = Answers(world({}, coverage={})).analyse(Drivers, Window.parse("2024-06"))
    assert {row.reason for row in nothing.rows} == {NO_FACTS}
    orders = world({"orders": [order(1, "anna", "2024-01-02")]}, history="cut", lapse_days=10)
    early = Answers(orders).analyse(Drivers, Window.parse("2024-01-10/2024-02-01"))
    assert {row.reason for row in early.rows} == {CUT_HISTORY}


def test_each_behaviour_says_what_it_is_in_both_languages() -> None:
    for behaviour in BEHAVIOURS:
        assert behaviour.__module__.endswith("." + behaviour.key), "the file is named after the behaviour"
        assert behaviour.sentence().startswith("Customers ")
        assert behaviour.sentence_de.startswith("Kunden,")
        assert behaviour.en != behaviour.de
        assert max(len(behaviour.en), len(behaviour.de)) <= 40
