"""The world that the bench asks: a simulated shop, made once, and the same rows in a table of DuckDB's own."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.console import Console

from bench.measuring import Cost, program
from stamm.answers import World
from stamm.answers.plan import Plan
from stamm.app.project import Project
from stamm.lang.organisation import Organisation

ZONE = "Europe/Berlin"
YEARS = (date(2024, 1, 1), date(2026, 1, 1))
#: what of the kept facts only says whose a device is; the native tables have it resolved
RESOLVED = ("owners",)
STAMM = (sys.executable, "-m", "stamm.cli.main")
#: as the one who writes a query by hand would keep it: keys and local days resolved, only the columns that are asked
NATIVE = {
    "events": "event_id, visitor_id, customer_id, happened_at, happened_on, kind, name, page",
    "orders": "order_id, customer_id, ordered_at, ordered_on, amount_minor, cancelled_at",
    "returns": "return_id, order_id, customer_id, returned_at, returned_on, amount_minor",
}


@dataclass(frozen=True)
class Made:
    """A world in a folder: Stamm's project, the native tables beside it, and what it cost to make them."""

    folder: Path

    @property
    def shop(self) -> Path:
        """The project's directory."""
        return self.folder / "shop"

    @property
    def native(self) -> Path:
        """DuckDB's file."""
        return self.folder / "native.duckdb"

    @property
    def _done(self) -> Path:
        return self.folder / "made.json"

    def cost(self) -> Cost:
        """Of simulating and writing the lake."""
        return Cost(**json.loads(self._done.read_text())["simulate"])

    def events(self) -> int:
        """How many there are."""
        with self.by_hand() as connection:
            return int(connection.execute("select count(*) from events").fetchall()[0][0])

    def make(self, customers: int, console: Console) -> None:
        """Make it where it is not there yet; an unfinished one is made again from nothing."""
        if self._done.exists():
            return
        self.native.unlink(missing_ok=True)
        console.print(f"simulating {customers:,} customers over two years ...")
        shop = ("--project", self.shop)
        if not self.shop.exists():
            Project.create(self.shop, Organisation(zone=ZONE, currency="EUR"))
        days = ("--from", YEARS[0], "--to", YEARS[1])
        cost = program((*STAMM, *shop, "simulate", "--customers", customers, *days, "--mix"))
        console.print("writing the same rows into a native table of DuckDB ...")
        self._write_native()
        self._done.write_text(json.dumps({"simulate": vars(cost)}))

    def _write_native(self) -> None:
        world = self.world(kept=False)
        plan = Plan(world, (), None, world.day_start(date(9999, 12, 30)))
        with duckdb.connect(self.native) as connection:
            connection.execute("SET preserve_insertion_order = false; SET memory_limit = '3GB'")
            for table, columns in NATIVE.items():
                rows = plan["identity" if table == "events" else table].select(*columns.split(", "))
                schema = rows.schema().to_pyarrow()
                batches = pa.RecordBatchReader.from_batches(schema, world.engine.batches(rows))
                connection.register("incoming", batches)
                connection.execute(f"CREATE TABLE {table} AS SELECT * FROM incoming")  # noqa: S608 - names of ours
                connection.unregister("incoming")
        world.engine.close()

    def world(self, *, kept: bool) -> World:
        """Stamm's side, with what is kept or, as by hand, with nothing but who is who; nothing is remembered from one
        question to the next."""
        world = Project.open(self.shop).world()
        found = {key: last for key, last in world.kept.items() if kept or key in RESOLVED}
        return replace(world, remembered=None, kept=found)

    def by_hand(self) -> duckdb.DuckDBPyConnection:
        """The other side."""
        connection = duckdb.connect(self.native, read_only=True)
        connection.execute(f"SET TimeZone = '{ZONE}'")
        return connection
