"""Which engine computes: DuckDB in this process, or a cluster named by its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from stamm.engines.duckdb import DuckDB
from stamm.engines.kind import Engine
from stamm.engines.spark.application import ADDRESS, check_package
from stamm.lang.errors import UsageError

DUCKDB = "duckdb"


def check_choice(choice: object) -> str:
    """The engine as stamm.toml names it; raises UsageError where there is none of that name."""
    if choice == DUCKDB or (isinstance(choice, str) and ADDRESS.fullmatch(choice)):
        return choice
    raise UsageError(f"engine cannot be {choice!r}.", remedy='Write "duckdb", or "spark://HOST:PORT" for a cluster.')


def engine_over(choice: str, files: Mapping[str, Sequence[str]], directory: Path) -> Engine:
    """The engine chosen, over the Parquet files of each fact kind below `directory`.

    Raises EngineError where what it needs is missing or cannot be reached.
    """
    if choice == DUCKDB:
        return DuckDB.over_files(files, directory)
    check_package()
    from stamm.engines.spark.engine import Spark  # noqa: PLC0415 - large, and not everywhere

    return Spark.over_files(files, directory, master=choice)
