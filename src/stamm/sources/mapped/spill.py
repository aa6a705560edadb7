"""Rows put aside on the disk by the hash of their key, so that all rows of one key can be had together later."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

import numpy as np
import pyarrow as pa

from stamm.sources.local_time import Whole

#: into how many parts the keys fall; what is done with a part has to fit into memory
PARTS = 64
#: bytes gathered before they are written
GATHERED = 1 << 25
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


class Spill:
    """Tables in, parts out, each in the order in which its rows came. The file has no name, so nothing is ever left."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed in __exit__
        self._places: list[list[tuple[int, int]]] = [[] for _ in range(PARTS)]
        self._waiting: list[tuple[pa.Table, Whole]] = []
        self._gathered = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def put(self, table: pa.Table, parts: Whole) -> None:
        """Put rows aside; `parts` says where each belongs."""
        if self._waiting and self._waiting[0][0].schema != table.schema:
            self._write()
        self._waiting.append((table, parts))
        self._gathered += table.nbytes
        if self._gathered >= GATHERED:
            self._write()

    def _write(self) -> None:
        if not self._waiting:
            return
        parts = np.concatenate([places for _, places in self._waiting])
        order = np.argsort(parts, kind="stable")
        table = pa.concat_tables([table for table, _ in self._waiting]).take(pa.array(order)).combine_chunks()
        self._waiting, self._gathered = [], 0
        edges = np.searchsorted(parts[order], np.arange(PARTS + 1))
        for part in range(PARTS):
            if edges[part] < edges[part + 1]:
                content = _packed(table.slice(edges[part], edges[part + 1] - edges[part]))
                self._places[part].append((self._file.seek(0, 2), content.size))
                self._file.write(content)

    def parts(self) -> Iterator[Iterator[pa.Table]]:
        """The parts with something in them, each a few tables at a time."""
        self._write()
        for places in self._places:
            if places:
                yield self._tables(places)

    def part(self, number: int) -> Iterator[pa.Table]:
        """One part, a few tables at a time."""
        self._write()
        return self._tables(self._places[number])

    def _tables(self, places: list[tuple[int, int]]) -> Iterator[pa.Table]:
        for start, size in places:
            self._file.seek(start)
            with pa.ipc.open_stream(pa.py_buffer(self._file.read(size))) as reader:
                yield reader.read_all()


def _packed(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table)
    return sink.getvalue()


def parts_of(keys: pa.Array) -> Whole:
    """To which part each of these texts belongs, or what is none."""
    content = keys.cast(pa.binary()).to_pylist()
    return np.array([crc32(key or b"") % PARTS for key in content], dtype=np.int64)
