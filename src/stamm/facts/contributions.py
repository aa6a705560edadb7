"""What each customer leaves after the costs they cause."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import flag, moment, money, text
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.facts.orders import Orders
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

#: costs that a customer causes once they are won
CAUSED = ("service", "retention", "reward")
TAKEN = ("sale", "return")
#: by kind, the imported fact that tells of it
TOLD_BY = {
    "sale": "orders",
    "goods": "orders",
    "return": "returns",
    "message": "messages",
    **dict.fromkeys(CAUSED, "costs"),
}
COLUMNS = ("customer_id", "contributed_at", "contributed_on", "kind", "amount_minor", "currency", "foreign")

_SHOP = {
    "orders": rows("""
        order_id  customer_id  ordered_at        amount_minor  cost_minor  cancelled_at
        o1        anna         2024-02-01T10:00  3000          1200        -
        o2        ben          2024-02-02T10:00  1000          -           -
        o3        cleo         2024-02-02T10:00  1000          400         2024-02-03T10:00
    """),
    "returns": rows("""
        return_id  order_id  customer_id  returned_at       quantity  amount_minor
        r1         o1        anna         2024-02-10T10:00  1         500
    """),
    "messages": rows("""
        message_id  customer_id  sent_at           cost_minor
        m1          ben          2024-02-05T10:00  8
        m2          ben          2024-02-06T10:00  -
    """),
    "costs": rows("""
        cost_id  customer_id  incurred_on  kind         amount_minor
        c1       anna         2024-02-12   reward       300
        c2       -            2024-02-13   service      900
        c3       anna         2024-02-14   acquisition  2000
    """),
}


class Contributions(Derived):
    """What is earned and what it costs, one row each thing that adds to the contribution or takes from it.

    What customers paid and were paid back, and with a minus the cost of the goods, of messages, of service, retention
    and rewards. Winning customers (acquisition, advertising) is no part of it. Goods and messages whose cost is not
    known cost nothing. What names no customer is shared by all.
    """

    de = "Deckungsbeiträge"
    sentence_de = (
        "Was eingenommen wird und was es kostet, je Sache, die den Deckungsbeitrag mehrt oder mindert, eine Zeile."
    )
    clock = "contributed_at"

    customer_id = text("who brought or caused it; empty where unknown or shared")
    contributed_at = moment("when; of a cost its day's first instant")
    kind = text("sale, return, goods, message, service, retention or reward")
    amount_minor = money("what it adds, or less than zero for what it takes")
    currency = text("ISO 4217")
    foreign = flag("money of a currency without a rate")

    examples = (
        TableExample(
            facts=_SHOP,
            gives=rows("""
                customer_id  contributed_at    kind     amount_minor
                anna         2024-02-01T10:00  sale     3000
                anna         2024-02-01T10:00  goods    -1200
                anna         2024-02-10T10:00  return   -500
                anna         2024-02-12        reward   -300
                ben          2024-02-02T10:00  sale     1000
                ben          2024-02-05T10:00  message  -8
                -            2024-02-13        service  -900
            """),
        ),
        VerbExample(
            facts=_SHOP,
            window="2024-02",
            gives={
                "earned": 1092,
                "taken": 3500,
                "spent(goods)": 1200,
                "spent(service, reward)": 1200,
                "spent_on_customers(service, reward)": 300,
                "costs_by_day": 2,
            },
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("takings", "orders", "messages", "costs")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        taken = facts["takings"].rename(contributed_at="taken_at", contributed_on="taken_on").select(COLUMNS)
        goods = facts["orders"].filter(Orders().stands(), _.cost_minor.notnull())
        messages = facts["messages"].filter(_.cost_minor.notnull())
        costs = facts["costs"].filter(_.kind.isin(CAUSED))
        spent = (
            goods.select(_cost("ordered", ibis.literal("goods"), _.cost_minor)),
            messages.select(_cost("sent", ibis.literal("message"), _.cost_minor)),
            costs.select(_cost("incurred", _.kind, _.amount_minor)),
        )
        for rows_of_cost in spent:
            taken = taken.union(rows_of_cost, distinct=False)
        return taken

    def earned(self) -> Reduction:
        """The contribution: what was taken less what it cost."""
        return self.money(self.amount_minor)

    def taken(self) -> Reduction:
        """What customers paid less what they were paid back."""
        return self.money(self.amount_minor, self.kind.isin(TAKEN))

    def spent(self, *kinds: str) -> Reduction:
        """What was spent on something: goods, message, service, retention, reward."""
        return self.money(-self.amount_minor, self.kind.isin(kinds))

    def spent_on_customers(self, *kinds: str) -> Reduction:
        """The part of it that names a customer."""
        return self.money(-self.amount_minor, self.kind.isin(kinds) & self.customer_id.notnull())

    def costs_by_day(self) -> Deferred:
        """Rows that are known by their day alone."""
        return self.kind.isin(CAUSED)


def _cost(clock: str, kind: ir.Value | Deferred, minor: Deferred) -> list[Deferred | ir.Value]:
    return [
        _.customer_id,
        _[f"{clock}_at"].name("contributed_at"),
        _[f"{clock}_on"].name("contributed_on"),
        kind.name("kind"),
        (-minor).name("amount_minor"),
        _.currency,
        _.foreign,
    ]
