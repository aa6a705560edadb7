"""Used a discount."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour
from stamm.facts.orders import Orders

_ = ibis._


class UsedDiscount(Behaviour):
    """Customers who ordered with a discount in the days before."""

    en = "Used a discount"
    de = "Rabatt genutzt"
    sentence_de = "Kunden, die in den Tagen davor mit Rabatt bestellten."
    facts = ("orders",)

    def signs(self, before: Before) -> ir.Table:
        orders = before.lately("orders").filter(Orders().stands())
        return orders.select("customer_id", yes=(_.discount_minor > 0).coalesce(False))
