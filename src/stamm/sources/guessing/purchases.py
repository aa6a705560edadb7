"""Orders, what was in them, and who ordered, out of the rows of a shop's or a marketplace's export."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.mapping import Condition, Rule
from stamm.facts.mapping.rules import JOIN, Take
from stamm.sources.guessing.amounts import Amount, below_zero, of_line, paid_for_goods
from stamm.sources.guessing.draft import Draft
from stamm.sources.guessing.evidence import Evidence, Mask
from stamm.sources.guessing.reason import say
from stamm.sources.guessing.returning import returns
from stamm.sources.guessing.shop import Shop

#: columns of orders that are taken as they stand, and moments after the order
_TAKEN, _LATER = ("channel", "campaign"), ("fulfilled_at", "delivered_at")
_MONEY = ("discount", "tax", "shipping", "cost")
#: what is known of customers beside their number
_ABOUT = ("email", "name", "phone", "company", "country", "city", "language")


def purchases(evidence: Evidence) -> list[Draft]:
    """Orders, with lines, returns and customers where the rows hold them."""
    shop = Shop.of(evidence)
    found = [orders(shop), order_lines(shop), returns(shop), customers(shop)]
    return [draft for draft in found if draft is not None]


# -- orders --------------------------------------------------------------------------------------------------
def orders(shop: Shop) -> Draft:
    """One row an order, however many rows of the file it has."""
    draft, evidence = Draft("orders"), shop.evidence
    shop.leave_out_what_is_no_sale(draft)
    _number(shop, draft)
    shop.name_customer(draft)
    shop.place_in_time(draft)
    amount = paid_for_goods(evidence, shop.order)
    if amount is None:
        draft.missing["amount"] = say("no column with an amount was found")
    else:
        _put_amount(shop, draft, amount)
    for money in _MONEY:
        _put_money(shop, draft, money)
    shop.name_currency(draft)
    for role in _TAKEN:
        column = shop.said(role)
        if column is not None and evidence.level(column, shop.order) != "line":
            draft.put(role, Rule((column,)), shop.why(column))
    for role in _LATER:
        column = shop.said(role)
        if column:
            draft.put(role, Rule((column,), take="highest" if draft.each else "agree"), shop.why(column))
    _cancelled(shop, draft)
    return draft


def _number(shop: Shop, draft: Draft) -> None:
    """The order's number; where there is none, one made of what there is."""
    if shop.order:
        counts = {"orders": shop.evidence.shapes[shop.order].distinct, "rows": shop.evidence.rows}
        if shop.several:
            draft.each = (shop.order,)
            draft.reasons["each"] = say(
                "{rows} rows have {orders} different numbers: rows with the same one are one order", **counts
            )
            draft.put("order_id", Rule((shop.order,)), shop.why(shop.order))
        else:
            draft.put(
                "order_id",
                Rule((shop.order,)),
                say("a different one in each row").doubted(shop.why(shop.order).doubtful),
            )
        return
    made = tuple(column for column in (shop.customer, shop.when) if column)
    if made:
        reason = say(
            "no column numbers the orders; numbered by {columns}, and counted where these are equal", columns=made
        )
        draft.put("order_id", Rule(made, row=made), reason.doubted())
    else:
        draft.put("order_id", Rule(row=True), say("no column numbers the orders; the number of the row").doubted())


def _put_amount(shop: Shop, draft: Draft, amount: Amount) -> None:
    """The amount; lines are added up, without those that are postage, which become shipping."""
    amount = _with_what_empty_means(shop, amount)
    adds = bool(draft.each) and amount.level == "line"
    goods, postage = shop.postage(negated=True), shop.postage()
    if not adds:
        draft.put("amount", amount.rule, amount.reason)
        return
    reason = say("{why}; the lines of an order are added up", why=amount.reason).doubted(amount.reason.doubtful)
    rule = replace(amount.rule, take="sum")
    if postage:
        reason = say("{why}, postage apart", why=reason).doubted(reason.doubtful)
        draft.put("amount", replace(rule, where=goods, default="0"), reason)
        draft.put("shipping", replace(rule, where=postage, default="0"), say("the lines that are postage"))
    else:
        draft.put("amount", rule, reason)


def _with_what_empty_means(shop: Shop, amount: Amount) -> Amount:
    """Cancelled orders may have no amount; it is nothing then."""
    empty = np.zeros(shop.evidence.rows, dtype=bool)
    for column in amount.rule.product or amount.rule.columns:
        empty |= np.isnan(shop.evidence.values(column))
    if not empty.any() or (amount.level == "order" and shop.several):
        return amount
    cancelled = shop.cancelled
    if cancelled is None or not _say(shop, cancelled)[empty].all():
        return amount
    reason = say("{why}; empty only where the order was cancelled, so nothing", why=amount.reason)
    return replace(amount, rule=replace(amount.rule, default="0"), reason=reason.doubted(amount.reason.doubtful))


