"""Beside what others use: pandas, repeatradar and retentioneering, on the size they survive."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.measuring import Cost, apart
from bench.questions import HAND, KEPT, LAKE, QUESTIONS, WAYS
from bench.world import YEARS, Made
from stamm.app.project import Project

#: nobody is measured who needs more than this, or more time
MOST_GB, MOST_SECONDS = 12.0, 1200.0
ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
#: what each is asked; the answers of those in `EQUAL` have to be those found by hand
ASKED = {
    "pandas": tuple(QUESTIONS),
    "repeatradar": ("cohorts",),
    "retentioneering": ("sessions", "funnel"),
}
EQUAL = ("pandas",)
#: no peer may tell anybody that it was run: retentioneering's own switch, and a proxy where nobody listens
SILENT = {
    "RETENTIONEERING_NO_TRACK": "1",
    **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"),
}
#: the rows by hand, as a data frame likes them: days are moments without a zone
COLUMNS: Mapping[str, str] = {
    "events": "event_id, visitor_id, customer_id, happened_at, happened_on::timestamp as happened_on, kind, name",
    "orders": "order_id, customer_id, ordered_at, amount_minor, cancelled_at",
    "returns": "order_id, customer_id, amount_minor",
}


class Differs(Exception):  # noqa: N818 - what it says is the error
    """A peer that should answer as by hand does not."""


@dataclass(frozen=True)
class Died:
    """How a peer ended that did not answer."""

    how: str


def beside(worlds: list[Made], console: Console) -> Table:
    """Each peer's questions on the largest of the worlds (largest first) that it survives, beside Stamm and by hand."""
    table = Table(
        "peer", "question", "events", "peer", "lake", "kept", "by hand", "GB", title="CPU seconds, beside peers"
    )
    ours: dict[tuple[Path, str], Mapping[str, tuple[Any, Cost]]] = {}
    for peer, names in ASKED.items():
        for name in names:
            for made in worlds:
                console.print(f"{peer}: {QUESTIONS[name].what} on {made.events():,} events ...")
                found = _ask(peer, name, made)
                what = (peer, QUESTIONS[name].what, f"{made.events():,}")
                if isinstance(found, Died):
                    table.add_row(*what, found.how)
                    continue
                answer, cost = found
                if (made.folder, name) not in ours:
                    ours[made.folder, name] = {way: apart("bench.questions", name, way, made.folder) for way in WAYS}
                beside = ours[made.folder, name]
                if peer in EQUAL and sorted(map(str, answer)) != sorted(map(str, beside[HAND][0])):
                    raise Differs(f"{peer}: {QUESTIONS[name].what}")
                seconds = (f"{each.cpu:.1f}" for each in (cost, *(beside[way][1] for way in (LAKE, KEPT, HAND))))
                table.add_row(*what, *seconds, f"{cost.peak:.1f}")
                break
    return table


def _ask(peer: str, name: str, made: Made) -> tuple[Any, Cost] | Died:
    more: list[object] = []
    if name == "weekly_churn" and peer == "pandas":
        hours = 24 * Project.open(made.shop).organisation.lapse_days
        more = [hours, YEARS[0], YEARS[1] - timedelta(days=1)]
    line = [PYTHON, "-m", "bench.peers_work", peer, name, handed_over(made), MOST_GB, *more]
    try:
        done = subprocess.run(
            list(map(str, line)),
            stdout=subprocess.PIPE,
            env=os.environ | SILENT,
            cwd=ROOT,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Died(f"more than {MOST_SECONDS / 60:.0f} min")
    if done.returncode == 9 or done.returncode < 0:
        return Died(f"more than {MOST_GB:.0f} GB")
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, list(map(str, line)))
    told = json.loads(done.stdout.splitlines()[-1])
    return told["answer"], Cost(**told["cost"])


def handed_over(made: Made) -> Path:
    """The native tables' rows as Parquet files, made once."""
    folder = made.folder / "parquet"
    folder.mkdir(exist_ok=True)
    with made.by_hand() as connection:
        for table, columns in COLUMNS.items():
            file = folder / f"{table}.parquet"
            if not file.exists():
                draft = file.with_suffix(".tmp")
                query = f"COPY (SELECT {columns} FROM {table}) TO '{draft}' (FORMAT parquet, COMPRESSION zstd)"  # noqa: S608 - names of ours
                connection.execute(query)
                draft.rename(file)
    return folder
