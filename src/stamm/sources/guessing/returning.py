"""What came back, out of order files: cancelled invoices, rows below zero, refunds beside orders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from stamm.facts.mapping import Condition, Rule
from stamm.sources.guessing.amounts import of_line, paid_for_goods
from stamm.sources.guessing.draft import Draft
from stamm.sources.guessing.reason import Share, say
from stamm.sources.guessing.shop import Shop

#: a row below zero in an order with rows above zero takes something back out of that order
_SAME_ORDER = 0.5


def returns(shop: Shop) -> Draft | None:
    """Returns, where the rows hold any."""
    if shop.order is None:
        return None
    found = shop.corrections
    if found.signed and (found.cancelling or found.taken_back):
        return _below_zero(shop, shop.order)
    refund = shop.said("refund")
    if refund and (shop.evidence.values(refund) != 0)[~np.isnan(shop.evidence.values(refund))].any():
        return _refunded(shop, shop.order, refund)
    return _by_status(shop, shop.order)


# -- rows below zero -----------------------------------------------------------------------------------------
def _below_zero(shop: Shop, order: str) -> Draft:
    """One return a row: of cancelled invoices, or wherever the sign says so."""
    draft, found, evidence = Draft("returns"), shop.corrections, shop.evidence
    if found.cancelling and not found.taken_back:
        letters = tuple(one.letters for one in found.cancelling)
        draft.only(Condition(order, "begins", letters), say("cancelled invoices: their rows are below zero"))
    else:
        draft.only(Condition(found.signed, "below", ("0",)), say("{count} rows are below zero", count=found.taken_back))
        if found.written_off:
            draft.only(Condition(found.price, "above", ("0",)), say("without a price it is a booking of the stock"))
    product = shop.said("product_id") or shop.said("product")
    apart = (*found.fees, *found.postage)
    if product and apart:
        draft.only(Condition(product, "is", apart, negated=True), say("postage, fees and bookings are no goods"))
    draft.put("return_id", Rule((order,), row=(order,)), say("the rows of a cancelled invoice are counted"))
    _say_which_order(shop, draft, order)
    shop.name_customer(draft)
    shop.place_in_time(draft, "returned_at")
    quantity = shop.said("quantity")
    if quantity:
        draft.put(
            "quantity",
            Rule((quantity,), negate=quantity == found.signed),
            say("turned around, as it is below zero") if quantity == found.signed else None,
        )
    amount = of_line(evidence, order) or paid_for_goods(evidence, order)
    if amount:
        draft.put("amount", replace(amount.rule, negate=True), say("turned around, as it is below zero"))
    shop.name_currency(draft)
    return draft


def _say_which_order(shop: Shop, draft: Draft, order: str) -> None:
    """The order a row takes something back from, where its number is that of an order."""
    evidence, found = shop.evidence, shop.corrections
    if not found.cancelling:
        below, codes = evidence.values(found.signed) < 0, evidence.dependencies.codes(order)
        share = np.isin(np.unique(codes[below]), codes[~below]).mean() if below.any() else 0.0
        if share >= _SAME_ORDER:
            draft.put(
                "order_id", Rule((order,)), say("{share} of these numbers are those of orders", share=Share(share))
            )
            return
    draft.about.append(say("the order stays empty: the file does not say which one is taken back"))


# -- refunds beside orders -----------------------------------------------------------------------------------
def _refunded(shop: Shop, order: str, refund: str) -> Draft:
    """One return an order, with the amount that stands beside it."""
    values = shop.evidence.values(refund)
    below = bool((values[~np.isnan(values)] < 0).any())
    draft = _beside(shop, order)
    draft.only(
        Condition(refund, "below" if below else "above", ("0",)),
        say("{count} rows have a refund", count=int((np.nan_to_num(values) != 0).sum())),
    )
    draft.put("amount", Rule((refund,), negate=below, take="agree"), shop.why(refund))
    shop.name_currency(draft)
    return draft


def _by_status(shop: Shop, order: str) -> Draft | None:
    """One return an order whose status says that it went back."""
    for pick in shop.evidence.roles.candidates.get("status", ()):
        words = shop.words_of(pick.column, "returned")
        amount = paid_for_goods(shop.evidence, shop.order)
        if words and amount:
            draft = _beside(shop, order)
            draft.only(Condition(pick.column, "is", words), say("{column} says it", column=pick.column))
            rule = replace(amount.rule, take="sum" if draft.each and amount.level == "line" else "agree")
            draft.put("amount", rule, say("all of the order").doubted())
            shop.name_currency(draft)
            return draft
    return None


def _beside(shop: Shop, order: str) -> Draft:
    """A return with the number of its order."""
    draft = Draft("returns", each=(order,) if shop.several else ())
    draft.put("return_id", Rule((order,)), say("one return an order"))
    draft.put("order_id", Rule((order,)))
    shop.name_customer(draft)
    returned = shop.said("returned_at")
    if returned:
        draft.put("returned_at", Rule((returned,), take="highest" if draft.each else "agree"), shop.why(returned))
    else:
        shop.place_in_time(draft, "returned_at")
        draft.reasons["returned_at"] = say("when it came back, the file does not say; the order's moment").doubted()
    return draft
