"""Returned something."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class ReturnedSomething(Behaviour):
    """Customers who sent something back in the days before."""

    en = "Returned something"
    de = "Etwas zurückgesandt"
    sentence_de = "Kunden, die in den Tagen davor etwas zurücksandten."
    facts = ("returned_lines",)

    def signs(self, before: Before) -> ir.Table:
        owners = before["orders"].select(its_order=_.order_id, owner=_.customer_id)
        back = before["returned_lines"].filter(_.returned_at >= before.since)
        back = back.left_join(owners, back.order_id == owners.its_order)
        return back.select(customer_id=_.customer_id.coalesce(_.owner), yes=True)
