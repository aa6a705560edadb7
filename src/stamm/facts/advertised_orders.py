"""Orders that advertising was paid for."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from stamm.facts.columns import dimension, flag, moment, money, text
from stamm.facts.kind import Derived, FactTables, Reduction, SpellRules, Windowing
from stamm.facts.orders import Orders
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_ORDERS = rows("""
    order_id  customer_id  ordered_at  amount_minor  campaign    cancelled_at
    o1        anna         2024-02-05  3000          spring      -
    o2        -            2024-02-06  1000          spring      -
    o3        ben          2024-02-07  2000          winter      -
    o4        ben          2024-02-08  4000          newsletter  -
    o5        cleo         2024-02-09  500           -           -
    o6        cleo         2024-02-09  900           spring      2024-02-10
""")
_COSTS = rows("""
    cost_id  incurred_on  kind         campaign    amount_minor
    c1       2024-01-20   advertising  winter      700
    c2       2024-02-01   advertising  spring      500
    c3       2024-02-01   retention    newsletter  100
    c4       2024-02-01   advertising  -           900
""")


class AdvertisedOrders(Derived):
    """Orders that name a campaign for which advertising was paid at any time so far, one row an order that stands.

    Campaigns that cost no advertising, such as a newsletter, and orders that name none are left out.
    """

    de = "Beworbene Bestellungen"
    sentence_de = "Gültige Bestellungen aus einer Kampagne, für die bisher irgendwann Werbung bezahlt wurde."
    clock = "ordered_at"

    order_id = text("the order")
    customer_id = text("who ordered; empty where unknown")
    ordered_at = moment("when")
    amount_minor = money("paid for goods")
    channel = dimension("web, app, store ...")
    campaign = dimension("the campaign")
    currency = text("ISO 4217")
    foreign = flag("money of a currency without a rate")

    examples = (
        TableExample(
            facts={"orders": _ORDERS, "costs": _COSTS},
            gives=rows("""
                order_id  campaign  amount_minor
                o1        spring    3000
                o2        spring    1000
                o3        winter    2000
            """),
        ),
        VerbExample(
            facts={"orders": _ORDERS, "costs": _COSTS},
            window="2024-02",
            gives={"turnover": 6000, "turnover(spring)": 4000, "turnover(newsletter)": 0},
        ),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("orders", "advertising")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        campaigns = facts["advertising"].select(advertised=_.campaign).distinct()
        orders = facts["orders"].filter(Orders().stands())
        return orders.semi_join(campaigns, orders.campaign == campaigns.advertised)

    def turnover(self, campaign: str = "") -> Reduction:
        """Sum of the amounts, of one campaign where it is named."""
        return self.money(self.amount_minor, self.campaign == campaign if campaign else None)
