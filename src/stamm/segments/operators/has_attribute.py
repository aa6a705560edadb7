"""An attribute is one of some values."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.lang.example import rows
from stamm.lang.phrase import Phrase
from stamm.segments.attributes import attribute
from stamm.segments.blanks import Words
from stamm.segments.kind import Operator, example
from stamm.segments.then import Then

_ = ibis._

_KNOWN = {
    "customers": rows("""
        customer_id  valid_from        country
        anna         2024-01-01        DE
        anna         2024-03-01T00:00  AT
        ben          2024-01-01        AT
        cleo         2024-01-01        -
        dora         2024-03-02        AT
        emil         2024-01-01        de
    """),
}


class HasAttribute(Operator):
    """Customers of whom an attribute, as it was said last, is one of some values, written exactly so."""

    de = "Merkmal"
    sentence_de = "Kunden, deren Merkmal nach dem letzten Stand einer von mehreren Werten ist, genau so geschrieben."
    says = Phrase("whose {field} is {values}", "deren {field} {values} ist")
    denies = Phrase("whose {field} is not {values}", "deren {field} nicht {values} ist")
    beside = ("customers",)

    field = attribute()
    values = Words(("DE",), "One of these.", "Eins davon.", title=Phrase("values", "Werte"), of=("customers", ""))

    # anna moves on the first instant of March, which is not before it; dora is not there yet
    examples = (
        example(_KNOWN, "2024-03-01", "ben", values=["AT"]),
        example(_KNOWN, "2024-03-01", "anna ben", values=["DE", "AT"]),
    )

    def column(self, then: Then) -> tuple[str, ir.Table, Deferred, Deferred]:
        return "described", then.described(), _[self.field].isin(self.values).coalesce(False).any(), _
