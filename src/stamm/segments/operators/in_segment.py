"""Who is in another segment."""

from __future__ import annotations

import ibis.expr.types as ir

from stamm.lang.errors import UsageError
from stamm.lang.phrase import Phrase
from stamm.segments.blanks import Word
from stamm.segments.kind import Listed
from stamm.segments.then import Then


class InSegment(Listed):
    """Customers in another segment, a ready one by its key or a saved one by its name, as its rule is now."""

    de = "In einem Segment"
    sentence_de = (
        "Kunden in einem anderen Segment, einem fertigen mit seinem Schlüssel oder einem gespeicherten mit Namen."
    )
    says = Phrase("who are in the segment {name}", "die im Segment {name} sind")
    denies = Phrase("who are not in the segment {name}", "die nicht im Segment {name} sind")

    name = Word("lapsed", "Its key or name.", "Sein Schlüssel oder Name.", title=Phrase("segment", "Segment"))

    def members(self, then: Then) -> ir.Table:
        raise UsageError(f"There is no segment named {self.name!r}.", remedy="`stamm segment` lists all there are.")
