"""The Lorenz curve, point by point, and the Gini coefficient by its first definition."""

from datetime import date
from fractions import Fraction

from .metrics_costs import values_of_buyers
from .world import World, divide

#: customers, what they brought, and their part of everything brought
Point = tuple[int, int, Fraction | None]


def curve(world: World, start: date, end: date, by: str, first: str, points: int) -> dict[int, Point]:
    """By percentage of the customers who ordered: how many these are, and what they brought.

    Readings: from the best the number is rounded up, from the least it is down; who brought less than nothing
    brought nothing.
    """
    values = [max(value, 0) for value, _ in values_of_buyers(world, start, end, by)]
    if first == "least":
        values.reverse()
    found = {}
    for number in range(1, points + 1):
        exactly = Fraction(number, points) * len(values)
        count = exactly.__ceil__() if first == "best" else exactly.__floor__()
        found[number * 100 // points] = (count, sum(values[:count]), divide(sum(values[:count]), sum(values)))
    return found


def gini(world: World, start: date, end: date, by: str) -> Fraction | None:
    """Half the mean difference of two customers, over the mean: every pair is compared."""
    values = [max(value, 0) for value, _ in values_of_buyers(world, start, end, by)]
    apart = sum(abs(one - other) for one in values for other in values)
    return divide(apart, 2 * len(values) * sum(values))
