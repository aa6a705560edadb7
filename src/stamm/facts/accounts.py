"""What each customer pays regularly."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import flag, money, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.subscriptions import Subscriptions
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_PAID = rows("""
    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
    s1               2024-01-01  anna         2024-02-10  1000       active
    s1               2024-02-10  anna         -           2000       active
    s2               2024-01-15  anna         -           500        past_due
    s3               2024-01-05  ben          2024-02-10  700        active
    s4               2024-01-05  cleo         -           900        trialing
""")


class Accounts(Derived):
    """What each customer pays regularly when a window opens and when it closes, one row a customer and window.

    Active and past_due stretches count, trials and pauses do not.
    """

    de = "Abokonten"
    sentence_de = "Was jeder Kunde regelmäßig zahlt, wenn ein Fenster öffnet und schließt."
    per_window = True

    customer_id = text("who")
    mrr_at_start_minor = money("monthly recurring revenue when the window opens")
    mrr_at_end_minor = money("monthly recurring revenue when it closes")
    foreign = flag("holds money of a currency without a rate")

    examples = (
        TableExample(
            facts={"subscriptions": _PAID},
            context={"window": "2024-02"},
            gives=rows("""
                customer_id  mrr_at_start_minor  mrr_at_end_minor
                anna         1500                2500
                ben          700                 0
            """),
        ),
        VerbExample(facts={"subscriptions": _PAID}, window="2024-02", gives={"paying": 1}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("subscriptions",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        windows = windowing.windows
        subscriptions = Subscriptions()
        paid = facts["subscriptions"].filter(subscriptions.paying())
        near = paid.inner_join(
            windows,
            [
                paid.started_at < windows.window_end,
                paid.ended_at.isnull() | (paid.ended_at >= windows.window_start),
            ],
        )
        people = near.group_by("window_number", "window_start", "window_end", "customer_id").aggregate(
            mrr_at_start_minor=_.mrr_minor.sum(where=subscriptions.running_at(_.window_start)).coalesce(0),
            mrr_at_end_minor=_.mrr_minor.sum(where=subscriptions.running_at(_.window_end)).coalesce(0),
            foreign=_.foreign.any(),
            joined_at=_.started_at.min(),
        )
        people = people.mutate(known_at=ibis.greatest(_.window_start, _.joined_at))
        return windowing.grouped(people, "known_at")

    def paying(self) -> Deferred:
        """Customers with recurring revenue when the window closes."""
        return self.mrr_at_end_minor > 0
