"""A backup taken while others write, brought back elsewhere: the same numbers, or a refusal with the reason."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable

from stamm.app.leaving import restoring
from stamm.app.leaving.backing_up import back_up, members_of, opened, read_member
from stamm.app.leaving.erasing import Erasing
from stamm.app.leaving.restoring import release, restore
from stamm.app.project import Project
from stamm.facts import imported
from stamm.lang.errors import InputError, LakeError, ProjectError, UsageError
from stamm.store.erasing.ledger import Ledger
from stamm.store.log import Entry
from tests.leaving import planted as p
from tests.leaving.dying import bring_back
from tests.thorough import one_in

NOW = datetime(2024, 7, 1, tzinfo=UTC)
FEW = ("gross_revenue", "visitors", "order_count")
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def backup(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the shop, from before anybody was erased."""
    place = tmp_path_factory.mktemp("backup") / "shop.stamm"
    back_up(Project.open(planted), place, now=NOW)
    return place


def test_what_comes_back_is_what_was_there(planted: Path, backup: Path, tmp_path: Path) -> None:
    before, numbers = Project.open(planted), p.numbers(Project.open(planted), keys=FEW)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]
    done = restore(tmp_path / "new", backup, now=NOW)
    assert (done.made_at, done.known, done.erased_again) == (NOW, 0, 0)
    project = Project.open(tmp_path / "new")
    assert p.numbers(project, keys=FEW) == numbers
    for path in (project.directory, project.lake_directory):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    there = sorted(path.name for path in project.directory.iterdir())
    assert there == ["held.json", "lake", "stamm.sqlite", "stamm.toml"]
    old, new = before.lake().snapshot(), project.lake().snapshot()
    for kind in old.kinds():
        assert new.dataset(kind).to_table().equals(old.dataset(kind).to_table())
        assert new.coverage(kind) == old.coverage(kind)
        for table in (kind, f"{kind}_history"):
            if new.paths(table):
                uris = DeltaTable(str(project.lake_directory / table)).file_uris()
                assert sorted(uris) == sorted(str(path) for path in new.paths(table))
    p.put(project, "orders", [p.row(imported()["orders"], 50, "ben")], at=NOW)
    assert project.lake().snapshot().rows("orders") == before.lake().snapshot().rows("orders") + 1
    assert DeltaTable(str(project.lake_directory / "orders")).version() == 1


def test_a_restored_project_is_held_until_it_is_released(backup: Path, tmp_path: Path) -> None:
    restore(tmp_path / "new", backup, now=NOW)
    project = Project.open(tmp_path / "new")
    assert project.is_held
    release(project, now=NOW)
    assert not project.is_held
    with pytest.raises(UsageError, match="not held"):
        release(project, now=NOW)


def test_the_log_comes_back_with_the_snapshot_it_belongs_to(project: Project, tmp_path: Path) -> None:
    with closing(project.log()) as log:
        log.append([Entry("key", f"m{n}", b'{"userId": "ben"}', NOW) for n in range(5)])
        back_up(project, tmp_path / "b.stamm", now=NOW)
        log.append([Entry("key", "later", b"{}", NOW)])
    restore(tmp_path / "new", tmp_path / "b.stamm", now=NOW)
    with closing(Project.open(tmp_path / "new").log()) as log:
        assert len(log.read()) == 5
        assert log.counters()["key"].accepted == 5


