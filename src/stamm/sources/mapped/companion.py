"""Whose an order is: rows that name just the order find its customer in the files of another mapping.

Rows and orders wait on the disk by the hash of the order's number and are brought together part by part, so that
neither has to fit into memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from stamm.sources.mapped.columns import Columns
from stamm.sources.mapped.spill import PARTS, Spill, parts_of

#: the column that holds the customer of the order
OWNER = "\0owner"
_LINE, _KEY = "\0line", "\0order"


class Companion:
    """Gives rows the customer of the order that the column `name` names.

    All orders and all rows are put in first; rows come out in another order, those of one order in theirs.
    """

    def __init__(self, name: str, orders: Spill, rows: Spill) -> None:
        self.name, self._orders, self._rows = name, orders, rows

    def know(self, orders: Iterable[pa.Table]) -> None:
        """Orders, with `order_id` and `customer_id`; of the same order the last counts."""
        for table in orders:
            if table.num_rows:
                numbers = table.column("order_id").combine_chunks()
                owners = table.column("customer_id").combine_chunks()
                self._orders.put(pa.table({_KEY: numbers, OWNER: owners}), parts_of(numbers))

    def put(self, cells: Columns) -> None:
        """Rows in the order of the file."""
        keys = cells.text(self.name)
        self._rows.put(pa.table({**cells.aside(), _LINE: cells.lines, _KEY: keys}), parts_of(keys))
        self._like = cells

    def found(self) -> Iterator[Columns]:
        """The rows with the column `OWNER`."""
        for part in range(PARTS):
            numbers, owners = pa.array([], pa.string()), pa.array([], pa.string())
            orders = list(self._orders.part(part))
            if orders:
                known = pa.concat_tables(orders).combine_chunks()
                last = known.append_column(_LINE, pa.array(range(len(known))))
                last = last.group_by(_KEY, use_threads=False).aggregate([(_LINE, "max")]).column(f"{_LINE}_max")
                numbers, owners = (known.column(name).take(last).combine_chunks() for name in (_KEY, OWNER))
            for table in self._rows.part(part):
                columns = {name: table.column(name).combine_chunks() for name in table.column_names}
                lines, keys = columns.pop(_LINE).to_numpy(), columns.pop(_KEY)
                place = pc.index_in(keys, value_set=numbers, skip_nulls=True)
                columns[OWNER] = owners.take(place) if len(owners) else pa.nulls(len(keys), pa.string())
                yield self._like.back(columns, lines)
