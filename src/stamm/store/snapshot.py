"""What readers see: one state of the whole lake, unchanging however much is written beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from stamm.facts import Imported
from stamm.facts.sources import SOME
from stamm.lang.errors import UsageError
from stamm.store.layout import IMPORTS, Layout
from stamm.store.manifest import KindState, Manifest, TableState


class Snapshot:
    """The lake at one manifest.

    For readers of `files`: the month is in the path only (`month=2024-02`), and files written before a
    column existed lack it: unite them by name and take the types from the kind's `schema()`. The columns
    that start with an underscore are the store's own.
    """

    def __init__(self, root: Path, manifest: Manifest, kinds: Mapping[str, type[Imported]]) -> None:
        self.root, self.manifest, self._kinds = root, manifest, kinds

    @property
    def number(self) -> int:
        """The manifest's number; it grows with every commit."""
        return self.manifest.number

    @property
    def zone(self) -> str:
        """The time zone in which the local days were resolved."""
        return self.manifest.zone

    @property
    def written_at(self) -> datetime:
        """When the newest data of this snapshot was received, UTC."""
        return self.manifest.written_at

    def kinds(self) -> tuple[str, ...]:
        """Fact kinds of which anything was ever taken in, sorted."""
        return tuple(sorted(self.manifest.kinds))

    def _layout(self, kind: str) -> Layout:
        if kind not in self._kinds:
            raise UsageError(f"There is no fact kind {kind!r}.", remedy=f"Known: {', '.join(sorted(self._kinds))}.")
        return Layout(self._kinds[kind])

    def _table(self, name: str) -> TableState | None:
        return self.manifest.tables.get(name)

    def paths(self, table: str) -> tuple[Path, ...]:
        """Absolute paths of a table's files, by the table's own name."""
        state = self._table(table)
        return tuple(self.root / table / file.path for file in state.files) if state else ()

    def files(self, kind: str) -> list[str]:
        """Absolute paths of the Parquet files that hold the current rows."""
        return [str(path) for path in self.paths(self._layout(kind).key)]

    def history_files(self, kind: str) -> list[str]:
        """Absolute paths of the Parquet files that hold superseded messages."""
        return [str(path) for path in self.paths(self._layout(kind).history)]

    def rows(self, kind: str) -> int:
        """Number of current rows."""
        state = self._table(self._layout(kind).key)
        return state.rows if state else 0

    def simulated(self, kind: str) -> bool:
        """Whether any current row is made data."""
        state = self._table(self._layout(kind).key)
        return state is not None and any(file.simulated for file in state.files)

    def coverage(self, kind: str, source: str | None = None) -> tuple[date, date] | None:
        """First and last covered local day, of one source or of all together; None where nothing is.

        Sources that tell of some rows alone (`facts.sources.SOME`) cover days only where no other one does.
        """
        known = self.manifest.kinds.get(self._layout(kind).key, KindState()).coverage
        if source is not None:
            return known.get(source)
        days = [covered for name, covered in known.items() if covered and name not in SOME]
        days = days or [covered for covered in known.values() if covered]
        return (min(first for first, _ in days), max(last for _, last in days)) if days else None

    def sources(self, kind: str) -> tuple[str, ...]:
        """The imports and endpoints that brought rows of a kind, sorted."""
        return tuple(sorted(self.manifest.kinds.get(self._layout(kind).key, KindState()).coverage))

    def imports(self) -> frozenset[str]:
        """The digests under which files were taken in."""
        tables = [pq.read_table(path, columns=["digest"]) for path in self.paths(IMPORTS)]
        return frozenset(digest for table in tables for digest in table.column("digest").to_pylist())

    def dataset(self, kind: str) -> ds.Dataset:
        """The current rows as an Arrow dataset with exactly the kind's schema."""
        layout = self._layout(kind)
        files = self.files(kind)
        if not files:
            return ds.dataset(layout.schema.empty_table())
        partitioning = ds.partitioning(pa.schema([layout.schema.field("month")]), flavor="hive")
        return ds.dataset(
            files,
            schema=layout.schema,
            format="parquet",
            partitioning=partitioning,
            partition_base_dir=str(self.root / layout.key),
        )
