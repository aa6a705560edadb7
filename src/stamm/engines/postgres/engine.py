"""PostgreSQL: the same questions over the tables of a shop, as they stand there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, TypeVar

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import psycopg
import pyarrow as pa
from ibis.common.exceptions import IbisError
from psycopg import sql

from stamm.engines.operations import refuse_unproved
from stamm.engines.postgres.address import Address
from stamm.engines.postgres.connection import Connection, connect
from stamm.engines.postgres.dialect import Compiler
from stamm.engines.postgres.judging import FAULT
from stamm.engines.postgres.shop import Shop, stored
from stamm.engines.postgres.survey import Survey, doubled_keys, left_out, survey, united
from stamm.facts import imported
from stamm.facts.columns import ARROW
from stamm.facts.mapping import FactMapping
from stamm.lang.errors import EngineError, InputError
from stamm.lang.organisation import Organisation

_ = ibis._
Found = TypeVar("Found")

MOMENT = ibis.dtype(ARROW["moment"])
AS_FILES = "Export the tables, import the files into a project of their own, and ask there."
#: so many keys are named where several rows have the same
SHOWN = 3
#: how facts lie in tables of our own
TYPES = {
    pa.string(): 'text COLLATE "C"',
    pa.timestamp("us", tz="UTC"): "timestamptz",
    pa.date32(): "date",
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
}


class Postgres:
    """A PostgreSQL database that is only read, in one state from the first question to the last.

    The state is that of one connection, so threads ask it one after the other.
    """

    name = "PostgreSQL"
    most_distinct = None

    def __init__(self, connection: Connection, zone: str, shop: Shop | None = None) -> None:
        self.connection, self.zone, self._shop = connection, zone, shop
        self._compiler = Compiler()
        self._tables: dict[str, ir.Table] = {}
        self._surveys: dict[str, Survey] = {}
        #: the facts of kinds that were looked over, each with the number of its fault
        self._judged: dict[str, ir.Table] = {}
        self._turn = threading.RLock()
        #: the thread whose turn it is
        self._asker = 0

    @classmethod
    def over_shop(
        cls, address: Address, mappings: Mapping[str, Sequence[FactMapping]], organisation: Organisation
    ) -> Postgres:
        """An engine over the tables of a shop, by the mappings of stamm.toml. Raises EngineError."""
        connection = Connection.open(address)
        return cls(connection, organisation.zone, Shop(connection, mappings, organisation))

    @classmethod
    def over_tables(cls, tables: Mapping[str, pa.Table], *, address: Address) -> Postgres:
        """An engine over Arrow tables, which become temporary ones of that database (worked examples, tests)."""
        raw = connect(address)
        loaded = {kind: _load(raw, kind, rows) for kind, rows in tables.items()}
        engine = cls(Connection(address, raw), "UTC")
        engine._tables.update(loaded)
        return engine

    @property
    def snapshot(self) -> int:
        """The number of the state that is read; it grows with every change of the database."""
        return self.connection.snapshot

    # -- asking ----------------------------------------------------------------------
    def table(self, kind: str) -> ir.Table:
        """The sound facts of a kind; none where no mapping makes it.

        Raises ProjectError where a mapping cannot be followed, InputError where several facts have the same key.
        """
        with self._alone():
            if kind not in self._tables:
                self._tables[kind] = self._found(kind)
            return self._tables[kind]

    def held(self, expression: ir.Table) -> ir.Table:
        """The expression itself: what a query mentions several times is computed once."""
        return expression

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression, in the Arrow types DuckDB gives."""
        refuse_unproved(self.name, expression, remedy=AS_FILES)
        with self._alone():
            return self._run(expression)

    def interrupt(self, thread: int) -> None:
        """Let the server end the query that a thread has asked, which gets an error."""
        if self._asker == thread:
            self.connection.interrupt()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._turn:
            before, self._asker = self._asker, threading.get_ident()
            try:
                yield
            finally:
                self._asker = before

    def _run(self, expression: ir.Table) -> pa.Table:
        schema = expression.schema().to_pyarrow()
        rows = self.connection.rows(self._sql(expression))
        try:
            columns = [_column([row[place] for row in rows], field.type) for place, field in enumerate(schema)]
        except pa.ArrowInvalid as error:
            raise EngineError(f"PostgreSQL found a number that is too large: {error}.") from error
        return pa.table(columns, schema=schema)

    def _sql(self, expression: ir.Table) -> str:
        try:
            return str(self._compiler.to_sqlglot(expression).sql(dialect=self._compiler.dialect))
        except IbisError as error:
            raise EngineError(f"PostgreSQL cannot be asked this: {error}.") from error

    def _ask(self, expression: ir.Table) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._run(expression).to_pylist()
        return found

    # -- the shop --------------------------------------------------------------------
    @property
    def kinds(self) -> tuple[str, ...]:
        """The fact kinds that the mappings make of the shop's tables."""
        return self._shop.kinds if self._shop else ()

    def covering(self, stated: Mapping[str, tuple[date, date]]) -> Mapping[str, tuple[date, date]]:
        """First and last covered day of each kind: as stated, else as there is any; looked for when it is asked for."""
        return _Looked(self, lambda survey: survey.covered, stated)

    @property
    def unsound(self) -> Mapping[str, int]:
        """How many facts of a kind are not sound, where there are any."""
        return _Looked(self, lambda survey: survey.unsound or None, {})

    def survey(self, kind: str) -> Survey:
        """What there is of a kind, sound and unsound."""
        assert self._shop  # facts of our own are not looked over
        if kind not in self._surveys:
            parts, taken_at = self._shop.parts(kind), self.connection.taken_at
            self._judged[kind] = facts = self._view(f"{kind} with faults", united(parts))
            self._surveys[kind] = survey(imported()[kind], parts, facts, taken_at, self.zone, self._ask)
        return self._surveys[kind]

    def left_out(self, kind: str) -> list[tuple[str, int]]:
        """How many rows of each table the mappings leave out of a kind by `where`."""
        assert self._shop
        return left_out(self._shop.parts(kind), self._ask)

    def _found(self, kind: str) -> ir.Table:
        if self._shop is None or kind not in self._shop.kinds:
            return ibis.memtable(stored(imported()[kind].schema()).empty_table())
        found = self.survey(kind)
        if found.doubled:
            raise self._doubled(kind, found)
        if not found.blamed:
            return self._judged[kind].drop(FAULT)
        facts = united(self._shop.parts(kind, only=found.blamed))
        # Said so that PostgreSQL takes it to be true of nearly all rows, and plans accordingly.
        sound = facts.filter(_[FAULT].isnull().cast("int32") != 0)
        return self._view(kind, sound.drop(FAULT))

    def _view(self, name: str, expression: ir.Table) -> ir.Table:
        """A query as a table that others are made of, in the types of stored facts; it is compiled once."""
        self._compiler.views[name] = self._sql(expression)
        exact = {column: MOMENT if type_.is_timestamp() else type_ for column, type_ in expression.schema().items()}
        return ops.DatabaseTable(name, ibis.schema(exact), None).to_expr()

    def _doubled(self, kind: str, found: Survey) -> InputError:
        assert self._shop
        fact, tables = imported()[kind], dict.fromkeys(part.table for part in self._shop.parts(kind))
        keys = doubled_keys(fact, self._judged[kind], self._ask, SHOWN)
        more = "; ..." if found.doubled > len(keys) else ""
        return InputError(
            f"{fact.en} are known by {' and '.join(fact.key_columns)}, and {found.doubled:,} of these "
            f"stand in several rows of {' and '.join(tables)}: {'; '.join(keys)}{more}.",
            where=f"stamm.toml, {kind}",
            remedy="Bring rows that belong together into one with `each`, or name columns that tell them apart.",
        )


