"""Rows that have become nobody's: everything about a person taken out of a table's batch, every number left in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts import Imported
from stamm.facts.links import FORMER
from stamm.store.erasing.cells import Cells, Mask, needed
from stamm.store.erasing.gate import CUSTOMER, DEVICE
from stamm.store.erasing.ledger import stand_in
from stamm.store.erasing.person import Person
from stamm.store.layout import IMPORTS, Layout


@dataclass
class Nameless:
    """Makes rows of these people nobody's: the same number becomes the same nobody, so that no count moves.

    `rows` counts them by table, `cells` the cells of other rows that named somebody.
    """

    kinds: Mapping[str, type[Imported]]
    people: Sequence[Person]
    cells_of: Cells
    rows: Counter[str] = field(default_factory=Counter)
    cells: Counter[str] = field(default_factory=Counter)
    _names: dict[tuple[int, str, str], str] = field(default_factory=dict)

    def batch(self, table: str, batch: pa.RecordBatch, *, counted: bool) -> pa.RecordBatch:
        """The batch without them; the very same one where they are not in it. `counted`: for the first time."""
        if table == IMPORTS:
            return self._imports(batch)
        key = table.removesuffix("_history") if table not in self.kinds else table
        layout = Layout(self.kinds[key])
        columns = {name: batch.column(name) for name in batch.schema.names}
        own = np.zeros(batch.num_rows, bool)
        for number, person in enumerate(self.people):
            mine = self._own(layout, columns, person)
            if mine.any():
                own |= mine
                self._replace(columns, mine, number)
        if own.any():
            for name, column in layout.kind.carried().items():
                if column.personal and name in columns and name not in (CUSTOMER, DEVICE):
                    columns[name] = pc.if_else(pa.array(own), pa.scalar(None, columns[name].type), columns[name])
        named = self._without_mentions(layout, columns, own)
        if not own.any() and not named:
            return batch
        if counted:
            self.rows[table] += int(own.sum())
            self.cells[table] += named
        return pa.record_batch([columns[name] for name in batch.schema.names], schema=batch.schema)

    def own(self, layout: Layout, batch: pa.RecordBatch) -> Mask:
        """Which rows are theirs."""
        columns = {name: batch.column(name) for name in batch.schema.names}
        theirs: Mask = np.logical_or.reduce([self._own(layout, columns, person) for person in self.people])
        return theirs

    def mentions(self, layout: Layout, batch: pa.RecordBatch) -> int:
        """How many cells name them, in whichever row."""
        columns = {name: batch.column(name) for name in batch.schema.names}
        return self._without_mentions(layout, columns, np.zeros(batch.num_rows, bool))

    def _without_mentions(self, layout: Layout, columns: dict[str, pa.Array], own: Mask) -> int:
        """Take cells that name them out of the columns; returns how many those were."""
        count = 0
        for name in (*layout.carried, "source"):
            if name in columns and columns[name].type == pa.string():
                wanted = name == "source" or needed(layout, name)
                cleaned = self.cells_of.clean(columns[name], own, needed=wanted)
                if cleaned is not None:
                    same = pc.fill_null(pc.equal(cleaned, columns[name]), pc.is_null(columns[name]))
                    count += len(same) - int(pc.sum(same).as_py() or 0)
                    columns[name] = cleaned
        return count

    def _own(self, layout: Layout, columns: Mapping[str, pa.Array], person: Person) -> Mask:
        own = np.zeros(len(next(iter(columns.values()))), bool)
        if CUSTOMER in columns:
            mine = pc.is_in(columns[CUSTOMER], pa.array(sorted(person.customers), pa.string()))
            own |= mine.to_numpy(zero_copy_only=False)
        if DEVICE not in columns or not (person.devices or person.shared):
            return own
        used = pc.is_in(columns[DEVICE], pa.array(sorted({*person.devices, *person.shared}), pa.string()))
        nobody = pc.is_null(columns[CUSTOMER])
        clock = columns[layout.kind.clocks[0]]
        for row in np.flatnonzero(pc.and_(used, nobody).to_numpy(zero_copy_only=False)):
            device = columns[DEVICE][int(row)].as_py()
            own[row] |= device in person.devices or person.had(device, clock[int(row)].as_py())
        return own

    def _replace(self, columns: dict[str, pa.Array], own: Mask, number: int) -> None:
        """Names that stand for nobody, the same for the same: those of customers, and those of devices."""
        for name in (CUSTOMER, DEVICE):
            if name in columns:
                encoded = columns[name].dictionary_encode()
                here = {encoded.dictionary[place].as_py() for place in _used(encoded, own)}
                wanted = [
                    self._name(number, name, each) if each in here else each for each in encoded.dictionary.to_pylist()
                ]
                replaced = pa.array(wanted, pa.string()).take(encoded.indices)
                columns[name] = pc.if_else(pa.array(own), replaced, columns[name])

    def _name(self, number: int, column: str, text: str) -> str:
        """One name for each number of a person, one for each of their devices; a shared one has one for each person."""
        if column == DEVICE and text.startswith(FORMER):
            return FORMER + self._name(number, CUSTOMER, text.removeprefix(FORMER))
        place = (number, column, text)
        if place not in self._names:
            self._names[place] = stand_in()
        return self._names[place]

    def _imports(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Files taken in, whose names may be somebody's."""
        told = [json.loads(about) for about in batch.column("about").to_pylist()]
        renamed = [self.source(str(about.get("file", ""))) for about in told]
        if all(name == str(about.get("file", "")) for name, about in zip(renamed, told, strict=True)):
            return batch
        about = [
            json.dumps({**each, "file": name}, ensure_ascii=False) for each, name in zip(told, renamed, strict=True)
        ]
        return pa.record_batch([batch.column("digest"), pa.array(about, pa.string())], schema=batch.schema)

    def source(self, name: str) -> str:
        """What an import is called, were its name somebody's."""
        return self.cells_of.renamed(name) if self.cells_of.names(name) else name


def _used(encoded: pa.DictionaryArray, own: Mask) -> list[int]:
    """Places in the dictionary that some rows use."""
    places = encoded.indices.filter(pa.array(own))
    return [int(place) for place in pc.unique(places.drop_null()).to_pylist()]
