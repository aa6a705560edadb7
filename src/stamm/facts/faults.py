"""Why a row is not sound: the reasons that are the same wherever it comes from, each read after the column's name."""

from __future__ import annotations

#: years that a moment or a day may lie in
FIRST_YEAR, LAST_YEAR = 1900, 2199

MISSING = "is missing; the column must be filled in every row"
NO_CURRENCY_BESIDE = "is missing beside an amount; fill it in every row, or leave the column out of the whole file"

NO_MINOR = "is not whole minor units; write 12.30 EUR as 1230 here, or as 12.30 in a column named without _minor"
NO_WHOLE = "is not a whole number"
NO_NUMBER = "is not a number; write it with a decimal point and without thousands separators, such as 1234.5"
TOO_LARGE = "is too large"
TOO_FINE = "has more digits after the point than its currency has; round it or correct the currency"
NO_FLAG = "is neither true nor false"
NO_OBJECT = 'is not a JSON object; write it as {"key": "value"}'
NO_CURRENCY = "is not an ISO 4217 currency; write three capitals such as EUR"

NO_DAY = "is not a day; write it as 2024-02-10"
OUT_OF_RANGE = f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}; leave the cell empty where it is not known"

NO_KEY = "is empty, so nobody knows with which rows it belongs together"
DIFFERS = "is not the same in all rows that belong together; say with `take` which one counts"
PARTLY = "is filled in some of the rows that belong together and empty in others; say with `default` what empty means"


def skipped(zone: str) -> str:
    """A local time that does not exist."""
    return f"was skipped by a clock change in {zone}; add the zone, such as +01:00, or correct the time"


def none_of(choices: tuple[str, ...]) -> str:
    """A word that is not known."""
    return f"is not one of {', '.join(choices)}"


def below(low: float) -> str:
    """A number under the least one."""
    return "is negative" if low == 0 else f"is below {low:g}"


def before(earlier: str) -> str:
    """A moment before the one it comes after."""
    return f"lies before {earlier}"


def outside(border: str, *, above: bool) -> str:
    """A number beyond a border in the same row."""
    return f"lies {'above' if above else 'below'} {border}"


def of_sign(kind: str, sign: int) -> str:
    """A number of the wrong sign for its row's kind."""
    return f"is {'negative' if sign > 0 else 'positive'} in a row of kind {kind}"


def needs_one_of(names: tuple[str, ...]) -> str:
    """A row that carries none of the columns of which it must carry one."""
    return f"is missing, and {names[-1]} too; fill in one"
