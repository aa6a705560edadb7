"""Somebody is erased: no byte of them is left, no number moves, and they do not come back."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from stamm.answers import Answers
from stamm.app.importing import Importing
from stamm.app.leaving.erasing import Erasing
from stamm.app.project import Project
from stamm.app.projecting import Projecting
from stamm.app.refreshing import Refreshing
from stamm.app.rounds import rounds
from stamm.facts import imported
from stamm.lang.errors import LakeError, UsageError
from stamm.lang.window import windows
from stamm.store.erasing.ledger import Ledger
from stamm.store.log import Entry, Outcome
from stamm.store.log.opened import SETTING
from tests.engines.postgres.server import Server
from tests.leaving import planted as p

NOW = datetime(2024, 7, 1, tzinfo=UTC)
FEW = ("gross_revenue", "visitors", "net_promoter_score", "order_count")
EVENTS = imported()["events"]


@pytest.fixture(scope="module")
def erased_once(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy from which the person was erased."""
    directory = shutil.copytree(planted, tmp_path_factory.mktemp("erased") / "shop")
    Erasing(Project.open(directory)).erase(p.ID, now=NOW)
    return Path(directory)


@pytest.fixture
def erased(erased_once: Path, tmp_path: Path) -> Project:
    """A copy of that one that a test may change."""
    return Project.open(Path(shutil.copytree(erased_once, tmp_path / "shop")))


def refreshed(project: Project) -> None:
    refreshing = Refreshing(project)
    with refreshing.alone():
        refreshing.run()


def test_no_byte_is_left_in_any_kind_and_no_number_moves(tmp_path: Path) -> None:
    project = p.planted(tmp_path / "shop")
    refreshed(project)
    before = p.numbers(project, keys=FEW)
    assert {trace.partition(": ")[2] for trace in p.traces(project.directory)} == set(p.TRACES)
    told = Erasing(project).erase(p.ID, now=NOW)
    assert p.traces(project.directory) == []
    assert told.rows["customers"] == 3
    assert told.superseded["events"] == 4
    assert told.foreign == ()
    assert p.numbers(Project.open(project.directory), keys=FEW) == before
    for log in project.lake_directory.glob("*/_delta_log"):
        table = DeltaTable(str(log.parent))
        assert table.to_pyarrow_dataset().count_rows() == sum(
            file.rows for file in project.lake().snapshot().manifest.tables[log.parent.name].files
        )
    with project.lake().writing() as writer:
        writer.compact()
        writer.commit()
    refreshed(project)
    project.lake().vacuum(keep=1)
    assert p.traces(project.directory) == []
    assert p.numbers(Project.open(project.directory), keys=FEW) == before


@pytest.mark.long
def test_no_number_of_the_whole_catalogue_moves(tmp_path: Path) -> None:
    project = p.planted(tmp_path / "shop")
    before = p.numbers(project)
    assert len(before) > 50
    Erasing(project).erase(p.ID, now=NOW)
    assert p.numbers(Project.open(project.directory)) == before


def test_a_look_tells_the_same_and_changes_nothing(project: Project) -> None:
    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in project.directory.rglob("*") if path.is_file()}

    before = files()
    looked = Erasing(project).look(p.EMAIL)
    assert files() == before
    done = Erasing(project).erase(p.EMAIL.upper(), now=NOW)
    assert (looked.rows, looked.superseded, looked.cells) == (done.rows, done.superseded, done.cells)


@pytest.mark.parametrize("called", ["0151 23456789", p.ID])
def test_a_customer_is_found_by_telephone_and_number(project: Project, called: str) -> None:
    assert Erasing(project).customer(called) == p.ID


def test_whoever_is_nobody_or_several_or_erased_is_refused(erased: Project) -> None:
    with pytest.raises(UsageError, match="was erased on 2024-07-01"):
        Erasing(erased).erase(p.ID, now=NOW)
    with pytest.raises(UsageError, match="Nobody here"):
        Erasing(erased).erase(p.EMAIL, now=NOW)
    twin = {"customer_id": "ben2", "valid_from": p.JANUARY, "email": "BEN@example.org"}
    p.put(erased, "customers", [twin])
    with pytest.raises(UsageError, match="2 customers are called that: ben, ben2"):
        Erasing(erased).look("ben@example.org")


