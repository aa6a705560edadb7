"""The writing rules as set operations: what a put makes of the rows that are there.

A message is what one row of a put says of one key: some columns and their values. The messages of a key
are ordered by (received_at, arrival). The current row holds, for every column, the value of the last
message that carried it; the other messages are kept in the history. So the current row and the history
together hold every message: the newest one is what the current row says in the columns named by
`_carried`. Whatever arrives in whatever order is folded from all of them.

A message may also take the row back, or give it back; the last one that says either counts. A row that is taken back is
in the history alone.
"""

# ruff: noqa: S608 - names in statements come from the schemas of fact kinds, values are escaped by `literal`

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from stamm.store.layout import ARRIVAL, CARRIED, GIVEN_BACK, MESSAGE_SIMULATED, WITHDRAWN, Layout, quoted
from stamm.store.manifest import DataFile
from stamm.store.relations import listed, literal, scan, write_files
from stamm.store.staging import Stage

_SYSTEM = ("source", "received_at", "simulated")
_TEMPORARY = ("doubled", "old", "hist", "settled", "rest", "messages", "folded", "altered", "sets", "spelled")


@dataclass(frozen=True)
class Counts:
    """What became of the rows of a put; the numbers add up to its rows.

    `older` rows were overtaken by a newer message of their key that was there before (they may still have
    filled columns it did not carry); `waiting` rows are kept until the rest of their row arrives. `erased` rows were
    left out: they were of people who were erased, and nothing without them.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    waiting: int = 0
    erased: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.older + other.older,
            self.waiting + other.waiting,
            self.erased + other.erased,
        )


@dataclass(frozen=True)
class Outcome:
    """What a merge wrote: new files of both tables, and the current files they replace."""

    counts: Counts
    current: tuple[DataFile, ...] = ()
    replaced: frozenset[Path] = frozenset()
    history: tuple[DataFile, ...] = ()


class Merge:
    """One put, folded into the tables of its kind."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, layout: Layout) -> None:
        self.connection, self.layout = connection, layout
        self.using = f"USING ({listed(layout.keys)})"
        self.keys = listed(layout.keys)
        self.touched = False
        self.stored = (*layout.carried, *_SYSTEM, *layout.computed)
        self._whether = layout.bit(WITHDRAWN) | layout.bit(GIVEN_BACK)

    def run(self, query: str) -> int:
        """Execute a statement; the number of rows it made, where it tells."""
        found = self.connection.execute(query).fetchone()
        return int(found[0]) if found else 0

    def has(self, mask: str, name: str) -> str:
        """Whether a mask says that a column was carried."""
        return f"({mask} & {self.layout.bit(name)}) <> 0"

    def put(
        self,
        stage: Stage,
        base: int,
        current: Sequence[Path],
        history: Sequence[Path],
        target: tuple[Path, Path],
        *,
        same_month: bool = False,
    ) -> Outcome:
        """Merge what was staged; new files go below the two target directories (current, history).

        `same_month`: a row that is there already lies in the month of the one that was staged.
        """
        for name in _TEMPORARY:
            self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(
            f"CREATE OR REPLACE VIEW staged AS SELECT *, {base} + _row AS {ARRIVAL} "
            f"FROM read_parquet({literal(str(stage.path))}, hive_partitioning = false)"
        )
        if same_month:
            current = self._of_months(current)
        doubled = self.run(f"CREATE TABLE doubled AS SELECT {self.keys} FROM staged GROUP BY ALL HAVING count(*) > 1")
        there, before = self._gather(current, history, stage.masks)
        settled = self._settle() if there else 0
        if settled == stage.rows:
            return Outcome(Counts(unchanged=settled))
        self.touched = doubled + there + before > 0
        fresh, waiting = self._fresh_counts()
        counts = Counts(new=fresh, waiting=waiting, unchanged=settled)
        if self.touched:
            self._fold(self._repeats(own=stage.own, doubled=doubled > 0), some_settled=settled > 0)
            counts += self._fold_counts()
        kept = self._write_history(target[1], with_waiting=waiting > 0)
        written, replaced = self._write_current(target[0], current, with_fresh=fresh > 0)
        return Outcome(counts, written, replaced, kept)

    def _of_months(self, current: Sequence[Path]) -> list[Path]:
        """The files of the months in which a row was staged; all of them, where one does not tell its month."""
        month = f"strftime({quoted(self.layout.first_day)}, '%Y-%m')"
        months = {row[0] for row in self.connection.execute(f"SELECT DISTINCT {month} FROM staged").fetchall()}
        return [path for path in current if None in months or path.parent.name.partition("=")[2] in months]

    # -- what is there already ---------------------------------------------------------
    def _gather(self, current: Sequence[Path], history: Sequence[Path], masks: Iterable[int]) -> tuple[int, int]:
        """Rows and superseded messages of the keys staged, and how many of each."""
        there, before = (
            self.run(
                f"CREATE TABLE {name} AS SELECT t.* FROM {scan(paths, self.layout.stored)} t "
                f"SEMI JOIN staged {self.using}"
            )
            for name, paths in (("old", current), ("hist", history))
        )
        stored = self.connection.execute(
            f"SELECT DISTINCT {CARRIED} FROM old UNION SELECT DISTINCT {CARRIED} FROM hist"
        ).fetchall()
        names = {row[0] for row in stored}
        self.run("CREATE TABLE sets (names VARCHAR, _mask BIGINT)")
        pairs = {(text, self.layout.mask_of(tuple(text.split(",")))) for text in names}
        for pair in pairs:
            self.connection.execute("INSERT INTO sets VALUES (?, ?)", pair)
        self.run("CREATE TABLE spelled (_mask BIGINT, names VARCHAR)")
        for mask in {*masks, *(mask for _, mask in pairs)}:
            self.connection.execute("INSERT INTO spelled VALUES (?, ?)", (mask, self.layout.names_of(mask)))
        return there, before

    def _settle(self) -> int:
        """Keys whose rows, without a `received_at` of their own, say just what is there; rows of them."""
        equal = " AND ".join(
            f"(NOT {self.has('s._mask', name)} OR s.{quoted(name)} IS NOT DISTINCT FROM o.{quoted(name)})"
            for name in self.layout.values
        )
        net = ", ".join(
            f"arg_max_null({quoted(name)}, _row) FILTER ({self.has('_mask', name)}) AS {quoted(name)}"
            for name in self.layout.values
        )
        values = listed(self.layout.values)
        return self.run(
            f"""CREATE TABLE settled AS
            SELECT {self.keys}, s._count FROM (
                SELECT {self.keys}, {values}, _mask, simulated, 1 AS _count
                FROM staged ANTI JOIN doubled {self.using} WHERE NOT _own
                UNION ALL BY NAME
                SELECT {self.keys}, {net}, bit_or(_mask) AS _mask, bool_or(simulated) AS simulated,
                    count(*) AS _count
                FROM staged SEMI JOIN doubled {self.using} GROUP BY {self.keys} HAVING NOT bool_or(_own)
            ) s JOIN old o {self.using}
            WHERE s.simulated = o.{MESSAGE_SIMULATED} AND (s._mask & {self._whether}) = 0 AND {equal}"""
        ) and self.run("SELECT sum(_count) FROM settled")

    # -- folding -----------------------------------------------------------------------
    def _repeats(self, *, own: bool, doubled: bool) -> str:
        """The condition under which a message counts, `_origin` 0 being those that were there.

        With a `received_at` of its own, the first of identical ones; without, the last one of this put.
        """
        same = f"{self.keys}, {listed(self.layout.values)}, received_at, simulated, _mask"
        first = f"row_number() OVER (PARTITION BY {same} ORDER BY _origin, {ARRIVAL}) = 1"
        last = f"row_number() OVER (PARTITION BY {same}, _origin, _own ORDER BY {ARRIVAL} DESC) = 1"
        counts = ["_origin = 0"]
        counts.append(f"_own AND {first}" if own else "false")
        counts.append(f"NOT _own AND {last}" if doubled else "NOT _own")
        return " OR ".join(f"({count})" for count in counts)

    def _fold(self, counts: str, *, some_settled: bool) -> None:
        """Fold all messages of every key that had one before or has several now."""
        known = " UNION ALL ".join(f"SELECT {self.keys} FROM {name}" for name in ("doubled", "old", "hist"))
        but = f"ANTI JOIN settled {self.using}" if some_settled else ""
        self.run(f"CREATE TABLE rest AS SELECT * FROM staged SEMI JOIN ({known}) {self.using} {but}")
        carried = {name: name for name in self.layout.values} | self.layout.computed
        masked = ", ".join(
            f"CASE WHEN {self.has('_mask', clock)} THEN {quoted(name)} END AS {quoted(name)}"
            for name, clock in carried.items()
        )
        columns = f"{self.keys}, {listed((*self.layout.values, *self.layout.computed))}, source, received_at"
        filtered = "QUALIFY" if "OVER" in counts else "WHERE"
        self.run(
            f"""CREATE TABLE messages AS
            WITH stored AS (
                SELECT {self.keys}, {masked}, source, received_at, {MESSAGE_SIMULATED} AS simulated,
                    {ARRIVAL}, _mask, false AS _own, 0 AS _origin,
                    {ARRIVAL} IN (SELECT {ARRIVAL} FROM hist) AS _in_history
                FROM old JOIN sets ON {CARRIED} = sets.names SEMI JOIN rest {self.using}
                UNION ALL BY NAME
                SELECT {columns}, simulated, {ARRIVAL}, _mask,
                    false AS _own, 0 AS _origin, true AS _in_history
                FROM hist JOIN sets ON {CARRIED} = sets.names SEMI JOIN rest {self.using}
                WHERE {ARRIVAL} NOT IN (SELECT {ARRIVAL} FROM old)
            ), every AS (
                FROM stored UNION ALL BY NAME
                SELECT {columns}, simulated, {ARRIVAL}, _mask,
                    _own, 1 AS _origin, false AS _in_history
                FROM rest
            )
            SELECT *, row_number() OVER (ORDER BY received_at, {ARRIVAL}) AS _order FROM (
                SELECT * FROM every {filtered} {counts}
            )"""
        )
        self.run(f"CREATE TABLE folded AS {self.folding('messages')}")
        differs = " OR ".join(f"f.{quoted(name)} IS DISTINCT FROM o.{quoted(name)}" for name in (*self.stored, ARRIVAL))
        self.run(
            f"""CREATE TABLE altered AS
            SELECT f.*, o._file AS _old_file FROM folded f LEFT JOIN old o {self.using}
            WHERE CASE WHEN f._complete THEN o._file IS NULL OR {differs} ELSE o._file IS NOT NULL END"""
        )

    def folding(self, messages: str) -> str:
        """One row a key out of messages with `_order` and `_mask`; `_complete` where no column lacks."""
        layout = self.layout
        parts = [self.keys]
        parts += [
            f"arg_max_null({quoted(name)}, _order) FILTER ({self.has('_mask', name)}) AS {quoted(name)}"
            for name in layout.values
        ]
        for name, clock in layout.computed.items():
            carried = f"FILTER ({self.has('_mask', clock)})"
            parts.append(f"arg_max_null({quoted(name)}, _order) {carried} AS {quoted(name)}")
        shown = [
            f"coalesce(arg_max(simulated, _order) FILTER ({self.has('_mask', name)}), false)" for name in layout.values
        ]
        parts.append(f"({' OR '.join(shown) or 'bool_or(simulated)'}) AS simulated")
        parts += [f"arg_max({quoted(name)}, _order) AS {quoted(name)}" for name in ("source", "received_at", ARRIVAL)]
        parts.append("arg_max(_mask, _order) AS _mask")
        parts.append(f"arg_max(simulated, _order) AS {MESSAGE_SIMULATED}")
        last = f"arg_max({self.has('_mask', WITHDRAWN)}, _order) FILTER ((_mask & {self._whether}) <> 0)"
        parts.append(f"coalesce({last}, false) AS _gone")
        parts.append(f"(bit_or(_mask) & {layout.required_mask}) = {layout.required_mask} AND NOT _gone AS _complete")
        return f"SELECT {', '.join(parts)} FROM {messages} GROUP BY {self.keys}"

    # -- counting ----------------------------------------------------------------------
    def _fresh(self, *, complete: bool) -> str:
        """Rows whose key comes once and was never seen."""
        known = " ".join(f"ANTI JOIN {name} {self.using}" for name in ("doubled", "old", "hist"))
        sign = "=" if complete else "<>"
        required, gone = self.layout.required_mask, self.layout.bit(WITHDRAWN)
        return f"(SELECT * FROM staged {known} WHERE (_mask & {required | gone}) {sign} {required})"

    def _fresh_counts(self) -> tuple[int, int]:
        complete = self.run(f"SELECT count(*) FROM {self._fresh(complete=True)}")
        return complete, self.run(f"SELECT count(*) FROM {self._fresh(complete=False)}")

    def _fold_counts(self) -> Counts:
        found = self.connection.execute(
            f"""SELECT
                count(*) FILTER (_complete AND _first),
                count(*) FILTER (_gone OR (_complete AND NOT _first AND NOT _late)),
                count(*) FILTER (_complete AND NOT _first AND _late),
                count(*) FILTER (NOT _complete AND NOT _gone)
            FROM (
                SELECT f._complete, f._gone, m._origin,
                    o._file IS NULL AND
                        m.{ARRIVAL} = min(m.{ARRIVAL}) FILTER (m._origin = 1) OVER key AS _first,
                    o._file IS NOT NULL AND
                        m._order < coalesce(max(m._order) FILTER (m._origin = 0) OVER key, -1) AS _late
                FROM messages m JOIN folded f {self.using} LEFT JOIN old o {self.using}
                WINDOW key AS (PARTITION BY {listed(self.layout.keys, "m.")})
            ) WHERE _origin = 1"""
        ).fetchall()[0]
        rest = self.run("SELECT count(*) FROM rest")
        return Counts(found[0], found[1], rest - sum(found), found[2], found[3])

    # -- writing -----------------------------------------------------------------------
    def _write_history(self, directory: Path, *, with_waiting: bool) -> tuple[DataFile, ...]:
        columns = f"{listed(self.stored)}, {ARRIVAL}, _mask"
        superseded = (
            f"SELECT m.* FROM messages m JOIN folded f {self.using} "
            f"WHERE NOT m._in_history AND (m.{ARRIVAL} <> f.{ARRIVAL} OR NOT f._complete)"
        )
        parts = []
        if self.touched and self.run(f"SELECT count(*) FROM ({superseded})"):
            parts.append(f"SELECT {columns} FROM ({superseded})")
        if with_waiting:
            parts.append(f"SELECT {columns} FROM {self._fresh(complete=False)}")
        if not parts:
            return ()
        return write_files(
            self.connection,
            f"SELECT {listed(self.stored)}, {ARRIVAL}, names AS {CARRIED}, simulated AS {MESSAGE_SIMULATED}, "
            f"strftime(received_at AT TIME ZONE 'UTC', '%Y-%m') AS month "
            f"FROM ({' UNION ALL '.join(parts)}) JOIN spelled USING (_mask)",
            directory,
        )

    def _write_current(
        self, directory: Path, current: Sequence[Path], *, with_fresh: bool
    ) -> tuple[tuple[DataFile, ...], frozenset[Path]]:
        columns = f"{listed(self.stored)}, {ARRIVAL}, names AS {CARRIED}"
        parts, replaced = [], self._replaced(current)
        if self.touched and self.run("SELECT count(*) FROM altered"):
            rows = "(FROM altered WHERE _complete) JOIN spelled USING (_mask)"
            parts.append(f"SELECT {columns}, {MESSAGE_SIMULATED} FROM {rows}")
        if with_fresh:
            fresh = f"{self._fresh(complete=True)} JOIN spelled USING (_mask)"
            parts.append(f"SELECT {columns}, simulated AS {MESSAGE_SIMULATED} FROM {fresh}")
        if not parts:
            return (), frozenset()
        names = listed(self.layout.stored.names)
        if replaced:
            kept = scan(sorted(replaced), self.layout.stored)
            parts.append(f"SELECT {names} FROM {kept} ANTI JOIN altered {self.using}")
        month = f"strftime({quoted(self.layout.first_day)}, '%Y-%m') AS month"
        rows = " UNION ALL BY NAME ".join(parts)
        return write_files(self.connection, f"SELECT {names}, {month} FROM ({rows})", directory), replaced

    def _replaced(self, current: Sequence[Path]) -> frozenset[Path]:
        """The files of the current table that hold a row which is no longer so."""
        if not self.touched:
            return frozenset()
        found = self.connection.execute("SELECT DISTINCT _old_file FROM altered WHERE _old_file IS NOT NULL")
        paths = {row[0] for row in found.fetchall()}
        replaced = frozenset(path for path in current if str(path) in paths)
        assert len(replaced) == len(paths), "a file of the current table was not recognised"
        return replaced
