"""When someone is a customer, under each of the three rules."""

from dataclasses import dataclass
from datetime import date, datetime

from .clock import day_start
from .identity import customer_of
from .world import World, closing, events, hours, opening, orders_by_customer, outside


@dataclass(frozen=True)
class Spell:
    customer: str
    started_at: datetime
    ended_at: datetime | None  # None while open


def spell_kinds(world: World) -> list[str]:
    """The facts the rule uses. Reading: `activity` needs events and orders, both."""
    return {"orders": ["orders"], "subscriptions": ["subscriptions"], "activity": ["events", "orders"]}[
        world.spell_rule
    ]


def spells(world: World) -> list[Spell]:
    """All spells, by customer and then by time."""
    if world.spell_rule == "subscriptions":
        return spells_of_subscriptions(world)
    found = []
    for customer, moments in sorted(moments_by_customer(world).items()):
        found.extend(spells_of_moments(world, customer, sorted(moments)))
    return found


def moments_by_customer(world: World) -> dict[str, list[datetime]]:
    """The moments that keep a spell open: orders not cancelled; under `activity` events too.

    Reading: an event belongs to the customer its identity resolves to, so an anonymous event linked later
    counts.
    """
    moments: dict[str, list[datetime]] = {}
    for customer, ordered in orders_by_customer(world).items():
        for order in ordered:
            moments.setdefault(customer, []).append(order["ordered_at"])
    if world.spell_rule == "activity":
        for event in events(world):
            resolved = customer_of(world, event)
            if resolved is not None:
                moments.setdefault(resolved, []).append(event["happened_at"])
    return moments


def spells_of_moments(world: World, customer: str, moments: list[datetime]) -> list[Spell]:
    """Open while the next moment comes within `lapse_days` times 24 hours; ends that long after the last."""
    lapse = hours(24 * world.lapse_days)
    found = []
    first = last = moments[0]
    for moment in moments[1:]:
        if moment - last > lapse:
            found.append(Spell(customer, first, known_end(world, last + lapse)))
            first = moment
        last = moment
    found.append(Spell(customer, first, known_end(world, last + lapse)))
    return found


def spells_of_subscriptions(world: World) -> list[Spell]:
    """The union of a customer's active and past_due rows; rows that overlap or touch are one spell."""
    per_customer: dict[str, list[tuple[datetime, datetime | None]]] = {}
    for row in world.subscriptions:
        if row["customer_id"] is None or row["started_at"] >= world.as_of:
            continue
        if row["status"] in ("active", "past_due"):
            per_customer.setdefault(row["customer_id"], []).append((row["started_at"], row["ended_at"]))
    found = []
    for customer, intervals in sorted(per_customer.items()):
        intervals.sort(key=lambda interval: interval[0])
        started_at, ended_at = intervals[0]
        for next_start, next_end in intervals[1:]:
            if ended_at is not None and next_start > ended_at:
                found.append(Spell(customer, started_at, known_end(world, ended_at)))
                started_at, ended_at = next_start, next_end
            elif ended_at is not None and (next_end is None or next_end > ended_at):
                ended_at = next_end
        found.append(Spell(customer, started_at, known_end(world, ended_at)))
    return found


def known_end(world: World, ended_at: datetime | None) -> datetime | None:
    """An end after `as_of` is not known.

    Reading: an end at `as_of` itself is not known either. What happens at `as_of` is not in the data yet,
    and an order at that very moment would still be inside the lapse. No answer depends on it: who ends at t
    is still here at t.
    """
    if ended_at is None or ended_at >= world.as_of:
        return None
    return ended_at


# Being here -------------------------------------------------------------------------------------------------


def spell_here(spell: Spell, moment: datetime) -> bool:
    """Here at t is: just before t."""
    return spell.started_at < moment and (spell.ended_at is None or spell.ended_at >= moment)


def here(all_spells: list[Spell], moment: datetime) -> set[str]:
    """The customers with any spell here at this moment, each once."""
    return {spell.customer for spell in all_spells if spell_here(spell, moment)}


def here_at_start(world: World, start: date) -> set[str]:
    """Reading: where a window starts after `as_of`, the state at its start is the state at `as_of` too."""
    return here(spells(world), min(opening(world, start), world.as_of))


def here_at_end(world: World, end: date) -> set[str]:
    return here(spells(world), closing(world, end))


def starts_in(world: World, spell: Spell, start: date, end: date) -> bool:
    return opening(world, start) <= spell.started_at < closing(world, end)


def ends_in(world: World, spell: Spell, start: date, end: date) -> bool:
    return spell.ended_at is not None and opening(world, start) <= spell.ended_at < closing(world, end)


def first_spells(world: World) -> dict[str, Spell]:
    """Each customer's first spell."""
    first: dict[str, Spell] = {}
    for spell in spells(world):
        if spell.customer not in first or spell.started_at < first[spell.customer].started_at:
            first[spell.customer] = spell
    return first


def joined(world: World, start: date, end: date) -> set[str]:
    """Everyone not here at the start with any spell that starts in the window, a first or a later one."""
    starters = {spell.customer for spell in spells(world) if starts_in(world, spell, start, end)}
    return starters - here_at_start(world, start)


def no_spells(world: World, start: date, end: date) -> bool:
    """Whether metrics over spells have no value for this window.

    They have none outside coverage, and none where the history is cut, the rule is a lapse rule and the
    window starts before the first covered day plus the lapse. Reading: under `activity` the later of the
    two first days counts.
    """
    if outside(world, spell_kinds(world), start, end):
        return True
    if world.history == "complete" or world.spell_rule == "subscriptions":
        return False
    for kind in spell_kinds(world):
        first_day, _ = world.coverage[kind]
        if opening(world, start) < day_start(world.zone, first_day) + hours(24 * world.lapse_days):
            return True
    return False
