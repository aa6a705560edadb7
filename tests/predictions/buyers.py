"""Customers made by the book: drawn as each model says they behave, with what they did afterwards."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from stamm.predictions.buying.bg_nbd import BgNbd
from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.pareto_nbd import ParetoNbd

Reals = npt.NDArray[np.float64]


class Made(NamedTuple):
    """Histories, one row a customer, and how often each bought in the time that followed."""

    histories: Histories
    later: Reals


def pareto(model: ParetoNbd, count: int, ahead: float, seed: int) -> Made:
    """Customers who buy and stop at rates of their own; known for one to two years, looked at for `ahead` days more."""
    chance = np.random.default_rng(seed)
    age = chance.integers(365, 730, count).astype(float)
    rate = chance.gamma(model.r, 1 / model.alpha, count)
    stops = chance.exponential(1 / chance.gamma(model.s, 1 / model.beta, count))
    repeats = chance.poisson(rate * np.minimum(stops, age)).astype(float)
    last = np.where(repeats > 0, np.minimum(stops, age) * chance.random(count) ** (1 / np.maximum(repeats, 1)), 0.0)
    later = chance.poisson(rate * np.clip(stops - age, 0, ahead)).astype(float)
    return Made(Histories(repeats, last, age, np.ones(count)), later)


def beta_geometric(model: BgNbd, count: int, ahead: float, seed: int) -> Made:
    """Customers who may stop at each purchase for which the model gives them a chance to."""
    chance = np.random.default_rng(seed)
    age = chance.integers(365, 730, count).astype(float)
    rate = chance.gamma(model.r, 1 / model.alpha, count)
    stops_at = chance.geometric(np.clip(chance.beta(model.a, model.b, count), 1e-12, 1)).astype(float)
    stops_at -= model.chances(np.zeros(1))[0]  # which repeat is the last; 0 is the first purchase itself
    could, would = chance.poisson(rate * age).astype(float), chance.poisson(rate * ahead).astype(float)
    repeats = np.minimum(could, stops_at)
    # of `could` moments spread evenly over the age, the place of the last one that came true
    last = np.where(repeats > 0, age * chance.beta(np.maximum(repeats, 1), could - repeats + 1), 0.0)
    return Made(Histories(repeats, last, age, np.ones(count)), np.minimum(would, stops_at - repeats))
