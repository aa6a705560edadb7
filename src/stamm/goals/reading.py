"""Numbers and days as people write them into a form or on a command line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from math import isfinite

from stamm.goals.aim import Step
from stamm.lang.errors import UsageError
from stamm.lang.language import MINUS, Code
from stamm.lang.money import exponent
from stamm.lang.window import Window

_GROUPED = {"en": re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?"), "de": re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?")}


def number_of(text: str, unit: str, currency: str, code: Code) -> float:
    """A value from what somebody wrote: a share in percent (94 or 94%), money in major units (1,200.50).

    English and German differ in the signs for thousands and decimals. Raises UsageError for what is no number.
    """
    sign = {"en": ".", "de": ","}[code]
    bare = re.sub(r"[\s%€$£]|[A-Z]{3}", "", text.strip()).replace(MINUS, "-")
    if _GROUPED[code].fullmatch(bare):
        bare = bare.replace({"en": ",", "de": "."}[code], "")
    try:
        value = float(bare.replace(sign, "."))
        if not isfinite(value) or "_" in bare:
            raise ValueError
    except ValueError as error:
        raise UsageError(f"{text!r} is no number.", remedy="Write digits alone, such as 1200.") from error
    if unit == "share":
        return value / 100
    return round(value * 10 ** exponent(currency)) if unit == "money" else value


def steps_of(lines: Iterable[str], unit: str, currency: str, code: Code) -> tuple[Step, ...]:
    """A path from lines such as `2026-W40 12000`: where it is to be at the end of that week, month or day."""
    found = []
    for line in lines:
        if not line.strip():
            continue
        name, _, value = line.strip().partition(" ")
        try:
            end = Window.parse(name).end
        except UsageError as error:
            remedy = "Write a week and its value on each line, such as: 2026-W40 12000"
            raise UsageError(f"{line.strip()!r} is no step of a path.", remedy=remedy) from error
        found.append(Step(end - timedelta(days=1), number_of(value, unit, currency, code)))
    return tuple(found)


def day_of(text: str) -> date:
    """A day; raises UsageError for what is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", remedy="Write it as 2026-11-20.") from error
