"""A number."""

from __future__ import annotations

from stamm.boards.asking import Asking
from stamm.boards.drawn import Drawn, Figured, Unknown
from stamm.boards.kind import OfMetric
from stamm.reports.cards import card_of


class Number(OfMetric):
    """One metric in one window, with its change, its interval and its last windows."""

    de = "Zahl"
    sentence_de = "Eine Kennzahl in einem Zeitraum, mit Veränderung, Intervall und den letzten Zeiträumen."
    span = 4

    def draw(self, asking: Asking) -> Drawn:
        figure, trends = self.figure(asking)
        months, known = trends.workings.months, figure.value is not None
        return Drawn(
            title=figure.metric.title(asking.say.code),
            about=asking.about(asking.say.period(months.now), of=figure.metric),
            blocks=(Figured(card_of(figure, trends)) if known else Unknown(asking.words.reason(figure, figure.row)),),
            metric=self.metric,
            address=asking.address(figure.metric),
            window=months.now.name,
            simulated=figure.answer is not None and figure.answer.simulated,
        )