def test_whoever_was_erased_since_is_out_again(planted: Path, tmp_path: Path) -> None:
    backup = tmp_path / "small.stamm"
    back_up(Project.open(planted), backup, now=NOW)
    erased = Project.open(Path(shutil.copytree(planted, tmp_path / "shop")))
    Erasing(erased).erase(p.ID, now=NOW + timedelta(days=1))
    there = p.numbers(erased, keys=FEW)
    place = tmp_path / "new"
    own = tmp_path / "own.stamm"
    back_up(erased, own, now=NOW)
    done = restore(place, backup, now=NOW, erased=erased.lake_directory / "erased.json")
    assert (done.known, done.erased_again) == (1, 1)
    assert p.traces(place) == []
    assert p.numbers(Project.open(place), keys=FEW) == there
    # in its own place, where everything but the list is lost
    for path in erased.directory.iterdir():
        shutil.rmtree(path) if path.is_dir() and path.name != "lake" else None
    for path in (*erased.directory.glob("*.*"), *(each for each in erased.lake_directory.iterdir())):
        if path.name != "erased.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    restore(erased.directory, backup, now=NOW)
    assert p.traces(erased.directory) == []
    later = {**p.row(imported()["events"], 70, p.ID, p.MENTION)}
    p.put(Project.open(place), "events", [later], at=NOW + timedelta(days=9))
    assert p.traces(place) == []


