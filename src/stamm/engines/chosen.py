"""Which engine computes: DuckDB in this process, a cluster named by its address, or a shop's own database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stamm.engines.duckdb import DuckDB
from stamm.engines.kind import Engine
from stamm.engines.postgres.address import Address, check_package, is_address, refuse_password
from stamm.engines.spark import application
from stamm.facts.mapping import FactMapping
from stamm.lang.errors import UsageError
from stamm.lang.organisation import Organisation

if TYPE_CHECKING:
    from stamm.engines.postgres.engine import Postgres

DUCKDB = "duckdb"
CHOICES = 'Write "duckdb", "spark://HOST:PORT" for a cluster, or "postgresql://USER@HOST/DATABASE" for a database.'


def check_choice(choice: object, where: str) -> str:
    """The engine as stamm.toml names it; raises UsageError where there is none of that name, and for a password."""
    if isinstance(choice, str) and is_address(choice):
        refuse_password(choice, where)
        return choice
    if choice == DUCKDB or (isinstance(choice, str) and application.ADDRESS.fullmatch(choice)):
        return choice
    if isinstance(choice, str) and "@" in choice:  # meant as an address, in which a password may be
        raise UsageError("engine cannot be that.", remedy=CHOICES)
    raise UsageError(f"engine cannot be {choice!r}.", remedy=CHOICES)


def reads_database(choice: str) -> bool:
    """Whether the facts are not imported, but lie in the database of a shop."""
    return is_address(choice)


def engine_over(choice: str, files: Mapping[str, Sequence[str]], directory: Path) -> Engine:
    """The engine chosen, over the Parquet files of each fact kind below `directory`.

    Raises EngineError where what it needs is missing or cannot be reached.
    """
    if choice == DUCKDB:
        return DuckDB.over_files(files, directory)
    application.check_package()
    from stamm.engines.spark.engine import Spark  # noqa: PLC0415 - large, and not everywhere

    return Spark.over_files(files, directory, master=choice)


def engine_over_shop(
    choice: str, mappings: Mapping[str, Sequence[FactMapping]], organisation: Organisation
) -> Postgres:
    """The database chosen, whose tables the mappings make facts of.

    Raises EngineError where psycopg is missing or the database cannot be reached, ProjectError for its address.
    """
    check_package()
    from stamm.engines.postgres.engine import Postgres  # noqa: PLC0415 - not everywhere

    return Postgres.over_shop(Address.parse(choice), mappings, organisation)
