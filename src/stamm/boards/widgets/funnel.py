"""A funnel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stamm.analyses import Analysis
from stamm.analyses.funnel import Funnel as Question
from stamm.answers.table import TableAnswer
from stamm.boards.asking import Asking
from stamm.boards.drawn import Cell, Drawn, Line, Tabled
from stamm.boards.kind import Widget
from stamm.charts.bar import bar
from stamm.reports.exact import Told
from stamm.reports.trends import picture


class Funnel(Widget):
    """Of those who began, how many reached each step in time, with intervals, and how many dropped before it."""

    de = "Trichter"
    sentence_de = "Wie viele von denen, die begannen, jeden Schritt rechtzeitig erreichten, und wie viele absprangen."
    span = 12

    @classmethod
    def analysis_of(cls, settings: Mapping[str, Any]) -> type[Analysis]:
        return Question

    def draw(self, asking: Asking) -> Drawn:
        answer, say = self.rows(asking), asking.say
        lines = []
        for row in answer.rows:
            what = f"{say.number(row.step)}. {row.what.of(say.code)}"
            if row.reached is None or row.of_first is None:
                lines.append(Line(what, why=say("not known")))
                continue
            between = (row.of_first_low, row.of_first_high) if row.of_first_low is not None else None
            told = Told(answer, row, say)
            share = told("of_first")
            lines.append(
                Line(
                    what,
                    (
                        Cell("", drawn=picture(bar(row.of_first, 0.0, 1.0, "calm", share, between))),
                        Cell(told("reached"), counted=True),
                        Cell(share, counted=True),
                        Cell(told("of_before"), counted=True),
                        Cell(told("dropped"), counted=True),
                    ),
                    note=say("can still grow") if row.reason and row.reached else "",
                )
            )
        known = any(line.cells for line in lines)
        heads = (
            (say("Step"), False), (say("Of those who began, 0 to 100%"), False), (say("reached"), True),
            (say("of step 1"), True), (say("of the step before"), True), (say("dropped"), True),
        )  # fmt: skip
        return Drawn(
            title=answer.analysis.title(say.code),
            about=say(
                "{window}; within {hours} hours",
                window=say.window(answer.span),
                hours=say.trimmed(answer.analysis.settings["within_hours"], 1),
            ),
            blocks=(
                Tabled(heads, tuple(lines), tuple(note.of(say.code) for note in answer.notes))
                if known
                else asking.nothing_of(answer.analysis, say("Nobody began in these windows.")),
            ),
            analysis=Question.key,
            address=asking.address_of(answer),
            simulated=answer.simulated,
        )

    def rows(self, asking: Asking) -> TableAnswer:
        assert self.asked is not None  # see `analysis_of`
        return asking.analysed(self.asked)
