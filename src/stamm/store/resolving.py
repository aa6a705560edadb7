"""Whose rows are: what was last said of each, put right by which customers have turned out to be one person.

Whoever puts a row right says so as a message of the source `identity`, which carries nothing but the customer. What was
said before stays in the history, so it can always be told again.
"""

# ruff: noqa: S608 - names in statements come from the schemas of fact kinds, values are handed over as a table

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from stamm.store.layout import ARRIVAL, CARRIED, Layout, quoted
from stamm.store.relations import listed, scan

#: the source of messages that put right whose a row is
RESOLVED = "identity"
#: the source of messages that put what was said of several customers who are one person under the one of them
MERGED = "merge"
#: the source of messages that give what was done on a device to whose it was
RECOGNISED = "device"
OWNER = "customer_id"


def rows_starting(
    connection: duckdb.DuckDBPyConnection, current: Sequence[Path], layout: Layout, column: str, beginning: str
) -> pa.Table:
    """The current rows in which the text in a column begins like this, in the carried columns."""
    return connection.execute(
        f"SELECT {listed(layout.carried)} FROM {scan(current, layout.stored)} WHERE starts_with({quoted(column)}, ?)",
        [beginning],
    ).to_arrow_table()


def rows_with(
    connection: duckdb.DuckDBPyConnection,
    current: Sequence[Path],
    layout: Layout,
    columns: Sequence[str],
    column: str,
    values: Iterable[str],
) -> pa.Table:
    """The current rows with one of these texts in a column."""
    with _table(connection, {"wanted": list(dict.fromkeys(values))}) as wanted:
        return connection.execute(
            f"SELECT {listed(columns)} FROM {scan(current, layout.stored)} SEMI JOIN {wanted} "
            f"ON wanted = {quoted(column)}"
        ).to_arrow_table()


def messages_of(
    connection: duckdb.DuckDBPyConnection,
    current: Sequence[Path],
    history: Sequence[Path],
    layout: Layout,
    column: str,
    values: Iterable[str],
) -> pa.Table:
    """All that was ever said of rows with one of these texts in a key column, in its order.

    The carried columns, `source`, `received_at`, and `carried`: the names of those that a message said something about.
    """
    columns = f"{listed((*layout.carried, 'source', 'received_at'))}, {CARRIED} AS carried, {ARRIVAL}"
    with _table(connection, {"wanted": list(dict.fromkeys(values))}) as wanted:
        every = " UNION ".join(
            f"SELECT {columns} FROM {scan(paths, layout.stored)} SEMI JOIN {wanted} ON wanted = {quoted(column)}"
            for paths in (current, history)
        )
        # the newest message stands in the current row; where the history holds it, too, it is the same
        return connection.execute(
            f"SELECT * EXCLUDE {ARRIVAL} FROM ({every}) QUALIFY row_number() OVER (PARTITION BY {ARRIVAL}) = 1 "
            f"ORDER BY received_at, {ARRIVAL}"
        ).to_arrow_table()


def belonging(
    connection: duckdb.DuckDBPyConnection,
    current: Sequence[Path],
    history: Sequence[Path],
    layout: Layout,
    owners: Mapping[str, str],
    ids: Iterable[str],
) -> pa.Table:
    """Keys and customers of rows whose customer is another than it says; see `Writer.resolved`."""
    keys, using = listed(layout.keys), f"USING ({listed(layout.keys)})"
    now, before = scan(current, layout.stored), scan(history, layout.stored)
    told = f"list_contains(string_split({CARRIED}, ','), '{OWNER}')"
    pairs = {"former": list(owners), "owner": list(owners.values())}
    with _table(connection, {"wanted": list(dict.fromkeys(ids))}) as wanted, _table(connection, pairs) as known:
        return connection.execute(
            f"""WITH touched AS (
                SELECT {keys} FROM {now} SEMI JOIN {wanted} ON wanted = {OWNER}
                UNION SELECT {keys} FROM {before} SEMI JOIN {wanted} ON wanted = {OWNER} WHERE {told}
            ), said AS (
                SELECT {keys}, {OWNER}, received_at, {ARRIVAL} FROM {now} SEMI JOIN touched {using}
                WHERE {told} AND source <> '{RESOLVED}'
                UNION ALL
                SELECT {keys}, {OWNER}, received_at, {ARRIVAL} FROM {before} SEMI JOIN touched {using}
                WHERE {told} AND source <> '{RESOLVED}'
            ), last AS (
                SELECT {keys}, arg_max_null({OWNER}, (received_at, {ARRIVAL})) AS raw FROM said GROUP BY {keys}
            )
            SELECT {keys}, coalesce(owner, raw) AS {OWNER}
            FROM last LEFT JOIN {known} ON raw = former JOIN (SELECT {keys}, {OWNER} AS is_now FROM {now}) {using}
            WHERE is_now IS DISTINCT FROM coalesce(owner, raw) ORDER BY {keys}"""
        ).to_arrow_table()


@contextmanager
def _table(connection: duckdb.DuckDBPyConnection, columns: Mapping[str, list[str]]) -> Iterator[str]:
    """Texts as a relation of the connection, as long as they are needed; its name."""
    name = "_".join(("given", *columns))
    connection.register(name, pa.table({column: pa.array(texts, pa.string()) for column, texts in columns.items()}))
    try:
        yield name
    finally:
        connection.unregister(name)
