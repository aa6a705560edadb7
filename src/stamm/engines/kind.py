"""What every engine offers: tables of facts, and running an expression over them."""

from __future__ import annotations

from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa


class Engine(Protocol):
    """Runs Ibis expressions over the stored facts."""

    @property
    def name(self) -> str:
        """Name shown to people."""

    def table(self, kind: str) -> ir.Table:
        """The current table of an imported fact kind, empty where nothing was imported."""

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression."""

    def close(self) -> None:
        """Give back memory and files."""
