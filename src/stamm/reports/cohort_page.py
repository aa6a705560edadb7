"""A cohort table as a page shows it: all cells, any one of them explained, and curves of any of its lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from stamm.answers.table import TableAnswer
from stamm.charts.curves import BESIDE
from stamm.lang.language import Language
from stamm.reports.cohort_cell import Worked, example_of, worked_cell
from stamm.reports.cohort_curves import CohortCurves, curves_of
from stamm.reports.cohort_words import Heads, about_of, heads_of, meaning_of, set_words
from stamm.reports.heat import Grid, Heat, heat_of

#: cells that one page shows, and pictures that are kept of it
MOST_CELLS, MOST_DRAWN = 5_000, 20


@dataclass(frozen=True)
class CohortTable:
    """One table, ready to be written. `changed` are the settings that are not as they come, and what they are."""

    grid: Grid
    heat: Heat
    heads: Heads
    about: str
    meaning: str
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    say: Language
    _drawn: dict[tuple[str, ...], CohortCurves | None] = field(default_factory=dict, repr=False)

    def worked(self, place: str) -> Worked:
        """The cell of that name explained; where there is none, the one that explains the table best."""
        known = place if self.grid.at(place) is not None else example_of(self.grid)
        return worked_cell(self.grid, known, self.say)

    def curves(self, keys: Sequence[str]) -> CohortCurves | None:
        """All together, and the lines of these names, as far as there are such; without names three of them."""
        wanted = tuple(dict.fromkeys(key for key in keys if self.grid.by_key.get(key) is not None))
        if wanted not in self._drawn:
            if len(self._drawn) >= MOST_DRAWN:
                self._drawn.pop(next(iter(self._drawn)))
            self._drawn[wanted] = curves_of(self.grid, self.say, [self.grid.by_key[key] for key in wanted])
        return self._drawn[wanted]

    def drawn(self, keys: Sequence[str], key: str) -> list[str]:
        """Which lines are drawn after somebody chose that one: it comes or goes."""
        found = [each for each in keys if self.grid.by_key.get(each) is not None and each != key]
        return found if key in keys else [*found, key][-len(BESIDE) :]


class CohortTables:
    """The table of an answer by cohort, and the same by group where it is split; or why there is none."""

    def __init__(self, answer: TableAnswer, say: Language) -> None:
        self.answer, self.say = answer, say
        self.by_cohort = self._table(Grid.of(answer))
        self._split: dict[str, CohortTable | str] = {}

    def by_group(self, parts: TableAnswer, name: str) -> CohortTable | str:
        """Each group in a line, all its cohorts pooled; `parts` is the same answer split, `name` by what."""
        if name not in self._split:
            self._split[name] = self._table(Grid.split(parts, self.answer), name)
        return self._split[name]

    def _table(self, grid: Grid | None, by: str = "") -> CohortTable | str:
        say, analysis = self.say, self.answer.analysis
        if grid is None:
            return say("No period after the beginning is over yet. Look at an earlier one, or at shorter periods.")
        cells = len(grid.lines) * len(grid.periods)
        if cells > MOST_CELLS:
            return say(
                "That would be {count} cells, which nobody reads: choose fewer days, larger cohorts or fewer periods. "
                "The export has them all.",
                count=say.number(cells),
            )
        heads = heads_of(analysis, say)
        return CohortTable(
            grid=grid,
            heat=heat_of(grid, say),
            heads=replace(heads, begun=by[:1].upper() + by[1:]) if by else heads,
            about=about_of(analysis, say),
            meaning=meaning_of(self.answer, say),
            changed=tuple((name, (value,)) for name, value in set_words(analysis, say)),
            say=say,
        )
