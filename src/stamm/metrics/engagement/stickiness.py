"""Stickiness."""

from __future__ import annotations

from typing import Any

from stamm.lang.example import given
from stamm.lang.formula import share
from stamm.metrics.engagement.page_views import BROWSING
from stamm.metrics.kind import Metric, MetricHandle, Over, WindowNames, part


class Stickiness(Metric):
    """Of the visitors in the window, the share who are here on a day of it, on average over the days.

    Daily over monthly active visitors, where the window is a month. A day counts by the shop's own clock, one
    without anybody as 0; the mean of an unfinished window is over its days so far. The longer the window, the
    lower: compare windows of one length only.
    """

    de = "Stickiness"
    sentence_de = "Anteil der Besucher des Zeitraums, die an einem Tag da sind, im Mittel über dessen Tage."
    unit, better, family, leads = "share", "higher", "stickiness", True
    n = "visitors"
    examples = (
        given(daily=120, visitors=400).gives(0.30),
        given(daily=0, visitors=0).gives(None),
        # anna on the 1st, 3rd and 4th, ben on the 10th and 12th, cleo on the 15th, the tablet on the 29th: 7 on
        # 29 days, of 4 visitors
        given(events=BROWSING, window="2024-02", as_of="2024-04-01").gives(7 / 29 / 4),
        # so far: 6 on 15 days, of anna, ben and cleo
        given(events=BROWSING, window="2024-02", as_of="2024-02-16").gives(6 / 15 / 3),
        # ben and cleo on three days, of two visitors
        given(events=BROWSING, window="2024-02", as_of="2024-04-01", by="channel").gives(
            web=5 / 29 / 3, app=2 / 29 / 2
        ),
    )

    @part("visitors a day, on average", "Besucher je Tag, im Mittel", "number")
    def daily(self, visitors: MetricHandle, window: WindowNames) -> Over:
        return visitors.mean_of_known(window.days())

    def value(self, daily: Any, visitors: Any) -> Any:
        return share(daily, visitors)
