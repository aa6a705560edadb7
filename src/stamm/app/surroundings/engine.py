"""What computes the numbers, and whether it can: from the package to the last worker."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

import ibis

from stamm.app.surroundings.finding import Finding
from stamm.app.surroundings.looking import Looking
from stamm.engines.chosen import DUCKDB
from stamm.engines.spark.application import check_java, check_master, check_package
from stamm.facts import imported
from stamm.lang.errors import StammError

_ = ibis._


def engine_seen(say: Looking) -> Iterator[Finding]:
    """The engine in stamm.toml, and all it needs, up to the first thing that is missing."""
    choice = say.project.settings.engine
    if choice == DUCKDB:
        yield Finding("engine", choice, say("Computes in this process."))
        return
    yield Finding("engine", choice, say("Computes on a Spark cluster; the numbers are the same."))
    looked_at = say("the package")
    try:
        check_package()
        yield Finding("pyspark", version("pyspark"))
        looked_at = "Java"
        yield Finding("Java", str(check_java()))
        looked_at = say("the master")
        yield Finding(looked_at, say("answers"), say("this machine is {address} there", address=check_master(choice)))
        looked_at = say("the workers")
        yield _workers(say)
    except StammError as error:
        yield Finding(looked_at, say("not ready"), remedy=say.told(error))


def _workers(say: Looking) -> Finding:
    """Whether a worker computes, and reads the files of the project."""
    world = say.project.world()
    kind = next((kind for kind in imported() if kind in world.coverage), "orders")
    (row,) = world.engine.run(world.engine.table(kind).aggregate(rows=_.count())).to_pylist()
    return Finding(
        say("the workers"),
        say("compute"),
        say.language.counted(row["rows"], "{count} row of {kind} read", "{count} rows of {kind} read", kind=kind),
    )
