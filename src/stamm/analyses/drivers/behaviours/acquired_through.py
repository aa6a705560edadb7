"""Won through."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class AcquiredThrough(Behaviour):
    """Customers who were won that way, compared with all others."""

    en = "Won through"
    de = "Gewonnen durch"
    sentence_de = "Kunden, die auf diesem Weg gewonnen wurden, verglichen mit allen anderen."
    facts = ("customers",)
    valued = True

    def signs(self, before: Before) -> ir.Table:
        last = ibis.window(group_by="customer_id", order_by=ibis.desc("valid_from"))
        known = before.so_far("customers").mutate(place=ibis.row_number().over(last))
        known = known.filter(_.place == 0, _.acquired_through.notnull())
        return known.select("customer_id", value=_.acquired_through)
