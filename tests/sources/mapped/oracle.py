"""What a mapping of invoice lines means, in plain Python: one line after the other, decimals, dicts of everything.

Written from the docstrings of `stamm.facts.mapping.rules` alone; it shares no code with what it judges.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
_NUMBER = re.compile(r"[+-]?\d+(?:,\d+)?")
_MOMENT = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d)")

Facts = dict[tuple[str, ...], tuple[object, ...]]


class UnsoundError(Exception):
    """A cell that cannot be read."""


@dataclass(frozen=True)
class Line:
    """One line of the file; cells are text, empty where nothing is in them."""

    number: int
    invoice: str
    who: str
    at: str
    quantity: str
    price: str


@dataclass(frozen=True)
class Choices:
    """In which of the ways that a mapping can say the lines are read."""

    take: str = "agree"
    rounded: bool = False
    #: what an empty quantity means, for orders
    default: str | None = None
    positive: bool = True


@dataclass
class Meant:
    """Facts by their key, and the lines of what was set aside."""

    facts: Facts
    aside: set[int]
    left_out: int


def number(cell: str, default: str | None = None) -> Decimal | None:
    if not cell:
        return None if default is None else Decimal(default)
    if not _NUMBER.fullmatch(cell):
        raise UnsoundError
    return Decimal(cell.replace(",", "."))


def moment(cell: str) -> datetime | None:
    if not cell:
        return None
    match = _MOMENT.fullmatch(cell)
    if not match:
        raise UnsoundError
    day, month, year, hour, minute = map(int, match.groups())
    try:
        local = datetime(year, month, day, hour, minute, tzinfo=ZONE)
    except ValueError as error:
        raise UnsoundError from error
    if local.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise UnsoundError  # that hour was skipped
    return local.astimezone(UTC)


def cents(line: Line, *, rounded: bool) -> int | None:
    quantity, price = number(line.quantity), number(line.price)
    if quantity is None or price is None:
        return None
    exact = quantity * price * 100
    whole = exact.to_integral_value(ROUND_HALF_UP)  # in Python: halves away from zero
    if whole != exact and not rounded:
        raise UnsoundError
    return int(whole)


def cancelled(line: Line) -> bool:
    return line.invoice.startswith("C")


# -- orders: lines brought together --------------------------------------------------------------------------
def orders(lines: Sequence[Line], choices: Choices) -> Meant:
    meant = Meant({}, set(), 0)
    together: dict[str, list[Line]] = {}
    unsound: set[str] = set()
    for line in lines:
        kept = not cancelled(line)
        if kept and choices.positive:
            try:
                quantity = number(line.quantity)
                kept = quantity is not None and quantity > 0
            except UnsoundError:
                unsound.add(line.invoice)
        if not kept:
            meant.left_out += 1
        elif not line.invoice:
            meant.aside.add(line.number)
        else:
            together.setdefault(line.invoice, []).append(line)
    for invoice, of_it in together.items():
        row = None if invoice in unsound else order(of_it, choices)
        if row is None:
            meant.aside.update(line.number for line in of_it)
        else:
            meant.facts[(invoice,)] = row
    return meant


def order(lines: Sequence[Line], choices: Choices) -> tuple[object, ...] | None:
    try:
        moments = {at for line in lines if (at := moment(line.at)) is not None}
        amounts = [cents(line, rounded=choices.rounded) for line in lines]
        quantities = [number(line.quantity, choices.default) for line in lines]
    except UnsoundError:
        return None
    people = {line.who for line in lines if line.who}
    if len(people) > 1 or (len(moments) > 1 and choices.take == "agree") or not moments:
        return None
    if None in amounts or (None in quantities and set(quantities) != {None}):
        return None
    at = max(moments) if choices.take == "highest" else min(moments)
    return (next(iter(people), None), at, sum(amount for amount in amounts if amount is not None))


# -- one row a line ------------------------------------------------------------------------------------------
def order_lines(lines: Sequence[Line]) -> Meant:
    meant, seen = Meant({}, set(), 0), dict[str, int]()
    for line in lines:
        if cancelled(line):
            meant.left_out += 1
            continue
        seen[line.invoice] = seen.get(line.invoice, 0) + 1
        try:
            at, quantity = moment(line.at), number(line.quantity)
            amount = cents(line, rounded=True)
        except UnsoundError:
            meant.aside.add(line.number)
            continue
        if not line.invoice or at is None or quantity is None or quantity < 0:
            meant.aside.add(line.number)
            continue
        meant.facts[line.invoice, str(seen[line.invoice])] = (line.who or None, at, float(quantity), amount)
    return meant


def returns(lines: Sequence[Line]) -> Meant:
    meant = Meant({}, set(), 0)
    for line in lines:
        if not cancelled(line):
            meant.left_out += 1
            continue
        try:
            at, quantity, amount = moment(line.at), number(line.quantity), cents(line, rounded=True)
        except UnsoundError:
            meant.aside.add(line.number)
            continue
        if at is None or (quantity is not None and -quantity < 0):
            meant.aside.add(line.number)
            continue
        back = None if quantity is None else float(-quantity)
        meant.facts[(f"{line.invoice}-{line.number}",)] = (at, back, None if amount is None else -amount)
    return meant
