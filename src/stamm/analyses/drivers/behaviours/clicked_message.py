"""Clicked in a message."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour

_ = ibis._


class ClickedMessage(Behaviour):
    """Customers who clicked in a message, of those to whom one was sent in the days before."""

    en = "Clicked in a message"
    de = "In eine Nachricht geklickt"
    sentence_de = "Kunden, die in eine Nachricht klickten, von denen, die in den Tagen davor eine bekamen."
    facts = ("messages",)
    silence_is_no = False

    def signs(self, before: Before) -> ir.Table:
        return before.lately("messages").select("customer_id", yes=_.clicked_at.notnull())
