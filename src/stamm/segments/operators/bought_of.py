"""Who bought something of a category."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Lately, Words
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._

_LINES = {
    "orders": rows("""
        order_id  customer_id  ordered_at  amount_minor  cancelled_at
        o1        anna         2024-02-01  1000          -
        o2        ben          2024-02-01  1000          2024-02-02
        o3        cleo         2024-01-01  1000          -
    """),
    "order_lines": rows("""
        order_id  line_id  customer_id  ordered_at  category
        o1        1        anna         2024-02-01  tea
        o1        2        anna         2024-02-01  cups
        o2        1        ben          2024-02-01  tea
        o3        1        cleo         2024-01-01  tea
    """),
}


class BoughtOf(Operator):
    """Customers who bought something of one of some categories, in an order that stood."""

    de = "Kauf aus einer Warengruppe"
    sentence_de = "Kunden, die etwas aus einer von mehreren Warengruppen kauften, in einer gültigen Bestellung."
    says = Phrase("who bought something of {categories} {days}", "die {days} etwas aus {categories} kauften")
    denies = Phrase("who bought nothing of {categories} {days}", "die {days} nichts aus {categories} kauften")
    facts = ("order_lines",)

    categories = Words(
        ("tea",),
        "The categories.",
        "Die Warengruppen.",
        title=Phrase("categories", "Warengruppen"),
        of=("order_lines", "category"),
    )
    days = Lately()

    examples = (
        example(_LINES, "2024-03-01", "anna", categories=["tea", "cups"], days=30),
        example(_LINES, "2024-02-02", "anna ben", categories=["tea"], days=1),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        some = _.category.isin(self.categories).coalesce(False) & then.within("ordered_on", self.days)
        return "sold_lines", then.so_far("sold_lines"), some.any(), _
