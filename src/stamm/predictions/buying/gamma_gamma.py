"""Gamma-Gamma: what a customer's next purchase is worth, from the mean of those so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, psi

from stamm.predictions.buying.likelihood import Fit, maximise

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class GammaGamma:
    """Each purchase of a customer is ~ Gamma(p, nu), and nu ~ Gamma(q, v) among customers.

    Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value: marginal distribution in equation (1a), expected
    mean in equation (5). `p` and `q` are plain numbers, `v` is money in the unit of the means. It rests on what is
    bought and how often being unrelated among customers.
    """

    title: ClassVar[str] = "Gamma-Gamma"

    p: float
    q: float
    v: float

    @classmethod
    def fit(cls, purchases: npt.ArrayLike, mean: npt.ArrayLike) -> Fit[Self]:
        """Parameters of greatest likelihood, of customers with that many purchases (1 or more) and that mean (above 0).

        Raises TooLittleError where the data do not tell them.
        """
        x, m = np.asarray(purchases, dtype=np.float64), np.asarray(mean, dtype=np.float64)
        if np.any(x < 1) or np.any(m <= 0):
            raise ValueError("each customer needs a purchase and a mean above 0")
        level = float(m.mean()) if len(m) else 1.0
        found, value, errors = maximise(
            lambda point: cls(*map(float, point)).score(x, m), np.array([5.0, 4.0, level]), max(len(x), 1), cls.title
        )
        p, q, v = map(float, errors)
        return Fit(cls(*map(float, found)), value, {"p": p, "q": q, "v": v}, len(x))

    def score(self, x: Reals, m: Reals) -> tuple[float, Reals]:
        """The log likelihood of all customers, and its slope by p, q and v."""
        p, q, v = self.p, self.q, self.v
        counts, where = np.unique(x, return_inverse=True)
        px, log_m, log_all = p * x, np.log(m), np.log(v + m * x)
        joint, alone = (gammaln(p * counts + q) - gammaln(p * counts))[where], len(x) * (q * np.log(v) - gammaln(q))
        value = joint.sum() + alone + ((px - 1) * log_m + px * np.log(x) - (px + q) * log_all).sum()
        by_px, by_all = psi(p * counts)[where], psi(p * counts + q)[where]
        return float(value), np.array(
            [
                (x * (by_all - by_px + log_m + np.log(x) - log_all)).sum(),
                (by_all - psi(q) + np.log(v) - log_all).sum(),
                len(x) * q / v - ((px + q) / (v + m * x)).sum(),
            ]
        )

    def expected_value(self, purchases: npt.ArrayLike, mean: npt.ArrayLike) -> Reals:
        """What a purchase to come is worth: between the customer's own mean and that of all, the nearer to their own
        the more they bought. The model needs q > 1, else the mean of all is infinite; then their own is given."""
        x, m = np.asarray(purchases, dtype=np.float64), np.asarray(mean, dtype=np.float64)
        if self.q <= 1:
            return m.copy()
        found: Reals = self.p * (self.v + m * x) / (self.p * x + self.q - 1)
        return found

    def draw(self, purchases: Reals, mean: Reals, orders: Reals, chance: np.random.Generator) -> Reals:
        """What so many purchases to come are worth together, drawn: a row a customer, a column a future, as `orders`.

        nu is ~ Gamma(p x + q, v + x m) for a customer with x purchases of the mean m. Where q <= 1 each is their mean.
        """
        x, m = purchases[:, None], mean[:, None]
        if self.q <= 1:
            return orders * m
        nu = chance.gamma(self.p * x + self.q, size=orders.shape) / (self.v + m * x)
        found: Reals = chance.gamma(self.p * orders) / nu
        return found
