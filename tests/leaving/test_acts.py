"""Who did what with customers' data is kept, and says nothing about the customer."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stamm.app.identifying import Identifying
from stamm.app.leaving.backing_up import back_up
from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.exporting import export_person
from stamm.app.leaving.restoring import release, restore
from stamm.app.project import Project
from stamm.lang.language import Language
from stamm.people import acts
from tests.leaving import planted as p

NOW = datetime(2024, 7, 1, tzinfo=UTC)


def told(project: Project) -> list[tuple[datetime, str, str]]:
    with closing(project.people()) as database:
        return [(act.at, act.who, act.what) for act in reversed(acts(database))]


def test_each_act_is_kept_with_who_did_it(project: Project, tmp_path: Path) -> None:
    hours = [NOW + timedelta(hours=number) for number in range(7)]
    before = len(told(project))  # what was done to plant the shop
    export_person(project, p.ID, now=hours[0], language=Language("de"), place=tmp_path / "e.zip", who="ines")
    Identifying(project).merge("cleo", "ben", now=hours[1], who="mara")
    Identifying(project).unmerge("cleo", now=hours[2], who="mara")
    back_up(project, tmp_path / "b.stamm", now=hours[3], who="cron")
    done = Erasing(project).erase(p.ID, now=hours[4], who="ines")
    assert told(project)[before:] == [
        (hours[0], "ines", "person_exported"),
        (hours[1], "mara", "customers_merged"),
        (hours[2], "mara", "customers_unmerged"),
        (hours[3], "cron", "backup_made"),
        (hours[4], "ines", "person_erased"),
    ]
    with closing(project.people()) as database:
        about = acts(database, 1)[0].about
    rows, superseded = sum(done.rows.values()), sum(done.superseded.values())
    assert about == f"{done.reference}: rows {rows}, superseded {superseded}, cells {done.cells}, arrived 0"
    assert rows > 0
    assert p.traces(project.directory) == []
    restored = tmp_path / "new"
    restore(restored, tmp_path / "b.stamm", now=hours[5], erased=project.lake_directory / "erased.json", who="sol")
    release(Project.open(restored), now=hours[6], who="sol")
    assert told(Project.open(restored))[before + 3 :] == [  # the backup was made before its own act was written
        (hours[4], "ines", "person_erased_again"),
        (hours[5], "sol", "backup_restored"),
        (hours[6], "sol", "released"),
    ]
