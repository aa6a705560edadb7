"""What people wrote about customers who are made up: notes, tasks and owners, which go when those do."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from contextlib import closing

import pyarrow as pa
import pyarrow.dataset as ds

from stamm.app.project import Project
from stamm.care.leaving import HELD, forget, of_them
from stamm.facts import imported
from stamm.store.snapshot import Snapshot

_WHO, _MADE = "customer_id", "simulated"


def made_customers(project: Project, snapshot: Snapshot) -> frozenset[str]:
    """Customers about whom something is written, and of whom made rows alone speak."""
    if not project.has_people:
        return frozenset()
    with closing(project.people()) as database, database.transaction() as run:
        told = {who for table in HELD for (who,) in run(f"SELECT DISTINCT {_WHO} FROM {table}", ())}  # noqa: S608 - ours
    if not told:
        return frozenset()
    spoken: dict[bool, set[str]] = {True: set(), False: set()}
    for kind in snapshot.kinds():
        files = snapshot.files(kind)
        if files and _WHO in imported()[kind].carried():
            rows = ds.dataset(files, schema=pa.schema([(_WHO, pa.string()), (_MADE, pa.bool_())]), format="parquet")
            found = rows.to_table(filter=ds.field(_WHO).isin(sorted(told)))
            for who, made in zip(found[_WHO].to_pylist(), found[_MADE].to_pylist(), strict=True):
                spoken[bool(made)].add(who)
    return frozenset(spoken[True] - spoken[False])


def count_written(project: Project, customers: AbstractSet[str]) -> int:
    """How many notes, tasks and owners that is."""
    if not customers:
        return 0
    with closing(project.people()) as database, database.transaction() as run:
        return len(of_them(run, customers.__contains__, _nobody))


def forget_written(project: Project, customers: AbstractSet[str]) -> int:
    """Do away with it; how much it was."""
    if not customers:
        return 0
    with closing(project.people()) as database:
        with database.transaction() as run:
            count = forget(run, customers.__contains__, _nobody)
        database.scrub(*HELD)
    return count


def _nobody(_: str) -> bool:
    """What is written about others stays, whatever it says."""
    return False
