"""First ordered by."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class FirstChannel(Behaviour):
    """Customers who placed their first order through that channel, compared with all others."""

    en = "First ordered by"
    de = "Zuerst bestellt über"
    sentence_de = "Kunden, die ihre erste Bestellung über diesen Kanal aufgaben, verglichen mit allen anderen."
    facts = ("purchases",)
    valued = True

    def signs(self, before: Before) -> ir.Table:
        first = before.so_far("purchases").filter(_.position == 1, _.channel.notnull())
        return first.select("customer_id", value=_.channel)
