"""What a Stripe subscription is worth a month: its items, whatever they are billed by, after lasting discounts.

A month is a twelfth of a year, a day one of 365.25 of a year, a week seven of them. Metered items are worth nothing
until they are used, and a discount on one invoice only does not recur.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from stamm.sources.exports.values import FaultError, Object, amount, at, exactly, listed, number, part, text

#: currencies whose amounts Stripe writes without decimals, and with three; all others have two, whatever ISO 4217 says
ZERO = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])

TIERS = "has tiers that are not in the file; expand data.items.data.price.tiers"
UNEXPANDED = "are numbers only; expand data.discounts and data.items.data.discounts"
#: times a year
_A_YEAR = {"year": Fraction(1), "month": Fraction(12), "week": Fraction(1461, 28), "day": Fraction(1461, 4)}


def digits_of(currency: str) -> int:
    """Digits after the point that Stripe's whole numbers hold in a currency."""
    return 0 if currency in ZERO else 3 if currency in THREE else 2


def major(minor: Decimal, currency: str) -> Decimal:
    """Major units of an amount as Stripe writes it."""
    with exactly():
        return minor.scaleb(-digits_of(currency))


def monthly(subscription: Object) -> Fraction:
    """What it is worth a month, as Stripe writes amounts, exactly; raises FaultError where that cannot be told."""
    items = listed(part(subscription, "items"), "data")
    total = Fraction(0)
    for item in items:
        times = _times_a_month(_price(item))
        total += _discounted(_amount(_price(item), item) * times, _discounts(item), times)
    times = _times_a_month(_price(items[0])) if items else Fraction(0)
    return _discounted(total, _discounts(subscription), times)


def monthly_major(subscription: Object, currency: str, digits: int) -> Decimal:
    """What it is worth a month in major units, in whole minor units of a currency with so many digits."""
    whole = monthly(subscription) * Fraction(10) ** (digits - digits_of(currency))
    return Decimal(floor(whole + Fraction(1, 2))).scaleb(-digits)


def _price(item: Object) -> Object:
    """What an item costs; to older interfaces it is a plan."""
    return part(item, "price") or part(item, "plan")


def _times_a_month(price: Object) -> Fraction:
    """How often it is billed a month."""
    recurring = part(price, "recurring") or price
    interval = text(recurring.get("interval"))
    if interval not in _A_YEAR:
        raise FaultError("interval", f"is not one of {', '.join(_A_YEAR)}", interval)
    count = number(recurring.get("interval_count") or 1, "interval_count")
    if count < 1:
        raise FaultError("interval_count", "is not positive", count)
    return _A_YEAR[interval] / 12 / Fraction(count)


def _amount(price: Object, item: Object) -> Fraction:
    """What an item costs each time it is billed."""
    recurring = part(price, "recurring") or price
    if recurring.get("usage_type") == "metered":
        return Fraction(0)
    quantity = Fraction(1 if item.get("quantity") is None else amount(item, "quantity"))
    bundle = part(price, "transform_quantity") or part(price, "transform_usage")
    if bundle:
        bundles = quantity / max(Fraction(amount(bundle, "divide_by")), Fraction(1))
        quantity = Fraction(ceil(bundles) if bundle.get("round") == "up" else floor(bundles))
    if price.get("billing_scheme") == "tiered":
        return _tiered(price, quantity)
    return _of(price, "unit_amount", "amount") * quantity


def _of(price: Object, *names: str) -> Fraction:
    """An amount that stands under one of the names, with decimals of a minor unit where Stripe knows them."""
    for name in names:
        if price.get(f"{name}_decimal") is not None:
            return Fraction(amount(price, f"{name}_decimal"))
        if price.get(name) is not None:
            return Fraction(amount(price, name))
    return Fraction(0)


def _tiered(price: Object, quantity: Fraction) -> Fraction:
    """A price by steps: each unit at its own step's price, or all at the price of the last one's."""
    tiers = listed(price, "tiers")
    if not tiers:
        raise FaultError("price", TIERS, price.get("id"))
    total, below = Fraction(0), Fraction(0)
    for tier in tiers:
        most = None if tier.get("up_to") is None else Fraction(amount(tier, "up_to"))
        last = most is None or quantity <= most
        upto = quantity if most is None else min(quantity, most)
        if price.get("tiers_mode") == "volume":
            total = _of(tier, "unit_amount") * quantity + _of(tier, "flat_amount")
        elif upto > below:
            total += _of(tier, "unit_amount") * (upto - below) + _of(tier, "flat_amount")
        if last:
            return total
        below = upto
    return total


def _discounts(value: Object) -> list[Object]:
    """The discounts on something that recur."""
    single = value.get("discount")
    several = value.get("discounts") or []
    found = several if isinstance(several, list) else [several]
    if any(not isinstance(one, dict) for one in found):
        if not isinstance(single, dict):
            raise FaultError("discounts", UNEXPANDED, value.get("id"))
        found = [single]
    elif not found and isinstance(single, dict):
        found = [single]
    coupons = [part(one, "coupon") or at(one, "source", "coupon") or {} for one in found]
    if any(not isinstance(coupon, dict) for coupon in coupons):
        raise FaultError("discounts", UNEXPANDED, value.get("id"))
    return [coupon for coupon in coupons if coupon.get("duration") != "once"]


def _discounted(worth: Fraction, coupons: list[Object], times: Fraction) -> Fraction:
    """What is left after discounts, one after the other; an amount is taken off each time that something is billed."""
    for coupon in coupons:
        if coupon.get("percent_off") is not None:
            worth -= worth * Fraction(amount(coupon, "percent_off")) / 100
        else:
            worth -= Fraction(amount(coupon, "amount_off")) * times
    return max(worth, Fraction(0))
