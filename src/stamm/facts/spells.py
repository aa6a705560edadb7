"""When someone is a customer."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import moment, real, text, whole
from stamm.facts.elapsed import years_between
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_ORDERS = rows("""
    order_id  customer_id  ordered_at        amount_minor  cancelled_at
    o1        anna         2024-01-01T10:00  1000          -
    o2        anna         2024-01-11T10:00  1000          -
    o3        anna         2024-01-21T10:01  1000          -
    o4        ben          2024-01-01T10:00  1000          2024-01-02T10:00
    o5        ben          2024-01-25T10:00  1000          -
""")


class Spells(Derived):
    """When someone is a customer: one row a customer and spell, open while nobody knows its end.

    The rule is a setting of the organisation. `orders`: a spell starts with an order and stays open while
    the next comes at most `lapse_days` times 24 hours later (exactly that is inside); it ends that long
    after its last order. `activity`: the same over any event or order. `subscriptions`: the union of a
    customer's active and past_due rows, touching rows joined. An end after as_of is not known.
    """

    de = "Kundenzeiten"
    sentence_de = "Wann jemand Kunde ist: eine Zeile je Kunde und Zeit, offen, solange niemand ihr Ende kennt."
    clock = "ended_at"

    customer_id = text("who")
    number = whole("1 for the customer's first spell, 2 for the second ...")
    started_at = moment("when it began")
    ended_at = moment("when it ended; empty while it runs")
    first_started_at = moment("when the customer's first spell began")
    years = real("its length in years of 365.25 days, once it has ended")

    examples = (
        TableExample(
            facts={"orders": _ORDERS},
            context={"spell_rule": "orders", "lapse_days": 10, "as_of": "2024-02-01"},
            gives=rows("""
                customer_id  number  started_at        ended_at
                anna         1       2024-01-01T10:00  2024-01-21T10:00
                anna         2       2024-01-21T10:01  2024-01-31T10:01
                ben          1       2024-01-25T10:00  -
            """),
        ),
        TableExample(
            facts={
                "orders": _ORDERS,
                "events": rows("""
                    event_id  customer_id  anonymous_id  happened_at       kind
                    e1        ben          -             2024-01-16T10:00  page
                """),
            },
            context={"spell_rule": "activity", "lapse_days": 10, "as_of": "2024-02-01"},
            gives=rows("""
                customer_id  number  started_at        ended_at
                anna         1       2024-01-01T10:00  2024-01-21T10:00
                anna         2       2024-01-21T10:01  2024-01-31T10:01
                ben          1       2024-01-16T10:00  -
            """),
        ),
        TableExample(
            facts={
                "subscriptions": rows("""
                    subscription_id  started_at  customer_id  ended_at    mrr_minor  status
                    s1               2024-01-01  anna         2024-01-10  1000       active
                    s1               2024-01-10  anna         2024-01-15  2000       past_due
                    s1               2024-01-15  anna         2024-01-20  2000       paused
                    s1               2024-01-20  anna         -           2000       active
                    s2               2024-01-05  ben          2024-03-01  1000       active
                    s3               2024-01-05  cleo         2024-01-09  1000       trialing
                """),
            },
            context={"spell_rule": "subscriptions", "as_of": "2024-02-01"},
            gives=rows("""
                customer_id  number  started_at  ended_at
                anna         1       2024-01-01  2024-01-15
                anna         2       2024-01-20  -
                ben          1       2024-01-05  -
            """),
        ),
        VerbExample(
            facts={"orders": _ORDERS},
            window="2024-01",
            context={"spell_rule": "orders", "lapse_days": 10, "as_of": "2024-02-01"},
            gives={"ended": 2},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("stretches",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        as_of = facts.rules.as_of
        # a lapse that is over at as_of is over; the end of a subscription is a fact, and told of once it lies before
        past = _.ends_at < as_of if facts.rules.spell_rule == "subscriptions" else _.ends_at <= as_of
        spells = facts["stretches"].mutate(ended_at=past.ifelse(_.ends_at, None)).drop("ends_at")
        return spells.mutate(years=years_between(_.started_at, _.ended_at))

    def ended(self) -> Deferred:
        """Spells that have ended."""
        return self.ended_at.notnull()
