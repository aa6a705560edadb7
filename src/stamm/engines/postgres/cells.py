"""Columns of a table of the shop, read in the types of facts; what cannot be read is a fault with its reason.

The same cells are sound as when the table is exported and the file is imported, and give the same values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import reduce
from operator import or_

import ibis
import ibis.expr.datatypes as dt
from ibis import _
from ibis.common.deferred import Deferred

from stamm.engines.postgres.catalogue import Relation
from stamm.engines.postgres.expressions import cell, from_epoch, is_object, moment_of, skipped_by
from stamm.engines.postgres.steps import CELL, READ, Steps
from stamm.facts.faults import FIRST_YEAR, LAST_YEAR, NO_DAY, NO_NUMBER, NO_OBJECT, OUT_OF_RANGE, TOO_LARGE, skipped
from stamm.facts.mapping import Writing
from stamm.lang.errors import ProjectError

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$"
LONGEST_NUMBER = 100
#: numbers below it fit into 64 bits
BOUND = 10**18
#: floats hold whole numbers exactly up to here
EXACT = 2**53
DECIMAL, MOMENT, LOCAL = dt.Decimal(), dt.Timestamp("UTC"), dt.timestamp
#: numbers that stand for a moment, with the milliseconds of one
EPOCHS: dict[tuple[str, ...], int] = {("unix",): 1000, ("unix-ms",): 1}
_YEARS = (datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC))

Faults = tuple[tuple[Deferred, str], ...]


@dataclass(frozen=True)
class Read:
    """A value; whether it was given at all, sound or not; and where what was wrong: there the value means nothing.

    `bare` moments were a date without a time.
    """

    value: Deferred
    given: Deferred
    faults: Faults = ()
    bare: bool = False

    @property
    def faulty(self) -> Deferred:
        """Whether anything was wrong."""
        return reduce(or_, (rows for rows, _reason in self.faults), ibis.literal(value=False))


@dataclass
class Cells:
    """The columns of a table by name. Raises ProjectError for a column that is not there or cannot be read so.

    `zone` is that of local times, `where` the place of the mapping in stamm.toml.
    """

    relation: Relation
    writing: Writing
    zone: str
    where: str
    steps: Steps = field(default_factory=Steps)
    _texts: dict[str, Deferred] = field(default_factory=dict)
    _numbers: dict[str, Read] = field(default_factory=dict)

    def kind(self, name: str) -> str:
        """What a column holds."""
        if name in self.relation.kinds:
            return self.relation.kinds[name]
        raise self._unreadable(name)

    # -- text ------------------------------------------------------------------------
    def text(self, name: str) -> Deferred:
        """Its cells as text without white space around it; null where nothing is left."""
        if name not in self._texts:
            column = _[name]
            if self.kind(name) == "float":
                written = column.cast("string")
                short = (column.abs() <= EXACT) & (column == column.floor())
                column = short.ifelse(written.cast(DECIMAL).cast("string"), written)
            self._texts[name] = self.steps.name(CELL, cell(column))
        return self._texts[name]

    # -- numbers ---------------------------------------------------------------------
    def number(self, name: str, told: str) -> Read:
        """Its cells as decimals of less than 10^18; `told` is what is filled from them."""
        if name not in self._numbers:
            self._numbers[name] = self._number(name, told)
        return self._numbers[name]

    def _number(self, name: str, told: str) -> Read:
        kind, column = self.kind(name), _[name]
        if kind == "whole":
            number = self.steps.name(CELL, column.cast(DECIMAL))
        elif kind == "decimal":  # what is no number, or has no end, is not nothing apart from itself
            number = self.steps.name(CELL, (column - column == 0).ifelse(column, ibis.null(DECIMAL)))
        elif kind == "float":
            finite = column.abs() < float("inf")
            number = self.steps.name(CELL, finite.ifelse(column.cast("string").cast(DECIMAL), ibis.null(DECIMAL)))
        elif kind != "text":
            raise self.cannot(told, f"{name} is {self.relation.types[name]}, which is no number", "numeric")
        elif (self.writing.decimal, self.writing.thousands) != (".", ""):
            raise self.cannot(told, f"{name} is a text with numbers in a writing of their own", "numeric")
        else:
            column = self.text(name)
            written = column.re_search(NUMBER) & (column.length() <= LONGEST_NUMBER)
            number = self.steps.name(READ, written.ifelse(column.cast(DECIMAL), ibis.null(DECIMAL)))
        given, near = column.notnull(), number.abs() < BOUND
        bounded = near.ifelse(number, ibis.null(DECIMAL))
        return Read(bounded, given, ((given & number.isnull(), NO_NUMBER), (~near.fill_null(True), TOO_LARGE)))

    # -- moments, days, the rest -----------------------------------------------------
    def moment(self, name: str, formats: Sequence[str], told: str) -> Read:
        """Its cells as moments; local times and days are those of the mapping's time zone."""
        kind, column = self.kind(name), _[name]
        if kind == "moment":
            return _in_years(column, column, MOMENT)
        if kind in {"local", "day"}:
            found = _in_years(column, column.cast(LOCAL), LOCAL)
            local, bare = self.steps.name(CELL, found.value), kind == "day"
            missing = skipped_by(local, self.zone, bare).fill_null(False)
            value = self.steps.name(READ, moment_of(local, self.zone))
            return Read(value, found.given, (*found.faults, (missing, skipped(self.zone))), bare)
        if kind == "whole" and tuple(formats) in EPOCHS:
            size = EPOCHS[tuple(formats)]
            first, end = (int(moment.timestamp()) * 1000 // size for moment in _YEARS)
            within = (column >= first) & (column < end)
            value = from_epoch(within.ifelse(column, ibis.null("int64")) * size)
            return Read(value, column.notnull(), ((~within.fill_null(True), OUT_OF_RANGE),))
        raise self.cannot(told, f"{name} is {self.relation.types[name]}, which holds no moment", "timestamptz")

    def day(self, name: str, told: str) -> Read:
        """Its cells as days; a local time is one if it is midnight."""
        kind, column = self.kind(name), _[name]
        if kind not in {"day", "local"}:
            raise self.cannot(told, f"{name} is {self.relation.types[name]}, which holds no day", "date")
        found = _in_years(column, column.cast(LOCAL), LOCAL)
        local = self.steps.name(CELL, found.value)
        day = local.cast("date")
        return Read(day, found.given, (*found.faults, ((day.cast(LOCAL) != local).fill_null(False), NO_DAY)))

    def object(self, name: str, told: str) -> Read:
        """Its cells as text of JSON objects."""
        if self.kind(name) != "json":
            raise self.cannot(told, f"{name} is {self.relation.types[name]}, which may hold no JSON", "jsonb")
        text = self.text(name)
        return Read(text, text.notnull(), ((~is_object(_[name]).fill_null(True), NO_OBJECT),))

    # -- what cannot be --------------------------------------------------------------
    def cannot(self, told: str, why: str, wanted: str = "") -> ProjectError:
        """A rule that cannot be followed here, and what to do instead."""
        remedy = (
            "Let a view in which it is done stand in the database and name it in `from`, or import the table as a file."
        )
        if wanted:
            remedy = remedy.replace("in which it is done", f"with that column as {wanted}")
        return ProjectError(f"The database cannot fill {told}: {why}.", where=self.where, remedy=remedy)

    def _unreadable(self, name: str) -> ProjectError:
        types = self.relation.types
        if name in types:
            return self.cannot(name, f"Stamm does not read columns of the type {types[name]}", "text or a number")
        near = get_close_matches(name, types, n=1)
        return ProjectError(
            f"{self.relation.shown} has no column {name} that the user of the database may read.",
            where=self.where,
            remedy=f"{f'Perhaps {near[0]}? ' if near else ''}Columns: {', '.join(types)}.",
        )


def _in_years(column: Deferred, value: Deferred, type_: dt.DataType) -> Read:
    """Moments or local times that lie in the years of facts; a date is one before it may be too far for that."""
    first, end = (ibis.literal(moment.replace(tzinfo=None), LOCAL).cast(type_) for moment in _YEARS)
    within = (column >= first) & (column < end)
    return Read(within.ifelse(value, ibis.null(type_)), column.notnull(), ((~within.fill_null(True), OUT_OF_RANGE),))
