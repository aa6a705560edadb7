"""A cohort table as a page shows it: all cells, any one of them explained, and curves of any of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stamm.answers.table import TableAnswer
from stamm.charts.curves import BESIDE
from stamm.lang.language import Language
from stamm.reports.cohort_cell import Worked, example_of, worked_cell
from stamm.reports.cohort_curves import CohortCurves, curves_of, drawn_keys
from stamm.reports.cohort_words import Heads, heads_of, meaning_of
from stamm.reports.heat import Grid, Heat, Line, heat_of
from stamm.reports.set_words import set_words

#: cells that one page shows
MOST_CELLS = 5_000


@dataclass(frozen=True)
class CohortTable:
    """One table, ready to be written. `changed` are the settings that are not as they come, and what they are."""

    grid: Grid
    heat: Heat
    heads: Heads
    meaning: str
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    say: Language

    def worked(self, place: str) -> Worked:
        """The cell of that name explained; where there is none, the one that explains the table best."""
        known = place if self.grid.at(place) is not None else example_of(self.grid)
        return worked_cell(self.grid, known, self.say)

    def headed(self, name: str) -> Heads:
        """The heads where lines are groups, by what they are told apart."""
        return replace(self.heads, begun=name[:1].upper() + name[1:])

    def shown(self, keys: Sequence[str]) -> frozenset[str]:
        """The names of the lines whose curves are drawn where those are asked for."""
        return drawn_keys(self.grid, self.say, _lines(self.grid, keys))

    def drawn(self, keys: Sequence[str], key: str) -> list[str]:
        """Which lines are drawn after somebody chose that one: it comes or goes."""
        found = [each for each in keys if self.grid.by_key.get(each) is not None and each != key]
        return found if key in keys else [*found, key][-len(BESIDE) :]


def table_of(answer: TableAnswer, parts: TableAnswer | None, say: Language) -> CohortTable | str:
    """A line a cohort; of an answer split into `parts` a line a group, its cohorts pooled. Or why there is none."""
    grid = _grid(answer, parts)
    if grid is None:
        return say("No period after the beginning is over yet. Look at an earlier one, or at shorter periods.")
    cells = len(grid.lines) * len(grid.periods)
    if cells > MOST_CELLS:
        return say(
            "That would be {count} cells, which nobody reads: choose fewer days, larger cohorts or fewer periods. "
            "The export has them all.",
            count=say.number(cells),
        )
    return CohortTable(
        grid=grid,
        heat=heat_of(grid, say),
        heads=heads_of(answer.analysis, say),
        meaning=meaning_of(answer, say),
        changed=tuple((name, (value,)) for name, value in set_words(answer.analysis, say)),
        say=say,
    )


def drawn_of(answer: TableAnswer, parts: TableAnswer | None, keys: Sequence[str], say: Language) -> CohortCurves | None:
    """All together, and the lines of these names, as far as there are such; without names three of them."""
    grid = _grid(answer, parts)
    if grid is None:
        return None
    return curves_of(grid, say, _lines(grid, keys))


def _lines(grid: Grid, keys: Sequence[str]) -> list[Line]:
    """The lines of these names, as far as there are such."""
    return [line for key in dict.fromkeys(keys) if (line := grid.by_key.get(key)) is not None]


def _grid(answer: TableAnswer, parts: TableAnswer | None) -> Grid | None:
    return Grid.split(parts, answer) if parts is not None else Grid.of(answer)
