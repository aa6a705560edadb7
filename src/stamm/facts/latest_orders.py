"""What customers who are here ordered last."""

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import moment, real, text, whole
from stamm.facts.elapsed import days_between
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_ORDERS = rows("""
    order_id  customer_id  ordered_at        amount_minor
    o1        anna         2024-01-31T12:00  1000
    o2        anna         2024-02-20T00:00  1000
    o3        anna         2024-02-20T00:00  1000
    o4        ben          2024-02-28T00:00  1000
    o5        ben          2024-03-01T00:00  1000
    o6        cleo         2024-01-10T00:00  1000
""")
_RULES = {"as_of": "2024-04-01", "lapse_days": 20}


class LatestOrders(Derived):
    """The orders of everyone who is here when a window closes, counted back from the last one before it.

    One row an order and window. Orders of the same moment follow one another by order_id.
    """

    de = "Letzte Bestellungen"
    sentence_de = "Die Bestellungen aller, die am Ende eines Fensters da sind, von der letzten davor an rückwärts."
    per_window = True

    customer_id = text("who ordered")
    order_id = text("the order")
    ordered_at = moment("when")
    back = whole("1 for the last order before the window's end, 2 for the one before ...")
    days = real("days from the order to the window's end")

    # cleo's lapse was over on the 30th of January; at the end of February ben's second order is not there yet
    examples = (
        TableExample(
            facts={"orders": _ORDERS},
            context={"window": "2024-02", **_RULES},
            gives=rows("""
                customer_id  order_id  back  days
                anna         o3        1     10
                anna         o2        2     10
                anna         o1        3     29.5
                ben          o4        1     2
            """),
        ),
        # exactly ten days before the end is within them
        VerbExample(
            facts={"orders": _ORDERS},
            window="2024-02",
            context=_RULES,
            gives={"at_least(1,10)": 2, "at_least(2,10)": 1, "at_least(3,10)": 0, "at_least(3,30)": 1},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("base", "purchases")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        here = facts["base"].filter(_.present_at_end)
        here = here.select("window_number", "window_start", "window_end", "group_value", who=_.customer_id)
        orders = facts["purchases"].select("customer_id", "order_id", "ordered_at", "position")
        before = orders.inner_join(here, [orders.customer_id == here.who, orders.ordered_at < here.window_end])
        last = _.position.max().over(ibis.window(group_by=["window_number", "customer_id"]))
        before = before.mutate(back=last - _.position + 1, days=days_between(_.ordered_at, _.window_end))
        return before.drop("who", "position")

    def at_least(self, orders: int, days: int) -> Reduction:
        """Customers with at least so many orders in so many days before the window's end."""
        enough = self.customers((self.back == orders) & (self.days <= days))
        return replace(enough, back_days=days)