def test_what_lies_beside_the_lake_goes_too(project: Project) -> None:
    project.rejects_directory.mkdir()
    rejects = project.rejects_directory / "rejects-1.csv"
    rejects.write_text(f"file,line,column,value,reason\na.csv,2,amount,{p.NAME},no\na.csv,3,amount,x,no\n")
    report = project.directory / "report.html"
    report.write_text(f'<meta name="generator" content="Stamm"><p>{p.NAME.replace("ü", "&uuml;")}</p>')
    (project.directory / "customers.csv").write_text(f"customer_id,email\n1,{p.EMAIL}\n")
    (project.directory / "notes.txt").write_text("nothing")
    (project.directory / "truth").mkdir()
    truth = project.directory / "truth" / "customers.parquet"
    pq.write_table(pa.table({"customer_id": [p.ID, "ben"], "persona": ["x", "y"]}), truth)
    with closing(project.log()) as log:
        bodies = (f'{{"userId": "{p.ID}"}}', f'{{"traits": {{"name": "{p.NAME}"}}}}', '{"userId": "ben"}')
        log.append(
            [Entry("key", f"m{n}", body.encode(), NOW, reason="no" if n == 1 else "") for n, body in enumerate(bodies)]
        )
    told = Erasing(project).erase(p.ID, now=NOW)
    assert (told.rejects, told.reports, told.arrived, told.truth) == (1, 1, 2, 1)
    assert pq.read_table(truth).to_pylist() == [{"customer_id": "ben", "persona": "y"}]
    assert [path.name for path in told.foreign] == ["customers.csv"]
    assert rejects.read_text().splitlines() == [
        "file,line,column,value,reason",
        "a.csv,2,amount,,no",
        "a.csv,3,amount,x,no",
    ]
    (project.directory / "customers.csv").unlink()
    assert p.traces(project.directory) == []
    with closing(project.log()) as log:
        assert [each.entry.body for each in log.read()] == [b'{"userId":"erased-late"}', b'{"userId": "ben"}']
        assert [each.entry.body for each in log.failures()] == [b'{"traits":{}}']


