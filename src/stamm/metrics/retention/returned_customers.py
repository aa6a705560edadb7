"""Returned customers."""

from __future__ import annotations

from typing import Any

from stamm.facts.customer_base import CustomerBase
from stamm.facts.kind import Reduction
from stamm.lang.example import given
from stamm.metrics.kind import Metric, part
from stamm.metrics.retention.customer_churn_rate import MARCH
from stamm.metrics.retention.customer_retention_rate import FEBRUARY


class ReturnedCustomers(Metric):
    """How many former customers came back in the window.

    A later spell of theirs, not the first, starts in it; also where they left only within the same window,
    and whether or not they stayed.
    """

    de = "Wiedergewonnene Kunden"
    sentence_de = "Wie viele ehemalige Kunden im Zeitraum zurückkamen."
    unit, better = "count", "higher"
    n = "back"
    examples = (
        given(back=12).gives(12),
        given(back=0).gives(0),
        # ben left on the 10th and was back on the 20th
        given(spells=FEBRUARY, window="2024-02").gives(1),
        # ben; cleo and emil are there for the first time
        given(spells=MARCH, window="2024-03").gives(1),
    )

    @part("back again", "wieder da")
    def back(self, base: CustomerBase) -> Reduction:
        return base.count(base.is_back())

    def value(self, back: Any) -> Any:
        return back
