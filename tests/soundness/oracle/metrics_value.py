"""How long customers stay, what they are worth, what recurs. Money in minor units, lifetimes in years."""

# ruff: noqa: PERF401 - loops that read like the catalogue

from datetime import date, timedelta
from fractions import Fraction

from .clock import elapsed_years, month_before
from .metrics_orders import purchase_frequency
from .metrics_retention import customer_churn_rate
from .metrics_revenue import average_order_value
from .spells import ends_in, no_spells, spells
from .world import Row, Value, World, closing, divide, money, orders, outside, returns

LONGEST_YEARS = Fraction(5)


def kaplan_meier_mean(observations: list[tuple[Fraction, bool]]) -> Fraction | None:
    """The area under the survival curve up to the horizon: 5 years or the longest follow-up.

    An observation is (length, whether it ended). At one length the ends come before the censored ones: who is
    censored at a length was still at risk there.
    """
    if not observations:
        return None
    horizon = min(LONGEST_YEARS, max(length for length, _ in observations))
    area = Fraction(0)
    surviving = Fraction(1)
    reached = Fraction(0)
    for length in sorted({length for length, _ in observations}):
        if length > horizon:
            break
        area = area + surviving * (length - reached)
        reached = length
        at_risk = sum(1 for other, _ in observations if other >= length)
        ends = sum(1 for other, ended in observations if other == length and ended)
        surviving = surviving * (1 - Fraction(ends, at_risk))
    return area + surviving * (horizon - reached)


def customer_lifetime(world: World, start: date, end: date) -> Value:
    """Restricted mean of spell length by Kaplan-Meier at the window's end, in years.

    Spells begun before it; each spell is one observation; those here at the window's end (or at `as_of`)
    are censored there, also one that ends at that very moment.
    """
    if no_spells(world, start, end):
        return None
    moment = closing(world, end)
    observations = []
    for spell in spells(world):
        if spell.started_at >= moment:
            continue
        if spell.ended_at is not None and spell.ended_at < moment:
            observations.append((elapsed_years(spell.started_at, spell.ended_at), True))
        else:
            observations.append((elapsed_years(spell.started_at, moment), False))
    return kaplan_meier_mean(observations)


def mean_closed_spell(world: World, start: date, end: date) -> Value:
    """Reading: the mean length of the spells that ended in the window, in years."""
    if no_spells(world, start, end):
        return None
    lengths = []
    for spell in spells(world):
        if ends_in(world, spell, start, end) and spell.ended_at is not None:
            lengths.append(elapsed_years(spell.started_at, spell.ended_at))
    return divide(sum(lengths, Fraction(0)), len(lengths))


# Value of a customer ----------------------------------------------------------------------------------------


def customer_lifetime_value(world: World, start: date, end: date) -> Value:
    """Average order value x purchase frequency x customer lifetime, over the 365 days before the end.

    Readings: the 365 local days before the window's end, also where it lies past `as_of`; their purchase
    frequency is the one per year as it is; the lifetime is that of the window asked for, its guard against
    a cut history looks at that window; where the history is cut and the 365 days begin before coverage of
    orders, there is no value.
    """
    if outside(world, ["orders"], start, end) or no_spells(world, start, end):
        return None
    year_before = end - timedelta(days=365)
    first_day, _ = world.coverage["orders"]
    if world.history == "cut" and year_before < first_day:
        return None
    order_value = average_order_value(world, year_before, end)
    frequency = purchase_frequency(world, year_before, end)
    lifetime = customer_lifetime(world, start, end)
    if order_value is None or frequency is None or lifetime is None:
        return None
    return order_value * frequency * lifetime


def lifetime_value_arpa_over_churn(world: World, start: date, end: date) -> Value:
    """ARPA at the end / mean of the churn rates of the last six whole calendar months before it.

    Readings: the months end at or before the window's end, also where it lies past `as_of`; each month's
    rate has its own coverage and guard; no value where any of the six has none, or where the mean is zero.
    """
    if outside(world, ["subscriptions"], start, end) or no_spells(world, start, end):
        return None
    per_account = average_revenue_per_account(world, start, end)
    month_end = end.replace(day=1)
    rates = []
    for _ in range(6):
        month_start = month_before(month_end)
        rate = customer_churn_rate(world, month_start, month_end)
        if rate is None:
            return None
        rates.append(Fraction(rate))
        month_end = month_start
    if per_account is None:
        return None
    return divide(Fraction(per_account), sum(rates, Fraction(0)) / 6)


def historic_value(world: World, start: date, end: date) -> Value:
    """Revenue so far per customer who ever ordered, at the window's end.

    Readings: so far is from the first row on; it is a value of customers, so that orders and returns
    without a customer are in neither number; needs orders and returns; not over 365 days, so a cut history
    takes nothing from it.
    """
    if outside(world, ["orders", "returns"], start, end):
        return None
    moment = closing(world, end)
    total = 0
    customers = set()
    for order in orders(world):
        if order["customer_id"] is not None and order["ordered_at"] < moment:
            total = total + money(world, order, "amount_minor")
            customers.add(order["customer_id"])
    for row in returns(world):
        if row["customer_id"] is not None and row["returned_at"] < moment:
            total = total - money(world, row, "amount_minor")
    return divide(total, len(customers))


# What recurs ------------------------------------------------------------------------------------------------


def paying_at_end(world: World, end: date) -> list[Row]:
    """Active and past_due rows here at the end."""
    moment = closing(world, end)
    found = []
    for row in world.subscriptions:
        if row["status"] not in ("active", "past_due") or row["started_at"] >= moment:
            continue
        if row["ended_at"] is None or row["ended_at"] >= moment:
            found.append(row)
    return found


def subscribers(world: World, end: date) -> int:
    """Customers with MRR at the end. Reading: with more than nothing, after adding up their rows."""
    per_customer: dict[str, int] = {}
    for row in paying_at_end(world, end):
        if row["customer_id"] is not None:
            known = per_customer.get(row["customer_id"], 0)
            per_customer[row["customer_id"]] = known + money(world, row, "mrr_minor")
    return sum(1 for recurring in per_customer.values() if recurring > 0)


def monthly_recurring_revenue(world: World, start: date, end: date) -> Value:
    """Sum of mrr_minor of active and past_due rows here at the end.

    Needs subscriptions, under any spell rule.
    """
    if outside(world, ["subscriptions"], start, end):
        return None
    return sum(money(world, row, "mrr_minor") for row in paying_at_end(world, end))


def average_revenue_per_account(world: World, start: date, end: date) -> Value:
    """MRR / customers with MRR, at the end."""
    if outside(world, ["subscriptions"], start, end):
        return None
    total = sum(money(world, row, "mrr_minor") for row in paying_at_end(world, end))
    return divide(total, subscribers(world, end))


def monthly_recurring_revenue_formula(world: World, start: date, end: date) -> Value:
    """Subscribers x average_revenue_per_account. Reading: no value where there is no subscriber, not 0."""
    per_account = average_revenue_per_account(world, start, end)
    if per_account is None:
        return None
    return subscribers(world, end) * per_account
