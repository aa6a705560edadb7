"""What sets a group apart: each measure beside everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stamm.lang.interval import Z
from stamm.lang.phrase import Phrase
from stamm.segments.personas.measures import Measure
from stamm.segments.personas.steady import Reals

#: traits in a name
NAMED = 2


@dataclass(frozen=True)
class Trait:
    """A measure of a group: its median there and among all others, and how often one of the group has more.

    `ahead` is the share of pairs of one inside and one outside in which the one inside has more, equal ones counted
    half; `low` to `high` its 95% interval. The groups were found by these numbers, so it describes them and proves
    nothing. `n` and `others` are the customers who have a value.
    """

    measure: Measure
    inside: float | None
    outside: float | None
    n: int
    others: int
    ahead: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> Phrase:
        """What customers are called who are so."""
        return self.measure.more if (self.ahead or 0) > 1 / 2 else self.measure.less

    @property
    def distance(self) -> float:
        """How far from no difference, from 0 to 1/2."""
        return 0.0 if self.ahead is None else abs(self.ahead - 1 / 2)


def trait_of(measure: Measure, values: Reals, inside: npt.NDArray[np.bool_]) -> Trait:
    """One measure of one group; values are NaN where there are none."""
    known = ~np.isnan(values)
    mine, theirs = values[known & inside], values[known & ~inside]
    if not mine.size or not theirs.size:
        return Trait(measure, _median(mine), _median(theirs), mine.size, theirs.size)
    ahead = _ahead(mine, theirs)
    return Trait(
        measure, _median(mine), _median(theirs), mine.size, theirs.size, ahead, *bounds(ahead, mine.size, theirs.size)
    )


def _median(values: Reals) -> float | None:
    return float(np.median(values)) if values.size else None


def _ahead(mine: Reals, theirs: Reals) -> float:
    ordered = np.sort(theirs)
    below, up_to = np.searchsorted(ordered, mine, "left"), np.searchsorted(ordered, mine, "right")
    return float((below + up_to).sum() / (2 * mine.size * theirs.size))


def bounds(ahead: float, n: int, others: int, z: float = Z) -> tuple[float, float]:
    """A score interval of the share of pairs in which the first has more.

    Source: Newcombe, Statistics in Medicine 25 (2006), 559-573, method 5.
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - only where something is learned

    def beyond(share: float) -> float:
        mean = (n + others) / 2
        shape = 1 + (mean - 1) * ((1 - share) / (2 - share) + share / (1 + share))
        return float((ahead - share) ** 2 - z * z * share * (1 - share) * shape / (n * others))

    low = 0.0 if ahead <= 0 else brentq(beyond, 0.0, ahead)
    high = 1.0 if ahead >= 1 else brentq(beyond, ahead, 1.0)
    return float(low), float(high)


def names_of(groups: Sequence[Sequence[Trait]]) -> list[Phrase]:
    """A name for each group from the traits that set it apart most; more traits, or a number, where two are alike."""
    ordered = [[each.words for each in sorted(traits, key=lambda each: -each.distance)] for traits in groups]
    names: list[Phrase] = []
    for mine in ordered:
        others = [each for each in ordered if each is not mine]
        apart = (n for n in range(NAMED, len(mine)) if all(set(mine[:n]) != set(each[:n]) for each in others))
        names.append(_name(mine[: next(apart, len(mine))]))
    same = [names[:place].count(name) for place, name in enumerate(names)]
    return [
        Phrase(f"{name.en} {n + 1}", f"{name.de} {n + 1}") if n else name for name, n in zip(names, same, strict=True)
    ]


def _name(words: Sequence[Phrase]) -> Phrase:
    en, de = ", ".join(each.en for each in words), ", ".join(each.de for each in words)
    return Phrase(en[:1].upper() + en[1:], de[:1].upper() + de[1:])
