"""Waited for customer service."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

HOURS = 48
_ = ibis._


class WaitedForService(Behaviour):
    """Customers of whom a ticket opened in the days before was not resolved within 48 hours."""

    en = "Waited for service over 48 hours"
    de = "Über 48 Stunden auf Hilfe gewartet"
    sentence_de = "Kunden, deren Ticket aus den Tagen davor nicht binnen 48 Stunden gelöst war."
    facts = ("tickets",)

    def signs(self, before: Before) -> ir.Table:
        tickets = before.lately("tickets")
        waited = _.resolved_at.coalesce(before.start) > _.opened_at + ibis.interval(hours=HOURS)
        return tickets.select("customer_id", yes=waited)
