"""Points and weights for the few integrals of the models that no closed form gives safely."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]


def legendre(count: int) -> tuple[Reals, Reals]:
    """Gauss-Legendre points and weights on 0..1, each of shape (count,)."""
    points, weights = np.polynomial.legendre.leggauss(count)
    return (points + 1) / 2, weights / 2


def beta(first: float, second: Reals, count: int) -> tuple[Reals, Reals]:
    """Points on 0..1 and weights, both (n, count), for means under Beta(first, second[i]); weights sum to 1.

    Golub and Welsch (1969): eigenvalues of the matrix of Jacobi's recurrence. Unlike the hypergeometric series this
    has no bad case: parameters may be tiny, in the thousands, or add up to a whole number.
    """
    p, q = (second - 1)[:, None], first - 1
    n = np.arange(count, dtype=np.float64)
    both = p + q
    middle = np.where(n == 0, (q - p) / (both + 2), (q - p) * both / ((2 * n + both + (n == 0)) * (2 * n + both + 2)))
    n = n[1:]
    ends = np.where(n == 1, 1.0, (n + both) / (2 * n + both - 1 + (n == 1) * 2.0))
    beside = np.sqrt(4 * n * (n + p) * (n + q) * ends / ((2 * n + both) ** 2 * (2 * n + both + 1)))
    matrix = np.zeros((len(second), count, count))
    every = np.arange(count)
    matrix[:, every, every] = middle
    matrix[:, every[1:], every[:-1]] = matrix[:, every[:-1], every[1:]] = beside
    points, vectors = np.linalg.eigh(matrix)
    return np.clip((points + 1) / 2, 0.0, 1.0), vectors[:, 0, :] ** 2
