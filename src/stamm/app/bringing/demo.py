"""A made-up shop to look around in, and its end: in with one click where there is nothing else, out with one.

Its rows are marked, as every number made of one is. They go by that mark, so real rows that came meanwhile stay as
they are; and what it changed in stamm.toml goes back to what it was.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stamm.app.booking import Booking
from stamm.app.bringing.about_made import forget_written, made_customers
from stamm.app.bringing.bundles import Bundle
from stamm.app.bringing.work import Tell
from stamm.app.project import Project
from stamm.app.settling import settle_lapse
from stamm.app.simulating import SOURCE, TRUTH, Simulating
from stamm.lang.organisation import Organisation
from stamm.lang.window import day_of
from stamm.sources.simulated import SIZES, Shop
from stamm.store.snapshot import Snapshot
from stamm.store.taking_back import take_out_made

SEED, SIZE, DAYS = 1, "small", 730
#: settings that it may change
_CHANGED = ("history", "lapse_days", "reasons")


@dataclass(frozen=True)
class Making:
    """Makes the shop: two years up to yesterday, in the zone and the currency of the project."""

    directory: Path
    bundle: Bundle
    who: str

    def __call__(self, tell: Tell) -> dict[str, Any]:
        """All of it or nothing; raises UsageError where facts are there already."""
        project, now = Project.open(self.directory), datetime.now(UTC)
        before = project.organisation
        until = day_of(now, before.zone)
        shop = Shop(SEED, SIZES[SIZE], until - timedelta(days=DAYS), until, before.zone, before.currency)
        world = Simulating(project.lake(), project.directory, tell, tell.waits).make(shop, now=now)
        if before.history != "complete":
            project = project.rewrite(replace(before, history="complete"))
        settle_lapse(project)
        after = Project.open(self.directory).organisation
        _note(project, "demo_made", self.who)
        return {
            "rows": [{"file": SOURCE, "fact": fact, "new": rows} for fact, rows in world.rows.items()],
            "snapshot": world.snapshot,
            "before": _settings(before),
            "after": _settings(after),
        }


def has_made_rows(snapshot: Snapshot) -> bool:
    """Whether anything in the lake is made up."""
    return any(SOURCE in snapshot.sources(kind) for kind in snapshot.kinds())


def take_demo_out(project: Project, known: Bundle | None, who: str) -> int:
    """Take all made rows out, and what making them left in the project; how many rows it were.

    What people wrote about its customers goes with them, unless real rows speak of these, too.
    `known` is the bundle that made them, where it was made here. Raises UsageError where made and real rows speak of
    one thing; then nothing is changed.
    """
    with project.lake().writing() as writer:
        customers = made_customers(project, project.lake().snapshot())
        rows = take_out_made(writer, SOURCE)
        writer.commit()
    Booking(project).leave_out_gone()
    forget_written(project, customers)
    shutil.rmtree(project.directory / TRUTH, ignore_errors=True)
    if known is not None:
        with known.held():
            state = known.state()
            _put_back(project, state.report)
        known.throw_away()
    _note(project, "demo_removed", who)
    return rows


def _put_back(project: Project, report: Any) -> None:
    """The settings of before, where nobody has changed them since; then what real orders suggest, if there are any."""
    before, after = report.get("before"), report.get("after")
    now = project.organisation
    if before and _settings(now) == after:
        project = project.rewrite(replace(now, **before))
        if project.lake().snapshot().rows("orders"):
            settle_lapse(project)


def _settings(organisation: Organisation) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in _CHANGED}


def _note(project: Project, what: str, who: str) -> None:
    project.note(what, "simulated", now=datetime.now(UTC), who=who)
