"""A table or view of a database: found by its name, asked how far it reaches, read row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from sqlalchemy import (
    Connection,
    FromClause,
    Select,
    and_,
    column,
    exists,
    false,
    func,
    inspect,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy import table as named
from sqlalchemy.sql import ColumnElement

from stamm.lang.errors import InputError
from stamm.origins.tables.cells import raw_of
from stamm.origins.tables.mark import Value
from stamm.origins.tables.setting import TableSetting
from stamm.sources.reading import Piece, Reading, Rows

#: rows that are held at once
ROWS = 10_000
_TOLD = 20


@dataclass(frozen=True)
class Table:
    """A table, its columns as the database calls them, and the column that tells what is new."""

    connection: Connection
    setting: TableSetting
    schema: str | None
    name: str
    columns: tuple[str, ...] = field(default=())

    @classmethod
    def find(cls, connection: Connection, setting: TableSetting, where: str) -> Table:
        """The table or view that a setting names; raises InputError with what there is instead."""
        look = inspect(connection)
        schema, _, plain = setting.table.rpartition(".")
        for inside, name in ((None, setting.table), (schema, plain)):
            if name and inside != "" and look.has_table(name, schema=inside):
                found = cls(connection, setting, inside, name, _columns(connection, inside, name))
                found.refuse_missing(where)
                return found
        inside = schema if schema in look.get_schema_names() else None
        known = sorted({*look.get_table_names(schema=inside), *look.get_view_names(schema=inside)})
        near = get_close_matches(plain, known, n=3) or known[:_TOLD]
        raise InputError(
            f"There is no table or view {setting.table}.",
            where=where,
            remedy=f"Did you mean {' or '.join(near)}?" if near else "There is none at all that this user may see.",
        )

    def refuse_missing(self, where: str) -> None:
        """Raise InputError where the column that tells what is new is not there."""
        by = self.setting.by
        if by and by not in self.columns:
            near = get_close_matches(by, self.columns, n=1)
            raise InputError(
                f"There is no column {by}, by which what is new would be found.",
                where=where,
                remedy=f"Columns found: {', '.join(self.columns[:_TOLD])}.{f' Perhaps {near[0]}?' if near else ''}",
            )

    def clause(self) -> FromClause:
        """The table in a query, under a name of its own."""
        return named(self.name, *(column(name) for name in self.columns), schema=self.schema).alias()

    def newest(self) -> Any:
        """The highest value of the column that tells what is new; nothing in an empty table."""
        table = self.clause()
        return self.connection.execute(select(func.max(table.c[self.setting.by]))).scalar()

    def digest(self, start: Value) -> str:
        """A digest of that value and the higher ones, as often as there are; empty where a row has none at all.

        A change gives its row another value; one that was written late changes neither the highest nor their number.
        """
        total, rows = hashlib.sha256(), self.rows(start)
        for piece in rows.chunks((rows.names[self.columns.index(self.setting.by)],)):
            (values,) = piece.raw.columns.values()
            if values.null_count:
                return ""
            total.update("\0".join([*values.to_pylist(), ""]).encode())
        return total.hexdigest()

    def _since(self, table: FromClause, start: Value) -> ColumnElement[bool]:
        by = table.c[self.setting.by]
        return or_(by >= literal(start), by.is_(None))

    def rows(self, start: Value | None, together: tuple[str, ...] = ()) -> TableRows:
        """The rows from that value on; with all that belong `together` with one of them, equal in these columns."""
        table = self.clause()
        if start is None:
            return TableRows(self, table, None)
        since = self._since(table, start)
        if together:
            other = self.clause()
            same = and_(*(other.c[name] == table.c[name] for name in together))
            since = or_(since, exists(select(literal(1)).select_from(other).where(same, self._since(other, start))))
        return TableRows(self, table, since)


def _columns(connection: Connection, schema: str | None, name: str) -> tuple[str, ...]:
    """The names of its columns, as whoever may do nothing but read learns them."""
    query: Select[Any] = select(literal_column("*")).select_from(named(name, schema=schema)).where(false())
    with connection.execute(query) as result:
        return tuple(result.keys())


class TableRows(Rows):
    """The rows of a table; a row is named by its number in this reading, from 1."""

    def __init__(self, table: Table, clause: FromClause, where: ColumnElement[bool] | None) -> None:
        super().__init__(table.setting.name, Reading(), table.columns, 0)
        self._table, self._clause, self._where = table, clause, where

    @property
    def bytes_read(self) -> int:
        return 0

    def _chunks(self, wanted: tuple[str, ...]) -> Iterator[Piece]:
        asked = [self._clause.c[self._table.columns[place]] for place in self._places_of(wanted)]
        query: Select[Any] = select(*asked or [literal(1)]).select_from(self._clause)
        if self._where is not None:
            query = query.where(self._where)
        if self._table.setting.by:  # of two rows with one key the later change is the one that stays
            query = query.order_by(self._clause.c[self._table.setting.by])
        options = {"stream_results": True, "yield_per": ROWS}  # a cursor of the server: it keeps what is not asked for
        done = 0
        with self._table.connection.execute(query, execution_options=options) as result:
            for some in result.partitions(ROWS):
                yield Piece(raw_of(wanted, some, done + 1))
                done += len(some)
        if not done:
            yield Piece(raw_of(wanted, (), 1))
