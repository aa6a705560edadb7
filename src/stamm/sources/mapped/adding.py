"""Rows brought together: one for all that are equal in some columns, over a whole file.

What is known of a key so far is a row of a table: how many rows it has, where the first stands, for each column what
they agree on, their sum, their lowest or highest, and the first fault. Two such rows of a key are merged into one like
two rows of the file. So a piece of the file is merged first, which leaves little; the rest waits on the disk, by the
hash of its key, and is merged part by part. Sums are whole units of 128 bits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.faults import DIFFERS, PARTLY, TOO_LARGE
from stamm.sources.cells import mask_of
from stamm.sources.checking import Verdict, shown
from stamm.sources.kind import VALUE_LENGTH, Reject
from stamm.sources.local_time import Mask, Whole
from stamm.sources.mapped.filling import ADDED_DIGITS, Filling
from stamm.sources.mapped.spill import Spill, parts_of
from stamm.sources.mapped.told import Told
from stamm.sources.moments import Read

#: faults that no single line has come after those of lines
_TOGETHER = 2**62
_SUM = pa.decimal128(38, 0)
#: sums up to here fit into 64 bits
_MOST = 10**18
_KEY, _ROWS, _LINE, _FAULT_LINE, _FAULT = "\0key", "\0rows", "\0line", "\0fault line", "\0fault"


@dataclass(frozen=True)
class Made:
    """Facts made of rows that belong together, and those set aside, one reject for all rows of a key."""

    table: pa.Table
    rejects: tuple[Reject, ...]


class Adding:
    """Brings together the rows of one fact."""

    def __init__(self, filling: Filling, told: Told, spill: Spill) -> None:
        self.layout, self.told, self._filling, self._spill = filling.layout, told, filling, spill
        self.takes = {name: rule.take for name, rule in filling.rules.items() if name not in filling.fixed}

    # -- rows in ---------------------------------------------------------------------
    def put(
        self, keys: pa.Array, lines: Whole, read: Mapping[str, Read], faults: Mapping[int, tuple[str, str, str]]
    ) -> None:
        """Rows with their keys (none is null); `faults` has column, value and reason of each unsound row."""
        columns: dict[str, pa.Array] = {
            _KEY: keys,
            _ROWS: pa.array(np.ones(len(lines), dtype=np.int64)),
            _LINE: pa.array(lines),
        }
        texts = [json.dumps(faults[row]) if row in faults else None for row in range(len(lines))] if faults else []
        columns[_FAULT] = pa.array(texts, pa.string()) if faults else pa.nulls(len(lines), pa.string())
        columns[_FAULT_LINE] = pc.if_else(columns[_FAULT].is_valid(), columns[_LINE], None)
        for name, take in self.takes.items():
            values = read[name].values
            if take == "sum":
                columns[name] = values.cast(_SUM)
                columns[name + " filled"] = values.is_valid().cast(pa.int64())
            else:
                columns[name] = values
            if (bare := read[name].bare) is not None:
                columns[name + " bare"] = pa.array(bare.astype(np.int8))
        merged = self._merged(pa.table(columns))
        self._spill.put(merged, parts_of(merged.column(_KEY).combine_chunks()))

    # -- merging ---------------------------------------------------------------------
    def _merged(self, table: pa.Table) -> pa.Table:
        """One row a key, in the order in which the keys come first."""
        columns = {name: table.column(name).combine_chunks() for name in table.column_names}
        encoded = columns[_KEY].dictionary_encode()
        codes, groups = encoded.indices.to_numpy(), len(encoded.dictionary)
        if groups == len(codes):
            return table
        found = self._reduced(columns, codes)
        found[_KEY] = encoded.dictionary
        faults = _first_faults(columns, codes)
        for place, (name, take) in enumerate(self.takes.items()):
            if take == "agree":
                found[name], differing = _agreed(columns[name], codes, groups)
                for group, row in differing:
                    if faults.get(group, (_TOGETHER + place + 1, ""))[0] > _TOGETHER + place:
                        both = f"{shown(found[name].slice(group, 1))} / {shown(columns[name].slice(row, 1))}"
                        faults[group] = (
                            _TOGETHER + place,
                            json.dumps((self.told.name(name), both[:VALUE_LENGTH], DIFFERS)),
                        )
        lines, texts = np.zeros(groups, dtype=np.int64), np.full(groups, None, dtype=object)
        for group, (line, text) in faults.items():
            lines[group], texts[group] = line, text
        found[_FAULT] = pa.array(texts, pa.string())
        found[_FAULT_LINE] = pc.if_else(found[_FAULT].is_valid(), pa.array(lines), None)
        return pa.table({name: found[name] for name in columns})

    def _reduced(self, columns: Mapping[str, pa.Array], codes: Whole) -> dict[str, pa.Array]:
        """Sums, lowest and highest of each group, by the number of the group."""
        hows = {_ROWS: "sum", _LINE: "min"}
        hows |= {
            name: {"sum": "sum", "lowest": "min", "highest": "max"}[take]
            for name, take in self.takes.items()
            if take != "agree"
        }
        hows |= {name: "sum" for name in columns if name.endswith(" filled")}
        hows |= {name: "max" for name in columns if name.endswith(" bare")}
        ranked = {name: _Ranks(columns[name]) for name in hows if pa.types.is_string(columns[name].type)}
        plain = {name: ranked[name].places if name in ranked else columns[name] for name in hows}
        grouped = pa.table({"\0code": codes, **plain}).group_by("\0code", use_threads=False)
        result = grouped.aggregate([(name, how) for name, how in hows.items()])
        found = {name: result.column(f"{name}_{how}").combine_chunks() for name, how in hows.items()}
        return {name: ranked[name].text(array) if name in ranked else array for name, array in found.items()}

    # -- facts out -------------------------------------------------------------------
    def made(self) -> Iterator[Made]:
        """The facts, some keys at a time."""
        for part in self._spill.parts():
            yield self._made(self._merged(pa.concat_tables(part)).sort_by(_LINE))

    def _made(self, table: pa.Table) -> Made:
        columns = {name: table.column(name).combine_chunks() for name in table.column_names}
        lines, rows = columns[_LINE].to_numpy(), columns[_ROWS].to_numpy()
        read = self._filling.constants(len(lines))
        verdict = Verdict(len(lines))
        faulty = mask_of(columns[_FAULT].is_valid())
        verdict.blame(faulty, "", "")
        for name, take in self.takes.items():
            values, bare = columns[name], columns.get(name + " bare")
            if take == "sum":
                filled = columns[name + " filled"].to_numpy()
                verdict.blame((filled > 0) & (filled < rows), name, PARTLY)
                values, large = self._summed(name, values)
                verdict.blame(large, name, TOO_LARGE)
            read[name] = Read(values, bare=None if bare is None else bare.to_numpy() > 0)
        self.layout.judge(verdict, read)
        rejects = [_told_earlier(self.layout.file, columns, int(row)) for row in np.nonzero(faulty)[0]]
        rejects += [self._reject(verdict, int(row), lines, read) for row in np.nonzero(~verdict.sound & ~faulty)[0]]
        return Made(self.layout.table(verdict, read), tuple(sorted(rejects, key=lambda reject: reject.line)))

    def _summed(self, name: str, sums: pa.Array) -> tuple[pa.Array, Mask]:
        """Sums in the type of the column, and which are too large for it."""
        large = mask_of(pc.greater(pc.abs(sums), pa.scalar(_MOST, _SUM)))
        whole = pc.if_else(pa.array(large), None, sums).cast(pa.int64())
        if self.layout.wanted[name].type == "whole":
            return whole, large
        return pc.divide(whole.cast(pa.float64(), safe=False), float(10**ADDED_DIGITS)), large

    def _reject(self, verdict: Verdict, row: int, lines: Whole, read: Mapping[str, Read]) -> Reject:
        name, reason = verdict.of(row)
        own = self._filling.own.get(name, name)
        one_cell = own in read and self.takes.get(own) != "sum"
        value = shown(read[own].values.slice(row, 1)) if one_cell else ""
        return Reject(self.layout.file, int(lines[row]), self.told.name(name), value, reason)


def _told_earlier(file: str, columns: Mapping[str, pa.Array], row: int) -> Reject:
    """The reject for a fault found while rows came in; one that no single line has is told at the first line."""
    column, value, reason = json.loads(columns[_FAULT][row].as_py())
    line = columns[_FAULT_LINE][row].as_py()
    return Reject(file, columns[_LINE][row].as_py() if line >= _TOGETHER else line, column, value, reason)


def _agreed(values: pa.Array, codes: Whole, groups: int) -> tuple[pa.Array, Sequence[tuple[int, int]]]:
    """The first value of each group with something in it; and groups that differ, each with a row that does."""
    filled = np.nonzero(mask_of(values.is_valid()))[0]
    first = np.full(groups, -1, dtype=np.int64)
    first[codes[filled][::-1]] = filled[::-1]
    picked = values.take(pa.array(first, mask=first < 0))
    own = first[codes]
    differs = np.nonzero(mask_of(pc.not_equal(values, values.take(pa.array(own, mask=own < 0)))))[0]
    differing = {int(codes[row]): int(row) for row in differs[::-1]}
    return picked, tuple(differing.items())


def _first_faults(columns: Mapping[str, pa.Array], codes: Whole) -> dict[int, tuple[int, str]]:
    """Of each group with faults the one whose line comes first."""
    rows = np.nonzero(mask_of(columns[_FAULT].is_valid()))[0]
    lines = columns[_FAULT_LINE].take(pa.array(rows)).to_pylist()
    texts = columns[_FAULT].take(pa.array(rows)).to_pylist()
    found: dict[int, tuple[int, str]] = {}
    for group, fault in zip(codes[rows].tolist(), zip(lines, texts, strict=True), strict=True):
        if group not in found or fault[0] < found[group][0]:
            found[group] = fault
    return found


class _Ranks:
    """Texts as places in their alphabetical order."""

    def __init__(self, text: pa.Array) -> None:
        encoded = text.dictionary_encode()
        order = pc.sort_indices(encoded.dictionary)
        self._sorted = encoded.dictionary.take(order)
        rank = np.empty(len(order), dtype=np.int64)
        rank[order.to_numpy()] = np.arange(len(order))
        self.places = pa.array(rank).take(encoded.indices)

    def text(self, places: pa.Array) -> pa.Array:
        """The texts in these places."""
        return self._sorted.take(places)