def _say(shop: Shop, condition: Condition) -> Mask:
    """Rows whose cell is one of the condition's words."""
    cells = shop.evidence.shapes[condition.column].text
    found: Mask = pc.is_in(cells, value_set=pa.array(condition.values)).to_numpy(zero_copy_only=False)
    return found


def _put_money(shop: Shop, draft: Draft, role: str) -> None:
    column = shop.said(role)
    if column is None or role in draft.rules:
        return
    line = shop.evidence.level(column, shop.order) == "line"
    reason = shop.why(column)
    take: Take = "sum" if line and draft.each else "agree"
    rule = Rule((column,), take=take)
    if role == "discount" and below_zero(shop.evidence, column):
        rule, reason = Rule((column,), negate=True, take=take), say("turned around, as it is below zero")
    quantity = shop.said("quantity")
    if role == "cost" and quantity and (line or not draft.each):
        rule, reason = Rule(product=(quantity, column), take=take), say("pieces times cost of one").doubted()
    draft.put(role, rule, reason)


def _cancelled(shop: Shop, draft: Draft) -> None:
    """When an order was cancelled: its own moment, else from the start where its status says so."""
    for pick in shop.evidence.roles.candidates.get("status", ()):
        pending = shop.words_of(pick.column, "pending")
        if pending:
            draft.about.append(
                say("orders with {column} = {words} count like the others", column=pick.column, words=pending).doubted()
            )
    column = shop.said("cancelled_at")
    if column:
        take: Take = "highest" if draft.each else "agree"
        draft.put("cancelled_at", Rule((column,), take=take), shop.why(column))
    elif shop.cancelled and "ordered_at" in draft.rules:
        reason = say("{column} says it; when, the file does not say, so from the start", column=shop.cancelled.column)
        draft.put("cancelled_at", replace(draft.rules["ordered_at"], where=(shop.cancelled,)), reason)


# -- what was in them ----------------------------------------------------------------------------------------
def order_lines(shop: Shop) -> Draft | None:
    """One row a line, where the rows name products."""
    evidence, product = shop.evidence, shop.said("product_id") or shop.said("product")
    if product is None or shop.order is None or evidence.level(product, shop.order) == "order":
        return None
    if not shop.several and not any(map(shop.said, ("product_id", "quantity", "unit_price"))):
        return None
    draft = Draft("order_lines")
    shop.leave_out_what_is_no_sale(draft)
    for condition in shop.postage(negated=True):
        draft.only(condition, say("postage is no goods"))
    draft.put("order_id", Rule((shop.order,)))
    line = shop.said("line")
    if line and evidence.dependencies.unique((shop.order, line)) == 1:
        draft.put("line_id", Rule((line,)), say("counts the lines of each order"))
    else:
        draft.put("line_id", Rule(row=(shop.order,)), say("no column numbers the lines: counted within each order"))
    shop.name_customer(draft)
    shop.place_in_time(draft)
    for role in ("product_id", "product", "category"):
        column = shop.said(role)
        if column:
            draft.put(role, Rule((column,)), shop.why(column))
    quantity = shop.said("quantity")
    if quantity:
        draft.put("quantity", Rule((quantity,)), shop.why(quantity))
    else:
        draft.put("quantity", Rule(constant="1"), say("no column says how many, so each row is one piece"))
    amount = of_line(evidence, shop.order)
    if amount:
        draft.put("amount", amount.rule, amount.reason)
    _put_money(shop, draft, "cost")
    shop.name_currency(draft)
    return draft


# -- who ordered ---------------------------------------------------------------------------------------------
def customers(shop: Shop) -> Draft | None:
    """What the rows say of the customers; a change of it begins a new row."""
    told = {role: column for role in _ABOUT if (column := shop.said(role)) and column != shop.customer}
    names = tuple(column for role in ("first_name", "last_name") if (column := shop.said(role)))
    if not told or shop.customer is None or shop.when is None:
        return None
    draft = Draft("customers", each=tuple(dict.fromkeys((shop.customer, *told.values(), *names))))
    draft.reasons["each"] = say("a customer about whom something else is said later gets a new row")
    draft.only(Condition(shop.customer, "empty", negated=True), say("rows without a customer say nothing of one"))
    shapes = shop.evidence.shapes
    fullest = max(told.values(), key=lambda column: shapes[column].filled)
    if shapes[fullest].filled < shapes[shop.customer].filled:
        draft.only(Condition(fullest, "empty", negated=True), say("nor do rows in which the rest is empty"))
    draft.put("customer_id", Rule((shop.customer,)))
    shop.place_in_time(draft, "valid_from")
    draft.reasons["valid_from"] = say("the first order with it")
    for role, column in told.items():
        draft.put(role, Rule((column,)), shop.why(column))
    if names and "name" not in told:
        draft.put("name", Rule(names, join=" " if len(names) > 1 else JOIN), say("first and last name"))
    return draft