class _Looked(Mapping[str, Found]):
    """Something about each kind that is found by looking it over, unless it is stated."""

    def __init__(self, engine: Postgres, pick: Callable[[Survey], Found | None], stated: Mapping[str, Found]) -> None:
        self._engine, self._pick, self._stated = engine, pick, stated

    def __getitem__(self, kind: str) -> Found:
        if kind in self._stated:
            return self._stated[kind]
        found = self._pick(self._engine.survey(kind)) if kind in self._engine.kinds else None
        if found is None:
            raise KeyError(kind)
        return found

    def __iter__(self) -> Iterator[str]:
        return (kind for kind in dict.fromkeys((*self._stated, *self._engine.kinds)) if kind in self)

    def __len__(self) -> int:
        return sum(1 for _kind in self)


def _load(raw: psycopg.Connection[Any], kind: str, rows: pa.Table) -> ir.Table:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(field.name), sql.SQL(TYPES[field.type])) for field in rows.schema
    )
    raw.execute(sql.SQL("CREATE TEMPORARY TABLE {} ({})").format(sql.Identifier(kind), columns))
    with raw.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(kind))) as copy:
        for row in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            copy.write_row(row)
    schema = ibis.Schema.from_pyarrow(rows.schema)
    return ops.DatabaseTable(kind, schema, None, ops.Namespace(database="pg_temp")).to_expr()


def _column(values: Sequence[Any], type_: pa.DataType) -> pa.Array:
    """Values as psycopg gives them; a mean of whole numbers comes as a decimal."""
    if pa.types.is_floating(type_):
        values = [None if value is None else float(value) for value in values]
    return pa.array(values, type_)
