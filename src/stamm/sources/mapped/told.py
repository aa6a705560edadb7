"""How a row set aside is told: by the columns of the file, not by those of the fact."""

from __future__ import annotations

import numpy as np

from stamm.sources.checking import Verdict, shown
from stamm.sources.kind import VALUE_LENGTH, Reject
from stamm.sources.mapped.columns import Columns
from stamm.sources.mapped.filling import Filling

#: before the name of a file's own column, where no column of the fact is to blame
UNTOLD = "\0"


class Told:
    """Names and cells of the file behind the columns of a fact."""

    def __init__(self, filling: Filling) -> None:
        self._made_of = {
            name: rule.made_of for name, rule in (*filling.rules.items(), *filling.mapping.columns.items())
        }

    def columns(self, name: str) -> tuple[str, ...]:
        """The file's columns that a column of the fact is filled from; none for a constant."""
        return (name.removeprefix(UNTOLD),) if name.startswith(UNTOLD) else self._made_of.get(name, ())

    def name(self, name: str) -> str:
        """What a column of the fact is called in the file; its own name where it is a constant."""
        return ", ".join(self.columns(name)) or name

    def fault(self, cells: Columns, verdict: Verdict, row: int) -> tuple[str, str, str]:
        """Column, value and reason of an unsound row."""
        name, reason = verdict.of(row)
        value = ", ".join(shown(cells.array(column).slice(row, 1)) for column in self.columns(name))
        return self.name(name), value[:VALUE_LENGTH], reason

    def rejects(self, cells: Columns, verdict: Verdict) -> tuple[Reject, ...]:
        """All unsound rows of a piece."""
        rows = np.nonzero(~verdict.sound)[0]
        return tuple(Reject(cells.file, int(cells.lines[row]), *self.fault(cells, verdict, int(row))) for row in rows)
