"""What every engine offers: tables of facts, and running an expression over them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa

from stamm.lang.errors import UsageError


class Engine(Protocol):
    """Runs Ibis expressions over the stored facts; several threads may ask one.

    All engines give the same rows: counts, money, texts and moments exactly, real numbers to 1e-9, in the Arrow
    types of the expression. What an engine cannot do like the others it refuses.
    """

    @property
    def name(self) -> str:
        """Name shown to people."""

    @property
    def most_distinct(self) -> int | None:
        """How many distinct counts a query had better hold; None where it makes no difference."""

    def table(self, kind: str) -> ir.Table:
        """The current table of an imported fact kind, empty where nothing was imported."""

    def held(self, expression: ir.Table) -> ir.Table:
        """The same rows, computed once for all questions to come where the engine would else do so at each mention.

        Raises what `run` raises.
        """

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression; raises CannotRunError, and EngineError where the engine itself fails."""

    def interrupt(self, thread: int) -> None:
        """What a thread has asked ends with an error; where an engine cannot, or nothing runs, nothing happens."""

    def close(self) -> None:
        """Give back memory and files."""


ON_DUCKDB = 'Set `engine = "duckdb"` in stamm.toml, and ask again.'


class CannotRunError(UsageError):
    """An engine cannot run an expression the way DuckDB does. It never answers wrongly instead.

    `why` ends the sentence that begins with what was asked, once `asked_by` has told it.
    """

    def __init__(self, engine: str, why: str, asked: str = "This", *, remedy: str = ON_DUCKDB) -> None:
        super().__init__(f"{asked} cannot be computed on {engine}{why}", remedy=remedy)
        self.engine, self.why = engine, why


@contextmanager
def asked_by(key: str) -> Iterator[None]:
    """What an engine cannot run is refused by the name of the definition that needs it."""
    try:
        yield
    except CannotRunError as error:
        raise CannotRunError(error.engine, error.why, key, remedy=error.remedy) from error
