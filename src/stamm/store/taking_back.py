"""Taking out of the lake what came in as one piece: the last import of some facts, or everything that was made up.

Both write nothing of their own: a table gets files back that it had before, or files without the made rows.
"""

# ruff: noqa: S608 - names in statements come from the schemas of fact kinds, values are escaped by `literal`

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from stamm.lang.errors import LakeError, UsageError
from stamm.store import manifest
from stamm.store.layout import IMPORTS, IMPORTS_SCHEMA, MESSAGE_SIMULATED, Layout
from stamm.store.manifest import KindState, Manifest, TableState
from stamm.store.relations import listed, literal, scan, write_files
from stamm.store.writer import Writer


def take_back(writer: Writer, number: int) -> None:
    """Undo the commit of that number: each table it changed is as before. Visible with the writer's commit.

    Raises UsageError where any of these facts was written again since, or where what was before is no longer kept;
    then nothing is undone.
    """
    root, base = writer.root, writer.base
    try:
        before, after = (Manifest.from_json(manifest.read_raw(root, one)) for one in (number - 1, number))
    except LakeError as error:
        raise _too_late() from error
    changed = [name for name in after.tables if after.tables[name] != before.tables.get(name) and name != IMPORTS]
    kinds = [name for name in after.kinds if after.kinds[name] != before.kinds.get(name)]
    same = all(base.tables.get(name) == after.tables[name] for name in changed)
    if not same or any(base.kinds.get(name) != after.kinds[name] for name in kinds):
        facts = ", ".join(kinds or changed)
        raise UsageError(
            f"Something was written since into the same facts ({facts}), so the import is no longer one piece.",
            remedy="Import a corrected file: rows with the same numbers are changed by it.",
        )
    if not all((root / name / file.path).is_file() for name in changed for file in _files(before.tables.get(name))):
        raise _too_late()
    for name in changed:
        writer.put_files(name, _files(before.tables.get(name)))
    for name in kinds:
        writer.put_state(name, before.kinds.get(name))
    forget(writer, _digests(root, after) - _digests(root, before))


def take_out_made(writer: Writer, source: str) -> int:
    """Take out every made row with its messages, and what is known of their `source`; gives the number of rows.

    Real rows stay as they are, to the byte of each value. Raises UsageError where both kinds speak of one thing.
    """
    rows = 0
    for kind in sorted(writer.base.kinds):
        layout = writer.layout(kind)
        _refuse_mixed(writer, layout)
        rows += _without_made(writer, layout, layout.key)
        _without_made(writer, layout, layout.history)
        state = writer.base.kinds[kind]
        coverage = {name: days for name, days in state.coverage.items() if name != source}
        writer.put_state(kind, KindState(state.arrivals, coverage) if coverage else None)
    about = _about(writer)
    forget(writer, {digest for digest, told in about.items() if told.get("file") == source})
    return rows


def forget(writer: Writer, digests: Iterable[str]) -> None:
    """Files of these digests count as never taken in."""
    gone = sorted(digests)
    if not gone:
        return
    paths = list(writer.paths(IMPORTS))
    names = listed(IMPORTS_SCHEMA.names)
    kept = f"SELECT {names} FROM {scan(paths, IMPORTS_SCHEMA)} WHERE digest NOT IN ({', '.join(map(literal, gone))})"
    writer.put_files(IMPORTS, (), write_files(writer.connection, kept, writer.staging(IMPORTS), partitioned=False))


# -- made rows ---------------------------------------------------------------------------------------------------
def _refuse_mixed(writer: Writer, layout: Layout) -> None:
    """A row that made and real messages tell of cannot be one of them alone."""
    current = scan(list(writer.paths(layout.key)), layout.stored)
    history = scan(list(writer.paths(layout.history)), layout.stored)
    keys = listed(layout.keys)
    mixed = (
        f"SELECT {keys} FROM {current} WHERE simulated AND NOT {MESSAGE_SIMULATED} UNION "
        f"SELECT {keys} FROM {history} WHERE NOT simulated AND ({keys}) IN "
        f"(SELECT ({keys}) FROM {current} WHERE simulated)"
    )
    found = writer.connection.execute(f"SELECT count(*) FROM ({mixed})").fetchall()[0][0]
    if found:
        raise UsageError(
            f"Of {layout.key}, {found:,} are told by made and by real rows together, so they cannot be parted.",
            remedy="Begin another project for the real data with `stamm init`.",
        )


def _without_made(writer: Writer, layout: Layout, table: str) -> int:
    """The files of a table that hold made rows, written without them; how many rows it were."""
    state = writer.base.tables.get(table)
    rows = 0
    kept, fresh = [], []
    for file in _files(state):
        if not file.simulated:
            kept.append(file)
            continue
        path = writer.root / table / file.path
        real = f"SELECT {listed(layout.stored.names)} FROM {scan([path], layout.stored)} WHERE NOT simulated"
        written = write_files(writer.connection, real, writer.staging(table, file.partition), partitioned=False)
        prefix = f"{file.partition}/" if file.partition else ""
        fresh += [replace(one, path=prefix + one.path) for one in written]
        rows += file.rows - sum(one.rows for one in written)
    if state is not None and len(kept) < len(state.files):
        writer.put_files(table, kept, fresh)
    return rows


# -- what was taken in -------------------------------------------------------------------------------------------
def _files(state: TableState | None) -> tuple[manifest.DataFile, ...]:
    return state.files if state else ()


def _digests(root: Path, state: Manifest) -> set[str]:
    found: set[str] = set()
    for file in _files(state.tables.get(IMPORTS)):
        found |= set(pq.read_table(root / IMPORTS / file.path, columns=["digest"])["digest"].to_pylist())
    return found


def _about(writer: Writer) -> dict[str, dict[str, str]]:
    rows = writer.connection.execute(f"SELECT digest, about FROM {scan(list(writer.paths(IMPORTS)), IMPORTS_SCHEMA)}")
    return {digest: json.loads(about) for digest, about in rows.fetchall()}


def _too_late() -> UsageError:
    return UsageError(
        "What was here before this import is no longer kept.",
        remedy="Import a corrected file: rows with the same numbers are changed by it.",
    )
