"""Objects of a real S3 server come in as the files of a folder do, each once, and leave no copy behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest

from stamm.app.fetching import Fetching
from stamm.app.leaving.erasing import Erasing
from stamm.app.project import Project
from stamm.lang.errors import InputError, ProjectError
from stamm.origins.buckets import BucketSetting, Object, Storage
from stamm.origins.buckets.setting import VARIABLES
from tests.origins.buckets import Bucket, Served, running
from tests.origins.shops import facts, project_of

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
HEADING = "order_id,customer_id,ordered_at,amount,currency\n"


def orders(*numbers: int, buyer: str = "anna", amount: str = "12.30") -> bytes:
    rows = (f"{number},{buyer},2024-02-10 14:30,{amount},EUR\n" for number in numbers)
    return (HEADING + "".join(rows)).encode()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with running() as found:
        yield found


@pytest.fixture
def bucket(served: Served, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, with what opens it in the environment."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", served.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", served.secret)
    return served.bucket()


@pytest.fixture
def project(bucket: Bucket, tmp_path: Path) -> Project:
    return project_of(tmp_path / "project", bucket.settings())


def told(project: Project, fetching: Fetching | None = None, minutes: int = 0) -> list[str]:
    """What a look brings: the name of the file and its orders that are new, or why it was not taken in."""
    found = (fetching or Fetching()).run(project, NOW + timedelta(minutes=minutes))
    lines = [
        str(one.error) if one.error else f"{one.file.name} {sum(row.new for row in one.report.rows if one.report)}"
        for one in found
        if one.report or one.error
    ]
    assert not project.fetched_directory.exists(), "no copy is left behind"
    return lines


def test_new_and_changed_objects_come_in_and_none_is_fetched_twice(
    bucket: Bucket, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("in/2024/orders-1.csv", orders(1, 2))
    bucket.put("in/orders-2.csv", orders(3))
    bucket.put("elsewhere/orders-9.csv", orders(9))
    assert told(project) == ["orders-1.csv 2", "orders-2.csv 1"]

    fetched: list[str] = []
    fetch = Storage.fetch

    def counted(storage: Storage, wanted: Object, into: Path) -> Object | None:
        fetched.append(wanted.key)
        return fetch(storage, wanted, into)

    monkeypatch.setattr(Storage, "fetch", counted)
    assert told(project) == []  # a worker that was started anew
    assert fetched == []
    bucket.put("in/orders-2.csv", orders(3, 4))
    bucket.put("in/orders-copy.csv", orders(1, 2))
    assert told(project) == ["orders-2.csv 1"]
    assert fetched == ["orders-2.csv", "orders-copy.csv"]
    assert told(project) == []
    assert len(fetched) == 2
    assert facts(project, "orders", "order_id") == [("1",), ("2",), ("3",), ("4",)]
    number = project.lake().snapshot().number
    assert (told(project), project.lake().snapshot().number) == ([], number)


def test_another_mapping_reads_all_again(bucket: Bucket, project: Project) -> None:
    bucket.put("in/sales.csv", b"no;who;at;total\n1;anna;2024-02-10;5\n")
    fetching = Fetching()
    (error,) = told(project, fetching)
    assert (
        error.startswith(f"{bucket.address}: sales.csv: The file is not named after a fact kind.") or "sales" in error
    )
    assert told(project, fetching, 5) == []  # told once
    mapping = '\n[mapping.sales]\nfiles = "sales*.csv"\n[mapping.sales.orders]\norder_id = "no"\ncustomer_id = "who"\n'
    mapping += 'ordered_at = "at"\namount = "total"\n'
    assert told(project_of(project.directory, bucket.settings() + mapping)) == ["sales.csv 1"]


def test_what_is_no_file_or_not_finished_is_passed_over(bucket: Bucket, project: Project) -> None:
    for key in ("in/", "in/.hidden.csv", "in/orders-1.csv.part", "in/folder/"):
        bucket.put(key, b"" if key.endswith("/") else orders(1))
    bucket.put("in/orders-empty.csv", b"")
    assert told(project) == []


def test_an_object_that_is_replaced_while_it_is_read_comes_in_as_it_is_then(
    bucket: Bucket, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("in/orders-1.csv", orders(1))
    get = obstore.get

    def late(store: Any, key: str, **more: Any) -> Any:
        monkeypatch.setattr(obstore, "get", get)
        bucket.put("in/orders-1.csv", orders(1, 2, 3))  # between the list and the reading
        return get(store, key, **more)

    monkeypatch.setattr(obstore, "get", late)
    assert told(project) == ["orders-1.csv 3"]
    assert told(project) == []  # and that state is the one that is known

    def always(store: Any, key: str, **more: Any) -> Any:
        bucket.put("in/orders-1.csv", orders(*range(1, len(seen) + 6)))
        seen.append(key)
        return get(store, key, **more)

    seen: list[str] = []
    bucket.put("in/orders-1.csv", orders(1, 2, 3, 4))
    monkeypatch.setattr(obstore, "get", always)
    assert told(project) == []
    assert len(seen) == 3
    monkeypatch.setattr(obstore, "get", get)
    assert told(project) == ["orders-1.csv 4"]  # nothing is lost by that


def test_an_object_that_vanishes_is_nobodys_fault(
    bucket: Bucket, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.put("in/orders-1.csv", orders(1))
    get = obstore.get

    def late(store: Any, key: str, **more: Any) -> Any:
        bucket.delete("in/orders-1.csv")
        return get(store, key, **more)

    monkeypatch.setattr(obstore, "get", late)
    assert told(project) == []


@pytest.mark.long
def test_a_thousand_and_more_objects(bucket: Bucket, project: Project) -> None:
    for number in range(1_050):
        bucket.put(f"in/{number:04d}.part", b"x")
    bucket.put("in/orders-late.csv", orders(7))
    assert sum(1 for _ in Storage(project.settings.buckets[0]).objects()) == 1_051
    assert told(project) == ["orders-late.csv 1"]


def test_a_large_object_is_refused_and_harms_no_other(bucket: Bucket, project: Project) -> None:
    project = project_of(project.directory, bucket.settings() + "largest_mb = 1\n")
    bucket.put("in/orders-1.csv", orders(1) + b"#" * (1 << 20))
    bucket.put("in/orders-2.csv", orders(2))
    large, small = told(project)
    assert large == (
        f"{bucket.address}: orders-1.csv: The object is larger than 1 MB. "
        "Export less at once, or set largest_mb in stamm.toml."
    )
    assert small == "orders-2.csv 1"


def test_wrong_credentials_no_credentials_and_a_missing_bucket(
    bucket: Bucket, project: Project, monkeypatch: pytest.MonkeyPatch, served: Served
) -> None:
    fetching = Fetching()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-word")
    (error,) = told(project, fetching)
    assert "The storage refuses these credentials, or they may not list and read the bucket." in error
    assert "wrong-word" not in error
    assert told(project, fetching, 5) == []  # told once
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (error,) = told(project, fetching, 10)
    assert "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in error
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", served.secret)
    bucket.put("in/orders-1.csv", orders(1))
    assert told(project, fetching, 15) == ["orders-1.csv 1"]
    (error,) = told(project_of(project.directory, bucket.settings().replace(bucket.name, "no-such")))
    assert "There is no such bucket." in error
    (error,) = told(project_of(project.directory, bucket.settings().replace(str(served.port), "9")))
    assert "The storage cannot be read: " in error
    assert "Debug" not in error


def test_a_copy_that_a_killed_worker_left_is_erased(bucket: Bucket, project: Project) -> None:
    bucket.put("in/orders-1.csv", orders(1, buyer="anna-abel"))
    assert told(project) == ["orders-1.csv 1"]
    left = project.fetched_directory / "tmp1" / "orders-1.csv"
    left.parent.mkdir(parents=True)
    left.write_bytes(orders(1, buyer="anna-abel"))
    Erasing(project).erase("anna-abel", now=NOW)
    assert not project.fetched_directory.exists()
    bucket.put("in/orders-1.csv", orders(1, 2, buyer="anna-abel"))
    assert told(project) == ["orders-1.csv 1"]
    rows = facts(project, "orders", "order_id", "customer_id")
    assert [number for number, _ in rows] == ["1", "2"]
    assert "anna-abel" not in str(rows)


def test_nothing_is_fetched_unless_it_is_set(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Storage, "objects", None)
    assert told(project_of(project.directory, "")) == []


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({}, "That is no address of a bucket."),
        ({"address": "file:///etc"}, "That is no address of a bucket."),
        ({"address": "s3://key:secret@bucket"}, "Credentials do not belong into stamm.toml."),
        ({"address": "s3://b", "endpoint": "ftp://x"}, "That is no endpoint."),
        ({"address": "s3://b", "credentials": "mine"}, "There are no such credentials."),
        ({"address": "gs://b", "endpoint": "http://x"}, "A bucket of gs:// has no endpoint."),
        ({"address": "az://b", "region": "x"}, "A bucket of az:// has no region."),
        ({"address": "s3://b", "region_": "x"}, "There is no setting 'region_' in [bucket]."),
        ({"address": "s3://b", "every_minutes": 0}, "every_minutes must be a whole number from 1 on."),
    ],
)
def test_what_no_setting_can_be(settings: dict[str, object], what: str) -> None:
    with pytest.raises(ProjectError) as error:
        BucketSetting.parse("b", settings, Path("stamm.toml"))
    assert error.value.what == what
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("address", ["s3://b/in", "gs://b/in", "az://b/in"])
def test_each_provider_is_opened_with_credentials_alone(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    setting = BucketSetting.parse("b", {"address": address}, Path("stamm.toml"))
    for names in VARIABLES[setting.scheme]:
        for name in names:
            monkeypatch.delenv(name, raising=False)
    with pytest.raises(ProjectError, match="no credentials for the bucket"):
        Storage(setting)
    for name in VARIABLES[setting.scheme][0]:
        monkeypatch.setenv(name, "eA==")
    if setting.scheme == "gs":  # its variable names a file, which is read at once
        with pytest.raises(InputError, match=r"The credentials for the bucket cannot be used as they are\."):
            Storage(setting)
    else:
        Storage(setting)
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    Storage(replace(setting, credentials="none"))
