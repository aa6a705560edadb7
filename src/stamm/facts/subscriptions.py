"""Subscriptions."""

from __future__ import annotations

from stamm.facts.columns import currency, dimension, moment, money, text
from stamm.facts.kind import Imported


class Subscriptions(Imported):
    """Who pays regularly, one row a stretch of the same plan, price and status."""

    de = "Abonnements"
    sentence_de = "Wer regelmäßig zahlt, eine Zeile je Zeitraum mit gleichem Tarif, Preis und Status."
    key_columns = ("subscription_id", "started_at")
    clock = "started_at"
    clocks = ("started_at",)
    reaches = ("ended_at",)

    subscription_id = text("the subscription", required=True)
    started_at = moment("when this stretch began", required=True)
    customer_id = text("whose it is")
    plan = dimension("the plan")
    ended_at = moment("when this stretch ended; empty while it runs")
    mrr_minor = money("monthly recurring revenue", required=True, low=0)
    currency = currency()
    status = text(
        "trialing, active, past_due or paused", choices=("trialing", "active", "past_due", "paused"), required=True
    )
    end_reason = text("why it ended", choices=("voluntary", "delinquent", "changed"))
