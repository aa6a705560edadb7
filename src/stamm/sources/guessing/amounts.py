"""What the customer paid for goods: which of a file's amounts that is, by what adds up to what."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from stamm.facts.mapping import Rule
from stamm.sources.guessing.evidence import HOLDS, Evidence
from stamm.sources.guessing.numbers import Reals
from stamm.sources.guessing.reason import Reason, Share, say

#: amounts are equal when they differ by less than this share of a major unit, rounding of several parts included
_EQUAL = 0.021
#: what may stand between the goods and the total of an order, and its sign
_BETWEEN = {"shipping": 1, "tax": 1, "discount": -1}


@dataclass(frozen=True)
class Sum:
    """An identity that the rows show: `total` is `goods`, plus or less the other columns, in this share of the rows."""

    goods: str
    total: str
    #: role -> column that stands between them
    between: dict[str, str]
    fits: float
    rows: int

    @property
    def reason(self) -> Reason:
        """The identity in words."""
        signs = {role: " + " if _BETWEEN[role] > 0 else " - " for role in self.between}
        left = self.goods + "".join(signs[role] + column for role, column in self.between.items())
        return say(
            "{sum} = {total} in {share} of {count} rows",
            sum=left,
            total=self.total,
            share=Share(self.fits),
            count=self.rows,
        )


def explained(evidence: Evidence, goods: str, total: str, between: dict[str, str]) -> Sum | None:
    """How the total comes about from the goods, with as few other columns as will do; None where nothing fits."""
    values = {column: evidence.values(column) for column in (goods, total, *between.values())}
    known = ~np.isnan(values[goods]) & ~np.isnan(values[total])
    if not known.any():
        return None
    best: Sum | None = None
    for chosen in sorted(product((False, True), repeat=len(between)), key=sum):
        used = {role: column for (role, column), wanted in zip(between.items(), chosen, strict=True) if wanted}
        made = values[goods] + sum(
            (_BETWEEN[role] * _absolute(role, values[column]) for role, column in used.items()), np.zeros(evidence.rows)
        )
        fits = float((np.abs(made - values[total])[known] < _EQUAL).mean())
        if fits >= HOLDS and (best is None or fits > best.fits + 0.005):
            best = Sum(goods, total, used, fits, int(known.sum()))
    return best


def _absolute(role: str, values: Reals) -> Reals:
    """Empty cells are nothing; discounts are taken off, whichever sign they are written with."""
    plain = np.nan_to_num(values)
    return np.abs(plain) if role == "discount" else plain


def multiplied(evidence: Evidence, quantity: str, price: str, total: str) -> tuple[float, int]:
    """In which share of how many rows quantity times price is the total; of rows with a quantity other than 1."""
    times, each, whole = (evidence.values(column) for column in (quantity, price, total))
    known = ~np.isnan(times) & ~np.isnan(each) & ~np.isnan(whole) & (times != 1)
    if not known.any():
        return 0.0, 0
    return float((np.abs(times * each - whole)[known] < _EQUAL).mean()), int(known.sum())


@dataclass(frozen=True)
class Amount:
    """How an amount is made from the columns of a file, and why."""

    rule: Rule
    reason: Reason
    #: whether it stands once for each order, or in each line and is to be added up
    level: str = "order"


def paid_for_goods(evidence: Evidence, order: str | None) -> Amount | None:
    """The amount of an order: for goods, after discounts, without tax and shipping, as far as the columns tell."""
    return (
        _of_order(evidence, order)
        or of_line(evidence, order)
        or _of_what_is_left(evidence)
        or _of_all_rows(evidence, order)
    )


def _of_what_is_left(evidence: Evidence) -> Amount | None:
    """The only column with decimals that has no other meaning."""
    taken = {pick.column for pick in evidence.roles.played.values()}
    left = [
        shape.name
        for shape in evidence.shapes.values()
        if shape.name not in taken and shape.looks("number") and shape.numbers and not shape.numbers.whole
    ]
    return Amount(Rule((left[0],)), say("the first column with decimals").doubted(), "line") if left else None


def _of_all_rows(evidence: Evidence, order: str | None) -> Amount | None:
    """The amount that all rows of an order agree on."""
    column = evidence.roles.column("amount")
    if column is None or evidence.level(column, order) != "order":
        return None
    return Amount(Rule((column,)), say("the same in all rows of an order, so it is of all of it").doubted())


def _of_order(evidence: Evidence, order: str | None) -> Amount | None:
    """From an amount that stands once for the order."""
    roles = evidence.roles

    def whole(*names: str) -> str | None:
        column = roles.column(*names)
        return column if column and evidence.level(column, order) != "line" else None

    goods, total = whole("subtotal"), whole("total")
    between = {role: column for role in _BETWEEN if (column := whole(role))}
    if goods and total:
        found = explained(evidence, goods, total, between)
        if found:
            return _from_goods(evidence, goods, between, found)
    if goods:
        return Amount(Rule((goods,)), say("the amount for goods by its name: {column}", column=goods))
    if total:
        return _from_total(total, between)
    plain = whole("amount")
    several = bool(order and evidence.dependencies.repeats(order))
    if plain and not several and not (roles.first("unit_price") and roles.first("quantity")):
        return _from_total(plain, between)
    return None


def _from_goods(evidence: Evidence, goods: str, between: dict[str, str], found: Sum) -> Amount:
    """The goods, less the discount where it comes off them, less the tax where it is in them."""
    tax = (between["tax"],) if "tax" in between and "tax" not in found.between else ()
    discount = (between["discount"],) if "discount" in found.between else ()
    if not tax and not discount:
        return Amount(Rule((goods,)), found.reason)
    below = bool(discount and below_zero(evidence, discount[0]))
    rule = Rule((goods,), plus=discount if below else (), less=(*(() if below else discount), *tax))
    reason = say("{why}; so {columns} is still in {goods}", why=found.reason, columns=(*discount, *tax), goods=goods)
    return Amount(rule, reason)


def below_zero(evidence: Evidence, column: str) -> bool:
    """Whether a column is written with a minus where it says anything."""
    values = np.nan_to_num(evidence.values(column))
    return bool((values < 0).any() and not (values > 0).any())


def _from_total(total: str, between: dict[str, str]) -> Amount:
    """The total, less tax and shipping where they are known."""
    off = [between[role] for role in ("shipping", "tax") if role in between]
    if off:
        return Amount(
            Rule((total,), less=tuple(off)), say("what was paid in all, without {columns}", columns=off).doubted()
        )
    return Amount(Rule((total,)), say("nothing tells whether tax and shipping are in it").doubted())


def of_line(evidence: Evidence, order: str | None) -> Amount | None:
    """The amount of one line."""
    roles = evidence.roles

    def line(*names: str) -> str | None:
        column = roles.column(*names)
        return column if column and evidence.level(column, order) != "order" else None

    total, price, quantity = (
        roles.column("line_total") or line("subtotal", "total", "amount"),
        roles.column("unit_price"),
        roles.column("quantity"),
    )
    if total:
        if price and quantity:
            fits, rows = multiplied(evidence, quantity, price, total)
            if fits >= HOLDS:
                return Amount(
                    Rule((total,)),
                    say(
                        "{product} = {total} in {share} of {count} rows",
                        product=f"{quantity} × {price}",
                        total=total,
                        share=Share(fits),
                        count=rows,
                    ),
                    "line",
                )
        return Amount(Rule((total,)), say("the amount of the line by its name: {column}", column=total), "line")
    if price and quantity:
        return _of_price(evidence, price, quantity)
    if price:
        return Amount(Rule((price,)), say("no column says how many, so each row is one piece"), "line")
    return None


def _of_price(evidence: Evidence, price: str, quantity: str) -> Amount:
    """Quantity times price, unless the price is of all pieces together, as in some marketplaces."""
    product_ = evidence.roles.column("product_id", "product")
    together = _is_of_all(evidence, price, quantity, product_) if product_ else None
    if together:
        return Amount(
            Rule((price,)),
            say(
                "most of the rows with several pieces ({count}) cost as many times what one costs: {column} is of all",
                count=together,
                column=price,
            ).doubted(),
            "line",
        )
    return Amount(Rule(product=(quantity, price)), say("pieces times price of one"), "line")


def _is_of_all(evidence: Evidence, price: str, quantity: str, product_: str) -> int | None:
    """How many rows with several pieces cost a multiple of what one piece of the same product costs, where most do."""
    times, each, codes = evidence.values(quantity), evidence.values(price), evidence.dependencies.codes(product_)
    single = (times == 1) & ~np.isnan(each) & (codes >= 0)
    usual: dict[int, float] = dict(zip(codes[single].tolist(), each[single].tolist(), strict=True))
    several = (times > 1) & ~np.isnan(each)
    pairs = [
        (usual[code], paid, count)
        for code, paid, count in zip(
            codes[several].tolist(), each[several].tolist(), times[several].tolist(), strict=True
        )
        if usual.get(code)
    ]
    of_all = sum(abs(one * count - paid) < _EQUAL * count for one, paid, count in pairs)
    of_one = sum(abs(one - paid) < _EQUAL for one, paid, _ in pairs)
    return of_all if of_all > 2 * of_one and of_all >= 3 else None
