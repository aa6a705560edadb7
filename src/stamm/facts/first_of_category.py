"""What customers bought for the first time."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import dimension, moment, text, whole
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

_ORDERS = rows("""
    order_id  customer_id  ordered_at        amount_minor  channel  cancelled_at
    o1        anna         2024-01-05T10:00  1000          web      -
    o2        anna         2024-02-05T10:00  1000          app      -
    o3        anna         2024-02-09T10:00  1000          web      -
    o4        ben          2024-02-09T10:00  1000          web      -
    o5        ben          2024-02-10T10:00  1000          web      2024-02-11T10:00
""")
_LINES = rows("""
    order_id  line_id  customer_id  ordered_at        category  quantity
    o1        1        anna         2024-01-05T10:00  tea       1
    o2        1        anna         2024-02-05T10:00  tea       1
    o2        2        anna         2024-02-05T10:00  cups      1
    o3        1        anna         2024-02-09T10:00  cups      2
    o3        2        anna         2024-02-09T10:00  -         1
    o4        1        ben          2024-02-09T10:00  tea       1
    o4        2        ben          2024-02-09T10:00  pots      1
    o5        1        ben          2024-02-10T10:00  cups      1
""")


class FirstOfCategory(Derived):
    """The first order in which each known customer bought something of a category, one row a customer and category.

    Of orders that stand, with the order's channel and campaign; lines without a category tell nothing.
    """

    de = "Erstkäufe je Kategorie"
    sentence_de = (
        "Die erste Bestellung jedes bekannten Kunden mit Waren einer Kategorie, eine Zeile je Kunde und Kategorie."
    )
    clock = "ordered_at"

    customer_id = text("who ordered")
    category = dimension("the category")
    order_id = text("the order")
    ordered_at = moment("when")
    position = whole("1 where it was the customer's first order, 2 for the second ...")
    channel = dimension("web, app, store ...")
    campaign = dimension("the campaign that brought the order")

    examples = (
        TableExample(
            facts={"orders": _ORDERS, "order_lines": _LINES},
            gives=rows("""
                customer_id  category  order_id  position  channel
                anna         tea       o1        1         web
                anna         cups      o2        2         app
                ben          tea       o4        1         web
                ben          pots      o4        1         web
            """),
        ),
        VerbExample(facts={"orders": _ORDERS, "order_lines": _LINES}, window="2024-02", gives={"by_returning": 1}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("purchases", "sold_lines")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        orders = facts["purchases"].select(
            "customer_id", "order_id", "ordered_at", "ordered_on", "position", "channel", "campaign"
        )
        lines = facts["sold_lines"].filter(_.category.notnull()).select("category", its_order=_.order_id).distinct()
        bought = orders.inner_join(lines, orders.order_id == lines.its_order)
        order = ibis.window(group_by=["customer_id", "category"], order_by="position")
        return bought.mutate(turn=ibis.row_number().over(order)).filter(_.turn == 0).drop("its_order", "turn")

    def by_returning(self) -> Deferred:
        """Those in an order that was not the customer's first."""
        return self.position >= 2
