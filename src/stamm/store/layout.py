"""How a fact kind lies in its two tables: which columns, in which order, and which were carried.

Which columns a message carried is a set. In memory it is a number with one bit a column; in the files
it is the list of their names, so that it keeps its meaning when columns are added.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import pyarrow as pa

from stamm.facts import Imported
from stamm.facts.columns import day_column

ARRIVAL, CARRIED, MESSAGE_SIMULATED = "_arrival", "_carried", "_simulated"

#: beside the fact's columns: the newest message's number, what it carried, and whether it was made data
INTERNAL = pa.schema(
    [pa.field(ARRIVAL, pa.int64()), pa.field(CARRIED, pa.string()), pa.field(MESSAGE_SIMULATED, pa.bool_())]
)

#: among the names that a message carried: it took the row back, or said that it is there all the same
WITHDRAWN, GIVEN_BACK = "_withdrawn", "_given_back"

IMPORTS = "imports"
IMPORTS_SCHEMA = pa.schema([pa.field("digest", pa.string()), pa.field("about", pa.string())])

_SQL = {
    pa.string(): "VARCHAR",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
    pa.date32(): "DATE",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
}


def quoted(name: str) -> str:
    """A column's name in a statement."""
    return '"' + name.replace('"', '""') + '"'


def sql_type(type_: pa.DataType) -> str:
    """DuckDB's name of an Arrow type used by facts."""
    return _SQL[type_]


class Layout:
    """The columns of one fact kind by the part they play."""

    def __init__(self, kind: type[Imported]) -> None:
        self.kind = kind
        self.key = kind.key
        self.history = f"{kind.key}_history"
        self.carried = tuple(kind.carried())
        self.keys = kind.key_columns
        self._bits = (*self.carried, WITHDRAWN, GIVEN_BACK)
        self.values = tuple(name for name in self.carried if name not in self.keys)
        self.computed = kind.computed()
        self.first_day = day_column(kind.clocks[0])

    @cached_property
    def schema(self) -> pa.Schema:
        """The kind's own schema, `month` included."""
        return self.kind.schema()

    @cached_property
    def stored(self) -> pa.Schema:
        """The columns within the files: all but the partition's."""
        fields = [field for field in self.schema if field.name != "month"]
        return pa.schema([*fields, *INTERNAL])

    @cached_property
    def telling(self) -> pa.Schema:
        """The columns that say what happened, local days included: neither the partition nor how a row came here."""
        fields = [field for field in self.schema if field.name != "month" and field.name not in Imported.SYSTEM]
        return pa.schema(fields)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Columns without which a row is not complete; the first clock always is one."""
        columns = self.kind.carried()
        return tuple(n for n in self.carried if columns[n].required or n in self.keys or n == self.kind.clocks[0])

    @cached_property
    def required_mask(self) -> int:
        """The required columns as bits."""
        return self.mask_of(self.required)

    def bit(self, name: str) -> int:
        """The bit of a carried column, or of whether the row is there."""
        return 1 << self._bits.index(name)

    def mask_of(self, names: tuple[str, ...]) -> int:
        """A set of columns as bits; names that are no longer known count for nothing."""
        return sum(self.bit(name) for name in names if name in self._bits)

    def names_of(self, mask: int) -> str:
        """A set of columns as it is stored."""
        return ",".join(name for name in self._bits if mask & self.bit(name))


def schema_of(kinds: Mapping[str, type[Imported]], table: str) -> pa.Schema:
    """The Delta schema of a table by its name, its partition column last."""
    if table == IMPORTS:
        return IMPORTS_SCHEMA
    layout = Layout(kinds[table if table in kinds else table.removesuffix("_history")])
    return layout.stored.append(pa.field("month", pa.string()))
