"""Keys and the record of acts, in both databases that can keep them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from stamm.lang.errors import ProjectError, UsageError
from stamm.people import Act, Database, Scope, acts, create_key, key_of, keys, open_database, record, revoke_key
from stamm.people.acts import Which, doers
from stamm.people.keys import hash_of, makers, note_use, uses
from tests.engines.postgres.server import Server

NOON = datetime(2024, 2, 1, 12, 0, 0, 7, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
Opener = Callable[[], Database]


@pytest.fixture(params=["sqlite", "postgres"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    opened: list[Database] = []

    def opening(address: str) -> Opener:
        def call() -> Database:
            opened.append(open_database(tmp_path / "stamm.sqlite", address))
            return opened[-1]

        return call

    if request.param == "sqlite":
        yield opening("")
    else:
        with request.getfixturevalue("server").database() as database:
            yield opening(database.address())
            for one in opened:
                one.close()
    for one in opened:
        one.close()


def test_a_key_is_kept_as_a_hash_and_found_again(opener: Opener, tmp_path: Path) -> None:
    database = opener()
    secret, key = create_key(database, "website", Scope.WRITE, who="anna", now=NOON, per_second=7)
    other, _ = create_key(database, "website", Scope.READ, who="ben", now=LATER)
    assert secret.startswith("stamm_w_")
    assert other.startswith("stamm_r_")
    assert len(secret) == len("stamm_w_") + 32
    found = keys(opener())
    assert found[0] == key
    assert (key.source, key.scope, key.per_second, key.created_at) == ("website", Scope.WRITE, 7, NOON)
    assert (key.hash, key.start, key.revoked_at) == (hash_of(secret), secret[:10], None)
    assert [one.hash for one in found] == [hash_of(secret), hash_of(other)]
    held = b"".join(file.read_bytes() for file in tmp_path.glob("stamm.sqlite*"))
    assert secret.encode() not in held


def test_a_key_ends_once_and_what_was_done_is_recorded(opener: Opener) -> None:
    database = opener()
    _, key = create_key(database, "website", Scope.WRITE, who="anna", now=NOON)
    assert revoke_key(database, key.id, who="ben", now=LATER).revoked_at == LATER
    assert keys(opener())[0].revoked_at == LATER
    with pytest.raises(UsageError, match="revoked already"):
        revoke_key(database, key.id, who="ben", now=LATER)
    with pytest.raises(UsageError, match="no key 99"):
        revoke_key(database, 99, who="ben", now=LATER)
    assert acts(database) == [
        Act(LATER, "ben", "key_revoked", f"{key.id} website write"),
        Act(NOON, "anna", "key_created", f"{key.id} website write"),
    ]
    assert len(acts(database, last=1)) == 1


def test_the_last_use_and_the_maker_of_a_key(opener: Opener) -> None:
    database = opener()
    _, key = create_key(database, "website", Scope.WRITE, who="anna", now=NOON)
    _, other = create_key(database, "till", Scope.READ, who="ben", now=NOON)
    assert uses(database) == {}
    note_use(database, key.id, NOON)
    note_use(database, key.id, LATER)
    assert uses(opener()) == {key.id: LATER}
    assert makers(database) == {key.id: "anna", other.id: "ben"}
    assert [act.who for act in acts(database, None, Which(who="ben", until=LATER))] == ["ben"]
    assert acts(database, None, Which(since=LATER)) == []
    assert doers(database) == ["anna", "ben"]


@pytest.mark.parametrize("source", ["", "Website", "a b", "-a", "a" * 65, "a;DROP TABLE people_key", "ü"])
def test_a_source_has_a_plain_name(opener: Opener, source: str) -> None:
    database = opener()
    with pytest.raises(UsageError, match="cannot be called"):
        create_key(database, source, Scope.WRITE, who="anna", now=NOON)
    with pytest.raises(UsageError, match="events a second"):
        create_key(database, "a", Scope.WRITE, who="anna", now=NOON, per_second=0)
    assert keys(database) == []
    assert acts(database) == []


def test_a_server_that_was_away_is_used_again(server: Server) -> None:
    with server.database() as known:
        database = open_database(Path("unused"), known.address())
        create_key(database, "website", Scope.WRITE, who="anna", now=NOON)
        with known.away():
            for _ in range(2):
                with pytest.raises(ProjectError, match="cannot be used"):
                    keys(database)
        assert [key.source for key in keys(database)] == ["website"]
        database.close()


def test_what_is_not_done_is_not_recorded(opener: Opener) -> None:
    database = opener()

    def fail() -> None:
        with database.transaction() as run:
            record(run, Act(NOON, "anna", "key_created", "1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert acts(database) == []


def test_a_database_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "stamm.sqlite").write_bytes(b"this is no database, it is a text" * 100)
    with pytest.raises(ProjectError, match="not a database") as damaged:
        open_database(tmp_path / "stamm.sqlite")
    assert "stamm restore" in damaged.value.remedy
    with pytest.raises(ProjectError, match="cannot be used") as caught:
        open_database(tmp_path / "x", "postgresql://anna:secret@127.0.0.1:1/x")
    assert "secret" not in str(caught.value)


def test_a_key_for_customers_is_good_for_numbers_too_and_no_other_covers_another() -> None:
    covers = {(key, wanted) for key in Scope for wanted in Scope if key.covers(wanted)}
    assert covers == {*((scope, scope) for scope in Scope), (Scope.CUSTOMERS, Scope.READ)}


def test_a_key_is_found_by_its_secret_until_it_is_revoked(opener: Opener) -> None:
    database = opener()
    secret, made = create_key(database, "crm", Scope.CUSTOMERS, who="anna", now=NOON)
    assert (made.per_second, made.start) == (20, "stamm_c_" + secret[8:10])
    assert key_of(database, secret) == made
    assert key_of(database, secret + "x") is None
    revoke_key(database, made.id, who="anna", now=NOON)
    assert key_of(database, secret) is None


def test_threads_share_a_database_and_its_end_waits_for_the_transaction_before(tmp_path: Path) -> None:
    people = open_database(tmp_path / "stamm.sqlite")
    _, key = create_key(people, "shop", Scope.WRITE, who="anna", now=NOON)

    closing = threading.Event()

    def use() -> int:
        for times in count():
            try:
                note_use(people, key.id, NOON)
            except ProjectError:
                assert closing.is_set()
                return times
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        used = [pool.submit(use) for _ in range(8)]
        time.sleep(0.2)
        closing.set()
        people.close()
        assert sum(each.result() for each in used) > 8
