"""Batches on their way in: checked, given their local days, and spilled to one Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stamm.lang.errors import InputError
from stamm.lang.window import day_of, days_of, starts_of
from stamm.store.erasing.gate import Gate
from stamm.store.layout import GIVEN_BACK, WITHDRAWN, Layout
from stamm.store.manifest import Coverage

#: rows gathered before they are written to the file
GROUP_ROWS = 65_536
_EXTRA = ("received_at", "simulated", "withdrawn")
_MOMENT = pa.timestamp("us", tz="UTC")

Batches = Iterable[pa.RecordBatch | pa.Table]


def staged_schema(layout: Layout) -> pa.Schema:
    """The columns of the staging file: the stored ones, what was carried, and the position."""
    fields = [field for field in layout.stored if not field.name.startswith("_")]
    fields += [pa.field("_own", pa.bool_()), pa.field("_mask", pa.int64()), pa.field("_row", pa.int64())]
    return pa.schema(fields)


class Stage:
    """One put's rows in a file.

    Afterwards `rows`, `masks`, `days` and `own` (whether any row says when it was received) tell of it, and `erased`
    how many rows were left out because they were an erased person's and nothing without them.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout,
        *,
        source: str,
        received_at: datetime,
        simulated: bool,
        zone: str,
        gate: Gate | None = None,
    ) -> None:
        self.path, self.layout, self.zone, self._gate = path, layout, zone, gate
        self.source, self.simulated = source, simulated
        self.received_at = pa.scalar(received_at, _MOMENT)
        self.today = day_of(received_at, zone)
        self.schema = staged_schema(layout)
        self.rows = 0
        self.erased = 0
        self.own = False
        self.masks: set[int] = set()
        self.days: Coverage | None = None

    def fill(self, batches: Batches, on_rows: Callable[[int], None] | None) -> None:
        """Take in all batches; `on_rows` is told the size of each piece."""
        waiting: list[pa.Table] = []
        gathered = 0
        with pq.ParquetWriter(self.path, self.schema, compression="lz4") as writer:
            for batch in batches:
                table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
                for start in range(0, table.num_rows, GROUP_ROWS):
                    read = table.slice(start, GROUP_ROWS)
                    piece = self._piece(read)
                    waiting.append(piece)
                    gathered += piece.num_rows
                    if gathered >= GROUP_ROWS:
                        writer.write_table(pa.concat_tables(waiting))
                        waiting, gathered = [], 0
                    if on_rows is not None:
                        on_rows(read.num_rows)
            if waiting:
                writer.write_table(pa.concat_tables(waiting))

    def _piece(self, table: pa.Table) -> pa.Table:
        layout, carried = self.layout, self._carried(table)
        nameless = None
        if self._gate is not None:
            read = table.num_rows
            table, nameless = self._gate.admit(table)
            self.erased += read - table.num_rows
        length = table.num_rows
        columns: dict[str, pa.ChunkedArray | pa.Array] = {}
        for name in layout.carried:
            type_ = layout.schema.field(name).type
            columns[name] = table[name].cast(type_) if name in carried else pa.nulls(length, type_)
        self._check(columns, carried)
        columns["source"] = pa.repeat(pa.scalar(self.source), length)
        columns |= self._system(table)
        for name, clock in layout.computed.items():
            columns[name] = self._beside(columns[clock])
        self._cover(columns, carried)
        masks = np.full(length, layout.mask_of(carried), np.int64)
        if self._gate is not None and nameless is not None:
            masks[nameless] = layout.mask_of(tuple(name for name in carried if name not in self._gate.personal))
        if "withdrawn" in table.column_names:
            masks += self._withdrawn(table["withdrawn"])
        self.masks |= set(np.unique(masks).tolist())
        columns["_mask"] = pa.array(masks)
        columns["_row"] = pa.array(np.arange(self.rows, self.rows + length, dtype=np.int64))
        self.rows += length
        return pa.table([columns[field.name] for field in self.schema], schema=self.schema)

    def _withdrawn(self, told: pa.ChunkedArray) -> npt.NDArray[np.int64]:
        """The bits that say whether a row is taken back, given back, or neither (null)."""
        bits = [self.layout.bit(name) for name in (GIVEN_BACK, WITHDRAWN)]
        return np.array([0 if each is None else bits[each] for each in told.to_pylist()], np.int64)

    def _carried(self, table: pa.Table) -> tuple[str, ...]:
        layout = self.layout
        unknown = [name for name in table.column_names if name not in (*layout.carried, *_EXTRA)]
        if unknown:
            raise InputError(
                f"{layout.key} has no column {unknown[0]!r}.",
                remedy=f"Its columns: {', '.join(layout.carried)}.",
            )
        missing = [name for name in layout.keys if name not in table.column_names]
        if missing:
            raise InputError(
                f"The column {missing[0]!r} is missing.",
                remedy=f"A row of {layout.key} is known by {' and '.join(layout.keys)}.",
            )
        return tuple(name for name in layout.carried if name in table.column_names)

    def _check(self, columns: dict[str, pa.ChunkedArray | pa.Array], carried: tuple[str, ...]) -> None:
        for name in carried:
            if name in self.layout.required and columns[name].null_count:
                first = pc.index(pc.is_null(columns[name]), value=True).as_py()
                raise InputError(
                    f"{self.layout.key}.{name} is empty in row {self.rows + first + 1}.",
                    remedy="Set rows without it aside: it is required.",
                )

    def _system(self, table: pa.Table) -> dict[str, pa.ChunkedArray | pa.Array]:
        length = table.num_rows
        if "received_at" in table.column_names:
            stated = table["received_at"].cast(_MOMENT)
            self.own = self.own or stated.null_count < length
            received = {"received_at": pc.fill_null(stated, self.received_at), "_own": pc.is_valid(stated)}
        else:
            received = {
                "received_at": pa.repeat(self.received_at, length),
                "_own": pa.repeat(pa.scalar(value=False), length),
            }
        if "simulated" in table.column_names:
            made = pc.or_(pc.fill_null(table["simulated"], fill_value=False), pa.scalar(self.simulated))
        else:
            made = pa.repeat(pa.scalar(self.simulated), length)
        return {**received, "simulated": made}

    def _local(self, clock: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.datetime64]:
        """Local days of moments; days as they are."""
        cells = clock.to_numpy(zero_copy_only=False)
        return cells.astype("datetime64[D]") if pa.types.is_date(clock.type) else days_of(cells, self.zone)

    def _beside(self, clock: pa.ChunkedArray | pa.Array) -> pa.Array:
        """What is kept beside a clock: the local day of each moment, the first instant of each day."""
        days = self._local(clock)
        if pa.types.is_date(clock.type):
            return pa.array(starts_of(days, self.zone)).cast(_MOMENT)
        return pa.array(days, pa.date32())

    def _cover(self, columns: Mapping[str, pa.ChunkedArray | pa.Array], carried: tuple[str, ...]) -> None:
        """From the first to the last day that the clock and what comes later tell of, but no day not yet begun."""
        kind = self.layout.kind
        telling = [self._local(columns[name]) for name in (kind.clocks[0], *kind.reaches) if name in carried]
        days = np.concatenate(telling) if telling else np.array([], "datetime64[D]")
        days = days[~np.isnat(days)]
        if not days.size:
            return
        begun = days[days <= np.datetime64(self.today)]
        first, last = (begun.min().astype(date), begun.max().astype(date)) if begun.size else (self.today, self.today)
        self.days = (first, last) if self.days is None else (min(self.days[0], first), max(self.days[1], last))
