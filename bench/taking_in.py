"""Taking a large file in, beside the same rows written as Parquet by hand."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench import by_hand
from bench.made_orders import write_orders
from bench.measuring import Cost, program
from bench.world import STAMM
from stamm.app.project import Project
from stamm.lang.organisation import Organisation


def importing(folder: Path, orders: int, customers: int) -> tuple[float, Cost, Cost]:
    """Gigabytes of CSV, and what Stamm and DuckDB by hand needed for them."""
    with tempfile.TemporaryDirectory(dir=folder) as directory:
        place = Path(directory)
        file = place / "orders.csv"
        write_orders(file, orders, customers)
        project = Project.create(place / "shop", Organisation(zone="UTC", currency="EUR"))
        ours = program((*STAMM, "--project", project.directory, "import", "--keep-settings", file))
        query = by_hand.IMPORT.format(file=file, folder=place / "by-hand")
        sql = f"import duckdb; duckdb.execute('set timezone = \"UTC\"'); duckdb.execute({query!r})"
        return file.stat().st_size / 1e9, ours, program((sys.executable, "-c", sql))
