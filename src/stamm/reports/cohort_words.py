"""What a cohort table is called under its settings: its heads, and what it shows in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stamm.analyses import Analysis
from stamm.analyses.calendar import STEP
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.lang.window import Window, moved, windows
from stamm.reports.set_words import value_words

ORDER, VISIT = "order", "visit"
#: settings that are left as they come where a table can be told of in the simplest words
_PLAIN = ("entry", "rule", "minimum", "least_minor", "of", "denominator", "returns_with")


@dataclass(frozen=True)
class Heads:
    """What stands at the head of the table: by what cohorts begin, and what coming back is called.

    `unit` is one period, `after` says from when periods are counted, `share` what a cell shows.
    """

    begun: str
    after: str
    unit: str
    share: str
    back: str


def is_plain(analysis: Analysis) -> bool:
    """Whether it shows the share of customers who came back in each period, by the sign they began with."""
    came = type(analysis).settings_declared()
    plain = all(analysis.settings[name] == came[name].default for name in _PLAIN)
    return plain and analysis.settings["begins_with"] in (ORDER, VISIT)


def is_months(analysis: Analysis) -> bool:
    """Whether it is the same by calendar months, which is told in the simplest words."""
    return is_plain(analysis) and analysis.settings["cohort"] == analysis.settings["period"] == "month"


def heads_of(analysis: Analysis, say: Language) -> Heads:
    """The heads of a cohort table."""
    sign = analysis.settings["begins_with"]
    begun = {ORDER: say("First order"), VISIT: say("First visit")}.get(sign, say("Beginning"))
    if analysis.settings["entry"] != "first_ever":
        begun = say("Beginning")
    if not is_plain(analysis):
        return Heads(begun, _after(analysis, say), _unit(analysis, say), _shown(analysis, say), say("came back"))
    share, back = (
        (say("Share who ordered, %"), say("ordered")) if sign == ORDER else (say("Share who came, %"), say("came"))
    )
    return Heads(begun, _after(analysis, say), _unit(analysis, say), share, back)


def about_of(analysis: Analysis, say: Language) -> str:
    """What the table shows, in a sentence."""
    if not is_months(analysis):
        return analysis.sentence(say.code)
    if analysis.settings["begins_with"] == ORDER:
        return say("Of those whose first order fell in a month, the share who ordered again in each month after it.")
    return say("Of those whose first visit fell in a month, the share who came again in each month after it.")


def meaning_of(answer: TableAnswer, say: Language) -> str:
    """To which cohort a customer belongs, when a cell is empty, and what the last row is."""
    analysis = answer.analysis
    if not is_months(analysis):
        return say(
            "A cell is empty until its period is over for the whole cohort. The last row divides all who came back by "
            "all who could have; it is not the mean of the percentages."
        )
    first = (
        say("A customer belongs to the month of the first order ever, in {zone}.", zone=answer.zone)
        if analysis.settings["begins_with"] == ORDER
        else say("A customer belongs to the month of the first visit ever, in {zone}.", zone=answer.zone)
    )
    rest = say(
        "Month 3 is the third calendar month after it, and whoever comes back in it counts once. A cell is empty "
        "until its month is over for the whole cohort. The last row divides all who came back by all who could "
        "have; it is not the mean of the percentages."
    )
    return f"{first} {rest}"


def period_of(analysis: Analysis, cohort: Window, period: int) -> Window | None:
    """The window that a period of a cohort is, where all of the cohort have the same one."""
    unit = analysis.settings["period"]
    if unit != analysis.settings["cohort"] or analysis.settings["rule"] != "on":
        return None
    first = moved(cohort.start, unit, period)
    return windows(first, moved(first, unit, 1), unit)[0]


def _unit(analysis: Analysis, say: Language) -> str:
    return {
        "day": say("day"),
        "week": say("week"),
        "month": say("month"),
        "quarter": say("quarter"),
        "year": say("year"),
        STEP: say("step"),
    }[analysis.settings["period"]]


def _after(analysis: Analysis, say: Language) -> str:
    unit, days = analysis.settings["period"], analysis.settings["step_days"]
    steps = say("Days of 24 hours") if days == 1 else say("Steps of {count} times 24 hours", count=say.number(days))
    units = {
        "day": say("Days"),
        "week": say("Weeks"),
        "month": say("Months"),
        "quarter": say("Quarters"),
        "year": say("Years"),
        STEP: steps,
    }[unit]
    if analysis.settings["entry"] != "first_ever":
        return say("{units} after the beginning", units=units)
    after: dict[Any, str] = {
        ORDER: say("{units} after the first order", units=units),
        VISIT: say("{units} after the first visit", units=units),
    }
    return after.get(analysis.settings["begins_with"], say("{units} after the beginning", units=units))


def _shown(analysis: Analysis, say: Language) -> str:
    """What is counted, and by what it is divided."""
    declared = analysis.settings_declared()
    of, by = (value_words(declared[name], analysis.settings[name], say) for name in ("of", "denominator"))
    shown = say("{counted}, divided by {divisor}", counted=of, divisor=by)
    unit = next(column.unit for column in analysis.columns() if column.name == "value")
    return f"{shown[:1].upper()}{shown[1:]}{', %' if unit == 'share' else ''}"
