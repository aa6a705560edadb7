"""Past days as lessons: what was known at the start of each, and who then bought nothing for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.predictions.bought import Bought
from stamm.predictions.buying.histories import Histories
from stamm.predictions.buying.pareto_nbd import ParetoNbd
from stamm.predictions.churn.features import Features, features

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
#: customers of a past day who are learned from; where there are more, they are drawn at random, the same each time
MOST, SEED = 25_000, 7


@dataclass(frozen=True)
class Cut:
    """A day, the features of its customers, their ids, and, where it is known, who left after it.

    `yardstick` is what a plain way of telling says of each, where there is one that no feature holds. `drawn` where it
    has some customers of the day and not all.
    """

    on: date
    features: Features
    customers: pa.Array
    left: Flags | None = None
    yardstick: Reals | None = None
    drawn: bool = False


@dataclass(frozen=True)
class Lessons:
    """Cuts laid on one another: rows of features, whether each left, and whose each is (equal for one customer)."""

    table: Reals
    left: Flags
    who: npt.NDArray[np.int64]


def cut(seen: Bought, horizon: int, recent: int, later: Bought | None = None) -> Cut:
    """The day of `seen`; `later` is what was known exactly `horizon` days after it, when its labels are complete.

    Who bought on none of the days in between has left. Nothing but the labels comes from `later`. Of a day with labels
    at most `MOST` customers are in it: more teach nothing more. The model of buying, whose word is a feature, is fitted
    to as many. Raises TooLittleError where none can be fitted.
    """
    some = _drawn(seen)
    histories, _ = Histories.collapsed(some.counts - 1, some.last - some.first, some.today - some.first)
    model = ParetoNbd.fit(histories).model
    whole = seen
    if later is not None:
        seen = some
    found = features(seen, model, horizon, recent)
    customers = seen.customers.take(pa.array(found.place))
    if later is None:
        return Cut(seen.on, found, customers)
    if later.today - seen.today != horizon:
        raise ValueError(f"labels of {horizon} days need what was known {horizon} days later, on no other day")
    place = pc.index_in(customers, value_set=later.customers)
    known = place.is_valid().to_numpy(zero_copy_only=False)
    last = later.last[place.fill_null(0).to_numpy()] if len(later.customers) else np.zeros(len(customers), np.int64)
    return Cut(seen.on, found, customers, left=~(known & (last >= seen.today)), drawn=seen is not whole)


def lessons(cuts: Sequence[Cut]) -> Lessons:
    """All that is learned from; raises ValueError for a cut whose labels are not known."""
    labels = [each.left for each in cuts if each.left is not None]
    if len(labels) < len(cuts) or not cuts:
        raise ValueError("nothing can be learned from a day before its labels are complete")
    who = pa.chunked_array([each.customers for each in cuts]).combine_chunks().dictionary_encode().indices
    return Lessons(
        np.vstack([each.features.table for each in cuts]), np.concatenate(labels), who.to_numpy().astype(np.int64)
    )


def _drawn(seen: Bought) -> Bought:
    """At most `MOST` of the customers."""
    if len(seen.starts) <= MOST:
        return seen
    return seen.some(np.sort(np.random.default_rng(SEED).choice(len(seen.starts), MOST, replace=False)))
