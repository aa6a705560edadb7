"""A heatmap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stamm.analyses import Analysis
from stamm.analyses.retention_table import RetentionTable
from stamm.answers.table import TableAnswer
from stamm.boards.asking import Asking
from stamm.boards.drawn import Drawn, Heated
from stamm.boards.kind import Widget
from stamm.reports.cohort_words import about_of, heads_of, is_months
from stamm.reports.heat import Grid, heat_of


class Heatmap(Widget):
    """Those who began at the same time, a line each, and the share who came back in every period after it."""

    de = "Heatmap"
    sentence_de = "Wer zur gleichen Zeit begann, je eine Zeile, und der Anteil, der in jeder Periode danach wiederkam."
    span = 12

    @classmethod
    def analysis_of(cls, settings: Mapping[str, Any]) -> type[Analysis]:
        return RetentionTable

    def draw(self, asking: Asking) -> Drawn:
        answer, say = self.rows(asking), asking.say
        grid = Grid.of(answer)
        about = f"{about_of(answer.analysis, say)} {say.window(answer.span)}"
        if not is_months(answer.analysis):
            about = asking.about(about, of=answer.analysis)
        return Drawn(
            title=answer.analysis.title(say.code),
            about=about,
            blocks=(
                asking.nothing_of(answer.analysis, say("No period after the first is over yet."))
                if grid is None
                else Heated(heat_of(grid, say), heads_of(answer.analysis, say)),
            ),
            analysis=answer.analysis.key,
            address=asking.address_of(answer),
            simulated=answer.simulated,
        )

    def rows(self, asking: Asking) -> TableAnswer:
        assert self.asked is not None  # see `analysis_of`
        return asking.analysed(self.asked, grain=self.asked.settings["cohort"])
