"""An attribute is known."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.attributes import attribute
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._


class KnowsAttribute(Operator):
    """Customers of whom an attribute is known, whatever it is."""

    de = "Merkmal bekannt"
    sentence_de = "Kunden, deren Merkmal bekannt ist, gleich wie es lautet."
    says = Phrase("whose {field} is known", "deren {field} bekannt ist")
    denies = Phrase("whose {field} is unknown", "deren {field} unbekannt ist")
    beside = ("customers",)

    field = attribute()

    # ben's was taken back, cleo's is told too late
    examples = (
        example(
            {
                "customers": rows("""
                    customer_id  valid_from  city
                    anna         2024-01-01  Bonn
                    ben          2024-01-01  Bonn
                    ben          2024-02-01  -
                    cleo         2024-01-01  -
                    cleo         2024-03-01  Bonn
                    dora         2024-01-01  -
                """),
            },
            "2024-03-01",
            "anna",
            field="city",
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        return "described", then.described(), _[self.field].notnull().any(), _
