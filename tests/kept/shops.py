"""Small shops with events and links, and what is kept of them beside what is derived anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from stamm.answers import Answers
from stamm.answers.plan import Plan
from stamm.app.project import Project
from stamm.app.refreshing import END_OF_TIME, Refreshed, Refreshing
from stamm.facts import FACTS, kept
from stamm.lang.organisation import Organisation
from stamm.lang.window import Window
from stamm.store.kept import KeptFiles

ZONE = "Europe/Berlin"
RECEIVED = datetime(2024, 6, 1, tzinfo=UTC)


def shop(directory: Path) -> Project:
    """A shop without facts, in Berlin."""
    return Project.create(directory, Organisation(zone=ZONE, history="complete"))


def put(project: Project, kind: str, rows: Sequence[Mapping[str, Any]], minutes: int = 0) -> None:
    """Take rows in and commit them; of one key the later `minutes` count."""
    if not rows:
        return
    schema = FACTS[kind].schema()  # type: ignore[attr-defined]
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = pa.table({name: pa.array([row.get(name) for row in rows], schema.field(name).type) for name in names})
    with project.lake().writing() as writer:
        writer.put(kind, [table], source="test", received_at=RECEIVED + timedelta(minutes=minutes))
        writer.commit()


def event(
    number: int | str, happened_at: str | datetime, customer: str | None, device: str | None, kind: str = "page"
) -> dict[str, Any]:
    """An event at a moment (UTC)."""
    moment = happened_at if isinstance(happened_at, datetime) else datetime.fromisoformat(happened_at)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    row = {"event_id": f"e{number}", "customer_id": customer, "anonymous_id": device, "happened_at": moment}
    return {**row, "kind": kind, "name": "buy" if kind == "track" else None}


def refresh(project: Project, *, anew: bool = False) -> Refreshed:
    """What a refresh did."""
    refreshing = Refreshing(project)
    with refreshing.alone():
        return refreshing.run(anew=anew)


def rows_of(project: Project, key: str, *, use_kept: bool) -> list[tuple[Any, ...]]:
    """All rows of a fact, in order, from the kept files or derived from the imported facts."""
    world = project.world()
    with closing(world.engine):
        world = world if use_kept else replace(world, kept={})
        plan = Plan(world, (), None, world.day_start(END_OF_TIME))
        assert plan.keeps(key) is use_kept
        names = list(FACTS[key].columns())
        rows = world.engine.run(plan[key].select(*names)).to_pylist()
    return sorted((tuple(row[name] for name in names) for row in rows), key=repr)


def check_kept(project: Project) -> None:
    """Every kept fact that there is anything of holds exactly what its definition derives."""
    files = KeptFiles(project.lake().snapshot(), project.organisation)
    for fact in filter(files.parts, kept()):
        assert rows_of(project, fact.key, use_kept=True) == rows_of(project, fact.key, use_kept=False), fact.key


def answers(
    project: Project, windows: Iterable[Window], keys: Sequence[str], *, use_kept: bool = True
) -> dict[str, list[str]]:
    """Each metric's rows, written out."""
    world = project.world()
    with closing(world.engine):
        asked = Answers(replace(world, remembered=None, kept=world.kept if use_kept else {}))
        return {key: [repr(row) for row in asked.ask(key, tuple(windows)).rows] for key in keys}
