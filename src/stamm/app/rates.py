"""Exchange rates from rates.csv: what one unit of another currency is worth from a day on."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from stamm.answers.world import Rate
from stamm.lang.errors import ProjectError
from stamm.lang.money import exponent, is_currency

HEADING = ("currency", "day", "rate")
SMALLEST = Decimal("1E-12")
LARGEST = Decimal("1E12")


def read_rates(file: Path, own: str) -> tuple[Rate, ...]:
    """The rates of a file with the columns currency, day, rate; raises ProjectError naming the line.

    Rates below 1E-12 or above 1E12, in minor units of the reported currency `own`, are refused.
    """
    found: list[Rate] = []
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        try:
            if reader.fieldnames is not None and not set(HEADING) <= set(reader.fieldnames):
                raise ValueError
            found.extend(_rate(row, own) for row in reader)
        except (KeyError, ValueError, TypeError, InvalidOperation, csv.Error) as error:
            raise ProjectError(
                "This is no exchange rate.",
                where=f"{file}, line {max(reader.line_num, 1)}",
                remedy="Write three columns: currency (USD), day (2024-01-01), rate (0.92).",
            ) from error
    return tuple(found)


def _rate(row: dict[str, str], own: str) -> Rate:
    currency, rate = row["currency"], Decimal(row["rate"])
    if not is_currency(currency) or currency == own or not rate.is_finite():
        raise ValueError
    factor = rate.scaleb(exponent(own) - exponent(currency))
    if not SMALLEST <= factor <= LARGEST:
        raise ValueError
    return Rate(currency, date.fromisoformat(row["day"]), factor)
