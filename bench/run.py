"""Stamm against the same work by hand, in one run: `make bench`."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from stamm.answers import Answers
from stamm.app.importing import import_files
from stamm.app.project import Project
from stamm.lang.organisation import Organisation
from stamm.lang.window import windows
from stamm.metrics import METRICS

ROUNDS = 5
LAPSE = 60
YEAR = (date(2017, 1, 1), date(2018, 1, 1))

SPELLS = """
with signs as (
    select customer_id, ordered_at as moment,
        lag(ordered_at) over (partition by customer_id order by ordered_at) as earlier
    from read_parquet({orders}) where customer_id is not null and cancelled_at is null
), numbered as (
    select *, sum(case when earlier is null or moment > earlier + interval '{hours} hours' then 1 else 0 end)
        over (partition by customer_id order by moment rows unbounded preceding) as number
    from signs
), spells as (
    select customer_id, min(moment) as started_at, max(moment) + interval '{hours} hours' as ended_at
    from numbered group by customer_id, number
), windows as (
    select unnest(generate_series(timestamptz '2017-01-01', timestamptz '2017-12-31', interval '1 {grain}')) as start
), people as (
    select start, customer_id,
        bool_or(started_at < start and ended_at >= start) as was_here,
        bool_or(started_at < start + interval '1 {grain}' and ended_at >= start + interval '1 {grain}') as is_here
    from windows join spells on started_at < start + interval '1 {grain}' and ended_at >= start
    group by all
)
select start, count(*) filter (was_here) as here, count(*) filter (was_here and is_here) as kept
from people group by start
"""
REVENUE = """
select date_trunc('{grain}', ordered_on) as start, count(*) as orders, sum(amount_minor) as amount
from read_parquet({orders}) where cancelled_at is null group by 1
"""


def seconds(work: Callable[[], object]) -> float:
    """How long it took."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def compare(stamm: Callable[[], object], limit: Callable[[], object]) -> tuple[float, float]:
    """Median seconds of both, run in turn."""
    pairs = [(seconds(stamm), seconds(limit)) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def main() -> None:
    """Print the table of ratios."""
    console = Console()
    table = Table("what", "Stamm, s", "by hand, s", "ratio", title="Complete Journey, 155,848 orders")
    with tempfile.TemporaryDirectory() as directory:
        organisation = Organisation(zone="America/New_York", currency="USD", lapse_days=LAPSE)
        project = Project.create(Path(directory) / "bench", organisation)
        console.print("importing Complete Journey ...")
        import_files(
            project.lake(),
            organisation,
            ["complete_journey"],
            now=datetime.now(UTC),
            rejects_dir=project.rejects_directory,
        )
        world = project.world()
        orders = project.lake().snapshot().files("orders")
        by_hand = duckdb.connect()
        by_hand.execute("set timezone = 'America/New_York'")
        for key, sql in (("customer_retention_rate", SPELLS), ("average_order_value", REVENUE)):
            for grain in ("month", "week", "day"):
                spans = windows(*YEAR, grain)
                query = sql.format(orders=repr(orders), grain=grain, hours=LAPSE * 24)
                ours, limit = compare(
                    lambda key=key, spans=spans: Answers(world).ask(METRICS[key](), spans),  # type: ignore[misc]
                    lambda query=query: by_hand.execute(query).fetchall(),  # type: ignore[misc]
                )
                table.add_row(f"{key} by {grain}", f"{ours:.3f}", f"{limit:.3f}", f"{ours / limit:.1f}")
        world.engine.close()
    console.print(table)


if __name__ == "__main__":
    main()
