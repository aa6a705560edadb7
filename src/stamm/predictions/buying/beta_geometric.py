"""What the models share in which a customer may stop at a purchase, with a probability of their own."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, gammaln, psi

from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.kind import BuyingModel, Drawn, bought_once
from stamm.predictions.buying.quadrature import beta

Reals = npt.NDArray[np.float64]
NODES = 32
ROWS = 8192
#: the least probability of a last purchase whose number can be drawn
LEAST = 1e-12


@dataclass(frozen=True)
class BetaGeometric(BuyingModel):
    """Purchases at a rate ~ Gamma(r, alpha) until one of them was the last, with a probability ~ Beta(a, b).

    `alpha` is a time, the others are plain numbers. With n the purchases at which a customer could have stopped, the
    likelihood of x repeats, the last at t, seen until T is

        G(r+x) alpha^r / G(r) / (alpha+T)^(r+x) * B(a, b+n) / B(a, b) * (1 + odds),
        odds = a / (b+n-1) * ((alpha+T) / (alpha+t))^(r+x), or 0 where n is 0,

    and `odds` are those of having stopped at the last purchase.
    """

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    @abstractmethod
    def chances(cls, repeats: Reals) -> Reals:
        """At how many purchases a customer with so many repeats could have stopped (n)."""

    @classmethod
    def start(cls, age: float) -> Reals:
        return np.array([0.5, age / 4, 0.8, 2.5])

    def score(self, histories: Histories) -> tuple[float, Reals]:
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x, where = histories.of_repeats
        n = self.chances(x)
        weights, total = histories.customers, histories.total
        buyers = np.bincount(where, weights, len(x))
        by_count = gammaln(r + x) - gammaln(r) + gammaln(a + b) - gammaln(a + b + n) + gammaln(b + n) - gammaln(b)
        late, early = self._logs(histories)
        odds = self._odds(histories, late, early)
        small = np.exp(-np.abs(odds))
        stopped = weights * np.where(odds > 0, 1.0, small) / (1 + small)
        still = weights - stopped
        rate = r + histories.repeats
        value = buyers @ by_count + total * r * np.log(alpha)
        value += weights @ (np.maximum(odds, 0) + np.log1p(small) - rate * late)
        both = buyers @ (psi(a + b) - psi(a + b + n))
        return float(value), np.array(
            [
                buyers @ (psi(r + x) - psi(r)) + total * np.log(alpha) - still @ late - stopped @ early,
                total * r / alpha - (still * rate) @ np.exp(-late) - (stopped * rate) @ np.exp(-early),
                both + stopped.sum() / a,
                both + buyers @ (psi(b + n) - psi(b)) - stopped @ (1 / np.where(n > 0, b + n - 1, np.inf))[where],
            ]
        )

    def alive(self, histories: Histories) -> Reals:
        found: Reals = expit(-self._odds(histories, *self._logs(histories)))
        return found

    def expected_orders(self, histories: Histories, time: float) -> Reals:
        """The mean of (1 - exp(-rate p time)) / p over what the history leaves of rate and p, if not stopped.

        Equal to equation (10) of Fader, Hardie and Lee (2005); by quadrature, because its hypergeometric function is
        lost to rounding for customers with hundreds of orders, and undefined at a = 1.
        """
        x, where = histories.of_repeats
        points, weights = beta(self.a, self.b + self.chances(x), NODES)
        found = np.empty(len(histories))
        for piece in histories.pieces(ROWS):
            at = where[piece]
            p, rate = points[at], self.r + histories.repeats[piece, None]
            share = time / (self.alpha + histories.age[piece, None])
            found[piece] = (weights[at] * -np.expm1(-rate * np.log1p(p * share)) / p).sum(axis=1)
        return found * self.alive(histories)

    def no_order_within(self, histories: Histories, time: float | Reals) -> Reals:
        silent = np.exp(-(self.r + histories.repeats) * np.log1p(time / (self.alpha + histories.age)))
        found: Reals = 1 - self.alive(histories) * (1 - silent)
        return found

    def draw(self, histories: Histories, time: float, count: int, chance: np.random.Generator) -> Drawn:
        """Whoever has not stopped buys at a rate ~ Gamma(r + x, alpha + T), each time the last with a probability
        ~ Beta(a, b + n)."""
        shape = (len(histories), count)
        rate = chance.gamma((self.r + histories.repeats)[:, None], size=shape) / (self.alpha + histories.age[:, None])
        last = chance.beta(self.a, (self.b + self.chances(histories.repeats))[:, None], size=shape)
        weights, orders = bought_once(rate * time, chance)
        return Drawn(weights, np.minimum(orders, chance.geometric(np.clip(last, LEAST, 1.0))))

    def _logs(self, histories: Histories) -> tuple[Reals, Reals]:
        """log(alpha + T) and log(alpha + t), taken once of each different time."""
        age, last = histories.of_age, histories.of_last
        return np.log(self.alpha + age.values)[age.place], np.log(self.alpha + last.values)[last.place]

    def _odds(self, histories: Histories, late: Reals, early: Reals) -> Reals:
        """The logarithm of the odds of having stopped."""
        x, where = histories.of_repeats
        n = self.chances(x)
        there = n > 0
        at_last = np.where(there, np.log(self.a / np.where(there, self.b + n - 1, 1)), -np.inf)
        found: Reals = at_last[where] + (self.r + histories.repeats) * (late - early)
        return found
