"""Which customers had bought what by a window's end."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.facts.columns import moment, text
from stamm.facts.kind import Derived, FactTables, SpellRules, Windowing
from stamm.lang.example import TableExample, VerbExample, rows

_ = ibis._

#: anna buys tea twice and sends back cups; ben has left by the end of February; cleo's tea is of March
_FACTS = {
    "spells": rows("""
        customer_id  number  started_at  ended_at    first_started_at
        anna         1       2024-01-05  -           2024-01-05
        ben          1       2024-01-05  2024-02-10  2024-01-05
        cleo         1       2024-02-03  -           2024-02-03
    """),
    "orders": rows("""
        order_id  customer_id  ordered_at  amount_minor  cancelled_at
        o1        anna         2024-01-05  1000          -
        o2        anna         2024-02-05  1000          -
        o3        anna         2024-02-06  1000          2024-02-06
        o4        ben          2024-01-05  1000          -
        o5        cleo         2024-02-03  1000          -
        o6        cleo         2024-03-01  1000          -
    """),
    "order_lines": rows("""
        order_id  line_id  customer_id  ordered_at  product_id  product  quantity
        o1        1        anna         2024-01-05  p1          tea      1
        o2        1        anna         2024-02-05  p1          tea      1
        o3        1        anna         2024-02-06  p2          cups     1
        o4        1        ben          2024-01-05  p1          tea      1
        o5        1        cleo         2024-02-03  p3          tea      1
        o6        1        cleo         2024-03-01  p4          cake     1
    """),
}


class ProductAdopters(Derived):
    """The customers here at a window's end beside each product they had bought by then.

    One row a customer and product, however often it was bought; what was cancelled was not bought. Attributes are
    those of the customer base.
    """

    de = "Käufer von Produkten"
    sentence_de = "Die am Ende eines Zeitraums anwesenden Kunden, je mit jedem bis dahin gekauften Produkt."
    per_window = True

    customer_id = text("who")
    product_id = text("the product's number")
    product = text("the product's name")
    bought_at = moment("when the customer first bought it")

    examples = (
        TableExample(
            facts=_FACTS,
            context={"window": "2024-02"},
            gives=rows("""
                customer_id  product_id  product  bought_at
                anna         p1          tea      2024-01-05
                cleo         p3          tea      2024-02-03
            """),
        ),
        VerbExample(facts=_FACTS, window="2024-02", gives={"bought(tea)": 2, "bought(p1)": 1, "bought(cups)": 0}),
    )

    @classmethod
    def needs(cls, rules: SpellRules) -> tuple[str, ...]:
        return ("base", "sold_lines")

    @classmethod
    def derive(cls, facts: FactTables, windowing: Windowing) -> ir.Table:
        lines = facts["sold_lines"].filter(_.customer_id.notnull())
        buys = lines.group_by("product_id", "product", buyer=_.customer_id).aggregate(bought_at=_.ordered_at.min())
        here = facts["base"].filter(_.present_at_end)
        return here.inner_join(buys, [here.customer_id == buys.buyer, buys.bought_at < here.window_end]).drop("buyer")

    def bought(self, product: str) -> Deferred:
        """Customers who had bought the product of this name or number."""
        return (self.product == product) | (self.product_id == product)
