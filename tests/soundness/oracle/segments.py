"""Who is in a segment: every customer is asked every rule, in a world that ends when the day begins.

Written from the operators' sentences. Slow, and with nothing clever in it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from .clock import ONE_DAY, day_start, local_day
from .cohort_members import owner
from .identity import customer_of
from .rfm import named, scores
from .spells import spells
from .world import KINDS, Row, World, events, order_lines, orders_by_customer, returns

#: the moment that places a row of each kind
CLOCK = {
    "orders": "ordered_at",
    "order_lines": "ordered_at",
    "returns": "returned_at",
    "customers": "valid_from",
    "responses": "asked_at",
    "events": "happened_at",
    "subscriptions": "started_at",
    "links": "linked_at",
    "messages": "sent_at",
    "posts": "posted_at",
    "reactions": "happened_at",
    "attendances": "ends_at",
    "costs": "incurred_on",
    "tickets": "opened_at",
}
Settings = dict[str, Any]


def past(world: World, on: date) -> World:
    """The world as it was known when the day began: no later row, and in those there are no later moment."""
    start = day_start(world.zone, on)
    rows: dict[str, list[Row]] = {}
    for kind, clock in CLOCK.items():
        rows[kind] = []
        for row in getattr(world, kind):
            if row[clock] < (start if isinstance(row[clock], datetime) else on):
                rows[kind].append({name: cell if earlier(cell, start) else None for name, cell in row.items()})
    return replace(world, as_of=start, **rows)


def earlier(cell: Any, start: datetime) -> bool:
    return not isinstance(cell, datetime) or cell < start


def everybody(world: World) -> set[str]:
    """Whoever is known by more than what they looked at."""
    kinds = [kind for kind in KINDS if kind not in ("events", "posts")]
    return {row["customer_id"] for kind in kinds for row in getattr(world, kind)} - {None}


def members(world: World, rule: dict[str, Any], on: date) -> set[str]:
    """The customers of whom a rule is so at the start of a day."""
    then = past(world, on)
    return {who for who in everybody(then) if holds(then, rule, on, who)}


def holds(then: World, rule: dict[str, Any], on: date, who: str) -> bool:
    ((key, inside),) = rule.items()
    if key == "not":
        return not holds(then, inside, on, who)
    if key == "all":
        return all(holds(then, each, on, who) for each in inside)
    if key == "any":
        return any(holds(then, each, on, who) for each in inside)
    return OPERATORS[key](then, inside, on, who)


def compared(number: float, settings: Settings, bound: str) -> bool:
    other = settings[bound]
    return {
        "at_least": number >= other,
        "at_most": number <= other,
        "exactly": number == other,
        "more_than": number > other,
        "less_than": number < other,
    }[settings["compare"]]


def lately(then: World, moment: datetime, on: date, days: int) -> bool:
    return days == 0 or local_day(then.zone, moment) >= on - days * ONE_DAY


# What is asked of one customer ------------------------------------------------------------------------------


def standing(then: World, who: str, on: date, days: int = 0) -> list[Row]:
    return [row for row in orders_by_customer(then).get(who, []) if lately(then, row["ordered_at"], on, days)]


def attribute(then: World, who: str, field: str) -> Any:
    said = [row for row in then.customers if row["customer_id"] == who]
    return max(said, key=lambda row: row["valid_from"])[field] if said else None


def has_attribute(then: World, settings: Settings, on: date, who: str) -> bool:
    return attribute(then, who, settings["field"]) in settings["values"]


def knows_attribute(then: World, settings: Settings, on: date, who: str) -> bool:
    return attribute(then, who, settings["field"]) is not None


def begins_with(then: World, settings: Settings, on: date, who: str) -> bool:
    return (attribute(then, who, settings["field"]) or "").startswith(settings["letters"])


def ordered(then: World, settings: Settings, on: date, who: str) -> bool:
    return compared(len(standing(then, who, on, settings["days"])), settings, "times")


def last_order(then: World, settings: Settings, on: date, who: str) -> bool:
    days = [local_day(then.zone, row["ordered_at"]) for row in standing(then, who, on)]
    return bool(days) and compared((on - max(days)).days, settings, "ago")


def first_order(then: World, settings: Settings, on: date, who: str) -> bool:
    days = [local_day(then.zone, row["ordered_at"]) for row in standing(then, who, on)]
    return bool(days) and compared((on - min(days)).days, settings, "ago")


def paid(then: World, settings: Settings, on: date, who: str) -> bool:
    cents = sum([row["amount_minor"] for row in standing(then, who, on, settings["days"])])
    return compared(cents / 100, settings, "amount")


def paid_most(then: World, settings: Settings, on: date, who: str) -> bool:
    sums = {}
    for each in orders_by_customer(then):
        if own := standing(then, each, on, settings["days"]):
            sums[each] = sum([row["amount_minor"] for row in own])
    if who not in sums:
        return False
    more = len([1 for amount in sums.values() if amount > sums[who]])
    return more < len(sums) * settings["part"]


def bought_of(then: World, settings: Settings, on: date, who: str) -> bool:
    return any(
        line["customer_id"] == who
        and line["category"] in settings["categories"]
        and lately(then, line["ordered_at"], on, settings["days"])
        for line in order_lines(then)
    )


def sent_back(then: World, settings: Settings, on: date, who: str) -> bool:
    own = [row for row in returns(then) if owner(then, row) == who]
    return compared(
        len([1 for row in own if lately(then, row["returned_at"], on, settings["days"])]), settings, "times"
    )


def own_events(then: World, settings: Settings, on: date, who: str) -> list[Row]:
    own = [event for event in events(then) if customer_of(then, event) == who]
    return [event for event in own if lately(then, event["happened_at"], on, settings["days"])]


def visited(then: World, settings: Settings, on: date, who: str) -> bool:
    path = settings["page"]
    seen = []
    for event in own_events(then, settings, on, who):
        if event["kind"] in ("page", "screen") and event["page"] is not None:
            is_it = event["page"].startswith(path[:-1]) if path[-1] == "*" else event["page"] == path
            seen += [event] if is_it else []
    return compared(len(seen), settings, "times")


def did(then: World, settings: Settings, on: date, who: str) -> bool:
    done = [
        event
        for event in own_events(then, settings, on, who)
        if event["kind"] == "track" and event["name"] == settings["name"]
    ]
    return compared(len(done), settings, "times")


def opened_ticket(then: World, settings: Settings, on: date, who: str) -> bool:
    own = [row for row in then.tickets if row["customer_id"] == who]
    return compared(len([1 for row in own if lately(then, row["opened_at"], on, settings["days"])]), settings, "times")


def messages_with(column: str) -> Callable[[World, Settings, date, str], bool]:
    def asked(then: World, settings: Settings, on: date, who: str) -> bool:
        own = [row for row in then.messages if row["customer_id"] == who and row["delivered_at"] and row[column]]
        return compared(
            len([1 for row in own if lately(then, row["sent_at"], on, settings["days"])]), settings, "times"
        )

    return asked


def would_recommend(then: World, settings: Settings, on: date, who: str) -> bool:
    answers = [
        (row["answered_at"], -row["score"])
        for row in then.responses
        if row["customer_id"] == who and row["kind"] == "nps" and row["answered_at"] and row["score"] is not None
    ]
    return bool(answers) and compared(-max(answers)[1], settings, "score")


def subscribes(then: World, settings: Settings, on: date, who: str) -> bool:
    return any(
        row["customer_id"] == who and row["status"] in ("active", "past_due") and row["ended_at"] is None
        for row in then.subscriptions
    )


def rfm_group(then: World, settings: Settings, on: date, who: str) -> bool:
    known = scores(then, on - 365 * ONE_DAY, on)
    return who in known and named(*known[who]).lower().replace(" ", "_") == settings["group"]


def lifecycle_stage(then: World, settings: Settings, on: date, who: str) -> bool:
    this = on.year * 12 + on.month - 2
    days = [local_day(then.zone, row["ordered_at"]) for row in standing(then, who, on)]
    months = {day.year * 12 + day.month - 1 for day in days}
    before = {month for month in months if month < this}
    if this in months:
        stage = "new" if not before else "returning" if this - 1 in before else "resurrected"
    else:
        stage = "dormant" if this - 1 in before else ""
    return stage == settings["stage"]


def stands(then: World, settings: Settings, on: date, who: str) -> bool:
    own = [spell for spell in spells(then) if spell.customer == who]
    running = any(spell.ended_at is None for spell in own)
    state = "not_yet" if not own else "left" if not running else "again" if len(own) > 1 else "customer"
    return state == settings["state"]


OPERATORS: dict[str, Callable[[World, Settings, date, str], bool]] = {
    "begins_with": begins_with,
    "bought_of": bought_of,
    "clicked_message": messages_with("clicked_at"),
    "did": did,
    "first_order": first_order,
    "has_attribute": has_attribute,
    "knows_attribute": knows_attribute,
    "last_order": last_order,
    "lifecycle_stage": lifecycle_stage,
    "opened_message": messages_with("opened_at"),
    "opened_ticket": opened_ticket,
    "ordered": ordered,
    "paid": paid,
    "paid_most": paid_most,
    "rfm_group": rfm_group,
    "sent_back": sent_back,
    "stands": stands,
    "subscribes": subscribes,
    "visited": visited,
    "would_recommend": would_recommend,
}
