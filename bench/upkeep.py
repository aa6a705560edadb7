"""Keeping a world at hand: `python -m bench.upkeep build|by_hand|catalogue|day FOLDER`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import ibis
import pyarrow as pa

from bench import by_hand
from bench.measuring import Cost, measured, report
from bench.world import YEARS, Made
from stamm.answers import Answers
from stamm.app.project import Project
from stamm.app.refreshing import Refreshing
from stamm.facts import imported
from stamm.lang.errors import UsageError
from stamm.lang.window import windows
from stamm.metrics import METRICS

_ = ibis._

#: what comes in on one more day
DAILY = ("events", "orders", "order_lines")


def build(made: Made) -> tuple[int, Cost]:
    """Everything that is kept, from nothing; how many files."""
    return measured(lambda: _refresh(made.shop, anew=True))


def native(made: Made) -> tuple[int, Cost]:
    """Days of customers by hand, in memory; how many events they count."""
    connection = made.by_hand()
    return measured(lambda: int(connection.execute(by_hand.KEPT_CUSTOMER_DAYS).fetchall()[0][0]))


def catalogue(made: Made) -> tuple[int, Cost]:
    """Every metric over 24 months; how many. One that cannot be asked without a parameter is not counted."""
    return measured(lambda: _ask_everything(made))


def day(made: Made) -> tuple[int, Cost]:
    """A refresh after one more day of events and orders, in a copy of the world; how many files it made."""
    with tempfile.TemporaryDirectory(dir=made.folder) as folder:
        copy = Path(folder) / "shop"
        shutil.copytree(made.shop, copy, copy_function=os.link)
        _one_more_day(copy)
        return measured(lambda: _refresh(copy, anew=False))


def _refresh(shop: Path, *, anew: bool) -> int:
    refreshing = Refreshing(Project.open(shop))
    with refreshing.alone():
        return len(refreshing.run(anew=anew).made)


def _ask_everything(made: Made) -> int:
    answers, months = Answers(made.world(kept=True)), windows(*YEARS, "month")
    askable = []
    for metric in METRICS:
        try:
            askable.append(metric())
        except UsageError:
            continue
    answers.prepare(askable, months)
    for metric in askable:
        answers.ask(metric, months)
    return len(askable)


def _one_more_day(shop: Path) -> None:
    """The last whole day once more, a day later, under other keys."""
    project = Project.open(shop)
    world = project.world()
    with project.lake().writing() as writer:
        for kind in DAILY:
            fact = imported()[kind]
            clock = fact.clocks[0]
            rows = world.engine.table(kind)
            last = world.coverage[kind][1]
            rows = rows.filter(_[clock.replace("_at", "_on")] == last)
            later = {name: _[name] + ibis.interval(hours=24) for name in fact.clocks}
            keys = {
                name: ibis.literal("later-") + rows[name] for name in ("event_id", "order_id") if name in rows.columns
            }
            rows = rows.mutate(**later, **keys).select(*fact.carried())
            table: pa.Table = world.engine.run(rows)
            writer.put(kind, [table], source="one more day", received_at=datetime.now(UTC), simulated=True)
        writer.commit()
    world.engine.close()


PIECES: dict[str, Callable[[Made], tuple[int, Cost]]] = {
    "build": build,
    "by_hand": native,
    "catalogue": catalogue,
    "day": day,
}

if __name__ == "__main__":
    report(*PIECES[sys.argv[1]](Made(Path(sys.argv[2]))))
