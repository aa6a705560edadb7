"""A watched folder: each file once, when it is whole; what is wrong with one is told once and harms no other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stamm.app.project import Project
from stamm.app.rounds import rounds
from stamm.app.settings import SETTINGS
from stamm.app.unread import FILE, UnreadFile
from stamm.app.watching import SETTLED, Watched, Watching
from stamm.lang.errors import ProjectError
from stamm.lang.organisation import Organisation
from tests.sources.recorded import recorded

ORDERS = "order_id,customer_id,ordered_at,amount,currency\n1,a,2024-02-10,12.30,EUR\n2,b,2024-02-11,5,EUR\n"


def later(seconds: float = SETTLED + 1) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    directory = tmp_path / "shop"
    Project.create(directory, Organisation(zone="Europe/Berlin", currency="EUR"))
    file = directory / SETTINGS
    file.write_text(file.read_text().replace('folder = ""', 'folder = "in"'))
    (directory / "in").mkdir()
    return Project.open(directory)


def put(project: Project, name: str, text: str) -> Path:
    path = project.directory / "in" / name
    path.write_text(text)
    return path


def run(watching: Watching, project: Project, now: datetime | None = None) -> list[Watched]:
    return list(watching.run(project, now or later()))


def rows(project: Project, fact: str = "orders") -> int:
    return project.lake().snapshot().rows(fact)


def test_a_file_is_taken_in_once_under_any_name_and_after_a_start_anew(project: Project) -> None:
    watching = Watching()
    path = put(project, "orders.csv", ORDERS)
    (done,) = run(watching, project)
    assert done.report is not None
    assert (done.file, done.report.rows[0].new, rows(project)) == (path, 2, 2)
    number = project.lake().snapshot().number
    path.rename(path.with_name("orders-again.csv"))
    assert run(watching, project) == []
    assert run(Watching(), project) == []
    assert project.lake().snapshot().number == number


def test_a_file_that_grows_waits_until_it_is_whole(project: Project) -> None:
    watching = Watching()
    path = put(project, "orders.csv", ORDERS)
    assert run(watching, project, datetime.now(UTC)) == []
    assert len(run(watching, project)) == 1
    path.write_text(ORDERS + "3,c,2024-02-12,1,EUR\n")
    assert run(watching, project, datetime.now(UTC)) == []
    (done,) = run(watching, project)
    assert done.report is not None
    assert (done.report.rows[0].new, done.report.rows[0].unchanged, rows(project)) == (1, 2, 3)


def test_what_is_unfinished_hidden_or_no_file_is_passed_over(project: Project) -> None:
    for name in ("orders.csv.part", ".orders.csv", "orders.csv.tmp"):
        put(project, name, ORDERS)
    (project.directory / "in" / "orders").mkdir()
    assert run(Watching(), project) == []
    assert rows(project) == 0


def test_a_file_that_cannot_be_taken_in_is_told_once_and_harms_no_other(project: Project) -> None:
    watching = Watching()
    put(project, "orders.csv", ORDERS)
    path = put(project, "customers.csv", "customer_id\na\n")
    first, second = run(watching, project)
    assert (first.file, first.report) == (path, None)
    assert "valid_from" in str(first.error)
    assert second.report is not None
    assert run(watching, project) == []
    path.write_text("customer_id,valid_from\na,2024-01-01\n")
    (done,) = run(watching, project)
    assert done.error is None
    assert rows(project, "customers") == 1


def test_what_fails_is_kept_for_the_pages_until_it_is_mended_or_gone(project: Project) -> None:
    """A worker that is started anew finds the same, which then fails since it did first."""
    path, gone = put(project, "customers.csv", "customer_id\na\n"), put(project, "nothing.csv", "x\n")
    list(rounds(project.directory, 0.01, once=True))
    first = {one.name: one for one in UnreadFile(project).all()}
    assert set(first) == {"customers.csv", "nothing.csv"}
    assert "valid_from" in first["customers.csv"].what
    assert first["customers.csv"].remedy
    assert (project.directory / FILE).stat().st_mode & 0o077 == 0
    gone.unlink()
    list(rounds(project.directory, 0.01, once=True))
    assert UnreadFile(project).all() == (first["customers.csv"],)
    path.write_text("customer_id,valid_from\na,2024-01-01\n")
    list(rounds(project.directory, 0.01, once=True))
    assert UnreadFile(project).all() == ()
    assert not (project.directory / FILE).exists()


def test_exports_of_other_systems_are_recognised(project: Project) -> None:
    export = next(path for path in recorded() if path.name == "orders_export.csv")
    put(project, "download (3).csv", export.read_text())
    (done,) = run(Watching(), project)
    assert done.report is not None
    assert rows(project) == 3


def test_a_folder_that_is_not_there_is_told_once(project: Project) -> None:
    watching = Watching()
    folder = project.directory / "in"
    folder.rmdir()
    (done,) = run(watching, project)
    assert str(done.error) == (
        f"{folder}: The folder that is watched cannot be read: No such file or directory. "
        "Make it, or name another one in [watch] of stamm.toml."
    )
    assert run(watching, project) == []
    folder.mkdir()
    assert run(watching, project) == []


def test_without_a_folder_nothing_is_watched(project: Project) -> None:
    file = project.directory / SETTINGS
    file.write_text(file.read_text().replace('folder = "in"', 'folder = ""'))
    put(project, "orders.csv", ORDERS)
    assert run(Watching(), Project.open(project.directory)) == []
    file.write_text(file.read_text().replace('folder = ""', 'folder = "."'))
    with pytest.raises(ProjectError, match="cannot be the project's own"):
        Project.open(project.directory)
