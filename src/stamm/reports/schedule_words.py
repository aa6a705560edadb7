"""When something goes out, in words."""

from __future__ import annotations

from stamm.jobs import Rhythm
from stamm.lang.language import Language


def rhythm_words(rhythm: Rhythm, say: Language) -> str:
    """Such as `Mondays at 09:00`."""
    hour = f"{rhythm.hour:02}:{rhythm.minute:02}"
    if rhythm.each == "day":
        return say("daily at {hour}", hour=hour)
    if rhythm.each == "month":
        return say("on day {day} of the month at {hour}", day=rhythm.on, hour=hour)
    return say("{weekday} at {hour}", weekday=weekdays(say)[rhythm.on - 1], hour=hour)


def weekdays(say: Language) -> tuple[str, ...]:
    """The days of a week, as something happens on each of them."""
    return (
        say("Mondays"),
        say("Tuesdays"),
        say("Wednesdays"),
        say("Thursdays"),
        say("Fridays"),
        say("Saturdays"),
        say("Sundays"),
    )
