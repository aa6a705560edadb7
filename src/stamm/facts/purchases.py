"""Each customer's orders in a row."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, money, real, text, whole
from stamm.facts.elapsed import days_between
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.facts.orders import Orders
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_ORDERS = rows("""
    order_id  customer_id  ordered_at        amount_minor  cancelled_at
    o1        anna         2024-02-01T10:00  1000          -
    o2        anna         2024-02-03T10:00  1000          -
    o3        anna         2024-02-04T10:00  1000          2024-02-04T11:00
    o4        anna         2024-02-09T10:00  1000          -
    o5        ben          2024-02-09T10:00  1000          -
    o6        -            2024-02-09T10:00  1000          -
""")


class Purchases(Derived):
    """Each known customer's standing orders in a row: which one it was, and what came before and after.

    Orders of the same moment follow one another by order_id, zero days apart.
    """

    de = "Käufe"
    sentence_de = "Die gültigen Bestellungen jedes Kunden der Reihe nach: die wievielte, und was davor und danach lag."
    clock = "ordered_at"

    order_id = text("the order")
    customer_id = text("who ordered")
    ordered_at = moment("when")
    amount_minor = money("paid for goods")
    channel = dimension("web, app, store ...")
    campaign = dimension("the campaign that brought the order")
    position = whole("1 for the customer's first order, 2 for the second ...")
    first_at = moment("the customer's first order")
    previous_at = moment("the order before")
    next_at = moment("the order after, as far as known")
    lapses_at = moment("when its lapse_days are over, with or without another order")
    gap_days = real("days since the order before")
    mean_gap_days = real("mean days between the customer's orders up to this one")

    examples = (
        TableExample(
            facts={"orders": _ORDERS},
            gives=rows("""
                order_id  position  gap_days  mean_gap_days  next_at
                o1        1         -         -              2024-02-03T10:00
                o2        2         2         2              2024-02-09T10:00
                o4        3         6         4              -
                o5        1         -         -              -
            """),
        ),
        VerbExample(
            facts={"orders": _ORDERS},
            window="2024-02-01/2024-02-10",
            context={"lapse_days": 7, "as_of": "2024-03-01"},
            gives={"again": 2, "followed_by(window.end)": 2, "lapsed_by(window.end)": 1},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("orders",)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        orders = bought(facts)
        order = ibis.window(group_by="customer_id", order_by=["ordered_at", "order_id"])
        everything = ibis.window(group_by="customer_id")
        orders = orders.mutate(
            position=ibis.row_number().over(order) + 1,
            first_at=_.ordered_at.min().over(everything),
            previous_at=_.ordered_at.lag().over(order),
            next_at=_.ordered_at.lead().over(order),
            lapses_at=_.ordered_at + ibis.interval(hours=24 * facts.rules.lapse_days),
        )
        return orders.mutate(
            gap_days=days_between(_.previous_at, _.ordered_at),
            mean_gap_days=days_between(_.first_at, _.ordered_at) / (_.position - 1).nullif(0),
        )

    def again(self) -> Deferred:
        """Orders that were not the customer's first."""
        return self.position >= 2

    def followed_by(self, moment: Deferred) -> Deferred:
        """Orders after which the customer ordered again before a moment, such as `window.end`."""
        return self.next_at.notnull() & (self.next_at < moment)

    def lapsed_by(self, moment: Deferred) -> Deferred:
        """Orders that are at least lapse_days old at a moment."""
        return self.lapses_at <= moment


def bought(facts: FactTables) -> ir.Table:
    """The standing orders of known customers."""
    return facts["orders"].filter(Orders().stands(), _.customer_id.notnull())
