"""The sample of CDNOW on which the papers fit their models: 2,357 customers, 39 weeks, then 39 weeks to foretell."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt

from stamm.predictions.buying.histories import Histories
from stamm.sources.packaged import file_in, folder_of

WEEKS, ALL_WEEKS = 39, 78
_BEGINS = date(1997, 1, 1).toordinal()
Reals = npt.NDArray[np.float64]


def _file(name: str) -> str:
    return file_in(folder_of("lifetimes", "CDNOW"), f"datasets/{name}", "CDNOW").read_text("ascii")


@cache
def histories() -> Histories:
    """Repeats, last and age in weeks, as Fader and Hardie published them."""
    lines = list(csv.DictReader(_file("cdnow_customers_summary.csv").splitlines()))
    return Histories.collapsed(*([float(line[name]) for line in lines] for name in ("frequency", "recency", "T")))[0]


@cache
def spending() -> tuple[Reals, Reals]:
    """Of the 946 customers who came back: the number of their repeats, and the mean of these in dollars."""
    lines = list(csv.DictReader(_file("cdnow_customers_summary_with_transactions.csv").splitlines()))
    both = np.array([(float(line["x"]), float(line["zbar"])) for line in lines])
    both = both[both[:, 0] > 0]
    return both[:, 0], both[:, 1]


@cache
def repeats_in_all() -> int:
    """Repeat purchases in the whole 78 weeks, days on which somebody bought counted once."""
    first: dict[str, int] = {}
    bought: set[tuple[str, int]] = set()
    for line in _file("CDNOW_sample.txt").splitlines():
        _, customer, day, *_ = line.split()
        on = date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal() - _BEGINS
        bought.add((customer, on))
        first[customer] = min(first.get(customer, on), on)
    return sum(1 for customer, on in bought if on > first[customer] and on < ALL_WEEKS * 7)
