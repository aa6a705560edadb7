"""Returns."""

from __future__ import annotations

from stamm.facts.columns import currency, dimension, moment, money, real, text
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows


class Returns(Imported):
    """What came back, one row a return; it counts unless its order was cancelled."""

    de = "Rücksendungen"
    sentence_de = "Was zurückkam, eine Zeile je Rücksendung; sie zählt, sofern die Bestellung nicht storniert wurde."
    key_columns = ("return_id",)
    clock = "returned_at"
    clocks = ("returned_at", "ordered_at")

    return_id = text("the return's number", required=True, personal=False)
    order_id = text("the order it belongs to", personal=False)
    line_id = text("the order's line", personal=False)
    customer_id = text("who returned; empty where unknown", personal=True)
    ordered_at = moment("when the order was placed")
    returned_at = moment("when it came back", required=True, follows="ordered_at")
    quantity = real("pieces or units returned", low=0)
    amount_minor = money("paid back")
    currency = currency()
    reason = dimension("why it came back", personal=False)

    # whether the order was cancelled is for sent_back to say
    examples = (
        VerbExample(
            facts={
                "returns": rows("""
                    return_id  order_id  customer_id  ordered_at  returned_at  quantity  amount_minor
                    r1         o1        anna         2024-01-30  2024-02-01   1         1500
                    r2         o2        ben          2024-02-10  2024-02-29   2         800
                    r3         o2        ben          2024-02-10  2024-03-01   1         400
                """),
            },
            window="2024-02",
            gives={"count": 2, "customers": 2},
        ),
    )
