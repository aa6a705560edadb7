"""What a retention table is asked, and in which of its periods a moment lies."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .calendar import unit_after, unit_start, units_later
from .clock import ONE_DAY, day_start, local_day
from .world import World


@dataclass(frozen=True)
class Settings:
    """As the analysis names them."""

    of: str = "customers"
    entry: str = "first_ever"
    begins_with: str = "order"
    returns_with: str = "same"
    least_minor: int = 0
    rule: str = "on"
    brackets: str = "1-3,4-7"
    minimum: int = 1
    period: str = "month"
    step_days: int = 1
    periods: int = 6
    cohort: str = "month"
    denominator: str = "start"


def period_of(world: World, settings: Settings, entered: datetime, moment: datetime) -> int:
    """The number of the period in which a later moment lies."""
    if settings.period == "step":
        number = 0
        while entered + (number + 1) * settings.step_days * timedelta(hours=24) <= moment:
            number = number + 1
        return number
    first = unit_start(local_day(world.zone, entered), settings.period)
    wanted = unit_start(local_day(world.zone, moment), settings.period)
    number = 0
    while first < wanted:
        first = unit_after(first, settings.period)
        number = number + 1
    return number


def period_begins_on(settings: Settings, day: date, period: int) -> date:
    """For who entered on that day."""
    if settings.period == "step":
        return day + period * settings.step_days * ONE_DAY
    return units_later(day, settings.period, period)


def period_over_at(world: World, settings: Settings, entered: datetime, period: int) -> datetime:
    if settings.period == "step":
        return entered + (period + 1) * settings.step_days * timedelta(hours=24)
    return day_start(world.zone, units_later(local_day(world.zone, entered), settings.period, period + 1))


def places(settings: Settings) -> list[tuple[int, int]]:
    """First and last period of each column of the table."""
    if settings.rule != "bracket":
        return [(period, period) for period in range(settings.periods + 1)]
    found = []
    for text in settings.brackets.split(","):
        ends = text.split("-")
        found.append((int(ends[0]), int(ends[-1])))
    if found[0][0] > 0:
        found.insert(0, (0, 0))
    return found
