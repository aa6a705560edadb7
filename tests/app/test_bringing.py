"""Files that are brought, and what is taken out again: the last import as one piece, and whatever was made up."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm import care
from stamm.app.bringing import demo, work
from stamm.app.bringing.about_made import count_written, made_customers
from stamm.app.bringing.bundles import Bundle, bundle_named, new_bundle, plain_name, sweep
from stamm.app.bringing.guesses import Guesses
from stamm.app.bringing.taking import Taking, take_bundle_back
from stamm.app.project import Project
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEADING = "order_id,customer_id,ordered_at,amount\n"
FIRST = HEADING + "1,anna,2024-01-05 10:00,10.00\n2,ben,2024-02-05 10:00,20.00\n"
#: changes one of the first, adds one, and has one that is none
SECOND = HEADING + "2,ben,2024-02-05 10:00,25.00\n3,cleo,2024-03-05 10:00,30.00\n4,dora,2024-03-32,1.00\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "shop", Organisation(zone="Europe/Berlin"))


def brought(project: Project, files: Mapping[str, str]) -> Bundle:
    bundle = new_bundle(project.directory, who="anna@example.com", now=NOW)
    for name, text in files.items():
        bundle.place_for(name).write_text(text, encoding="utf-8")
    return bundle


def take(project: Project, files: Mapping[str, str]) -> Bundle:
    bundle = brought(project, files)
    work.begin(bundle, Taking(project.directory, bundle, Guesses(), "anna@example.com", Language("en")))
    work.wait_for(bundle)
    assert bundle.state().phase == "done", bundle.state().error
    return bundle


def facts(project: Project) -> dict[str, list[dict[str, object]]]:
    """Every row there is, by kind, in an order of its own."""
    snapshot = Project.open(project.directory).lake().snapshot()
    return {
        kind: sorted(snapshot.dataset(kind).to_table().to_pylist(), key=repr)
        for kind in snapshot.kinds()
        if snapshot.rows(kind)
    }


def amounts(project: Project) -> dict[object, object]:
    return {row["order_id"]: row["amount_minor"] for row in facts(project).get("orders", [])}


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("orders.csv", "orders.csv"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\orders.csv", "orders.csv"),
        ("/abs/lute/orders 2024.csv", "orders 2024.csv"),
        ("..", "file"),
        (".hidden.csv", "hidden.csv"),
        ("a\x00b\u202ecsv.exe", "abcsv.exe"),
        ("", "file"),
        ("x" * 400 + ".csv.gz", "x" * 143 + ".csv.gz"),
        ("Ka\u0308se.csv", "K\u00e4se.csv"),
    ],
)
def test_a_name_stays_in_its_folder(told: str, kept: str, project: Project) -> None:
    assert plain_name(told) == kept
    bundle = brought(project, {})
    first, second = bundle.place_for(told), bundle.place_for(told)
    assert first.parent == bundle.folder / "files"
    first.touch()
    assert second == first
    assert bundle.place_for(told) != first


def test_an_import_is_taken_back_as_one_piece(project: Project) -> None:
    take(project, {"orders.csv": FIRST})
    before = facts(project)
    second = take(project, {"orders.csv": SECOND})
    assert amounts(project) == {"1": 1000, "2": 2500, "3": 3000}
    assert second.files == ()
    take_bundle_back(project, second, "anna@example.com")
    assert facts(project) == before
    assert second.state().phase == "back"
    with pytest.raises(UsageError, match="nothing here that can be taken back"):
        take_bundle_back(project, second, "anna@example.com")
    # its files count as new again
    again = take(project, {"orders.csv": SECOND})
    assert [row["changed"] for row in again.state().report["rows"]] == [1]
    # once the same facts were written again, it is no piece any more
    take(project, {"orders.csv": HEADING + "9,ida,2024-03-07 10:00,1.00\n"})
    with pytest.raises(UsageError, match=r"written since into the same facts \(orders\)"):
        take_bundle_back(project, again, "anna@example.com")
    assert set(amounts(project)) == {"1", "2", "3", "9"}


def test_other_facts_may_come_between(project: Project) -> None:
    first = take(project, {"orders.csv": FIRST})
    take(project, {"returns.csv": "return_id,returned_at\nr1,2024-03-06 10:00\n"})
    take_bundle_back(project, first, "anna@example.com")
    assert facts(project).keys() == {"returns"}
    assert Project.open(project.directory).lake().snapshot().kinds() == ("returns",)


def test_made_rows_go_without_a_trace_and_real_ones_stay(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SIZES", {"small": 4})
    monkeypatch.setattr(demo, "DAYS", 60)
    settings = project.directory / "stamm.toml"
    before = settings.read_text(encoding="utf-8")
    bundle = new_bundle(project.directory, who="anna", now=NOW, what="demo")
    work.begin(bundle, demo.Making(project.directory, bundle, "anna"))
    work.wait_for(bundle)
    assert bundle.state().phase == "done", bundle.state().error
    snapshot = project.lake().snapshot()
    assert demo.has_made_rows(snapshot)
    assert all(snapshot.simulated(kind) for kind in snapshot.kinds() if snapshot.rows(kind))
    assert settings.read_text(encoding="utf-8") != before
    take(project, {"orders.csv": FIRST, "customers.csv": "customer_id,valid_from\nanna,2024-01-01\n"})
    # what is written about made people goes with them; not about real ones, and not about who is not in the lake
    (invented,) = snapshot.dataset("orders").head(1)["customer_id"].to_pylist()
    with closing(project.people()) as database:
        with database.transaction() as run:
            for who in (invented, "anna", "gone"):
                care.write_note(run, who, "asked for a cup", who="anna", now=NOW)
                care.make_task(run, who, "call", whose="anna", due_on=None, who="anna", now=NOW)
            care.set_owner(run, [invented], "anna", who="anna", now=NOW)
        customers = made_customers(project, project.lake().snapshot())
        assert (customers, count_written(project, customers)) == ({invented}, 3)
        made = demo.take_demo_out(Project.open(project.directory), bundle, "anna")
        with database.transaction() as run:
            assert [task.customer_id for task in care.tasks_for(run, "anna")] == ["anna", "gone"]
            assert (care.notes_of(run, [invented]), care.owner_of(run, [invented])) == ([], None)
            assert len(care.notes_of(run, ["anna", "gone"])) == 2
    assert made == sum(snapshot.rows(kind) for kind in snapshot.kinds())
    # as if it had never been there
    alone = Project.create(tmp_path / "alone", Organisation(zone="Europe/Berlin"))
    take(alone, {"orders.csv": FIRST, "customers.csv": "customer_id,valid_from\nanna,2024-01-01\n"})
    told = [{k: [without_moment(row) for row in rows] for k, rows in facts(one).items()} for one in (project, alone)]
    assert told[0] == told[1]
    after = Project.open(project.directory).lake().snapshot()
    assert after.kinds() == ("customers", "orders")
    assert {source for kind in after.kinds() for source in after.sources(kind)} == {"orders.csv", "customers.csv"}
    assert not any(after.simulated(kind) for kind in after.kinds())
    assert not any(row for kind in snapshot.kinds() if kind not in after.kinds() for row in after.files(kind))
    assert settings.read_text(encoding="utf-8") == before
    assert not (project.directory / "truth").exists()
    assert bundle_named(project.directory, bundle.name) is None


def without_moment(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "received_at"}


def test_what_nobody_took_in_is_thrown_away_after_a_week(project: Project) -> None:
    bundle = brought(project, {"orders.csv": FIRST})
    sweep(project.directory, datetime(2026, 3, 9, 11, tzinfo=UTC))
    assert bundle.files != ()
    sweep(project.directory, datetime(2026, 3, 9, 13, tzinfo=UTC))
    assert not bundle.folder.exists()


def test_who_stops_it_has_nothing_in_the_lake(project: Project) -> None:
    bundle = brought(project, {"orders.csv": FIRST})
    with bundle.held():
        bundle.write(bundle.state())
    task = Taking(project.directory, bundle, Guesses(), "anna", Language("en"))

    def stopping(tell: work.Tell) -> dict[str, object]:
        bundle.ask_to_stop()
        return task(tell)

    work.begin(bundle, stopping)
    work.wait_for(bundle)
    assert bundle.state().phase == "stopped"
    assert facts(project) == {}
    assert [file.name for file in bundle.files] == ["orders.csv"]
