"""Returns."""

from __future__ import annotations

from stamm.facts.columns import currency, dimension, moment, money, real, text
from stamm.facts.kind import Imported


class Returns(Imported):
    """What came back, one row a return; it counts unless its order was cancelled."""

    de = "Rücksendungen"
    sentence_de = "Was zurückkam, eine Zeile je Rücksendung; sie zählt, sofern die Bestellung nicht storniert wurde."
    key_columns = ("return_id",)
    clock = "returned_at"
    clocks = ("returned_at", "ordered_at")

    return_id = text("the return's number", required=True)
    order_id = text("the order it belongs to")
    line_id = text("the order's line")
    customer_id = text("who returned; empty where unknown")
    ordered_at = moment("when the order was placed")
    returned_at = moment("when it came back", required=True)
    quantity = real("pieces or units returned", low=0)
    amount_minor = money("paid back")
    currency = currency()
    reason = dimension("why it came back")