def test_a_list_of_another_project_is_refused(backup: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Ledger.made(other)
    with pytest.raises(LakeError, match="different projects"):
        restore(tmp_path / "new", backup, now=NOW, erased=other / "erased.json")
    assert not (tmp_path / "new").exists()


def test_a_list_that_is_not_there_brings_nobody_back(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="list of those who were erased cannot be read"):
        restore(tmp_path / "new", backup, now=NOW, erased=tmp_path / "nix")
    assert list(tmp_path.iterdir()) == []


def test_no_file_and_a_folder_are_told_apart_from_what_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(InputError, match="There is no such file"):
        restore(tmp_path / "not" / "yet", tmp_path / "nofile.stamm", now=NOW)
    with pytest.raises(InputError, match="This is a folder"):
        restore(tmp_path / "there", tmp_path, now=NOW)
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


def _cut(backup: Path, place: Path) -> None:
    place.write_bytes(backup.read_bytes()[:-1000])


def _flip(backup: Path, place: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 0xFF
    place.write_bytes(content)


def _rewritten(change: Callable[[str, bytes], bytes | None], backup: Path, place: Path) -> None:
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(place, "w") as new:
        for info in old.infolist():
            content = change(info.filename, old.read(info))
            if content is not None:
                new.writestr(info.filename, content)


def _lacks(backup: Path, place: Path) -> None:
    _rewritten(lambda name, content: None if name.startswith("lake/orders/") else content, backup, place)


def _other(backup: Path, place: Path) -> None:
    _rewritten(lambda name, content: content + b"# x" if name == "stamm.toml" else content, backup, place)


def _outside(backup: Path, place: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"stamm.toml", b"../../evil") if name == "backup.json" else content

    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(place, "w") as new:
        for info in old.infolist():
            name = info.filename.replace("stamm.toml", "../../evil")
            new.writestr(name, change(info.filename, old.read(info)))


def _nothing(backup: Path, place: Path) -> None:
    place.write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (_cut, "end of this backup is missing"),
        (_flip, "cannot be read|is not what was written"),
        (_lacks, "Files are missing"),
        (_other, r"stamm\.toml in this backup is not"),
        (_outside, "does not belong into a project"),
        (_nothing, "end of this backup is missing"),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_a_damaged_backup_is_refused(
    harm: Callable[[Path, Path], None], why: str, backup: Path, tmp_path: Path
) -> None:
    place = tmp_path / "harmed.stamm"
    harm(backup, place)
    with pytest.raises(LakeError, match=why):
        restore(tmp_path / "new", place, now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["harmed.stamm"]


def test_a_bit_that_is_not_what_it_was_is_told_or_means_nothing(backup: Path, tmp_path: Path) -> None:
    """Anywhere in the file; what a ZIP file says beside its contents, such as times, may be anything."""
    content, chance = backup.read_bytes(), random.Random(7)

    def read(place: Path) -> dict[str, bytes]:
        with opened(place) as archive:
            about, members = members_of(archive, place)
            return {"": str(about).encode()} | {
                each.name: b"".join(read_member(archive, each, place)) for each in members
            }

    whole, told = read(backup), 0
    for place in sorted(chance.sample(range(len(content)), 150)):
        harmed = bytearray(content)
        harmed[place] ^= 1 << chance.randrange(8)
        (tmp_path / "harmed.stamm").write_bytes(harmed)
        try:
            assert read(tmp_path / "harmed.stamm") == whole, place
        except LakeError:
            told += 1
    assert told > 100


def test_where_something_is_there_nothing_is_done(project: Project, backup: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"There is something already: lake, stamm\.sqlite, stamm\.toml"):
        restore(project.directory, backup, now=NOW)
    with pytest.raises(InputError, match="There is something already"):
        back_up(project, backup, now=NOW)


def test_a_backup_while_others_write_is_of_one_moment(tmp_path: Path) -> None:
    """Pairs of rows are written together; a backup never holds one without the other."""
    project = p.shop(tmp_path / "shop")
    orders, done = imported()["orders"], threading.Event()

    def write() -> None:
        for number in range(0, 16, 2):
            pair = [{**p.row(orders, n, "ben"), "order_id": f"o{n}"} for n in (number, number + 1)]
            p.put(project, "orders", pair)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    number = 0
    while not done.is_set() or number == 0:
        number += 1
        back_up(project, tmp_path / f"{number}.stamm", now=NOW)
    writer.join()
    sizes = []
    for each in range(1, number + 1):
        restore(tmp_path / f"copy {each}", tmp_path / f"{each}.stamm", now=NOW)
        sizes.append(Project.open(tmp_path / f"copy {each}").lake().snapshot().rows("orders"))
    assert all(size % 2 == 0 for size in sizes)
    assert sizes == sorted(sizes)


def test_somebody_erased_while_it_is_written_is_not_in_it(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def erase_in_the_middle(name: str, done: int, whole: int) -> None:
        told.append(name)
        if len(told) == 10:
            Erasing(project).erase(p.ID, now=NOW)

    back_up(project, tmp_path / "b.stamm", now=NOW, progress=erase_in_the_middle)
    restore(tmp_path / "new", tmp_path / "b.stamm", now=NOW)
    assert p.traces(tmp_path / "new") == []


@pytest.mark.long
@pytest.mark.parametrize("step", one_in(2, range(1, 140, 9)))
def test_a_restoring_that_is_killed_can_be_begun_again(planted: Path, tmp_path: Path, step: int) -> None:
    backup = tmp_path / "small.stamm"
    back_up(Project.open(planted), backup, now=NOW)
    erased = Project.open(Path(shutil.copytree(planted, tmp_path / "shop")))
    Erasing(erased).erase(p.ID, now=NOW)
    place = tmp_path / "new"
    (place / "lake").mkdir(parents=True)
    shutil.copy(erased.lake_directory / "erased.json", place / "lake")
    process = SPAWN.Process(target=bring_back, args=(str(place), str(backup), step))
    process.start()
    process.join(120)
    assert process.exitcode in (0, -9)
    if not (place / "stamm.toml").exists():
        restore(place, backup, now=NOW)
    Erasing(Project.open(place)).finish()
    assert p.traces(place) == []
    assert p.numbers(Project.open(place), keys=FEW) == p.numbers(erased, keys=FEW)
    assert not [path for path in place.rglob("*") if restoring.DRAFT in path.parts and path.is_file()]
    assert json.loads((place / "held.json").read_text())["made_at"] == NOW.isoformat()


def test_an_erasure_names_the_backups_that_hold_the_person(project: Project, tmp_path: Path) -> None:
    there, gone = tmp_path / "there.stamm", tmp_path / "gone.stamm"
    for place in (there, gone):
        back_up(project, place, now=NOW)
    gone.unlink()
    left = Erasing(project).erase(p.ID, now=NOW).backups
    assert there in left
    assert gone not in left
