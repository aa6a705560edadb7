"""The columns of a fact, filled by their rules from the cells of a piece."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.columns import Column
from stamm.facts.faults import NO_DAY, NO_MINOR, NO_WHOLE, TOO_FINE, TOO_LARGE
from stamm.facts.mapping import FactMapping, Rule
from stamm.lang.money import exponent
from stamm.sources.cells import mask_of, read_column
from stamm.sources.checking import Layout, Raw
from stamm.sources.local_time import Mask
from stamm.sources.mapped.columns import Columns
from stamm.sources.mapped.companion import OWNER
from stamm.sources.mapped.conditions import holding
from stamm.sources.mapped.numbering import ROW
from stamm.sources.mapped.numbers import Exact, exact_of, whole_of
from stamm.sources.moments import NO_MOMENT, Read, Written, put_iso, put_iso_days
from stamm.sources.written import other_numbers, other_than, plain_numbers, put_written

#: real numbers that are added up are whole units of so many digits
ADDED_DIGITS = 9
TOO_FINE_TO_ADD = f"has more than {ADDED_DIGITS} digits after the point, too many to be added up exactly"


class Filling:
    """Fills the columns of one fact; made once a file, used for every piece.

    `layout` knows the fact's columns and the organisation, with the zone and the currency of the mapping.
    """

    def __init__(self, mapping: FactMapping, layout: Layout) -> None:
        self.mapping, self.layout = mapping, layout
        self.zone = layout.organisation.zone
        #: the fact's own column of each that the mapping names: `amount_minor` also where it says `amount`
        self.own = {told: name for name, told in layout.taken.items()}
        self.rules: dict[str, Rule] = {self.own[name]: rule for name, rule in mapping.columns.items()}
        if "currency" not in self.rules and any(layout.wanted[name].money for name in self.rules):
            self.rules["currency"] = Rule(constant=layout.organisation.currency)

        #: columns that are the same in every row, whatever stands in it
        self.fixed = {
            name
            for name, rule in self.rules.items()
            if rule.constant is not None and not rule.where and name not in layout.major
        }

    def constants(self, size: int) -> dict[str, Read]:
        """The columns that are the same in every row, for so many rows."""
        nothing = Columns(Raw({}, np.zeros(size, dtype=np.int64)), self.mapping.writing, self.layout.file)
        return self._read(nothing, self.fixed)

    def read(self, cells: Columns) -> dict[str, Read]:
        """The columns in the types of the fact; where rows will be added up, real numbers as whole units."""
        return self._read(cells, self.rules)

    def _read(self, cells: Columns, names: Collection[str]) -> dict[str, Read]:
        read: dict[str, Read] = {}
        for name in sorted(names, key=lambda name: name != "currency"):
            rule, column = self.rules[name], self.layout.wanted[name]
            if column.type in {"whole", "real"}:
                read[name] = self._number(name, rule, column, cells, read)
            elif column.type in {"moment", "day"}:
                read[name] = self._moment(rule, column, cells)
            else:
                read[name] = self._other(rule, column, cells)
        return read

    # -- text ------------------------------------------------------------------------
    def _other(self, rule: Rule, column: Column, cells: Columns) -> Read:
        if len(rule.columns) == 1 and not (rule.row or rule.words or rule.default or rule.where):
            array = cells.array(rule.columns[0])
            if pa.types.is_nested(array.type):  # JSON may come as it is
                return read_column(array, column, self.zone)
        text, _ = self._text(rule, cells)
        return read_column(text, column, self.zone)

    def _text(self, rule: Rule, cells: Columns) -> tuple[pa.Array, Mask]:
        """The value of a rule as text; and where it is written as in canonical files, whatever the mapping says."""
        text, known = self._cell(rule, cells)
        text = _held(rule, text, cells)
        if rule.default is not None:
            known = known | mask_of(text.is_null())
            text = pc.fill_null(text, rule.default)
        return text, known

    def _cell(self, rule: Rule, cells: Columns) -> tuple[pa.Array, Mask]:
        """The same before `where` and `default`."""
        if rule.constant is not None:
            return pa.repeat(pa.scalar(rule.constant), len(cells)), np.ones(len(cells), dtype=bool)
        parts = [cells.text(OWNER)] if rule.through else [cells.text(name) for name in rule.columns]
        if rule.row:
            parts.append(_row_number(cells, rule).cast(pa.string()))
        text = parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, rule.join)
        plain = len(parts) == 1 and rule.columns and not rule.through
        native = cells.native(rule.columns[0]) if plain else None
        known = np.zeros(len(cells), dtype=bool) if native is None else native
        if rule.words:
            place = pc.index_in(text, value_set=pa.array(list(rule.words)))
            told = pa.array([word or None for word in rule.words.values()], pa.string())
            text = pc.if_else(place.is_valid(), told.take(place), text)
            known = known | mask_of(place.is_valid())
        return text, known

    # -- moments and days ------------------------------------------------------------
    def _moment(self, rule: Rule, column: Column, cells: Columns) -> Read:
        if len(rule.columns) == 1 and not (rule.words or rule.default):
            array = cells.array(rule.columns[0])
            if pa.types.is_temporal(array.type):
                return read_column(_held(rule, array, cells), column, self.zone)
        text, known = self._text(rule, cells)
        given, written = mask_of(text.is_valid()), Written(len(text))
        formats = rule.dates or self.mapping.writing.dates
        if formats:
            put_written(text, formats, written, known)
        elif column.type == "moment":
            put_iso(text, written)
        else:
            put_iso_days(text, written)
        if column.type == "moment":
            return written.moments(given, self.zone, other_than(formats) if formats else NO_MOMENT)
        return written.days(given, other_than(formats) if formats else NO_DAY)

    # -- numbers ---------------------------------------------------------------------
    def _number(self, name: str, rule: Rule, column: Column, cells: Columns, read: Mapping[str, Read]) -> Read:
        currencies = read["currency"].values if column.money and "currency" in read else None
        numbers = self._exact(rule, cells, currencies)
        if rule.negate:
            numbers = numbers.negated()
        given = numbers.known.copy()
        for rows, _ in numbers.faults:
            given |= rows
        if name in self.layout.major:
            assert currencies is not None  # there is a rule for it, or the organisation's
            return self._major(numbers, given, rule, currencies)
        if column.type == "real" and rule.take != "sum":
            values = pa.array(numbers.real(), mask=~numbers.known)
            return Read(values, numbers.faults, given=given)
        digits = ADDED_DIGITS if column.type == "real" else 0
        reason = TOO_FINE_TO_ADD if digits else NO_MINOR if column.money else NO_WHOLE
        units, fine, large = numbers.units(digits, rounded=rule.round)
        known = numbers.known & ~fine & ~large
        values = pa.array(np.where(known, units, 0), mask=~known)
        return Read(values, (*numbers.faults, (fine, reason), (large, TOO_LARGE)), given=given)

    def _major(self, numbers: Exact, given: Mask, rule: Rule, currencies: pa.Array) -> Read:
        """Minor units; a row without a sound currency gets none, and no reason here: the currency has its own."""
        encoded = currencies.dictionary_encode()
        exponents = np.array([0 if code is None else exponent(code) for code in encoded.dictionary.to_pylist()] or [0])
        priced = mask_of(currencies.is_valid())
        digits = exponents[np.where(priced, encoded.indices.fill_null(0).to_numpy(), 0)]
        units, fine, large = numbers.units(digits, rounded=rule.round)
        known = numbers.known & priced & ~fine & ~large
        values = pa.array(np.where(known, units, 0), mask=~known)
        faults = (*numbers.faults, (fine & priced, TOO_FINE), (large & priced, TOO_LARGE))
        return Read(values, faults, given=given)

    def _exact(self, rule: Rule, cells: Columns, currencies: pa.Array | None) -> Exact:
        numbers = self._value(rule, cells, currencies)
        for name in rule.plus:
            numbers = numbers.plus(cells.numbers(name, currencies))
        for name in rule.less:
            numbers = numbers.plus(cells.numbers(name, currencies).negated())
        if rule.where:
            numbers = numbers.only(holding(rule.where, cells)[0])
        return numbers if rule.default is None else _defaulted(numbers, rule.default)

    def _value(self, rule: Rule, cells: Columns, currencies: pa.Array | None) -> Exact:
        """The number a rule begins with."""
        if rule.product:
            numbers = cells.numbers(rule.product[0], currencies)
            for name in rule.product[1:]:
                numbers = numbers.times(cells.numbers(name, currencies))
            return numbers
        if rule.columns and not rule.words:
            return cells.numbers(rule.columns[0], currencies)
        if rule.row and not rule.columns:
            return whole_of(_row_number(cells, rule))
        text, known = self._cell(rule, cells)
        writing = self.mapping.writing
        return exact_of(*plain_numbers(text, writing, known), other_numbers(writing))


def _held(rule: Rule, array: pa.Array, cells: Columns) -> pa.Array:
    """The cells of rows for which the rule holds."""
    return pc.if_else(pa.array(holding(rule.where, cells)[0]), array, None) if rule.where else array


def _defaulted(numbers: Exact, default: str) -> Exact:
    """The same with a number where nothing stood."""
    bare = ~numbers.known
    for rows, _ in numbers.faults:
        bare &= ~rows
    other = exact_of(pa.array([default]), np.zeros(1, dtype=bool), "")
    whole, digits = np.where(bare, other.whole[0], numbers.whole), np.where(bare, other.digits[0], numbers.digits)
    return Exact(whole, digits, numbers.known | bare, numbers.faults)


def _row_number(cells: Columns, rule: Rule) -> pa.Array:
    if rule.row is True:
        return pa.array(cells.lines)
    return cells.array(ROW)
