"""Opened a message."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class OpenedMessage(Behaviour):
    """Customers who opened a message, of those to whom one was sent in the days before."""

    en = "Opened a message"
    de = "Nachricht geöffnet"
    sentence_de = "Kunden, die eine Nachricht öffneten, von denen, die in den Tagen davor eine bekamen."
    facts = ("messages",)
    silence_is_no = False

    def signs(self, before: Before) -> ir.Table:
        return before.lately("messages").select("customer_id", yes=_.opened_at.notnull())
