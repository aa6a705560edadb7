"""Pareto/NBD: a customer may stop at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit, gammaln, psi

from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.kind import BuyingModel, Drawn, bought_once
from stamm.predictions.buying.quadrature import legendre

Reals = npt.NDArray[np.float64]
_POINTS, _WEIGHTS = legendre(24)
ROWS = 4096
#: what lies exp(-this) below the greatest part of an integral is left out of it
DEPTH = 40.0
DESCENTS = 6


class Stopped(NamedTuple):
    """The integral over the moments at which somebody may have stopped, and means over them, one a row."""

    log: Reals
    log_alpha: Reals
    log_beta: Reals
    over_alpha: Reals
    over_beta: Reals


@dataclass(frozen=True)
class ParetoNbd(BuyingModel):
    """Purchases at a rate ~ Gamma(r, alpha), stopping at a rate ~ Gamma(s, beta).

    Schmittlein, Morrison and Colombo (1987), Counting Your Customers: Who Are They and What Will They Do Next?,
    Management Science 33(1), 1-24; Fader and Hardie (2005), A Note on Deriving the Pareto/NBD Model and Related
    Expressions: likelihood in equation (15), expected purchases in equations (27) and (41). `alpha` and `beta` are
    times.

    The likelihood of x repeats, the last at t, seen until T is

        G(r+x) alpha^r beta^s / G(r) * ( 1 / ((alpha+T)^(r+x) (beta+T)^s) + s * I(t, T) ),
        I(t, T) = integral over u from t to T of 1 / ((alpha+u)^(r+x) (beta+u)^(s+1)) du.

    Papers turn I into two Gaussian hypergeometric functions, whose difference is lost to rounding for customers with
    hundreds of orders. Here it stays an integral: of a smooth function in the logarithm of time, cut where it has
    fallen to exp(-40) of its beginning, by 24 points of Gauss and Legendre: to 12 digits and with no bad case.
    """

    title = "Pareto/NBD"

    r: float
    alpha: float
    s: float
    beta: float

    @classmethod
    def start(cls, age: float) -> Reals:
        return np.array([0.5, age / 4, 0.6, age / 4])

    def score(self, histories: Histories) -> tuple[float, Reals]:
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        weights, total = histories.customers, histories.total
        x, where = histories.of_repeats
        buyers = np.bincount(where, weights, len(x))
        value = buyers @ (gammaln(r + x) - gammaln(r)) + total * (r * np.log(alpha) + s * np.log(beta))
        slopes = np.array(
            [buyers @ (psi(r + x) - psi(r)) + total * np.log(alpha), total * r / alpha, total * np.log(beta), 0.0]
        )
        slopes[3] = total * s / beta
        for piece in histories.pieces(ROWS):
            rate, age = r + histories.repeats[piece], histories.age[piece]
            late, later = np.log(alpha + age), np.log(beta + age)
            moments = self._stopped(rate, histories.last[piece], age)
            here = -rate * late - s * later
            odds = np.log(s) + moments.log - here
            small = np.exp(-np.abs(odds))
            gone = weights[piece] * np.where(odds > 0, 1.0, small) / (1 + small)
            still = weights[piece] - gone
            value += weights[piece] @ (here + np.maximum(odds, 0) + np.log1p(small))
            slopes -= [
                still @ late + gone @ moments.log_alpha,
                (still * rate) @ (1 / (alpha + age)) + (gone * rate) @ moments.over_alpha,
                still @ later + gone @ (moments.log_beta - 1 / s),
                s * (still @ (1 / (beta + age))) + (s + 1) * (gone @ moments.over_beta),
            ]
        return float(value), slopes

    def alive(self, histories: Histories) -> Reals:
        found = np.empty(len(histories))
        for piece in histories.pieces(ROWS):
            rate, age = self.r + histories.repeats[piece], histories.age[piece]
            here = -rate * np.log(self.alpha + age) - self.s * np.log(self.beta + age)
            found[piece] = expit(here - np.log(self.s) - self._stopped(rate, histories.last[piece], age).log)
        return found

    def expected_orders(self, histories: Histories, time: float) -> Reals:
        """Equation (41); (1 - y^(s-1)) / (s-1) is taken so that s = 1 is no exception."""
        spread = np.log1p(time / (self.beta + histories.age))
        power = (self.s - 1) * spread
        lasting = spread * np.where(np.abs(power) > 0, -np.expm1(-power) / np.where(power == 0, 1, power), 1)
        rate = (self.r + histories.repeats) * (self.beta + histories.age) / (self.alpha + histories.age)
        found: Reals = self.alive(histories) * rate * lasting
        return found

    def no_order_within(self, histories: Histories, time: float | Reals) -> Reals:
        """Stopped already, or silent until the end, or stopped in between and silent before."""
        found = np.empty(len(histories))
        times = np.broadcast_to(np.asarray(time, dtype=np.float64), len(histories))
        alive = self.alive(histories)
        for piece in histories.pieces(ROWS):
            rate, age = self.r + histories.repeats[piece], histories.age[piece]
            here = rate * np.log(self.alpha + age) + self.s * np.log(self.beta + age)
            end = age + times[piece]
            silent = np.exp(here - rate * np.log(self.alpha + end) - self.s * np.log(self.beta + end))
            stopped = self.s * np.exp(here + self._stopped(rate, age, end).log)
            found[piece] = 1 - alive[piece] * (1 - silent - stopped)
        return np.clip(found, 0.0, 1.0)

    def draw(self, histories: Histories, time: float, count: int, chance: np.random.Generator) -> Drawn:
        """Whoever has not stopped buys at a rate ~ Gamma(r + x, alpha + T) and stops at one ~ Gamma(s, beta + T)."""
        shape, age = (len(histories), count), histories.age[:, None]
        rate = chance.gamma((self.r + histories.repeats)[:, None], size=shape) / (self.alpha + age)
        with np.errstate(divide="ignore"):
            stops = chance.exponential(size=shape) * (self.beta + age) / chance.gamma(self.s, size=shape)
        return bought_once(rate * np.minimum(stops, time), chance)

    def _stopped(self, rate: Reals, start: Reals, end: Reals) -> Stopped:
        """I(start, end) for customers with r + x = `rate`, and means over its moments u of log(alpha+u), log(beta+u),
        1/(alpha+u) and 1/(beta+u).

        With v = log((m+u) / (m+start)), m the smaller of alpha and beta, the logarithm of the integrand is concave and
        as smooth as its distance pi from the nearest singularity makes it, whatever the parameters.
        """
        least = min(self.alpha, self.beta) + start
        one, two = least / (self.alpha + start), least / (self.beta + start)
        both = self.s + 1
        until = np.log1p((end - start) / least)

        def fall(v: Reals, rate: Reals, one: Reals, two: Reals) -> tuple[Reals, Reals, Reals]:
            """How far log alpha+u, log beta+u and the logarithm of the integrand have moved at v."""
            grown = np.expm1(v)
            by_alpha, by_beta = np.log1p(one * grown), np.log1p(two * grown)
            return by_alpha, by_beta, rate * by_alpha + both * by_beta - v

        for _ in range(DESCENTS):
            depth = fall(until, rate, one, two)[2]
            deep = depth > DEPTH
            if not np.any(deep):
                break
            grown = np.exp(until)
            steep = rate * one * grown / (1 + one * (grown - 1)) + both * two * grown / (1 + two * (grown - 1)) - 1
            # the curve is convex: from beyond, each of Newton's steps stays beyond
            until = np.where(deep, until - (depth - DEPTH) / np.where(deep, steep, 1), until)
        by_alpha, by_beta, depth = fall(until[:, None] * _POINTS, rate[:, None], one[:, None], two[:, None])
        parts = np.exp(-depth) * _WEIGHTS
        whole = parts.sum(axis=1)
        parts /= whole[:, None]
        base_alpha, base_beta = self.alpha + start, self.beta + start
        with np.errstate(divide="ignore"):
            size = np.log(whole * until)
        return Stopped(
            log=size + np.log(least) - rate * np.log(base_alpha) - both * np.log(base_beta),
            log_alpha=np.log(base_alpha) + (parts * by_alpha).sum(axis=1),
            log_beta=np.log(base_beta) + (parts * by_beta).sum(axis=1),
            over_alpha=(parts * np.exp(-by_alpha)).sum(axis=1) / base_alpha,
            over_beta=(parts * np.exp(-by_beta)).sum(axis=1) / base_beta,
        )
