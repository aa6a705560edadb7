"""MBG/NBD: a customer may stop after any purchase, the first one too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stamm.predictions.buying.beta_geometric import BetaGeometric

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MbgNbd(BetaGeometric):
    """The modified beta-geometric/NBD model: who bought once may have stopped right then.

    Batislam, Denizel and Filiztekin (2007), Empirical validation and comparison of models for customer base
    analysis, International Journal of Research in Marketing 24(3), 201-209: likelihood in equation (4); Hoppe and
    Wagner (2007) call it CBG/NBD.
    """

    title = "MBG/NBD"

    @classmethod
    def chances(cls, repeats: Reals) -> Reals:
        return repeats + 1
