"""A trend."""

from __future__ import annotations

from stamm.boards.asking import Asking
from stamm.boards.drawn import Drawn, Pictured, Unknown
from stamm.boards.kind import OfMetric


class Trend(OfMetric):
    """One metric over the windows, with its intervals; windows that are not over are hatched."""

    de = "Verlauf"
    sentence_de = "Eine Kennzahl über die Zeiträume, mit Intervallen; nicht abgeschlossene Zeiträume sind schraffiert."
    span = 8

    def draw(self, asking: Asking) -> Drawn:
        figure, trends = self.figure(asking)
        months, say = trends.workings.months, asking.say
        made = trends.picture(figure, table=False) if figure.value is not None else None
        why = (
            say("one window alone is no trend") if figure.value is not None else asking.words.reason(figure, figure.row)
        )
        row, value = figure.row, asking.words.value(figure.value, figure.metric, figure.money)
        n = asking.words.count(row.n) if row is not None and row.n != row.value else ""
        now = say("{month}: {value}", month=say.period(months.now), value=value)
        return Drawn(
            title=trends.title(figure),
            about=asking.about(now, n, of=figure.metric),
            blocks=(Pictured(made.charts, made.banded, made.hatched, made.axis) if made else Unknown(why),),
            metric=self.metric,
            address=asking.address(figure.metric),
            window=months.now.name,
            simulated=figure.answer is not None and figure.answer.simulated,
        )
