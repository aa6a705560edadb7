"""Past states: what the lake knew of each key at a moment."""

# ruff: noqa: S608 - names in statements come from the schemas of fact kinds, values are escaped by `literal`

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from stamm.facts import Imported
from stamm.lang.errors import UsageError
from stamm.store.layout import ARRIVAL, CARRIED, MESSAGE_SIMULATED, Layout
from stamm.store.merging import Merge
from stamm.store.relations import listed, scan
from stamm.store.snapshot import Snapshot


def state_at(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    kinds: Mapping[str, type[Imported]],
    kind: str,
    moment: datetime,
) -> pa.Table:
    """One row a key, folded from the messages received at or before the moment.

    A row whose newest message was received by then is as it is now; the others are folded from history.
    """
    if kind not in kinds:
        raise UsageError(f"There is no fact kind {kind!r}.", remedy=f"Known: {', '.join(sorted(kinds))}.")
    layout = Layout(kinds[kind])
    merge = Merge(connection, layout)
    until = f"received_at <= TIMESTAMPTZ '{moment.astimezone(UTC).isoformat()}'"
    current, history = snapshot.paths(layout.key), snapshot.paths(layout.history)
    merge.run(f"CREATE TABLE now AS SELECT {listed(merge.stored)} FROM {scan(current, layout.stored)} WHERE {until}")
    merge.run("CREATE TABLE sets (names VARCHAR, _mask BIGINT)")
    carried = connection.execute(f"SELECT DISTINCT {CARRIED} FROM {scan(history, layout.stored)}").fetchall()
    for (names,) in carried:
        mask = layout.mask_of(tuple(names.split(",")))
        connection.execute("INSERT INTO sets VALUES (?, ?)", (names, mask))
    merge.run(
        f"""CREATE TABLE messages AS
        SELECT h.* EXCLUDE (simulated, {MESSAGE_SIMULATED}), {MESSAGE_SIMULATED} AS simulated, _mask,
            row_number() OVER (ORDER BY received_at, {ARRIVAL}) AS _order
        FROM {scan(history, layout.stored)} h JOIN sets ON {CARRIED} = sets.names
        ANTI JOIN now {merge.using} WHERE {until}"""
    )
    month = f"strftime(\"{layout.first_day}\", '%Y-%m') AS month"
    rows = connection.execute(
        f"""SELECT {listed(merge.stored)}, {month} FROM (
            FROM now UNION ALL BY NAME
            SELECT {listed(merge.stored)} FROM ({merge.folding("messages")}) WHERE _complete
        ) ORDER BY {merge.keys}"""
    ).to_arrow_table()
    return rows.cast(layout.schema)
