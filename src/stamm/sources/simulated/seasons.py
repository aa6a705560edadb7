"""When things happen: hours, weekdays, the year, Black Friday, Advent and the holidays, on the shop's own clocks.

A season is a time that runs faster when more happens. It runs over real instants, so the hour that clocks go through
twice has twice the business and the hour they skip has none.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from stamm.lang.stretches import stretches
from stamm.sources.local_time import DAY, SECOND, Whole
from stamm.sources.simulated.columns import Real
from stamm.sources.simulated.shop import Shop

HOUR = 3_600 * SECOND
_HOURS = np.array([3, 2, 1, 1, 1, 2, 5, 10, 16, 20, 23, 24, 25, 22, 21, 22, 24, 28, 33, 38, 36, 28, 17, 8], float)
_WEEKDAYS = np.array([1.05, 0.95, 0.95, 1.0, 1.0, 0.95, 1.1])
_BLACK_WEEK, _ADVENT, _HOLIDAYS, _SUMMER, _JANUARY = 2.2, 1.55, 0.45, 0.85, 0.8


def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


def _of_the_year(day: date) -> float:
    """How much more than usual happens on a day."""
    friday = black_friday(day.year)
    if friday - timedelta(days=4) <= day <= friday + timedelta(days=3):
        return _BLACK_WEEK
    if date(day.year, 11, 27) <= day <= date(day.year, 12, 20):
        return _ADVENT
    if day.month == 12 and day.day > 22:
        return _HOLIDAYS
    if day.month == 1:
        return _JANUARY
    return _SUMMER if day.month in {7, 8} else 1.0


class Season:
    """The shop's business time; `swing` says how strongly the days of the year differ."""

    def __init__(self, shop: Shop, swing: float = 1.0) -> None:
        self.edges: Whole = np.append(np.arange(shop.start, shop.end, HOUR), shop.end)
        known = stretches(shop.zone, shop.first.year, shop.until.year)
        seconds = self.edges[:-1] // SECOND
        local = seconds + known.offset[np.searchsorted(known.start, seconds, side="right") - 1]
        hours, days = local // 3_600 % 24, local // 86_400
        names, place = np.unique(days, return_inverse=True)
        year = np.array([_of_the_year(date(1970, 1, 1) + timedelta(days=int(day))) for day in names])
        weights = _HOURS[hours] * _WEEKDAYS[(days + 3) % 7] * year[place] ** swing
        lasting = np.diff(self.edges) / DAY
        run = np.concatenate([[0.0], np.cumsum(weights * lasting)])
        #: business days passed at each edge; on average one a day
        self.run: Real = run * (lasting.sum() / run[-1])

    def passed(self, moments: Whole) -> Real:
        """Business days from the start to moments (microseconds UTC)."""
        return np.interp(moments, self.edges, self.run)

    def moments(self, passed: Real) -> Whole:
        """When so many business days had passed; the reverse of `passed`."""
        return np.interp(passed, self.run, self.edges).astype(np.int64)

    def between(self, chance: np.random.Generator, since: Whole, until: Whole) -> Whole:
        """One random moment in each `since <= moment < until`, more likely when more happens."""
        low, high = self.passed(since), self.passed(until)
        found = self.moments(low + chance.random(len(since)) * (high - low))
        return np.clip(found, since, np.maximum(until - 1, since))
