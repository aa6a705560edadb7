"""When something is due again: at a local hour of each day, of a weekday, or of a day of the month.

Clocks that change are met so: an hour that there is twice is taken the first time; an hour that there is not is as much
later as the clock was set forward (02:30 becomes 03:30). The 29th to 31st of a shorter month is its last day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

import msgspec

from stamm.lang.errors import UsageError
from stamm.lang.window import zone_named

Each = Literal["day", "week", "month"]


class Rhythm(msgspec.Struct, frozen=True):
    """A local hour in a zone; `on` is the weekday (1 is Monday) or the day of the month, and nothing for each day."""

    each: Each
    hour: int
    minute: int
    zone: str
    on: int = 1

    def checked(self) -> Rhythm:
        """The same; raises UsageError for an hour, a day or a zone that there is not."""
        most = {"day": 1, "week": 7, "month": 31}.get(self.each)
        if most is None or not 1 <= self.on <= most or not (0 <= self.hour < 24 and 0 <= self.minute < 60):
            raise UsageError(
                f"There is no {self.hour:02}:{self.minute:02} on day {self.on} of each {self.each}.",
                remedy="Choose an hour from 00:00 to 23:59, a weekday from 1 to 7, a day of the month from 1 to 31.",
            )
        zone_named(self.zone)
        return self

    def at(self, day: date) -> datetime:
        """The moment (UTC) of the hour on a local day."""
        local = datetime.combine(day, time(self.hour, self.minute), zone_named(self.zone))
        return local.astimezone(UTC)

    def after(self, moment: datetime) -> tuple[datetime, date]:
        """The first moment (UTC) after a moment, and its local day."""
        return next((self.at(day), day) for day in self._days(moment) if self.at(day) > moment)

    def last(self, moment: datetime, since: datetime) -> tuple[datetime, date]:
        """The last one at or before a moment, of those from `since` on, which is one itself."""
        found, day = since, since.astimezone(zone_named(self.zone)).date()
        while True:
            following = self.after(found)
            if following[0] > moment:
                return found, day
            found, day = following

    def _days(self, moment: datetime) -> Iterator[date]:
        """Local days on which it is due, from the day before a moment on."""
        day = moment.astimezone(zone_named(self.zone)).date() - timedelta(days=1)
        while True:
            if (
                self.each == "day"
                or (self.each == "week" and day.isoweekday() == self.on)
                or (self.each == "month" and day.day == min(self.on, monthrange(day.year, day.month)[1]))
            ):
                yield day
            day += timedelta(days=1)
