"""Apache Spark: the same questions over the same files, on as many machines as there are."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.pyspark import Backend
from ibis.backends.pyspark.datatypes import PySparkSchema
from ibis.common.exceptions import IbisError
from py4j.protocol import Py4JError
from pyspark import StorageLevel
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from stamm.engines.kind import CannotRunError
from stamm.engines.operations import refuse_unproved
from stamm.engines.spark.application import Application, told
from stamm.engines.spark.dialect import SparkCompiler
from stamm.facts import imported, kept
from stamm.lang.errors import EngineError

#: a path of the lake is no pattern, whatever characters the user's folder has
PATTERN = str.maketrans({character: f"\\{character}" for character in "\\{}[]*?"})

#: how Spark says that a file is not there or cannot be opened
UNREADABLE = re.compile(r"FileNotFound|FAILED_READ_FILE|PATH_NOT_FOUND|AccessControlException")


class Spark:
    """A Spark cluster over Parquet files that it reaches, or over tables in memory.

    Each engine has a session of its own in the one application of the process. It runs only what has been
    proved to give the same as DuckDB.
    """

    name = "Spark"
    #: Spark copies the rows of a query once for each distinct count in it, unless there is just one
    most_distinct = 1

    def __init__(self, session: SparkSession, frames: Mapping[str, Callable[[], DataFrame]]) -> None:
        self._session, self._frames = session, dict(frames)
        self._backend = _Backend()
        self._backend.do_connect(session)
        self._tables: dict[str, ir.Table] = {}
        self._held: dict[ops.Node, tuple[ir.Table, DataFrame]] = {}
        #: threads ask one after the other: the cluster has work enough from one
        self._turn = threading.RLock()

    @classmethod
    def over_files(cls, files: Mapping[str, Sequence[str]], directory: Path, *, master: str) -> Spark:
        """An engine over the Parquet files of each fact, which the workers find at the same place."""
        session = Application.do(Application.on(master).session)
        kinds = (*imported(), *(fact.key for fact in kept() if fact.key in files))
        return cls(session, {kind: partial(_read, session, kind, files.get(kind, ())) for kind in kinds})

    @classmethod
    def over_tables(cls, tables: Mapping[str, pa.Table], *, master: str) -> Spark:
        """An engine over Arrow tables in memory (worked examples, tests, notebooks)."""
        session = Application.do(Application.on(master).session)
        empty = {kind: _schema(kind).empty_table() for kind in imported()}
        return cls(
            session, {kind: partial(session.createDataFrame, rows) for kind, rows in {**empty, **tables}.items()}
        )

    def table(self, kind: str) -> ir.Table:
        """The current table of an imported fact kind, or of a fact that is kept in files."""
        with self._turn:
            if kind not in self._tables:
                with self._failing():
                    Application.do(lambda: self._frames[kind]().createOrReplaceTempView(kind))
                self._tables[kind] = self._view(kind, ibis.Schema.from_pyarrow(_schema(kind)))
            return self._tables[kind]

    def _view(self, name: str, schema: ibis.Schema) -> ir.Table:
        return ops.DatabaseTable(name, schema=schema, source=self._backend).to_expr()

    def held(self, expression: ir.Table) -> ir.Table:
        """The rows of an expression, computed now and kept by the workers until this engine is closed.

        Spark would compute them at each mention, several times in one query. Once they are there it also knows how
        many they are, and hands few of them to every worker rather than all that they meet.
        """
        with self._turn:
            if (asked := expression.op()) not in self._held:
                refuse_unproved(self.name, expression)
                name = f"held_{len(self._held)}"
                with self._failing():
                    frame = Application.do(lambda: self._backend.hold(expression, name))
                self._held[asked] = self._view(name, expression.schema()), frame
            return self._held[asked][0]

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression, in the Arrow types DuckDB gives."""
        refuse_unproved(self.name, expression)
        with self._turn, self._failing():
            return Application.do(lambda: self._backend.to_pyarrow(expression))

    def interrupt(self, thread: int) -> None:
        """Nothing: jobs of a cluster run to their end, and those of others would end with them."""

    def close(self) -> None:
        """Forget the tables; the application goes on for the next question."""
        for table, frame in self._held.values():
            frame.unpersist()
            self._session.catalog.dropTempView(table.get_name())
        for name in self._tables:
            self._session.catalog.dropTempView(name)
        self._held.clear()
        self._tables.clear()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """What Spark cannot do is refused by name, and what goes wrong there is told."""
        try:
            yield
        except (IbisError, PySparkException, Py4JError, OSError) as error:
            text = told(error)
            if UNREADABLE.search(text):
                raise EngineError(
                    f"A worker of Spark cannot read the project's files: {text}",
                    remedy="Put the project where every worker finds it under the same path.",
                ) from error
            if isinstance(error, IbisError | AnalysisException):
                raise CannotRunError(self.name, f", which says: {text}") from error
            raise EngineError(
                f"Spark failed: {text}", remedy="`stamm doctor` looks at Java, master and workers."
            ) from error


class _Backend(Backend):  # type: ignore[misc]
    """Ibis' backend, with our SQL and without a detour by pandas, which knows neither 1600 nor 9999."""

    compiler = SparkCompiler()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.register_options()

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        frame = self._session.createDataFrame(op.data.to_pyarrow(op.schema))
        frame.createOrReplaceTempView(op.name)

    def _make_memtable_finalizer(self, name: str) -> None:
        """Nothing: a table in memory goes with its session."""

    def hold(self, expr: ir.Table, name: str) -> DataFrame:
        """The rows of an expression in the workers' memory, what does not fit there on their disks; a view by name."""
        frame = self._frame(expr).persist(StorageLevel.MEMORY_AND_DISK)
        frame.count()
        frame.createOrReplaceTempView(name)
        return frame

    def _frame(self, expr: ir.Table) -> DataFrame:
        self._run_pre_execute_hooks(expr)
        frame: DataFrame = self.raw_sql(self.compile(expr))
        return frame

    def to_pyarrow(self, expr: ir.Table, /, **more: Any) -> pa.Table:
        return self._frame(expr).toArrow().cast(expr.schema().to_pyarrow())


def _schema(kind: str) -> pa.Schema:
    """The columns found in the files: the partition's month is in the path alone."""
    if kind not in imported():
        return next(fact for fact in kept() if fact.key == kind).schema()
    schema = imported()[kind].schema()
    return schema.remove(schema.get_field_index("month"))


def _read(session: SparkSession, kind: str, files: Sequence[str]) -> DataFrame:
    """The rows of the files; a column that an older file lacks is null."""
    schema = _schema(kind)
    if not files:
        return session.createDataFrame(schema.empty_table())
    paths = [f"file://{file.translate(PATTERN)}" for file in files]
    types = PySparkSchema.from_ibis(ibis.Schema.from_pyarrow(schema))
    return session.read.schema(types).option("recursiveFileLookup", "true").parquet(*paths)
