"""Rows of an order file that are no sales: cancelled invoices, what went back, postage, fees and bookings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.sources.guessing.evidence import Evidence, Mask
from stamm.sources.guessing.naming import means
from stamm.sources.guessing.reason import Reason, say
from stamm.sources.guessing.shape import Shape

#: rows without a price are gifts where more of them than this know their customer
_GIFTS = 0.1
#: a prefix marks what nearly all of its rows are; one of so few rows is no way of numbering orders
_NEARLY, _RARE = 0.9, 0.01
_PREFIX = r"^(?P<letters>\pL+)[-_ ]?\d"


@dataclass(frozen=True)
class Prefix:
    """Letters before the numbers of some orders, and what their rows are like."""

    letters: str
    rows: int
    negative: float
    #: the share of its rows with a customer
    known: float


@dataclass(frozen=True)
class Corrections:
    """What is not a sale in a file, each with the number of rows in the sample."""

    #: prefixes of cancelled invoices, and of bookings
    cancelling: tuple[Prefix, ...] = ()
    booking: tuple[Prefix, ...] = ()
    #: the column whose sign tells, and the one whose zero tells
    signed: str = ""
    price: str = ""
    #: rows below zero that are not cancelled invoices: with and without a price
    taken_back: int = 0
    written_off: int = 0
    #: rows without a price: how many, and how many of them know their customer
    free: int = 0
    free_known: int = 0
    #: cells of the product column that are postage, and that are fees or bookings
    postage: tuple[str, ...] = ()
    fees: tuple[str, ...] = ()

    @property
    def apart(self) -> tuple[Prefix, ...]:
        """Prefixes of what is no order."""
        return (*self.cancelling, *self.booking)

    @property
    def why_apart(self) -> Reason:
        """Why they are none."""
        told = [
            say("{letters}: {count} rows, all but a few below zero", letters=one.letters, count=one.rows)
            for one in self.cancelling
        ]
        told += [
            say("{letters}: {count} rows, without a customer", letters=one.letters, count=one.rows)
            for one in self.booking
        ]
        return say("{reasons}", reasons=told).doubted(bool(self.booking))

    @property
    def free_is_booking(self) -> bool:
        """Whether rows without a price are bookings of the stock: hardly any of them knows a customer."""
        return self.free > 0 and self.free_known <= _GIFTS * self.free


def corrections_in(evidence: Evidence, order: str | None) -> Corrections:
    """What in these rows is no sale."""
    roles, every = evidence.roles, np.ones(evidence.rows, dtype=bool)
    quantity = roles.column("quantity")
    price = roles.column("unit_price", "line_total", "amount", "subtotal", "total")
    below = {column: evidence.values(column) < 0 for column in (quantity, price) if column}
    signed = next((column for column, rows in below.items() if rows.any()), "")
    negative = below[signed] if signed else ~every
    priced = evidence.values(price) != 0 if price and quantity else every
    customer = roles.column("customer", "email")
    known = evidence.dependencies.codes(customer) >= 0 if customer else every
    prefixes = _prefixes(evidence.shapes[order], negative, known) if order else ()
    cancelling = tuple(one for one in prefixes if one.negative >= _NEARLY)
    booking = tuple(one for one in prefixes if one not in cancelling and _is_booking(one, evidence.rows))
    plain = ~_begins(evidence.shapes[order], (*cancelling, *booking)) if order else every
    free = plain & ~priced & ~negative
    postage, fees = _no_goods(evidence)
    return Corrections(
        cancelling=cancelling,
        booking=booking,
        signed=signed,
        price=price or "",
        taken_back=int((negative & plain & priced).sum()),
        written_off=int((negative & plain & ~priced).sum()),
        free=int(free.sum()),
        free_known=int((free & known).sum()),
        postage=postage,
        fees=fees,
    )


def _prefixes(shape: Shape, negative: Mask, known: Mask) -> tuple[Prefix, ...]:
    """Prefixes of some of the orders, where others are numbered without or with another."""
    letters = pc.struct_field(pc.extract_regex(shape.text, _PREFIX), "letters")
    counted = pc.value_counts(letters.drop_null())
    if len(counted) > 50 or (len(counted) == 1 and letters.null_count == shape.text.null_count):
        return ()
    found = []
    for name in counted.field("values").to_pylist():
        rows = pc.fill_null(pc.equal(letters, name), False).to_numpy(zero_copy_only=False)
        found.append(Prefix(name, int(rows.sum()), float(negative[rows].mean()), float(known[rows].mean())))
    return tuple(found)


def _is_booking(prefix: Prefix, rows: int) -> bool:
    return prefix.rows <= _RARE * rows and not prefix.known


def _begins(shape: Shape, prefixes: tuple[Prefix, ...]) -> Mask:
    found = np.zeros(shape.rows, dtype=bool)
    for prefix in prefixes:
        rows: Mask = pc.fill_null(pc.starts_with(shape.text, prefix.letters), False).to_numpy(zero_copy_only=False)
        found |= rows
    return found


def _no_goods(evidence: Evidence) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Products that are postage, and that are fees: by their name, where they are named otherwise than goods."""
    code, name = evidence.roles.column("product_id"), evidence.roles.column("product")
    column = code or name
    if column is None:
        return (), ()
    told = evidence.shapes[name or column].text
    pairs = pa.table({"code": evidence.shapes[column].text, "name": told}).group_by(["code", "name"]).aggregate([])
    odd = _odd_codes(evidence.shapes[column]) if code else set()
    found: dict[str, list[str]] = {"shipping": [], "fees": []}
    for one, word in zip(pairs["code"].to_pylist(), pairs["name"].to_pylist(), strict=True):
        for meaning, codes in found.items():
            if one and means(meaning, word or one, among=one in odd) and one not in codes:
                codes.append(one)
    return tuple(sorted(found["shipping"])), tuple(sorted(set(found["fees"]) - set(found["shipping"])))


def _odd_codes(shape: Shape) -> set[str]:
    """Codes without a digit, where nearly all have one."""
    has_digit = pc.match_substring_regex(shape.text, r"\d")
    share = pc.mean(has_digit).as_py() or 0
    return set(pc.unique(shape.text.filter(pc.invert(has_digit))).to_pylist()) - {None} if share >= _NEARLY else set()
