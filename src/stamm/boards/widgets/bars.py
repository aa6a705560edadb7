"""Bars."""

from __future__ import annotations

from stamm.answers.answer import Answer
from stamm.boards.asking import Asking, check_dimension
from stamm.boards.drawn import Cell, Drawn, Line, Tabled, Unknown
from stamm.boards.kind import Choice, OfMetric
from stamm.charts.bar import bar
from stamm.lang.errors import UsageError
from stamm.reports.splits import dimensions_for, split_of
from stamm.reports.trends import picture

#: bars that are shown, the largest group first
MOST = 8


class Bars(OfMetric):
    """One metric in one window, a bar for each group, from zero, with its interval and n."""

    de = "Balken"
    sentence_de = "Eine Kennzahl in einem Zeitraum, ein Balken je Gruppe, ab null, mit Intervall und n."
    span = 6

    metric = Choice("customer_count", "Metric", "Kennzahl", among="metrics")
    by = Choice("", "Told apart by", "Aufgeteilt nach", among="dimensions")

    def checked(self, asking: Asking) -> None:
        metric = self.made(asking)
        if not self.by:
            possible = ", ".join(dimensions_for(metric, personal=False))
            raise UsageError("Bars need something to be told apart by.", remedy=f"Choose one of {possible}.")
        check_dimension(metric, self.by)

    def draw(self, asking: Asking) -> Drawn:
        figure, trends = self.figure(asking)
        self.checked(asking)
        months, say, words = trends.workings.months, asking.say, asking.words
        if figure.value is None:
            blocks: tuple[Tabled | Unknown, ...] = (Unknown(words.reason(figure, figure.row)),)
        else:
            blocks = (self._table(asking),)
        return Drawn(
            title=say("{name} by {dimension}", name=figure.metric.title(say.code), dimension=words.dimension(self.by)),
            about=asking.about(
                say(
                    "{month}; all together {value}",
                    month=say.period(months.now),
                    value=words.value(figure.value, figure.metric, figure.money),
                ),
                of=figure.metric,
            ),
            blocks=blocks,
            metric=self.metric,
            address=asking.address(figure.metric, self.by),
            window=months.now.name,
            simulated=figure.answer is not None and figure.answer.simulated,
        )

    def _table(self, asking: Asking) -> Tabled:
        figure, trends = self.figure(asking)
        say, money = asking.say, figure.money
        split = split_of(figure, self.by, trends)
        rows = {group.name: group.row for group in split.groups[:MOST]}
        known = [number for row in rows.values() for number in (row.value, row.low, row.high) if number is not None]
        low, high = min(0.0, *known, 0.0), max(0.0, *known, 0.0)
        lines = []
        for group in split.groups[:MOST]:
            row = group.row
            if row.value is None:
                lines.append(Line(group.name, why=f"{group.value}: {group.reason}"))
                continue
            between = (row.low, row.high) if row.low is not None and row.high is not None else None
            drawn = picture(bar(row.value, low, high, "calm", group.interval or group.value, between))
            lines.append(
                Line(group.name, (Cell("", drawn=drawn), Cell(group.value, counted=True), Cell(group.n, counted=True)))
            )
        left = len(split.groups) - len(lines) + split.left
        value = asking.words.value(high, figure.metric, money)
        note = (
            say.counted(left, "{count} smaller group is in the CSV.", "{count} smaller groups are in the CSV.")
            if left
            else ""
        )
        return Tabled(
            heads=((say("Group"), False), (say("0 to {value}", value=value), False), (say("Value"), True), ("n", True)),
            lines=tuple(lines),
            notes=(note,) if note else (),
        )

    def rows(self, asking: Asking) -> Answer:
        return asking.windows(self.made(asking), self.by)
