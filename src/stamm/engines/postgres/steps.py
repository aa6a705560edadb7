"""Values made step by step: each is named once, so that a query does not say it as often as it is used."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis import _
from ibis.common.deferred import Deferred

from stamm.engines.postgres.expressions import layered

#: cells; what is read in them; what rules make of that; what amounts are multiplied by; amounts in units
CELL, READ, RULED, FACTOR, SCALED = range(5)


class Steps:
    """Columns to come over a table. What is named in a step may use what was named in the steps before."""

    def __init__(self) -> None:
        self._steps: tuple[dict[str, Deferred], ...] = ({}, {}, {}, {}, {})
        self._count = 0

    def name(self, step: int, value: Deferred) -> Deferred:
        """The column that will hold the value from that step on."""
        self._count += 1
        name = f"step {self._count}"
        self._steps[step][name] = value
        return _[name]

    def over(self, table: ir.Table) -> ir.Table:
        """The table with all columns that were named."""
        for step in self._steps:
            table = layered(table.mutate(**step)) if step else table
        return table
