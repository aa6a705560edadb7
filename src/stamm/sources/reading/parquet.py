"""Parquet: columns in their own types, structs also taken apart to `a.b`; a row is named by its number, from 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stamm.lang.errors import InputError
from stamm.sources.checking import Raw
from stamm.sources.reading.kind import Piece, Reading, Rows

#: rows of a piece at most, and bytes of it as the file states them
ROWS, BYTES = 100_000, 1 << 26
#: structs in structs that are taken apart
_DEPTH = 20

Place = tuple[str, ...]


class Parquet(Rows):
    """The rows of a Parquet file. `path` is where it lies unpacked."""

    def __init__(self, path: Path, file: str, reading: Reading, bytes_total: int, stack: ExitStack) -> None:
        self.file, self._done = file, 0
        with self._told():
            self._parquet = stack.enter_context(pq.ParquetFile(path))
            self._schema = self._parquet.schema_arrow
            self._places = [(at, place) for at, field in enumerate(self._schema) for place in _places(field)]
            self._whole: int = self._parquet.metadata.num_rows
        names = [".".join(place) for _, place in self._places]
        super().__init__(file, replace(reading, format="parquet"), names, bytes_total)
        self.inner = frozenset(name for name, (_, place) in zip(self.names, self._places, strict=True) if place[1:])

    @property
    def bytes_read(self) -> int:
        return self.bytes_total * self._done // self._whole if self._whole else self.bytes_total

    def _chunks(self, wanted: tuple[str, ...]) -> Iterator[Piece]:
        places = {self.names[at]: self._places[at] for at in self._places_of(wanted)}
        with self._told():
            if not self._whole:
                yield Piece(Raw({name: pa.array([], pa.string()) for name in places}, np.zeros(0, dtype=np.int64)))
            order = self._read({at for at, _ in places.values()})
            names = None if len(order) == len(self._schema) else [self._schema.field(at).name for at in order]
            for batch in self._parquet.iter_batches(self._rows_at_once(), columns=names):
                batch.validate(full=True)
                lines = np.arange(self._done + 1, self._done + batch.num_rows + 1, dtype=np.int64)
                self._done += batch.num_rows
                columns = {name: _part(batch.column(order.index(at)), place) for name, (at, place) in places.items()}
                yield Piece(Raw(columns, lines))

    def _read(self, wanted: set[int]) -> list[int]:
        """Which columns are read, in their order; all where names would not tell them apart."""
        names = self._schema.names
        if len(set(names)) < len(names) or any("." in name for name in names):
            return list(range(len(names)))
        return sorted(wanted)

    def _rows_at_once(self) -> int:
        about = self._parquet.metadata
        size = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
        return int(max(1, min(ROWS, BYTES * self._whole // max(1, size))))

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                "The file is not sound Parquet.",
                where=self.file,
                remedy="Write or copy it again; it seems damaged.",
            ) from error


def _places(field: pa.Field, before: Place = ()) -> Iterator[Place]:
    """The column, and those inside it."""
    place = (*before, field.name)
    yield place
    if pa.types.is_struct(field.type) and len(place) <= _DEPTH:
        for inner in field.type:
            yield from _places(inner, place)


def _part(column: pa.Array, place: Place) -> pa.Array:
    return pc.struct_field(column, list(place[1:])) if place[1:] else column
