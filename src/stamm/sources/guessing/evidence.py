"""All that is known of a file when its meaning is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from stamm.lang.organisation import Organisation
from stamm.sources.guessing.conventions import Conventions
from stamm.sources.guessing.dependencies import Dependencies
from stamm.sources.guessing.numbers import Reals, values_of
from stamm.sources.guessing.roles import Roles
from stamm.sources.guessing.shape import Shape

Mask = npt.NDArray[np.bool_]
#: a dependency that holds for so many holds; the rest are slips
HOLDS = 0.98


@dataclass(frozen=True)
class Evidence:
    """The columns of a sample, what they look like, depend on and are called."""

    shapes: Mapping[str, Shape]
    roles: Roles
    conventions: Conventions
    organisation: Organisation
    _values: dict[str, Reals] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def dependencies(self) -> Dependencies:
        """What determines what."""
        return Dependencies(self.shapes)

    @property
    def rows(self) -> int:
        """Rows of the sample."""
        return self.dependencies.rows

    def values(self, column: str) -> Reals:
        """The numbers in a column, not-a-number where there is none."""
        if column not in self._values:
            self._values[column] = values_of(self.shapes[column].text, self.conventions.writing.decimal)
        return self._values[column]

    def level(self, column: str, order: str | None) -> str:
        """Whether a column is of the whole `order`, or of each `line` of it; nothing where no order has two.

        One that is filled in the first line of each order only is of the order.
        """
        if order is None or not self.dependencies.repeats(order):
            return ""
        holds = self.dependencies.determines(order, column)
        if holds is None:
            return "order" if self.shapes[column].filled else ""
        return "order" if holds >= HOLDS else "line"
