"""The days on which customers bought, as they were known at the start of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.drivers.before import Before
from stamm.analyses.kind import Question
from stamm.facts.orders import Orders
from stamm.lang.heeding import heed
from stamm.lang.window import Window

_ = ibis._

Reals = npt.NDArray[np.float64]
Wholes = npt.NDArray[np.int64]
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Bought:
    """Days with purchases before `on`, one row a customer and local day, customers together and their days ascending.

    Orders of one day are one purchase: people who order twice a day came once. `amount` is what was paid for goods that
    day in minor units, `days` counts from 1970-01-01. `customers` and `starts` (the first row of each) are as long.
    """

    on: date
    customers: pa.Array
    starts: Wholes
    days: Wholes
    amount: Reals

    @property
    def today(self) -> int:
        """The day of looking, counted as `days` are."""
        return (self.on - EPOCH).days

    @cached_property
    def counts(self) -> Wholes:
        """How many days with a purchase each customer has."""
        found: Wholes = np.diff(self.starts, append=len(self.days))
        return found

    @cached_property
    def who(self) -> Wholes:
        """Whose each row is: a place among the customers."""
        found: Wholes = np.repeat(np.arange(len(self.starts)), self.counts)
        return found

    @property
    def first(self) -> Wholes:
        """Each customer's first day."""
        return self.days[self.starts]

    @property
    def last(self) -> Wholes:
        """Each customer's last day."""
        found: Wholes = self.days[self.starts + self.counts - 1]
        return found

    def some(self, place: npt.NDArray[np.intp]) -> Bought:
        """Of some customers alone, by where they stand, ascending."""
        kept = np.zeros(len(self.starts), dtype=np.bool_)
        kept[place] = True
        rows, counts = kept[self.who], self.counts[place]
        starts: Wholes = np.cumsum(counts) - counts
        return Bought(self.on, self.customers.take(pa.array(place)), starts, self.days[rows], self.amount[rows])

    def total(self, values: npt.ArrayLike) -> Reals:
        """The sum of a column of rows, of each customer."""
        found: Reals = np.bincount(self.who, np.asarray(values, dtype=np.float64), len(self.starts)).astype(np.float64)
        return found


def bought(question: Question, on: date) -> Bought:
    """What known customers had bought by the start of a day: orders that stood then, whatever came of them since.

    Raises CurrencyError where an order is in a currency without a rate.
    """
    before = Before(question, Window(on, on + timedelta(days=1)), 1)
    orders = before.so_far("orders").filter(Orders().stands())
    days = orders.group_by("customer_id", "ordered_on").aggregate(
        amount=_.amount_minor.sum(), foreign=_.foreign.cast("int64").sum()
    )
    table = question.table(days)
    if pc.sum(table["foreign"]).as_py():
        raise question.foreign_money("orders")
    heed()
    named = table["customer_id"].combine_chunks().dictionary_encode()
    ascending = pc.sort_indices(named.dictionary)
    place = np.empty(len(ascending), dtype=np.int64)
    place[ascending.to_numpy()] = np.arange(len(ascending))
    who, on_day = place[named.indices.to_numpy()], table["ordered_on"].cast(pa.int32()).to_numpy().astype(np.int64)
    order = np.argsort((who << 32) + on_day)  # numbers sort in a tenth of the time that names and days do
    return Bought(
        on=on,
        customers=named.dictionary.take(ascending),
        starts=np.searchsorted(who[order], np.arange(len(ascending))).astype(np.int64),
        days=on_day[order],
        amount=table["amount"].cast(pa.float64()).to_numpy()[order],
    )


def came_of(seen: Bought, later: Bought) -> dict[str, Reals]:
    """What each customer of a day did from then on until a later one: days with an order, what was paid, the first.

    `first` is after how many days an order came, or NaN.
    """
    place = pc.index_in(seen.customers, value_set=later.customers)
    known = place.is_valid().to_numpy(zero_copy_only=False) if len(seen.customers) else np.zeros(0, np.bool_)
    of = place.fill_null(0).to_numpy().astype(np.intp)
    since = later.days >= seen.today
    totals = {"orders": later.total(since), "amount": later.total(later.amount * since)}
    first = np.full(len(later.starts), np.nan)
    inside = np.flatnonzero(since)[::-1]  # backwards, so that the first of each stays
    first[later.who[inside]] = later.days[inside] - seen.today
    if not len(later.starts):
        return {name: np.zeros(len(known)) for name in totals} | {"first": np.full(len(known), np.nan)}
    found = {name: np.where(known, column[of], 0.0) for name, column in totals.items()}
    return {**found, "first": np.where(known, first[of], np.nan)}
