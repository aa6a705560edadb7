"""The way in: what arrives of people who were erased becomes nobody's before it is written anywhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.facts.links import FORMER
from stamm.store.erasing.cells import Cells, Mask, needed
from stamm.store.erasing.ledger import LATE, Ledger
from stamm.store.layout import Layout

CUSTOMER, DEVICE = "customer_id", "anonymous_id"


def sayable(root: Path) -> Callable[[str], str]:
    """What may be written of a text beside the lake: nothing where it names somebody who was erased, or is a number."""
    ledger = Ledger.read(root)
    if ledger is None or not ledger.people:
        return str
    cells, is_theirs = Cells(ledger.seeker(), ledger.digests), ledger.numbers()

    def told(text: str) -> str:
        return "" if is_theirs(text) or cells.names(text) else text

    return told


class Gate:
    """Takes the person out of rows of one fact kind.

    A row of an erased person says nothing in its personal columns: a row that is there already stays as nameless as it
    is, a new one is nobody's. Where a kind cannot be without the customer, the row is left out. A cell of anybody's row
    that names the person goes, but what a customer of another number does after the erasure is theirs: whoever
    comes back is a new customer.
    """

    def __init__(self, ledger: Ledger, layout: Layout) -> None:
        self._ledger, self._layout = ledger, layout
        self._cells = Cells(ledger.seeker(), ledger.digests)
        self._customers = frozenset(digest for each in ledger.people for digest in each.customers)
        self._devices = frozenset(digest for each in ledger.people for digest in each.devices)
        columns = layout.kind.carried()
        self.personal = tuple(name for name, column in columns.items() if column.personal)
        self._words = tuple(name for name, column in columns.items() if column.arrow == pa.string())
        self._left_out = any(name in layout.required for name in self.personal)

    @classmethod
    def at(cls, root: Path, layout: Layout) -> Gate | None:
        """The gate of a lake; None where nobody was erased."""
        ledger = Ledger.read(root)
        return cls(ledger, layout) if ledger is not None and ledger.people else None

    def source(self, name: str) -> str:
        """What an import is called where its name would name somebody."""
        return self._cells.renamed(name) if self._cells.names(name) else name

    def admit(self, table: pa.Table) -> tuple[pa.Table, Mask]:
        """The rows that may come in, and which of them were an erased person's."""
        own = self._erased(table, CUSTOMER)
        theirs = self._erased(table, DEVICE)
        if CUSTOMER in table.column_names:
            known = pc.is_valid(table[CUSTOMER].combine_chunks()).to_numpy(zero_copy_only=False)
            foreign = theirs & known & ~own
            own |= theirs & ~known
        else:
            foreign, own = np.zeros(table.num_rows, bool), own | theirs
        if foreign.any():  # a device that has become somebody else's
            if DEVICE in self._layout.required:
                table, own = table.filter(pa.array(~foreign)), own[~foreign]
            else:
                table = self._emptied(table, DEVICE, foreign)
        if self._left_out and own.any():
            table, own = table.filter(pa.array(~own)), np.zeros(int((~own).sum()), bool)
        for name in self.personal:
            if own.any() and name in table.column_names:
                table = self._emptied(table, name, own)
        return self._without_mentions(table, own), own

    def _erased(self, table: pa.Table, name: str) -> Mask:
        if name not in table.column_names:
            return np.zeros(table.num_rows, bool)
        encoded = table[name].cast(pa.string()).combine_chunks().dictionary_encode()
        is_theirs = self._is_customer if name == CUSTOMER else self._is_device
        hit = np.array([*map(is_theirs, encoded.dictionary.to_pylist()), False], bool)
        erased: Mask = hit[encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
        return erased

    def _is_customer(self, text: str) -> bool:
        return text == LATE or bool(self._ledger.digests.spelled("customer", text) & self._customers)

    def _is_device(self, text: str) -> bool:
        if text.startswith(FORMER) and self._is_customer(text.removeprefix(FORMER)):
            return True
        return text == LATE or bool(self._ledger.digests.spelled("device", text) & self._devices)

    def _emptied(self, table: pa.Table, name: str, where: Mask) -> pa.Table:
        column = table[name].cast(self._layout.schema.field(name).type).combine_chunks()
        empty = pc.if_else(pa.array(where), pa.scalar(None, column.type), column)
        return table.set_column(table.column_names.index(name), name, empty)

    def _without_mentions(self, table: pa.Table, own: Mask) -> pa.Table:
        spared = partial(self._is_new, table)
        for name in self._words:
            if name in table.column_names:
                column = table[name].cast(pa.string()).combine_chunks()
                cleaned = self._cells.clean(column, own, needed=needed(self._layout, name), spared=spared)
                if cleaned is not None:
                    table = table.set_column(table.column_names.index(name), name, cleaned)
        return table

    def _is_new(self, table: pa.Table, at: datetime, row: int) -> bool:
        """Whether a row is of another customer, and of after the erasure."""
        clock = self._layout.kind.clocks[0]
        if CUSTOMER not in table.column_names or clock not in table.column_names:
            return False
        if table[CUSTOMER][row].as_py() is None:
            return False
        kind = self._layout.schema.field(clock).type
        happened = table[clock].slice(row, 1).cast(kind)[0].as_py()
        return happened is not None and happened >= (at if pa.types.is_timestamp(kind) else at.date())
