"""How good risks were, once it is known who left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
BINS = 10


class Bin(NamedTuple):
    """A tenth of the customers, of like risk: how many, what was told of them on average, and how many left."""

    customers: int
    told: float
    left: int


def auc(risk: Reals, left: Flags) -> float:
    """How likely one who left was given a higher risk than one who stayed, ties half; needs some of both."""
    gone = int(left.sum())
    stayed = len(left) - gone
    return float((rankdata(risk)[left].sum() - gone * (gone + 1) / 2) / (gone * stayed))


def brier(risk: Reals, left: Flags | Reals) -> float:
    """The mean square of what was told less what came (1 or 0); 0 is best."""
    return float(np.mean((risk - left) ** 2))


def top_lift(risk: Reals, left: Flags | Reals, part: float = 0.1) -> float:
    """Of the tenth told to be most at risk, the share who left, beside that of all; equal risks are shared out."""
    wanted = max(round(len(risk) * part), 1)
    edge = np.sort(risk)[-wanted]
    above, at = risk > edge, risk == edge
    found = left[above].sum() + left[at].mean() * (wanted - above.sum())
    return float(found / wanted / left.mean())


def tenths(risk: Reals) -> list[npt.NDArray[np.intp]]:
    """The places of ten groups by rising risk; equal risks may be told apart by their order."""
    return [part for part in np.array_split(np.argsort(risk, kind="stable"), BINS) if len(part)]


def reliability(risk: Reals, left: Flags | Reals) -> tuple[Bin, ...]:
    """Tenths of the customers by rising risk, and how many of each left."""
    return tuple(Bin(len(part), float(risk[part].mean()), int(left[part].sum())) for part in tenths(risk))


def calibration_error(risk: Reals, left: Flags | Reals) -> float:
    """The mean distance between told and true shares of the tenths."""
    bins = reliability(risk, left)
    return sum(each.customers * abs(each.told - each.left / each.customers) for each in bins) / len(risk)
