"""Numbers of reductions that are known: computed by whoever asked before, in memory, or in what was kept on the disk.

A window's numbers are the same whichever windows they are asked with, so a question that shares windows with one of
before is computed for the others alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stamm.answers.answer import Cells, Number
from stamm.answers.grid import Grid
from stamm.answers.remembered import Remembered
from stamm.facts.kind import Reduction
from stamm.lang.window import Window

#: the name of the question what was passed over, beside those of reductions
LEFT_OUT = "left out"
#: one window's numbers by group
Groups = Mapping[str | None, Number | None]


class Known:
    """The numbers of one world; `memory` keeps those of whole questions on the disk."""

    def __init__(self, memory: Remembered | None) -> None:
        self._memory = memory
        self._whole: dict[tuple[Grid, str], Cells] = {}
        self._windows: dict[tuple[Grid, str], dict[Window, Groups]] = {}

    def of(self, reduction: Reduction, grid: Grid) -> Cells | None:
        """The numbers over a grid, if all of them are known."""
        key = (grid, reduction.identity)
        if key not in self._whole:
            if (cells := self.remembered(*key)) is not None:
                self._learn(reduction, grid, cells)
            elif not self.absent([reduction], grid):
                apart = self._apart(reduction, grid)
                cells = {
                    (number, group): value
                    for number, window in enumerate(grid.windows)
                    for group, value in apart[window].items()
                }
                self._whole[key] = cells
                self.remember(*key, cells)
        return self._whole.get(key)

    def absent(self, reductions: Iterable[Reduction], grid: Grid) -> tuple[Window, ...]:
        """The windows of a grid of which any of the reductions is not known.

        All of them where one adds scores: whether these are on one scale is asked of all windows together.
        """
        every = list(reductions)
        if any(reduction.scores for reduction in every):
            return grid.windows
        known = [self._apart(reduction, grid) for reduction in every]
        return tuple(window for window in grid.windows if not all(window in apart for apart in known))

    def learn(self, reduction: Reduction, grid: Grid, cells: Cells) -> None:
        """The numbers over a grid are these."""
        self._learn(reduction, grid, cells)
        self.remember(grid, reduction.identity, cells)

    def remembered(self, grid: Grid, what: str) -> Cells | None:
        """What was kept on the disk, by this process or another."""
        return self._memory.get(_question(grid, what)) if self._memory else None

    def remember(self, grid: Grid, what: str, cells: Cells) -> None:
        """Keep it on the disk."""
        if self._memory:
            self._memory.put(_question(grid, what), cells)

    def _learn(self, reduction: Reduction, grid: Grid, cells: Cells) -> None:
        self._whole[grid, reduction.identity] = cells
        found: dict[Window, dict[str | None, Number | None]] = {window: {} for window in grid.windows}
        for (number, group), value in cells.items():
            found[grid.windows[number]][group] = value
        self._apart(reduction, grid).update(found)

    def _apart(self, reduction: Reduction, grid: Grid) -> dict[Window, Groups]:
        """What is known of each window, whichever it was asked with."""
        return self._windows.setdefault((grid.over(()), reduction.identity), {})


def _question(grid: Grid, what: str) -> str:
    assert grid.as_of is not None  # nothing is kept of facts that were never imported
    return Remembered.question(what, grid.windows, grid.by, grid.where, grid.as_of)
