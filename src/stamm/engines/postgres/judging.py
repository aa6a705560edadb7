"""Rows of a table as facts: each with the first of its faults, where it has one.

What an import would set aside is not sound here either: see `sources/checking` and `sources/mapped`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import ibis
import ibis.expr.types as ir
from ibis import _
from ibis.common.deferred import Deferred

from stamm.engines.postgres.cells import BOUND, DECIMAL
from stamm.engines.postgres.expressions import layered
from stamm.engines.postgres.filling import Filling
from stamm.facts import imported
from stamm.facts.columns import Column
from stamm.facts.faults import (
    DIFFERS,
    MISSING,
    NO_CURRENCY_BESIDE,
    NO_KEY,
    PARTLY,
    TOO_LARGE,
    before,
    below,
    needs_one_of,
    of_sign,
    outside,
)

#: the column with the number of a row's first fault, null where it is sound
FAULT = "_fault"
#: columns of rows that are brought together: how many there are, and the parts of what they have in common
_ROWS, _KEY = "_rows", "_key"


@dataclass(frozen=True)
class Judged:
    """The columns that a mapping fills, and `_fault`: the place of column and reason in `told`, 1 being the first.

    `lines` has a row for each of the table: `kept` says whether the mapping does not leave it out.
    """

    facts: ir.Table
    told: tuple[tuple[str, str], ...]
    lines: ir.Table


class _Verdict:
    """What may be wrong with a row; the first that is so counts. `only`: the numbers of faults that are looked for."""

    def __init__(self, only: Collection[int] | None) -> None:
        self.told: list[tuple[str, str]] = []
        self._only, self._cases = only, list[tuple[Deferred, Deferred]]()

    def blame(self, rows: Deferred, column: str, reason: str) -> None:
        """These rows are not sound, for this reason, unless they have one already."""
        self.told.append((column, reason))
        number = len(self.told)
        if self._only is None or number in self._only:
            self._cases.append((rows, ibis.literal(number, "int32")))

    def number(self) -> Deferred:
        """The number of the first fault since the last call, null where there is none."""
        cases, self._cases = self._cases, []
        nothing = ibis.null("int32")
        return ibis.cases(*cases, else_=nothing) if cases else nothing


def judge(filling: Filling, only: Collection[int] | None = None) -> Judged:
    """The facts of one mapping; where it has `each`, one for all rows that are equal there.

    `only`: the numbers of the faults that there are, where that is known; no others are looked for.
    """
    mapping, cells, verdict = filling.mapping, filling.cells, _Verdict(only)
    read = filling.read()
    for name, one in filling.asked.items():
        for rows, reason in one.faults:
            verdict.blame(rows, name, reason)
    for name, one in read.items():
        for rows, reason in one.faults:
            verdict.blame(rows, filling.told(name), reason)
    money = [one.given for name, one in read.items() if filling.columns[name].money]
    if "currency" in read and money:
        verdict.blame(~read["currency"].given & reduce(or_, money), filling.told("currency"), NO_CURRENCY_BESIDE)
    keys = {f"{_KEY} {place}": cells.text(name) for place, name in enumerate(mapping.each)}
    made = cells.steps.over(cells.relation.table)
    values = {name: one.value for name, one in read.items()}
    facts = layered(made.filter(filling.kept).select(**keys, **values, **{FAULT: verdict.number()}))
    if keys:
        facts = _together(facts, list(keys), filling, verdict)
    _blame_facts(verdict, filling, {name: one.bare for name, one in read.items()})
    facts = facts.mutate(**{FAULT: _[FAULT].coalesce(verdict.number())})
    return Judged(facts, tuple(verdict.told), made.select(kept=filling.kept))


# -- rows that become one ------------------------------------------------------------------------------------
def _together(lines: ir.Table, keys: list[str], filling: Filling, verdict: _Verdict) -> ir.Table:
    """One row for all that have the same keys; one unsound line makes all of them unsound."""
    found: dict[str, Deferred] = {FAULT: _[FAULT].min(), _ROWS: _.count()}
    made: dict[str, Deferred] = {}
    verdict.blame(reduce(and_, (_[key].isnull() for key in keys)), filling.mapping.each[0], NO_KEY)
    for name in lines.columns:
        if name in found or name in keys:
            continue
        told, take, kind = filling.told(name), filling.rules[name].take, filling.columns[name].type
        made[name] = _[name]
        if take == "sum":
            filled, large = _[f"{name} filled"], _[name].abs() > BOUND
            found[name], found[f"{name} filled"] = _[name].cast(DECIMAL).sum(), _[name].count()
            verdict.blame((filled > 0) & (filled < _[_ROWS]), told, PARTLY)
            verdict.blame(large, told, TOO_LARGE)
            whole = large.ifelse(ibis.null(DECIMAL), _[name])
            made[name] = whole.cast("float64" if kind == "real" else "int64")
            continue
        if take == "agree":
            found[f"{name} different"] = _[name].nunique()
            verdict.blame(_[f"{name} different"] > 1, told, DIFFERS)
        found[name] = _[name].any() if kind == "flag" else _[name].min() if take == "lowest" else _[name].max()
    grouped = lines.group_by(keys).aggregate(**found)
    return layered(grouped.select(**made, **{FAULT: _[FAULT].coalesce(verdict.number())}))


# -- facts ---------------------------------------------------------------------------------------------------
def _blame_facts(verdict: _Verdict, filling: Filling, bare: Mapping[str, bool]) -> None:
    fact = imported()[filling.mapping.fact]
    for name in bare:
        column, told = filling.columns[name], filling.told(name)
        if column.required and name in fact.carried():
            verdict.blame(_[name].isnull(), told, MISSING)
        if column.low is not None:
            verdict.blame(_[name] < column.low, told, below(column.low))
    if fact.one_of:
        missing = [_[name].isnull() for name in fact.one_of if name in bare]
        verdict.blame(reduce(and_, missing), fact.one_of[0], needs_one_of(fact.one_of))
    for name in bare:
        for rows, reason in _beside(name, filling.columns[name], bare):
            verdict.blame(rows, filling.told(name), reason)


def _beside(name: str, column: Column, bare: Mapping[str, bool]) -> Iterator[tuple[Deferred, str]]:
    """Cells that do not go with another of their row; a bare date may be the whole day or its first instant."""
    earlier = column.follows or column.ends
    if earlier in bare:
        end = _[name] + ibis.interval(hours=24) if bare[name] and not column.ends else _[name]
        yield end < _[earlier], before(earlier)
    low, high = column.within or ("", "")
    if low in bare:
        yield _[name] < _[low], outside(low, above=False)
    if high in bare:
        yield _[name] > _[high], outside(high, above=True)
    for kind, sign in column.signs.items() if "kind" in bare else ():
        yield (_[name] * sign < 0) & (_["kind"] == kind), of_sign(kind, sign)
