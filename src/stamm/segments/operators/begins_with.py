"""An attribute begins with some letters."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.attributes import attribute
from stamm.segments.blanks import Word
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._


class BeginsWith(Operator):
    """Customers of whom an attribute, as it was said last, begins with some letters, written exactly so."""

    de = "Merkmal beginnt mit"
    sentence_de = (
        "Kunden, deren Merkmal nach dem letzten Stand mit bestimmten Buchstaben beginnt, genau so geschrieben."
    )
    says = Phrase("whose {field} begins with {letters}", "deren {field} mit {letters} beginnt")
    denies = Phrase("whose {field} does not begin with {letters}", "deren {field} nicht mit {letters} beginnt")
    beside = ("customers",)

    field = attribute()
    letters = Word("A", "The letters.", "Die Buchstaben.", title=Phrase("letters", "Buchstaben"))

    examples = (
        example(
            {
                "customers": rows("""
                    customer_id  valid_from  acquired_through
                    anna         2024-01-01  ads/spring
                    ben          2024-01-01  friends
                    cleo         2024-01-01  -
                    dora         2024-01-01  Ads/spring
                """),
            },
            "2024-03-01",
            "anna",
            field="acquired_through",
            letters="ads/",
        ),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        return "described", then.described(), _[self.field].startswith(self.letters).coalesce(False).any(), _
