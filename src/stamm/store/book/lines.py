"""What a book is made of: a line a customer, as a table or one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import pyarrow as pa


class Line(NamedTuple):
    """One customer as the book has them; moments are UTC, money in minor units, the risk 0..1.

    `state` and `segment` are codes. What is not known is None.
    """

    customer_id: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    city: str | None = None
    country: str | None = None
    orders: int = 0
    revenue_minor: int | None = 0
    last_order_at: datetime | None = None
    state: str = ""
    state_since: datetime | None = None
    segment: int | None = None
    risk: float | None = None
    risk_low: float | None = None
    risk_high: float | None = None
    #: former numbers of the same person, and the numbers of orders: found by them, and not shown
    formers: tuple[str, ...] = ()
    order_ids: tuple[str, ...] = ()


#: the columns that are kept, in their order in the file
KEPT = Line._fields[: Line._fields.index("formers")]
MOMENTS = ("last_order_at", "state_since")
#: what somebody is found by
TELLING = ("customer_id", "name", "email", "phone", "company", "formers", "order_ids")
_TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(("orders", "revenue_minor", "segment"), pa.int64()),
    **dict.fromkeys(("risk", "risk_low", "risk_high"), pa.float64()),
    **dict.fromkeys(MOMENTS, pa.timestamp("us", "UTC")),
    **dict.fromkeys(("formers", "order_ids"), pa.list_(pa.string())),
}
#: a table of lines; of an empty list there may be none
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in Line._fields])


def table_of(lines: Iterable[Line]) -> pa.Table:
    """Lines as a table."""
    return pa.Table.from_pylist([line._asdict() for line in lines], SCHEMA)


def lines_of(table: pa.Table, size: int = 10_000) -> Iterator[list[Line]]:
    """The lines of a table, in pieces."""
    for batch in table.select(Line._fields).to_batches(max_chunksize=size):
        columns = [column.to_pylist() for column in batch.columns]
        columns[-2:] = [[tuple(each or ()) for each in column] for column in columns[-2:]]
        yield [Line(*values) for values in zip(*columns, strict=True)]
