"""Who orders, from the one who leaves most to the one who leaves least."""

from __future__ import annotations

from typing import ClassVar

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import flag, money, text, whole
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.lang.example import Row, TableExample, VerbExample, rows

_ = ibis._

#: a share is taken to this fine a part, so that a fifth of 15 customers is 3, and not a little more
PARTS = 1_000_000

#: ben and cleo leave the same, though cleo pays more; dora sends back what she bought in January, emil orders in March
SALES: dict[str, tuple[Row, ...]] = {
    "orders": rows("""
        order_id  customer_id  ordered_at        amount_minor  cost_minor
        o1        anna         2024-02-05T10:00  9000          3000
        o2        ben          2024-02-06T10:00  2000          1000
        o3        cleo         2024-02-07T10:00  3000          2000
        o4        dora         2024-02-08T10:00  500           -
        o5        dora         2024-01-08T10:00  4000          1000
        o6        emil         2024-03-01T00:00  8000          -
        o7        -            2024-02-09T10:00  7000          -
    """),
    "returns": rows("""
        return_id  order_id  customer_id  returned_at       quantity  amount_minor
        r1         o5        dora         2024-02-20T10:00  1         4000
    """),
    "messages": rows("""
        message_id  customer_id  sent_at           cost_minor
        m1          anna         2024-02-09T10:00  100
    """),
    "costs": rows("""
        cost_id  customer_id  incurred_on  kind     amount_minor
        c1       anna         2024-02-12   service  900
        c2       -            2024-02-12   service  5000
    """),
}


class BuyersByContribution(Derived):
    """Each known customer who ordered in a window, with what they contributed in it and their rank by that.

    One row a customer and window. Everything in the window that names the customer counts, whichever order it belongs
    to; what names nobody counts for nobody. Equal customers are ranked by their id.
    """

    de = "Käufer nach Deckungsbeitrag"
    sentence_de = (
        "Jeder bekannte Kunde mit Bestellung in einem Fenster, mit seinem Deckungsbeitrag darin und seinem Rang."
    )
    per_window = True
    #: what is added up
    of: ClassVar[str] = "contributions"
    clock_of: ClassVar[str] = "contributed_at"

    customer_id = text("who")
    amount_minor = money("what they brought in the window; less than zero where they cost more")
    rank = whole("1 for the one with most, within the group")
    buyers = whole("customers of the group")
    foreign = flag("holds money of a currency without a rate")

    examples = (
        TableExample(
            facts=SALES,
            context={"window": "2024-02"},
            gives=rows("""
                customer_id  amount_minor  rank  buyers
                anna         5000          1     4
                ben          1000          2     4
                cleo         1000          3     4
                dora         -3500         4     4
            """),
        ),
        VerbExample(
            facts=SALES,
            window="2024-02",
            gives={
                "best(0.25)": 1,
                "best(0.26)": 2,
                "brings": 3,
                "brought": 7000,
                "brought_by_best(0.25)": 5000,
                "brought_by_best(1)": 7000,
            },
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("purchases", cls.of)

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        windows = windowing.windows
        orders, amounts = facts["purchases"], facts[cls.of].filter(_.customer_id.notnull())
        bought = orders.inner_join(
            windows, [orders.ordered_at >= windows.window_start, orders.ordered_at < windows.window_end]
        )
        buyers = bought.group_by("window_number", "window_start", "window_end", "customer_id").aggregate(
            known_at=_.ordered_at.min()
        )
        at = amounts[cls.clock_of]
        brought = amounts.inner_join(windows, [at >= windows.window_start, at < windows.window_end])
        brought = brought.group_by(its_window=_.window_number, who=_.customer_id).aggregate(
            amount_minor=_.amount_minor.sum(), foreign=_.foreign.any()
        )
        buyers = buyers.inner_join(
            brought, [buyers.window_number == brought.its_window, buyers.customer_id == brought.who]
        )
        buyers = windowing.grouped(buyers.drop("its_window", "who"), "known_at")
        group = ["window_number", "group_value"]
        order = ibis.window(group_by=group, order_by=[ibis.desc("amount_minor"), "customer_id"])
        return buyers.mutate(
            rank=ibis.row_number().over(order) + 1, buyers=_.customer_id.count().over(ibis.window(group_by=group))
        )

    def best(self, share: float) -> Deferred:
        """The best so many of them, as a share of all, rounded up."""
        return (self.rank - 1) * PARTS < self.buyers * round(share * PARTS)

    def brings(self) -> Deferred:
        """Those who brought more than nothing."""
        return self.amount_minor > 0

    def brought(self) -> Reduction:
        """What those brought who brought more than nothing."""
        return self.money(self.amount_minor, self.brings())

    def brought_by_best(self, share: float) -> Reduction:
        """The part of it that the best brought."""
        return self.money(self.amount_minor, self.brings() & self.best(share))
