"""Customer ledger."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given, rows
from stamm.metrics.kind import Metric, WindowNames, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY

RETURNING = rows("""
    customer_id  number  started_at  ended_at    first_started_at
    anna         1       2024-01-05  -           2024-01-05
    gus          1       2024-01-05  2024-01-20  2024-01-05
    gus          2       2024-02-10  -           2024-01-05
    hal          1       2024-02-12  -           2024-02-12
""")


class CustomerLedger(Metric):
    """The customers when the window opens, less those lost since, plus the new and those who came back.

    What comes out is the number of customers when it closes, always. Only who is still here then counts as new or
    as back: who joined and left again within the window moves nothing, though new_customers counts them.
    """

    de = "Kundenbilanz"
    sentence_de = "Die Kunden zu Beginn des Zeitraums, ohne die verlorenen, mit den neuen und den wiedergekommenen."
    unit, better = "count", "higher"
    n = "end"
    examples = (
        given(start=1000, lost=50, new=280, back=0).gives(1230),
        given(start=0, lost=0, new=0, back=0).gives(0),
        # anna, ben, dora and emil, of whom dora and emil are gone; ben was back in time, cleo left again
        given(spells=FEBRUARY, window="2024-02").gives(2),
        # anna, ben and dora; dora is gone, emil is new and stayed, cleo is new and did not
        given(spells=MARCH, window="2024-03").gives(3),
        # anna stayed, gus is back after three weeks, hal is new
        given(spells=RETURNING, window="2024-02").gives(3),
    )

    @part("here at the start", "zu Beginn da")
    def start(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start))

    @part("lost since", "seither verloren")
    def lost(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.start) & ~base.here_at(window.end))

    @part("new", "neu")
    def new(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(~base.here_at(window.start) & base.here_at(window.end) & base.is_new())

    @part("back again", "wieder da")
    def back(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(~base.here_at(window.start) & base.here_at(window.end) & ~base.is_new())

    @part("here at the end", "am Ende da")
    def end(self, base: CustomerBase, window: WindowNames) -> Reduction:
        return base.count(base.here_at(window.end))

    def value(self, start: Any, lost: Any, new: Any, back: Any) -> Any:
        return start - lost + new + back
