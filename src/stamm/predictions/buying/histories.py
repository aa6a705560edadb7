"""What a model of buying knows of customers: how often they came back, when last, and since when they are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


class Distinct(NamedTuple):
    """The different values of a column, ascending, and where in them each row's value stands."""

    values: Reals
    place: Places


@dataclass(frozen=True)
class Histories:
    """Buying histories, one row a different one; all columns are as long.

    `repeats` counts the purchases after the first one, `last` is the time from the first to the last of them (0
    without repeats), `age` the time from the first purchase to the day of looking, and `customers` how many customers
    have this history. Times are in any one unit, which is then the unit of every model fitted to them.
    """

    repeats: Reals
    last: Reals
    age: Reals
    customers: Reals

    def __post_init__(self) -> None:
        sound = (
            (self.repeats >= 0) & (self.last >= 0) & (self.last <= self.age) & ((self.repeats > 0) | (self.last == 0))
        )
        if not np.all(sound):
            row = int(np.argmin(sound))
            told = f"{self.repeats[row]:g} repeats, the last after {self.last[row]:g} of {self.age[row]:g}"
            raise ValueError(f"no customer has such a history: {told}")

    @classmethod
    def collapsed(cls, repeats: npt.ArrayLike, last: npt.ArrayLike, age: npt.ArrayLike) -> tuple[Self, Places]:
        """Equal customers put together, and the row of each customer.

        In days a shop's customers share few histories, so that fitting costs a fraction of what each row alone would.
        """
        columns = [np.asarray(each, dtype=np.float64) for each in (repeats, last, age)]
        ranks = [np.unique(each, return_inverse=True) for each in columns]
        key = np.zeros(len(columns[0]), dtype=np.int64)
        for values, place in ranks:
            key = key * len(values) + place
        _, first, place, customers = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
        one, two, three = (each[first] for each in columns)
        return cls(one, two, three, customers.astype(np.float64)), place

    def of(self, place: Places) -> Self:
        """The histories of single customers, by where they stand among these."""
        return type(self)(self.repeats[place], self.last[place], self.age[place], np.ones(len(place)))

    def __len__(self) -> int:
        return len(self.repeats)

    @cached_property
    def total(self) -> float:
        """How many customers there are."""
        return float(self.customers.sum())

    @cached_property
    def of_repeats(self) -> Distinct:
        """The different numbers of repeats: what depends on these alone is computed once for each."""
        return Distinct(*np.unique(self.repeats, return_inverse=True))

    @cached_property
    def of_last(self) -> Distinct:
        """The different times of the last purchase."""
        return Distinct(*np.unique(self.last, return_inverse=True))

    @cached_property
    def of_age(self) -> Distinct:
        """The different ages."""
        return Distinct(*np.unique(self.age, return_inverse=True))

    def pieces(self, rows: int) -> Iterator[slice]:
        """Slices of at most so many rows, so that tables of rows by nodes stay small."""
        return (slice(start, start + rows) for start in range(0, len(self), rows))
