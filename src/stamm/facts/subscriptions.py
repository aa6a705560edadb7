"""Subscriptions."""

from __future__ import annotations

from ibis.common.deferred import Deferred

from stamm.facts.columns import currency, dimension, moment, money, text
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample, rows


class Subscriptions(Imported):
    """Who pays regularly, one row a stretch of the same plan, price and status."""

    de = "Abonnements"
    sentence_de = "Wer regelmäßig zahlt, eine Zeile je Zeitraum mit gleichem Tarif, Preis und Status."
    key_columns = ("subscription_id", "started_at")
    clock = "started_at"
    clocks = ("started_at",)
    reaches = ("ended_at",)

    subscription_id = text("the subscription", required=True, personal=False)
    started_at = moment("when this stretch began", required=True)
    customer_id = text("whose it is", personal=True)
    plan = dimension("the plan", personal=False)
    ended_at = moment("when this stretch ended; empty while it runs", ends="started_at")
    mrr_minor = money("monthly recurring revenue", required=True, low=0)
    currency = currency()
    status = text(
        "trialing, active, past_due or paused",
        choices=("trialing", "active", "past_due", "paused"),
        required=True,
        personal=False,
    )
    end_reason = text("why it ended", choices=("voluntary", "delinquent", "changed"), personal=False)

    # anna's price goes up on the 10th; ben's ends just then, cleo tries, dora's begins in March
    examples = (
        VerbExample(
            facts={
                "subscriptions": rows("""
                    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
                    s1               2024-01-01  anna         2024-02-10  1000       active
                    s1               2024-02-10  anna         -           2000       past_due
                    s2               2024-01-05  ben          2024-03-01  700        active
                    s3               2024-02-01  cleo         -           900        trialing
                    s4               2024-03-01  dora         -           900        active
                """),
            },
            window="2024-02",
            so_far=True,
            context={"as_of": "2024-04-01"},
            gives={"paying": 3, "running_at(window.start)": 2, "running_at(window.end)": 3},
        ),
    )

    def paying(self) -> Deferred:
        """Stretches that are paid or owed: active and past_due, no trials and pauses."""
        return self.status.isin(["active", "past_due"])

    def running_at(self, moment: Deferred) -> Deferred:
        """Stretches that run just before a moment, such as `window.end`."""
        return (self.started_at < moment) & (self.ended_at.isnull() | (self.ended_at >= moment))
