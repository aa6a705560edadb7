"""Who has a subscription running."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.subscriptions import Subscriptions
from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.kind import Listed, example
from stamm.segments.then import Then

_ = ibis._


class Subscribes(Listed):
    """Customers whose subscription, active or past due, ran just before the day."""

    de = "Abonnement"
    sentence_de = "Kunden, deren Abonnement, aktiv oder überfällig, unmittelbar vor dem Tag lief."
    says = Phrase("who have a subscription", "die ein Abonnement haben")
    denies = Phrase("who have no subscription", "die kein Abonnement haben")
    facts = ("subscriptions",)

    # ben's ends as the day begins, and ran until then; cleo's had ended, dora only tries, emil's begins too late
    examples = (
        example(
            {
                "subscriptions": rows("""
                    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
                    s1               2024-01-01  anna         2024-04-01  1000       active
                    s2               2024-01-01  ben          2024-03-01  1000       past_due
                    s3               2024-01-01  cleo         2024-02-28  1000       active
                    s4               2024-01-01  dora         -           1000       trialing
                    s5               2024-03-01  emil         -           1000       active
                """),
            },
            "2024-03-01",
            "anna ben",
        ),
    )

    def members(self, then: Then) -> ir.Table:
        # an end from that moment on was not known yet
        return then.so_far("subscriptions").filter(Subscriptions().paying(), _.ended_at.isnull())
