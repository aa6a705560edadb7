"""Customers drawn as the Pareto/NBD says they behave, in whole days; numpy alone, so that peers can make the same."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

#: r, alpha, s, beta; days
TRUTH = (0.8, 60.0, 0.7, 200.0)
OLDEST = 730
SEED = 7
Reals = npt.NDArray[np.float64]


def buyers(count: int) -> tuple[Reals, Reals, Reals]:
    """Repeats, days from the first to the last purchase, and days since the first, one of each a customer."""
    chance = np.random.default_rng(SEED)
    r, alpha, s, beta = TRUTH
    age = chance.integers(1, OLDEST, count).astype(float)
    rate = chance.gamma(r, 1 / alpha, count)
    stops = np.minimum(chance.exponential(1 / chance.gamma(s, 1 / beta, count)), age)
    repeats = chance.poisson(rate * stops).astype(float)
    last = np.ceil(stops * chance.random(count) ** (1 / np.maximum(repeats, 1)))
    return repeats, np.where(repeats > 0, last, 0.0), age
