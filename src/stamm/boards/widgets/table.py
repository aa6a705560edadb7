"""A table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stamm.analyses import ANALYSES, Analysis
from stamm.answers.table import TableAnswer
from stamm.boards.asking import Asking
from stamm.boards.drawn import Cell, Drawn, Line, Tabled
from stamm.boards.kind import Choice, Widget
from stamm.reports.analyses import Table as Rows
from stamm.reports.analyses import table_of

#: lines that are shown; the CSV has all
MOST = 20


class Table(Widget):
    """The rows of an analysis over the windows of the board."""

    de = "Tabelle"
    sentence_de = "Die Zeilen einer Auswertung über die Zeiträume der Tafel."
    span = 12

    analysis = Choice("lifecycle", "Analysis", "Auswertung", among="analyses")

    @classmethod
    def analysis_of(cls, settings: Mapping[str, Any]) -> type[Analysis]:
        return ANALYSES[settings["analysis"]]

    def draw(self, asking: Asking) -> Drawn:
        answer, say = self.rows(asking), asking.say
        tables = (table_of(answer, name, say) for name, rows in answer.tables.items() if rows)
        blocks = tuple(self._table(table, asking) for table in tables if table.lines)
        return Drawn(
            title=answer.analysis.title(say.code),
            about=asking.about(say.window(answer.span), of=answer.analysis),
            blocks=blocks or (asking.nothing_of(answer.analysis, say("Nothing is known of these windows.")),),
            analysis=self.analysis,
            address=asking.address_of(answer),
            simulated=answer.simulated,
        )

    @staticmethod
    def _table(table: Rows, asking: Asking) -> Tabled:
        left = len(table.lines) - MOST
        lines = (
            Line(line.head, tuple(Cell(text, counted) for text, counted in line.cells), line.note)
            for line in table.lines[:MOST]
        )
        more = (asking.say("The other {count} are in the CSV.", count=left),) if left > 0 else ()
        return Tabled(table.heads, tuple(lines), (*table.untold, *more))

    def rows(self, asking: Asking) -> TableAnswer:
        assert self.asked is not None  # see `analysis_of`
        return asking.analysed(self.asked)
