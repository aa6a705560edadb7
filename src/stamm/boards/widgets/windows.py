"""A number window by window."""

from __future__ import annotations

from stamm.boards.asking import Asking
from stamm.boards.drawn import Cell, Drawn, Line, Tabled
from stamm.boards.kind import OfMetric


class Windows(OfMetric):
    """One metric window by window, the newest first, with its parts, its interval and n."""

    en = "Window by window"
    de = "Zeitraum für Zeitraum"
    sentence_de = "Eine Kennzahl Zeitraum für Zeitraum, der neueste zuerst, mit Teilen, Intervall und n."
    span = 8

    def draw(self, asking: Asking) -> Drawn:
        figure, trends = self.figure(asking)
        months, say, table = trends.workings.months, asking.say, trends.table(figure)
        heads = [say("Value"), *([say("95% interval")] if table.banded else ()), *table.heads, *("n" * table.with_n)]
        lines = []
        for row in table.rows:
            if row.reason:
                lines.append(Line(row.window, why=f"{row.value}: {row.reason}"))
                continue
            texts = [row.value, *([row.interval] if table.banded else ()), *row.cells, *([row.n] * table.with_n)]
            lines.append(Line(row.window, tuple(Cell(text, counted=True) for text in texts), row.note))
        return Drawn(
            title=trends.title(figure),
            about=asking.about(say.window(months.span), of=figure.metric),
            blocks=(Tabled(((say("Window"), False), *((head, True) for head in heads)), tuple(lines)),),
            metric=self.metric,
            address=asking.address(figure.metric),
            window=months.now.name,
            simulated=figure.answer is not None and figure.answer.simulated,
        )
