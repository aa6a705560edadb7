"""How a prediction did on a day whose outcome is known: what was told of it, and what came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from stamm.analyses.kind import column, row
from stamm.lang.interval import t_mean, wilson
from stamm.lang.phrase import Phrase
from stamm.predictions.churn.quality import auc, brier, calibration_error, tenths, top_lift

Reals = npt.NDArray[np.float64]
OWN = Phrase("this prediction", "dieser Vorhersage")
SINCE = Phrase("days since the last order", "Tagen seit der Bestellung")
NOBODY = Phrase("'nobody leaves'", "„niemand geht“")
AS_BEFORE = Phrase("as in the days before", "„wie in den Tagen davor“")


@row
class Quality:
    """How well one way of telling did on the last day whose outcome is known, of which it had learned nothing.

    `auc`: how likely one who left was told a higher risk than one who stayed (0.5: by chance). `lift`: those who left
    among the tenth most at risk, beside all. `brier`: the mean square of risk less outcome. `error`: the mean distance
    between told and true shares of ten groups. Where no risk is told but a number, 'left' is 'ordered at all', and the
    lift is of the number.
    """

    way: Phrase = column("told by", "vorhergesagt von", "text", key=True)
    auc: float | None = column("AUC", "AUC", "number")
    lift: float | None = column("lift of the top tenth", "Lift im obersten Zehntel", "ratio")
    brier: float | None = column("Brier score", "Brier-Score", "number")
    error: float | None = column("calibration error", "Kalibrierungsfehler", "share")


@row
class Part:
    """A tenth of the customers of one day, by what was told of them: how much on average, and what came."""

    tenth: int = column("tenth", "Zehntel", "count", key=True)
    customers: int = column("customers", "Kunden", "count")
    told: float = column("told", "vorhergesagt", "number")
    came: float = column("came", "eingetreten", "number")
    low: float | None = column("95% interval from", "95-%-Intervall von", "number")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "number")


@row
class Importance:
    """What a model draws from one number, or from all of a kind: how much its AUC falls when that is shuffled.

    The fall is told in points (0.01 is one), as the mean of a few shuffles, on the day it was tried on. Numbers that
    say the same stand in for one another, so each of them seems to matter little: kinds are shuffled as a whole.
    """

    feature: str = column("feature", "Merkmal", "text", key=True)
    name: Phrase = column("what it is", "was es ist", "text")
    kind: Phrase = column("kind", "Art", "text")
    lost: float = column("AUC lost, points", "AUC-Verlust, Punkte", "difference")


class Way(NamedTuple):
    """A way of telling: `probable` where it tells probabilities."""

    words: Phrase
    told: Reals
    probable: bool


@dataclass(frozen=True)
class Tried:
    """A day, what was told of its customers by the prediction itself (first) and otherwise, and what came.

    `learned` are the first and the last day that were learned from. `model` are rows of parameters, `importance` of
    features and of kinds of them.
    """

    on: date
    learned: tuple[date, date]
    ways: Sequence[Way]
    came: Reals
    #: what the gates ask for, as it is now
    counted: Mapping[str, int]
    notes: tuple[Phrase, ...] = ()
    model: tuple[Any, ...] = ()
    importance: Mapping[str, tuple[Importance, ...]] = field(default_factory=dict)

    @property
    def told(self) -> Reals:
        """What the prediction itself told."""
        return self.ways[0].told


def quality_of(way: Way, came: Reals, *, probable: bool) -> Quality:
    """How well it did; `probable` where what came is a yes (1) or no (0)."""
    left = came > 0
    some = bool(0 < left.sum() < len(left)) and len(set(way.told.tolist())) > 1
    mean = float(came.mean()) if len(came) else 0.0
    own = probable and way.probable
    return Quality(
        way.words,
        auc(way.told, left) if some else None,
        top_lift(way.told, came) if some and mean > 0 else None,
        brier(way.told, came) if own and len(came) else None,
        calibration_error(way.told, came) if own and len(came) else None,
    )


def parts_of(told: Reals, came: Reals, *, share: bool, by: Reals | None = None) -> Iterator[Part]:
    """Tenths by what was told, or by other numbers, the least first, each with the interval of what came."""
    for number, place in enumerate(tenths(told if by is None else by), 1):
        inside = came[place]
        low, high = bounds_of(inside, share=share)
        yield Part(number, len(place), float(told[place].mean()), float(inside.mean()), low, high)


def bounds_of(came: Reals, *, share: bool) -> tuple[float | None, float | None]:
    """The 95 % interval of the mean of what came: of a share by Wilson, of a number by Student."""
    if share:
        return wilson(int(came.sum()), len(came))
    return t_mean(len(came), float(came.sum()), float((came**2).sum()))
