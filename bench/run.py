"""Stamm against the same work by hand, in one run: `make bench`."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from bench import by_hand
from bench.made_orders import write_orders
from stamm.answers import Answers
from stamm.app.project import Project
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS

ROUNDS = 3
ORDERS, CUSTOMERS = 5_000_000, 500_000
LAPSE = 180
YEARS = (date(2022, 1, 1), date(2024, 1, 1))
SPAN = {"first": "2022-01-01", "last": "2023-12-31", "hours": LAPSE * 24}
#: metric, grain, the query by hand
METRIC_ROWS = (
    ("customer_retention_rate", "month", by_hand.SPELLS),
    ("customer_retention_rate", "quarter", by_hand.SPELLS),
    ("average_order_value", "month", by_hand.REVENUE),
    ("average_order_value", "day", by_hand.REVENUE),
    ("repeat_purchase_rate", "month", by_hand.REPEATED),
)


def cpu_seconds(work: Callable[[], object]) -> float:
    """What it cost: seconds of processor, of all threads of this process."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def compare(stamm: Callable[[], object], limit: Callable[[], object]) -> tuple[float, float]:
    """Median processor seconds of both, run in turn."""
    pairs = [(cpu_seconds(stamm), cpu_seconds(limit)) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def child(words: Sequence[str]) -> tuple[float, float, float]:
    """A process of its own: its processor seconds, its seconds, its peak memory in GB."""
    begin = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begin, usage.ru_maxrss * 1024 / 1e9


def importing(folder: Path, table: Table, console: Console) -> Project:
    """The file taken in by both; a project that holds it."""
    file = folder / "orders.csv"
    console.print(f"making {ORDERS:,} orders ...")
    write_orders(file, ORDERS, CUSTOMERS)
    project = Project.create(folder / "shop", Organisation(zone="UTC", currency="EUR", lapse_days=LAPSE))
    size = file.stat().st_size / 1e9
    console.print(f"importing {size:.2f} GB ...")
    shop = ["--project", str(project.directory)]
    ours = child([sys.executable, "-m", "stamm.cli.main", *shop, "import", "--keep-settings", str(file)])
    query = by_hand.IMPORT.format(file=file, folder=folder / "by-hand")
    sql = f"import duckdb; duckdb.execute('set timezone = \"UTC\"'); duckdb.execute({query!r})"
    limit = child([sys.executable, "-c", sql])
    file.unlink()
    what = f"import of {size:.2f} GB CSV, in {ours[1]:.0f} s with {ours[2]:.2f} GB of memory at most"
    table.add_row(what, *figures(ours[0], limit[0]))
    return project


def figures(ours: float, limit: float) -> tuple[str, str, str]:
    """Both, and the ratio."""
    return f"{ours:.2f}", f"{limit:.2f}", f"{ours / limit:.1f}"


def main() -> None:
    """Print the table of ratios."""
    console = Console()
    table = Table("what", "Stamm, CPU s", "by hand, CPU s", "ratio", title=f"{ORDERS:,} orders, two years")
    with tempfile.TemporaryDirectory() as directory:
        project = importing(Path(directory), table, console)
        world = replace(project.world(), remembered=None)  # each question is computed
        orders = repr(project.lake().snapshot().files("orders"))
        connection = duckdb.connect()
        connection.execute("set timezone = 'UTC'")
        questions: list[tuple[str, Callable[[], object], str]] = [
            (
                f"{key} by {grain}",
                lambda key=key, grain=grain: Answers(world).ask(METRICS[key](), windows(*YEARS, grain)),
                query.format(orders=orders, grain=grain, **SPAN),
            )
            for key, grain, query in METRIC_ROWS
        ]
        questions.append(
            (
                "retention_table, 24 months",
                lambda: Answers(world).analyse("retention_table", Window(*YEARS), settings={"periods": 23}),
                by_hand.COHORTS.format(orders=orders),
            )
        )
        for what, ours, query in questions:
            console.print(f"{what} ...")
            table.add_row(what, *figures(*compare(ours, lambda query=query: connection.execute(query).fetchall())))
        world.engine.close()
    console.print(table)


if __name__ == "__main__":
    main()
