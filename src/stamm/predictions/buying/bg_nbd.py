"""BG/NBD: a customer may stop after any repeat purchase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stamm.predictions.buying.beta_geometric import BetaGeometric

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class BgNbd(BetaGeometric):
    """The beta-geometric/NBD model: who bought once cannot have stopped yet.

    Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
    Marketing Science 24(2), 275-284: likelihood in equation (6), expected purchases in equations (9) and (10).
    """

    title = "BG/NBD"

    @classmethod
    def chances(cls, repeats: Reals) -> Reals:
        return repeats
