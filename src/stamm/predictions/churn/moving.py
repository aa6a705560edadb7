"""What moves a learned risk: over all customers, and of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stamm.predictions.churn.cuts import Flags
from stamm.predictions.churn.features import Features
from stamm.predictions.churn.learning import SEED, Learned
from stamm.predictions.churn.quality import auc
from stamm.predictions.churn.words import BUYING, Vocabulary

Reals = npt.NDArray[np.float64]
#: shuffles whose mean is told, and customers that suffice for one
SHUFFLES, MOST = 5, 20_000


class Move(NamedTuple):
    """By how much a kind of features moves one risk from where it were, were they as with the middle customer.

    `value` is the leading feature of the kind, and `usual` that of the middle customer; NaN where there is none.
    """

    kind: str
    effect: float
    value: float
    usual: float


def lost(learned: Learned, known: Features, left: Flags, columns: Sequence[Sequence[int]]) -> list[float]:
    """Of each group of columns, how much the AUC falls when they are dealt out anew among the customers together."""
    chance = np.random.default_rng(SEED)
    some = chance.permutation(len(left))[:MOST]
    table, gone = known.table[some], left[some]
    whole = auc(learned.risk(table), gone)
    found = []
    for group in columns:
        others = np.tile(table, (SHUFFLES, 1))
        dealt = np.concatenate([chance.permutation(len(table)) for _ in range(SHUFFLES)])
        others[:, group] = table[dealt][:, group]
        risks = learned.risk(others).reshape(SHUFFLES, -1)
        found.append(whole - float(np.mean([auc(each, gone) for each in risks])))
    return found


def moves(learned: Learned, known: Features, of: Sequence[int], words: Vocabulary = BUYING) -> list[list[Move]]:
    """For each of some rows what moves its risk, the strongest first; `words` tell the kinds of its features.

    The effect of a kind is the risk less the risk with all features of that kind at the median of all rows. Effects
    need not add up to the distance from the middle: kinds work together.
    """
    middle = np.array([_median(column) for column in known.table.T])
    own = known.table[np.asarray(of, dtype=np.intp)]
    if not len(own):
        return []
    risk = learned.risk(own)
    found: list[list[Move]] = [[] for _ in of]
    for kind, columns in words.places(known.names).items():
        other = own.copy()
        other[:, columns] = middle[columns]
        effects = risk - learned.risk(other)
        lead = known.names.index(words.leading[kind])
        for place, (effect, value) in enumerate(zip(effects.tolist(), own[:, lead].tolist(), strict=True)):
            found[place].append(Move(kind, effect, value, float(middle[lead])))
    order = list(words.kinds)
    return [sorted(each, key=lambda move: (-abs(move.effect), order.index(move.kind))) for each in found]


def _median(column: Reals) -> float:
    known = column[~np.isnan(column)]
    return float(np.median(known)) if len(known) else np.nan