def test_a_log_in_a_database_forgets_too(project: Project, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with server.database() as database:
        monkeypatch.setenv(SETTING, database.address())
        with closing(project.log()) as log:
            bodies = (f'{{"userId": "{p.ID}"}}', f'{{"traits": {{"name": "{p.NAME}"}}}}', '{"userId": "ben"}')
            log.append(
                [Entry("key", f"m{n}", body.encode(), NOW, reason="no" * (n == 1)) for n, body in enumerate(bodies)]
            )
        assert Erasing(project).erase(p.ID, now=NOW).arrived == 2
        with closing(project.log()) as log:
            assert [each.entry.body for each in log.read()] == [b'{"userId":"erased-late"}', b'{"userId": "ben"}']
            log.append([Entry("key", "late", p.EMAIL.encode(), NOW, reason="no_json")])
            assert [each.entry.body for each in log.failures()] == [b'{"traits":{}}', b""]
            assert log.append([Entry("key", "late", p.EMAIL.encode(), NOW, reason="no_json")]) == [Outcome.DUPLICATE]


def test_what_another_program_wrote_into_a_table_goes_too(project: Project) -> None:
    """Delta statistics hold the least and the greatest value of each column."""
    table = project.lake_directory / "posts"
    rows = DeltaTable(str(table)).to_pyarrow_table().slice(0, 1)
    named = rows.set_column(rows.schema.get_field_index("network"), "network", pa.array([p.NAME]))
    write_deltalake(str(table), named, mode="append")
    assert any(p.NAME.encode() in path.read_bytes() for path in (table / "_delta_log").iterdir())
    Erasing(project).erase(p.ID, now=NOW)
    assert p.traces(project.directory) == []


def test_late_events_are_nobodys(erased: Project) -> None:
    before = erased.lake().snapshot().rows("events")
    late = [
        {
            **p.row(EVENTS, 100 + number, who, p.MENTION),
            "anonymous_id": device,
            "happened_at": NOW + timedelta(days=number),
        }
        for number, (who, device) in enumerate([(p.ID, p.DEVICE), (p.ID, "new"), (None, p.DEVICE), (None, "other")] * 5)
    ]
    counts = p.put(erased, "events", late, at=NOW + timedelta(days=30), source=p.EMAIL)
    assert (counts.new, counts.erased) == (20, 0)
    assert p.traces(erased.directory) == []
    assert erased.lake().snapshot().rows("events") == before + 20


def test_the_same_files_again_change_nothing(planted: Path, erased: Project) -> None:
    before = p.numbers(erased, keys=FEW)
    lake, old = erased.lake(), Project.open(planted).lake().snapshot()
    rows = {kind: old.rows(kind) for kind in old.kinds()}
    for kind in old.kinds():
        carried = list(imported()[kind].carried())
        with lake.writing() as writer:
            table = old.dataset(kind).to_table(columns=carried)
            counts = writer.put(kind, [table], source=p.NAME, received_at=NOW + timedelta(days=1))
            writer.commit()
        assert counts.new == 0, kind
    assert p.traces(erased.directory) == []
    assert {kind: lake.snapshot().rows(kind) for kind in old.kinds()} == rows
    assert p.numbers(erased, keys=FEW) == before


def test_whoever_comes_back_is_a_new_customer(erased: Project) -> None:
    new = {"customer_id": "new-1", "valid_from": NOW + timedelta(days=1), "email": p.EMAIL, "name": p.NAME}
    old = {**new, "customer_id": "old-1", "valid_from": NOW - timedelta(days=1)}
    p.put(erased, "customers", [new, old], at=NOW + timedelta(days=2))
    rows = erased.lake().snapshot().dataset("customers").to_table().to_pylist()
    found = {row["customer_id"]: row["email"] for row in rows if row["customer_id"] in ("new-1", "old-1")}
    assert found == {"new-1": p.EMAIL, "old-1": None}


def test_past_states_name_nobody(erased: Project) -> None:
    for kind in ("customers", "events", "links", "orders", "responses"):
        rows = erased.lake().state_at(kind, p.RECEIVED + timedelta(hours=1)).to_pylist()
        assert rows
        assert not any(trace in str(rows).casefold() for trace in p.TRACES), kind


def test_a_shared_device_stays_the_other_customers(tmp_path: Path) -> None:
    project = p.shop(tmp_path / "shop")
    days = [p.JANUARY + timedelta(days=number) for number in range(6)]
    whose = [None, "anna-example", None, "ben", None, "anna-example"]
    p.put(
        project,
        "events",
        [
            {"event_id": f"e{n}", "customer_id": who, "anonymous_id": "tablet", "happened_at": at, "kind": "page"}
            for n, (who, at) in enumerate(zip(whose, days, strict=True))
        ],
    )
    before = p.numbers(
        project, keys=["visitors", "known_visitors"] if "known_visitors" in project.metrics else ["visitors"]
    )
    Erasing(project).erase("anna-example", now=NOW)
    rows = sorted(project.lake().snapshot().dataset("events").to_table().to_pylist(), key=lambda row: row["event_id"])
    assert [row["anonymous_id"] == "tablet" for row in rows] == [False, False, False, True, True, False]
    assert [row["customer_id"] for row in rows][3:5] == ["ben", None]
    assert len({row["anonymous_id"] for row in rows}) == 2
    assert p.numbers(project, keys=before) == before
    ledger = Ledger.read(project.lake_directory)
    assert ledger is not None
    assert ledger.people[0].devices == frozenset(), "somebody else uses it still"


def test_a_name_that_somebody_else_bears_stays_theirs(project: Project) -> None:
    twin = {"customer_id": "twin-9", "valid_from": p.JANUARY, "email": "twin@example.org", "name": p.NAME}
    p.put(project, "customers", [twin], at=p.RECEIVED + timedelta(days=3))
    told = Erasing(project).erase(p.ID, now=NOW)
    assert told.ambiguous == (p.NAME,)
    rows = project.lake().snapshot().dataset("customers").to_table().to_pylist()
    assert [row["name"] for row in rows if row["customer_id"] == "twin-9"] == [p.NAME]
    assert p.traces(project.directory, ["kundin-zyx", "23456789", "device-annegret"]) == []


def test_whoever_was_several_customers_goes_as_one(tmp_path: Path) -> None:
    project = p.shop(tmp_path / "shop")
    orders = [
        {"order_id": f"o{n}", "customer_id": who, "ordered_at": p.JANUARY + timedelta(days=n), "amount_minor": 100}
        for n, who in enumerate(["former-anna", "present-anna", "older-anna", "ben"])
    ]
    p.put(project, "orders", orders)
    links = [
        {"anonymous_id": f"customer:{former}", "linked_at": p.JANUARY, "customer_id": customer}
        for former, customer in (("former-anna", "present-anna"), ("older-anna", "former-anna"))
    ]
    p.put(project, "links", links)
    Projecting(project).run()
    before = p.numbers(project, keys=["customer_count", "order_count"])
    Erasing(project).erase("former-anna", now=NOW)
    assert p.traces(project.directory, ["former-anna", "present-anna", "older-anna"]) == []
    Projecting(project).run()
    assert p.numbers(project, keys=before) == before
    late = {"order_id": "o9", "customer_id": "older-anna", "ordered_at": NOW, "amount_minor": 100}
    p.put(project, "orders", [late, {**late, "order_id": "o10", "customer_id": "ben"}])
    p.put(project, "links", [{**links[0], "customer_id": "ben"}, {**links[0], "anonymous_id": "phone"}])
    Projecting(project).run()
    assert p.traces(project.directory, ["former-anna", "present-anna", "older-anna"]) == []
    owners = {
        row["order_id"]: row["customer_id"]
        for row in project.lake().snapshot().dataset("orders").to_table().to_pylist()
    }
    assert owners["o0"] == owners["o1"] == owners["o2"] != owners["o3"]
    assert (owners["o9"], owners["o10"]) == (None, "ben")


def test_rejects_and_the_log_name_nobody_afterwards(erased: Project, tmp_path: Path) -> None:
    late = tmp_path / p.EMAIL / "orders.csv"
    late.parent.mkdir()
    late.write_text(
        f"order_id,customer_id,ordered_at,amount,currency\nx,{p.ID},{p.EMAIL},1.00,EUR\ny,ben,soon,1.00,EUR\n"
    )
    importing = Importing(erased.lake(), erased.organisation, erased.rejects_directory)
    report = importing.take([late], now=NOW)
    with erased.lake().writing() as writer:
        writer.remember("digest", {"file": f"{p.NAME}.csv", "at": "2024"})
        writer.commit()
        assert writer.seen("digest") == {"file": "", "at": "2024"}
    assert report.rejected == 2
    assert report.rejects is not None
    assert "soon" in report.rejects.read_text()
    body = (
        f'{{"type": "track", "event": "Order Completed", "userId": "{p.ID}", "properties": {{"email": "{p.EMAIL}"}}}}'
    )
    with closing(erased.log()) as log:
        log.append(
            [
                Entry("key", "m1", body.encode(), NOW),
                Entry("key", "m2", p.EMAIL.encode(), NOW, reason="no_json"),
                Entry("key", "m3", b"ben", NOW, reason="no_json"),
            ]
        )
    for _ in rounds(erased.directory, 1.0, once=True):
        pass
    assert p.traces(erased.directory) == []
    with closing(erased.log()) as log:
        assert [each.entry.body for each in log.failures()][:2] == [b"", b"ben"]
        assert [each.entry.reason for each in log.failures()] == ["no_json", "no_json", "missing:order_id"]


def test_whoever_has_an_older_snapshot_open_is_told_to_ask_again(project: Project) -> None:
    world = project.world()
    with closing(world.engine):
        asked = Answers(replace(world, remembered=None))
        Erasing(project).erase(p.ID, now=NOW)
        with pytest.raises(LakeError, match="goes when a person is erased"):
            asked.ask("gross_revenue", windows(date(2024, 1, 1), date(2024, 4, 1), "month"))
    assert world.remembered is not None
    world.remembered.put("question", {(0, p.NAME): 1})
    kept = project.lake_directory / "kept" / "answers"
    assert not list(kept.rglob("*.json")), "nothing is kept of a snapshot that is gone"
