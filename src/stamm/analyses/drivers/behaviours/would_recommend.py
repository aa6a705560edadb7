"""Would recommend."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.analyses.drivers.before import Before
from stamm.analyses.drivers.behaviour import Behaviour
from stamm.facts.responses import Responses

_ = ibis._


class WouldRecommend(Behaviour):
    """Customers who would recommend the shop (9 or 10), of those who said so or not in the days before."""

    en = "Would recommend (NPS)"
    de = "Würden empfehlen (NPS)"
    sentence_de = "Kunden, die den Laden empfehlen würden (9 oder 10), von denen, die es in den Tagen davor sagten."
    facts = ("responses",)
    silence_is_no = False

    def signs(self, before: Before) -> ir.Table:
        answers = before.lately("responses", "answered_at").filter(Responses().scored("nps"))
        last = ibis.window(group_by="customer_id", order_by=[ibis.desc("answered_at"), "response_id", "question"])
        answers = answers.mutate(place=ibis.row_number().over(last)).filter(_.place == 0)
        return answers.select("customer_id", yes=_.score >= 9)
