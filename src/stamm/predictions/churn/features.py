"""What is known of a customer's buying at the start of a day, as numbers that a model can learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stamm.predictions.bought import Bought
from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.kind import BuyingModel

Reals = npt.NDArray[np.float64]
#: days before the day of looking over which is counted
LATELY = (7, 14, 28, 56, 91, 182, 365)
SPENT = (28, 91, 182)
HALF_LIVES = (14, 45, 120)
WEEKS = 12


@dataclass(frozen=True)
class Features:
    """A row for each customer who bought in the days before; `names` are the columns of `table`.

    `place` says which of the customers of the day each row is. All times are in days, amounts in minor units.
    """

    names: tuple[str, ...]
    table: Reals
    place: npt.NDArray[np.intp]

    def __getitem__(self, name: str) -> Reals:
        """One column."""
        found: Reals = self.table[:, self.names.index(name)]
        return found


def features(seen: Bought, model: BuyingModel, horizon: int, recent: int) -> Features:
    """Features of everybody who bought in the last `recent` days before the day of looking.

    `model` is a model of buying fitted to what was known then; its word on the `horizon` days ahead is a feature, too.
    """
    ago = seen.today - seen.days
    found = {**_rhythm(seen), **_lately(seen, ago), **_spending(seen, ago)}
    histories, place = Histories.collapsed(seen.counts - 1, seen.last - seen.first, seen.today - seen.first)
    found["model_no_order"] = model.no_order_within(histories, horizon)[place]
    found["model_orders"] = model.expected_orders(histories, horizon)[place]
    active = np.flatnonzero(found["since_last"] <= recent)
    return Features(tuple(found), np.column_stack(list(found.values()))[active], active)


def _rhythm(seen: Bought) -> dict[str, Reals]:
    """How often, since when, in which gaps, and how unusual the present silence is beside them."""
    since, age, count = (
        each.astype(np.float64) for each in (seen.today - seen.last, seen.today - seen.first, seen.counts)
    )
    gaps = np.diff(seen.days, prepend=0).astype(np.float64)
    gaps[seen.starts] = np.nan
    later = np.nan_to_num(gaps)
    many = count - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(many > 0, seen.total(later) / many, np.nan)
        spread = np.sqrt(np.maximum(np.where(many > 1, seen.total(later**2) / many - mean**2, np.nan), 0))
        longest = np.where(many > 0, np.maximum.reduceat(later, seen.starts), np.nan)
        newest = np.where(many > 0, gaps[seen.starts + seen.counts - 1], np.nan)
        before = np.where(many > 1, gaps[seen.starts + np.maximum(seen.counts - 2, 0)], np.nan)
        return {
            "since_last": since,
            "since_first": age,
            "days": count,
            "pace": many / np.maximum(age, 1),
            "mean_gap": mean,
            "spread_of_gaps": spread,
            "longest_gap": longest,
            "last_gap": newest,
            "last_gap_to_mean": newest / mean,
            "last_two_gaps": (newest + before) / 2,
            "silence_to_mean": since / mean,
            "silence_to_longest": since / np.maximum(longest, 1),
            "silence_in_spreads": (since - mean) / np.maximum(spread, 1),
            "active_part": (seen.last - seen.first) / np.maximum(age, 1),
        }


def _lately(seen: Bought, ago: npt.NDArray[np.int64]) -> dict[str, Reals]:
    """How many days with a purchase there were lately, and whether they become fewer."""
    found = {f"days_in_{days}": seen.total(ago <= days) for days in LATELY}
    found |= {f"fading_{days}": seen.total(0.5 ** (ago / days)) for days in HALF_LIVES}
    found["change_28"] = found["days_in_28"] - seen.total((ago > 28) & (ago <= 56))
    found["change_91"] = found["days_in_91"] - seen.total((ago > 91) & (ago <= 182))
    week = (ago - 1) // 7
    new = np.concatenate([[True], (week[1:] != week[:-1]) | (seen.who[1:] != seen.who[:-1])])[: len(week)]
    found["weeks_of_12"] = seen.total(new & (week < WEEKS))
    return found


def _spending(seen: Bought, ago: npt.NDArray[np.int64]) -> dict[str, Reals]:
    """What was paid, and whether it becomes less."""
    mean = seen.total(seen.amount) / seen.counts
    last = seen.amount[seen.starts + seen.counts - 1]
    found = {
        "mean_amount": mean,
        "last_amount": last,
        "last_to_mean_amount": last / np.maximum(mean, 1),
        "largest_amount": np.maximum.reduceat(seen.amount, seen.starts) if len(seen.starts) else mean,
    }
    found |= {f"spent_in_{days}": seen.total(seen.amount * (ago <= days)) for days in SPENT}
    return found
