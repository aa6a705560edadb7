"""Making, opening, reading and tidying a lake."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable
from parcels import KINDS, T0, Parcels, after, batch, current, new_lake, put, row, whole_row

from stamm.facts.columns import text
from stamm.lang.errors import BusyError, LakeError, UsageError
from stamm.store import Lake, manifest, migrations
from stamm.store import lake as lake_module


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return new_lake(tmp_path)


def test_a_new_lake_is_empty_and_can_be_read(lake: Lake) -> None:
    snapshot = lake.snapshot()
    assert (snapshot.number, snapshot.zone, snapshot.kinds()) == (1, "Europe/Berlin", ())
    assert (snapshot.files("parcels"), snapshot.history_files("parcels"), snapshot.rows("parcels")) == ([], [], 0)
    assert snapshot.dataset("parcels").to_table().schema == Parcels.schema()
    assert lake.state_at("parcels", T0).num_rows == 0


def test_all_fact_kinds_can_be_asked_for(tmp_path: Path) -> None:
    snapshot = Lake.create(tmp_path / "lake", "UTC").snapshot()
    assert snapshot.rows("orders") == 0


def test_a_lake_is_made_once_and_in_a_known_zone(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="already"):
        Lake.create(lake.root, "UTC")
    with pytest.raises(UsageError, match="Mars"):
        Lake.create(tmp_path / "other", "Mars/Olympus")


def test_no_lake_there(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=r"no data here.*stamm init"):
        Lake.open(tmp_path)


def test_an_empty_lake_follows_the_zone(lake: Lake) -> None:
    assert Lake.open(lake.root, zone="America/St_Johns").snapshot().zone == "America/St_Johns"
    assert Lake.open(lake.root).snapshot().zone == "America/St_Johns"


def test_another_zone_is_refused_with_what_to_do(lake: Lake) -> None:
    put(lake, whole_row())
    Lake.open(lake.root, zone="Europe/Berlin")
    with pytest.raises(LakeError, match=r"Europe/Berlin, not in America/St_Johns.*Set the zone back"):
        Lake.open(lake.root, zone="America/St_Johns")


def _as_version(lake: Lake, version: Any) -> None:
    path = manifest.path_of(lake.root, lake.snapshot().number)
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema_version": version, "stamm_version": "9.1"}))


@pytest.mark.parametrize("version", [2, "3b", None])
def test_a_newer_or_unknown_schema_version_is_refused(lake: Lake, version: Any) -> None:
    _as_version(lake, version)
    refused = rf"schema version {version}, written by Stamm 9\.1.*Install the newer"
    with pytest.raises(LakeError, match=refused):
        Lake.open(lake.root)
    # also by a process that had opened it before
    with pytest.raises(LakeError, match=refused):
        lake.snapshot()
    with pytest.raises(LakeError, match=refused), lake.writing():
        pass


def test_an_older_schema_version_is_brought_up_step_by_step(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    put(lake, whole_row())
    _as_version(lake, -1)

    def rename(root: Path, raw: dict[str, Any]) -> dict[str, Any]:
        assert raw["schema_version"] == -1
        assert root == lake.root
        return {**raw, "zone": "Asia/Tokyo"}

    def again(root: Path, raw: dict[str, Any]) -> dict[str, Any]:
        return {**raw, "zone": raw["zone"].replace("Tokyo", "Seoul")}

    monkeypatch.setattr(migrations, "MIGRATIONS", {0: again, -1: rename})
    opened = Lake.open(lake.root, kinds=KINDS).snapshot()
    assert (opened.zone, opened.number, opened.rows("parcels")) == ("Asia/Seoul", 3, 1)
    assert manifest.read_raw(lake.root)["schema_version"] == manifest.SCHEMA_VERSION
    with pytest.raises(LakeError, match="Snapshot 2 was written before"):
        lake.snapshot(2)


def test_an_older_schema_version_without_a_way_is_refused(lake: Lake) -> None:
    _as_version(lake, 0)
    with pytest.raises(LakeError, match=r"version 0, which Stamm .* cannot bring up"):
        Lake.open(lake.root)


def test_a_snapshot_stays_as_it_was(lake: Lake) -> None:
    put(lake, whole_row(weight=1))
    before = lake.snapshot()
    rows = before.dataset("parcels").to_table()
    put(lake, whole_row(weight=2), at=after(1))
    assert before.dataset("parcels").to_table() == rows
    assert lake.snapshot(before.number).files("parcels") == before.files("parcels")
    assert lake.snapshot().number == before.number + 1
    assert (before.written_at, lake.snapshot().written_at) == (T0, after(1))


def test_leaving_without_commit_changes_nothing(lake: Lake) -> None:
    put(lake, whole_row(weight=1))
    before = lake.snapshot()
    with lake.writing() as writer:
        writer.put("parcels", [batch(row(weight=2))], source="test", received_at=after(1))
        writer.remember("abc", {})
    assert lake.snapshot().number == before.number
    assert current(lake)[0]["weight"] == 1
    assert not (lake.root / ".staging").exists()


def test_a_commit_that_changes_nothing_writes_no_manifest(lake: Lake) -> None:
    with lake.writing() as writer:
        assert writer.commit().number == 1
    assert manifest.numbers(lake.root) == [1]


def test_files_taken_in_are_remembered_for_good(lake: Lake) -> None:
    with lake.writing() as writer:
        assert writer.seen("abc") is None
        writer.remember("abc", {"file": "Käse.csv", "rows": 3})
        assert writer.seen("abc") == {"file": "Käse.csv", "rows": 3}
        assert writer.commit().number == 2
    for number in range(20):
        with lake.writing() as writer:
            assert writer.seen("abc") == {"file": "Käse.csv", "rows": 3}
            writer.remember(f"other {number}", {})
            writer.commit()
    assert len(lake.snapshot().paths("imports")) <= 17


def test_a_second_writer_waits_then_names_the_first(lake: Lake) -> None:
    waited_for: list[int | None] = []
    with lake.writing():
        started = time.monotonic()
        with (
            pytest.raises(BusyError, match=rf"written by process {os.getpid()}.*Wait until it has finished"),
            lake.writing(wait_seconds=0.2, on_wait=waited_for.append),
        ):
            pass
        assert time.monotonic() - started >= 0.2
        assert lake.snapshot().number == 1, "readers are not blocked"
    assert waited_for == [os.getpid()]
    with lake.writing(wait_seconds=0):
        pass


def test_odd_characters_in_the_path(tmp_path: Path) -> None:
    lake = new_lake(tmp_path / "it's [a] month=7 *")
    put(lake, whole_row(weight=1))
    put(lake, row(weight=2), at=after(1))
    assert (current(lake)[0]["weight"], lake.state_at("parcels", T0).num_rows) == (2, 1)


class Later(Parcels):
    """Parcels, as a later version of the program knows them."""

    abstract = True
    key = "parcels"
    colour = text("the wrapping's colour")


def test_columns_that_came_later(lake: Lake) -> None:
    put(lake, whole_row("p1", weight=1), whole_row("p2", weight=1))
    put(lake, row("p1", weight=2), at=after(1))
    later = Lake.open(lake.root, kinds={"parcels": Later})
    assert {one["colour"] for one in current(later)} == {None}
    assert later.state_at("parcels", T0).num_rows == 2
    with later.writing() as writer:
        rows = batch(row("p2", colour="red"), kind=Later)
        writer.put("parcels", [rows], source="test", received_at=after(2))
        writer.put("parcels", [batch(whole_row("p3"))], source="test", received_at=after(2))
        writer.commit()
    assert [one["colour"] for one in current(later)] == [None, "red", None]
    table = DeltaTable(str(lake.root / "parcels"))
    assert "colour" in table.schema().to_json()
    assert table.to_pyarrow_table().num_rows == 3


def test_many_small_imports_stay_few_files(lake: Lake) -> None:
    for number in range(20):
        put(lake, whole_row(f"p{number}", received_at=after(number)), row("p0", weight=number), at=after(number))
    snapshot = lake.snapshot()
    assert len(snapshot.files("parcels")) <= 17
    assert len(snapshot.history_files("parcels")) <= 17
    before = current(lake)
    with lake.writing() as writer:
        writer.compact()
        snapshot = writer.commit()
    assert len(snapshot.files("parcels")) == len(snapshot.history_files("parcels")) == 1
    assert current(lake) == before
    assert lake.state_at("parcels", after(9)).num_rows == 10
    assert DeltaTable(str(lake.root / "parcels")).file_uris() == snapshot.files("parcels")


def _parquet(lake: Lake) -> set[str]:
    return {str(path) for name in ("parcels", "parcels_history") for path in (lake.root / name).rglob("*.parquet")}


def test_vacuum_removes_what_no_kept_snapshot_names(lake: Lake) -> None:
    for number in range(6):
        put(lake, whole_row(weight=number), at=after(number))
    stray = lake.root / "parcels" / "month=2024-01" / "part-stray.parquet"
    shutil.copy(lake.snapshot().files("parcels")[0], stray)
    assert lake.vacuum(keep=2) == 1, "what was just read may still be in use"
    assert not stray.exists()
    kept = [lake.snapshot(number) for number in (6, 7)]
    assert lake.vacuum(keep=2, unused_for=timedelta(0)) > 0
    named = {file for s in kept for file in (*s.files("parcels"), *s.history_files("parcels"))}
    assert _parquet(lake) == named
    assert current(lake)[0]["weight"] == 5
    assert kept[0].dataset("parcels").to_table()["weight"].to_pylist() == [4]
    with pytest.raises(LakeError, match="Snapshot 3 is not kept"):
        lake.snapshot(3)
    put(lake, whole_row(weight=7), at=after(60))
    assert current(lake)[0]["weight"] == 7


def test_vacuum_leaves_of_a_long_log_what_its_checkpoint_does_not_say(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stamm.store.delta_log.CHECKPOINT_EVERY", 2)
    for number in range(7):
        put(lake, whole_row(weight=number), at=after(number))
    log = lake.root / "parcels" / "_delta_log"
    before = {path.name for path in log.iterdir()}
    lake.vacuum(unused_for=timedelta(hours=1))
    assert {path.name for path in log.iterdir()} == before, "somebody may be reading them"
    lake.vacuum(unused_for=timedelta(0))
    assert sorted(path.name for path in log.iterdir()) == [
        f"{6:020d}.checkpoint.parquet",
        f"{6:020d}.json",
        "_last_checkpoint",
    ]
    assert DeltaTable(str(lake.root / "parcels")).file_uris() == lake.snapshot().files("parcels")
    put(lake, whole_row(weight=9), at=after(60))
    assert current(lake)[0]["weight"] == 9
    assert DeltaTable(str(lake.root / "parcels")).file_uris() == lake.snapshot().files("parcels")


def test_delta_gets_checkpoints(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stamm.store.delta_log.CHECKPOINT_EVERY", 2)
    for number in range(4):
        put(lake, whole_row(weight=number), at=after(number))
    log = lake.root / "parcels" / "_delta_log"
    assert (log / "_last_checkpoint").exists()
    assert DeltaTable(str(lake.root / "parcels")).file_uris() == lake.snapshot().files("parcels")
    put(lake, whole_row(weight=9), at=after(9))
    assert current(lake)[0]["weight"] == 9


def test_the_lock_is_where_it_is_said_to_be(lake: Lake) -> None:
    assert (lake.root / lake_module.LOCK).exists()
