"""Customer retention rate."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given, rows
from stamm.lang.formula import share
from stamm.lang.interval import Wilson
from stamm.metrics.kind import Metric, WindowNames, part

#: anna stays, ben leaves and comes back, cleo is new and leaves, dora leaves
FEBRUARY = rows("""
    customer_id  number  started_at  ended_at    first_started_at
    anna         1       2024-01-05  -           2024-01-05
    ben          1       2024-01-05  2024-02-10  2024-01-05
    ben          2       2024-02-20  -           2024-01-05
    cleo         1       2024-02-03  2024-02-09  2024-02-03
    dora         1       2024-01-05  2024-02-14  2024-01-05
    emil         1       2024-01-05  2024-02-28  2024-01-05
""")


class CustomerRetentionRate(Metric):
    """Of the customers here when the window opens, the share still here when it closes.

    New customers do not count. Who left and came back within the window was kept.
    """

    de = "Kundenbindungsrate"
    sentence_de = "Anteil der Kunden zu Beginn des Zeitraums, die an seinem Ende noch da sind."
    also = "CRR"
    unit, better, family, leads = "share", "higher", "retention", True
    interval = Wilson("kept", "start")
    examples = (
        given(start=1000, kept=600).gives(0.60),
        given(start=0, kept=0).gives(None),
        given(spells=FEBRUARY, window="2024-02").gives(0.50),
    )

    @part("here at the start", "zu Beginn da")
    def start(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start))

    @part("still here at the end", "am Ende noch da")
    def kept(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start) & base.here_at(window.end))

    def value(self, start: Any, kept: Any) -> Any:
        return share(kept, start)
