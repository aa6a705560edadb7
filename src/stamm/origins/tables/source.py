"""A table as a source: what is new since the last reading, as facts, by a mapping or under the columns' own names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from stamm.facts import imported
from stamm.facts.mapping import FactMapping
from stamm.lang.errors import InputError, ProjectError
from stamm.lang.organisation import Organisation
from stamm.origins.tables.mark import Mark, Value, behind, grows, lower
from stamm.origins.tables.setting import SECTION, TableSetting
from stamm.sources.files import rows_of_fact
from stamm.sources.kind import Chunk, Source
from stamm.sources.mapped import FileMapping, Mapped

if TYPE_CHECKING:
    from stamm.origins.tables.table import Table


class TableSource(Source):
    """A table or view of a database, named in stamm.toml.

    `mark` says how far it was read before; after a reading, how far it is read now. What lies a little behind the mark
    is read again, because a transaction may have ended after that reading that began before it; since a fact is known
    by its key, it comes in once. Where nothing is new, nothing is read, and `idle` is true.
    """

    abstract = True  # needs its setting, so it is made by whoever has one

    def __init__(self, setting: TableSetting, mapping: FileMapping | None, directory: Path, folder: Path) -> None:
        """`directory` is where stamm.toml lies; what does not fit into memory waits on the disk of `folder`."""
        super().__init__()
        self.setting, self.mapping, self.directory, self.folder = setting, mapping, directory, folder
        self._before: Mark | None = None
        self._fresh = Mark("", None, "", "")
        self.mark: Mark | None = None
        self.idle = False

    def recognises(self, what: Path | str) -> bool:
        return str(what) == self.setting.name

    def reads_as(self, what: Path | str) -> str:
        mapping = self.mapping.table() if self.mapping else {}
        return f"{super().reads_as(what)} {json.dumps([self.setting.told(), mapping], sort_keys=True)}"

    def files(self, what: Path | str) -> tuple[Path, ...]:
        return ()

    def follow(self, kept: str | None, organisation: Organisation, now: datetime) -> None:
        """Go on where an earlier reading ended, if it read the same in the same way."""
        settings = (self.reads_as(self.setting.name), organisation.zone, organisation.currency)
        of = hashlib.sha256("\0".join(settings).encode()).hexdigest()
        before = Mark.read(kept) if kept else None
        self._before = before if before and before.of == of else None
        self._fresh = Mark(of, None, "", now.isoformat())
        self.mark, self.idle = self._before, False

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        with self._opened() as (table, where):
            start = self._advance(table, where)
            if self.idle:
                return
            for mapping in self.mapping.facts if self.mapping else (None,):
                yield from self._facts(mapping, table, start, organisation)

    def sample(self, file: Path) -> None:
        """Write its first rows into a Parquet file, for somebody to judge them by."""
        with self._opened() as (table, _):
            piece = next(iter(table.rows(None).chunks()))
            pq.write_table(pa.table(dict(piece.raw.columns)), file)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Table, str]]:
        """The table in a transaction that reads, and how its place is told."""
        from stamm.origins.tables.address import Address  # noqa: PLC0415 - SQLAlchemy is loaded where it is needed
        from stamm.origins.tables.connecting import reading  # noqa: PLC0415
        from stamm.origins.tables.table import Table  # noqa: PLC0415

        address = Address.of(self.setting, self.directory)
        where = f"{address.shown}, {self.setting.table}"
        with reading(address) as connection:
            yield Table.find(connection, self.setting, where), where

    def _advance(self, table: Table, where: str) -> Value | None:
        """From where on is read; notes up to where it will be."""
        if not self.setting.by:
            return None
        highest = table.newest()
        newest = None if highest is None else grows(highest, self.setting.by, where)
        before = self._before.newest if self._before else None
        if newest is None or before is None or lower(newest, before):  # a table that was set back is another one
            start: Value | None = None
        else:
            start = behind(before, self.setting.overlap)
        within = "" if newest is None else table.digest(behind(newest, self.setting.overlap))
        if start is not None and newest == before and self._before and within and within == self._before.within:
            self.idle = True
        else:
            self.mark = replace(self._fresh, newest=newest, within=within)
        return start

    def _facts(
        self, mapping: FactMapping | None, table: Table, start: Value | None, organisation: Organisation
    ) -> Iterator[Chunk]:
        if mapping is None or self.mapping is None:
            yield from rows_of_fact(imported()[self._fact()], table.rows(start), organisation)
            return
        self._refuse(mapping)
        source = Mapped(self.mapping, self.folder)
        yield from source.facts(
            mapping, table.rows(start, mapping.each), organisation=organisation, beside=self.directory
        )

    def _fact(self) -> str:
        """The kind of fact after which the table is named."""
        name, fact = self.setting.name, self.setting.table.rpartition(".")[2].lower()
        if fact not in imported():
            raise ProjectError(
                f"The table {self.setting.table} is not named after a fact kind, and no mapping says what is in it.",
                where=f"stamm.toml, [{SECTION}.{name}]",
                remedy=f"Write a section [mapping.{name}], which `stamm import --guess {name}` proposes; "
                f"or let the table be called one of {', '.join(imported())}.",
            )
        return fact

    def _refuse(self, mapping: FactMapping) -> None:
        """Raise InputError for what a mapping says about files alone."""
        said = {name: "row" if rule.row else "through" for name, rule in mapping.columns.items()}
        refused = [name for name, rule in mapping.columns.items() if rule.row or rule.through]
        if not refused:
            return
        column = refused[0]
        why = "rows of a table have no order" if said[column] == "row" else "no file lies beside a table"
        raise InputError(
            f"The mapping says `{said[column]}` for {column}, but {why}.",
            where=f"stamm.toml, [mapping.{self.mapping.name if self.mapping else ''}.{mapping.fact}]",
            remedy="Read a column that holds it, or a view of the database that computes it.",
        )
