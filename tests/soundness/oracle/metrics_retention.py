"""Who is here, who came, who went: the retention and the churn family, over spells."""

from datetime import date
from fractions import Fraction

from .clock import ONE_DAY, day_start, days_between
from .spells import first_spells, here, here_at_end, here_at_start, joined, no_spells, spells, starts_in
from .world import Value, World, closing, divide, orders_by_customer, outside, within


def customer_count(world: World, start: date, end: date) -> Value:
    """Here at the end."""
    if no_spells(world, start, end):
        return None
    return len(here_at_end(world, end))


def new_customers(world: World, start: date, end: date) -> Value:
    """The first spell starts in the window; also who left again before its end."""
    if no_spells(world, start, end):
        return None
    return sum(1 for spell in first_spells(world).values() if starts_in(world, spell, start, end))


def returned_customers(world: World, start: date, end: date) -> Value:
    """A later spell starts in the window. Reading: also where the first one starts in the same window."""
    if no_spells(world, start, end):
        return None
    first = first_spells(world)
    back = set()
    for spell in spells(world):
        if spell != first[spell.customer] and starts_in(world, spell, start, end):
            back.add(spell.customer)
    return len(back)


def lost_customers(world: World, start: date, end: date) -> Value:
    """Here at the start and not at the end."""
    if no_spells(world, start, end):
        return None
    return len(here_at_start(world, start) - here_at_end(world, end))


def customer_ledger(world: World, start: date, end: date) -> Value:
    """Here at the start, less whoever of them is gone, plus whoever is here instead."""
    if no_spells(world, start, end):
        return None
    before, after = here_at_start(world, start), here_at_end(world, end)
    return len(before) - len(before - after) + len(after - before)


# Retention --------------------------------------------------------------------------------------------------


def customer_retention_rate(world: World, start: date, end: date) -> Value:
    """Here at the start and at the end / here at the start."""
    if no_spells(world, start, end):
        return None
    at_start = here_at_start(world, start)
    return divide(len(at_start & here_at_end(world, end)), len(at_start))


def customer_retention_rate_formula(world: World, start: date, end: date) -> Value:
    """(here at the end - first spell starts in the window) / here at the start."""
    if no_spells(world, start, end):
        return None
    newcomers = 0
    for spell in first_spells(world).values():
        if starts_in(world, spell, start, end):
            newcomers = newcomers + 1
    return divide(len(here_at_end(world, end)) - newcomers, len(here_at_start(world, start)))


def returning_over_new_customers(world: World, start: date, end: date) -> Value:
    """Customers who ordered again / customers with a first order.

    Readings: both in the window; a customer with a first and a second order in it is in both; it counts
    orders and not spells, so that a cut history takes nothing from it; a first order is the first in the
    data.
    """
    if outside(world, ["orders"], start, end):
        return None
    again = 0
    first = 0
    for ordered in orders_by_customer(world).values():
        if within(world, ordered[0]["ordered_at"], start, end):
            first = first + 1
        if any(within(world, order["ordered_at"], start, end) for order in ordered[1:]):
            again = again + 1
    return divide(again, first)


# Churn ------------------------------------------------------------------------------------------------------


def customer_churn_rate(world: World, start: date, end: date) -> Value:
    """Here at the start and not at the end / here at the start."""
    if no_spells(world, start, end):
        return None
    at_start = here_at_start(world, start)
    return divide(len(at_start - here_at_end(world, end)), len(at_start))


def churn_rate_all_leavers(world: World, start: date, end: date) -> Value:
    """(lost + joined and gone again) / start."""
    if no_spells(world, start, end):
        return None
    at_start = here_at_start(world, start)
    at_end = here_at_end(world, end)
    lost = at_start - at_end
    gone_again = joined(world, start, end) - at_end
    return divide(len(lost) + len(gone_again), len(at_start))


def churn_rate_pooled(world: World, start: date, end: date) -> Value:
    """The same leavers / (start + all who joined).

    Reading: joined is anyone not here at the start who came.
    """
    if no_spells(world, start, end):
        return None
    at_start = here_at_start(world, start)
    at_end = here_at_end(world, end)
    came = joined(world, start, end)
    lost = at_start - at_end
    gone_again = came - at_end
    return divide(len(lost) + len(gone_again), len(at_start) + len(came))


def churn_rate_daily_sum(world: World, start: date, end: date) -> Value:
    """The sum over days of that day's leavers / here that morning; a day with nobody here is skipped.

    Readings: that day's leavers are here at its start and not at its end; days that begin at or after
    `as_of` are not summed, and the day `as_of` lies in ends at `as_of`; where every day was skipped there
    is no value.
    """
    if no_spells(world, start, end):
        return None
    all_spells = spells(world)
    total = None
    for day in days_between(start, end):
        morning = day_start(world.zone, day)
        if morning >= world.as_of:
            continue
        here_in_the_morning = here(all_spells, morning)
        here_at_night = here(all_spells, closing(world, day + ONE_DAY))
        if here_in_the_morning:
            leavers = here_in_the_morning - here_at_night
            total = (total or Fraction(0)) + Fraction(len(leavers), len(here_in_the_morning))
    return total


def share_remaining(world: World, start: date, end: date) -> Value:
    """Here at the end / here at the start."""
    if no_spells(world, start, end):
        return None
    return divide(len(here_at_end(world, end)), len(here_at_start(world, start)))
