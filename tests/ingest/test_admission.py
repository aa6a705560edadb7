"""Keys at the door: where they may stand, what they are good for, how much they may send."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamm.ingest import admission, door
from stamm.ingest.admission import FRESH_SECONDS, Admission
from stamm.lang.errors import ProjectError
from stamm.people import Database, Scope, create_key, keys, revoke_key
from stamm.people.database import Run
from stamm.people.keys import uses
from stamm.people.rates import Rates
from stamm.store.log import group_commit
from tests.ingest.conftest import NOON, Shop, basic

EVENT = {"type": "track", "messageId": "m1", "userId": "anna", "event": "x"}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_where_a_key_may_stand(shop: Shop) -> None:
    post = shop.client.post
    assert post("/v1/track", json=EVENT, headers=basic(shop.write)).status_code == 200
    assert post("/v1/track", json=EVENT, headers={"Authorization": f"Bearer {shop.write}"}).status_code == 200
    assert post("/v1/track", json={**EVENT, "writeKey": shop.write}).status_code == 200
    assert post("/v1/batch", json={"batch": [EVENT], "writeKey": shop.write}).status_code == 200
    assert post("/batch/", json={"batch": [EVENT], "api_key": shop.write}).status_code == 200
    assert len(shop.entries()) == 1


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /w==", "Bearer", "Digest x", "Basic Og=="])
def test_without_a_key_nothing_is_kept(shop: Shop, header: str) -> None:
    answer = shop.client.post("/v1/track", json=EVENT, headers={"Authorization": header})
    assert code(answer) == (401, "no_key")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert code(shop.client.post("/v1/track", json=EVENT)) == (401, "no_key")
    assert code(shop.client.post("/v1/track", json={**EVENT, "writeKey": ["x"]})) == (401, "no_key")
    assert code(shop.send("/v1/track", EVENT, shop.write + "x")) == (401, "unknown_key")
    assert shop.log.counters() == {}


def test_the_use_of_a_key_is_noted_once_a_minute(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    noted, note = list[int](), admission.note_use

    def counted(database: Database, number: int, now: datetime) -> None:
        noted.append(number)
        if len(noted) == 1:
            raise ProjectError("away")
        note(database, number, now)

    monkeypatch.setattr(admission, "note_use", counted)
    begun, (key, *_) = datetime.now(UTC), keys(shop.people)
    while not uses(shop.people):  # the first one fails, and the next request tries it again
        assert datetime.now(UTC) - begun < timedelta(seconds=10)
        assert shop.send("/v1/track", EVENT).status_code == 200
    assert begun <= uses(shop.people)[key.id] <= datetime.now(UTC)
    for _ in range(3):
        shop.send("/v1/track", EVENT)
    assert noted == [key.id, key.id]


def test_a_key_is_good_for_one_thing(shop: Shop) -> None:
    assert code(shop.send("/v1/track", EVENT, shop.read)) == (403, "wrong_scope")
    refused = shop.client.get("/metrics", headers=basic(shop.write))
    assert code(refused) == (403, "wrong_scope")
    assert refused.json()["message"] == (
        "This needs a key of scope read; this one is of scope write. `stamm keys create NAME --scope read` makes one."
    )
    assert code(shop.client.get("/metrics")) == (401, "no_key")
    shop.send("/v1/track", EVENT)
    told = shop.client.get("/metrics", headers=basic(shop.read)).text
    assert 'stamm_events_total{outcome="accepted",source="shop"} 1.0' in told
    assert 'stamm_refused_total{code="wrong_scope"} 2.0' in told
    assert 'stamm_requests_total{place="/v1/track",status="403"} 1.0' in told
    assert "stamm_log_entries 1.0" in told


def test_a_revoked_key_is_out_and_its_source_goes_on_with_another(shop: Shop) -> None:
    assert shop.send("/v1/track", EVENT).status_code == 200
    revoke_key(shop.people, keys(shop.people)[0].id, who="anna", now=NOON)
    fresh, _ = create_key(shop.people, "shop", Scope.WRITE, who="anna", now=NOON)
    time.sleep(FRESH_SECONDS)
    assert code(shop.send("/v1/track", EVENT)) == (401, "unknown_key")
    assert shop.send("/v1/track", EVENT, fresh).json()["duplicate"] == 1


def test_who_sends_too_much_waits(shop: Shop) -> None:
    slow, _ = create_key(shop.people, "app", Scope.WRITE, who="anna", now=NOON, per_second=1)
    time.sleep(FRESH_SECONDS)
    batch = {"batch": [{**EVENT, "messageId": f"m{n}"} for n in range(10)]}
    assert shop.send("/v1/batch", batch, slow).json()["accepted"] == 10
    answer = shop.send("/v1/track", EVENT, slow)
    assert code(answer) == (429, "too_many")
    assert answer.headers["Retry-After"] == "1"
    assert shop.send("/v1/track", EVENT).status_code == 200, "others do not wait"
    assert shop.log.counters()["app"].received == 10


def test_a_bucket_fills_steadily() -> None:
    rates = Rates()
    assert rates.take(1, 10, 100, 0.0) == 0
    assert rates.take(1, 10, 1, 0.0) == pytest.approx(0.1)
    assert rates.take(1, 10, 5, 0.5) == 0
    assert rates.take(1, 10, 5, 0.6) == pytest.approx(0.4)
    assert rates.take(2, 10, 100, 0.6) == 0
    # a batch larger than the bucket comes when that is full, and is paid for afterwards
    assert rates.take(3, 10, 250, 0.0) == 0
    assert rates.take(3, 10, 1, 0.0) == pytest.approx(15.1)
    assert rates.take(3, 10, 1, 15.2) == 0
    assert rates.take(3, 10, 250, 20.0) > 0
    # a pause fills it no further than it holds
    assert rates.take(1, 10, 101, 1000.0) == 0
    assert rates.take(1, 10, 1, 1000.0) > 0


class Silent(Database):
    """A database that says nothing until it is told to."""

    def __init__(self, inner: Database) -> None:
        super().__init__()
        self._inner, self.go = inner, threading.Event()

    def transaction(self) -> AbstractContextManager[Run]:
        assert self.go.wait(10)
        return self._inner.transaction()

    def tables(self, run: Run) -> frozenset[str]:
        return self._inner.tables(run)

    def scrub(self, *tables: str) -> None:
        self._inner.scrub(*tables)

    def close(self) -> None:
        self._inner.close()


def test_a_database_that_says_nothing_is_not_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "PATIENCE_SECONDS", 0.05)
    silent = Silent(shop.people)
    shop.door.admission = Admission(silent)
    for _ in range(2):
        answer = shop.send("/v1/track", EVENT)
        assert code(answer) == (503, "not_stored")
        assert answer.headers["Retry-After"] == "5"
    silent.go.set()
    time.sleep(0.1)
    assert shop.send("/v1/track", EVENT).json()["accepted"] == 1


def test_a_log_that_says_nothing_is_not_waited_for(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE_SECONDS", 0.1)
    busy = sqlite3.connect(shop.log_file, isolation_level=None)
    busy.execute("BEGIN IMMEDIATE")
    answer = shop.send("/v1/track", EVENT)
    assert code(answer) == (503, "not_stored")
    assert answer.headers["Retry-After"] == "5"
    busy.execute("ROLLBACK")
    busy.close()
    again = shop.send("/v1/batch", {"batch": [EVENT, {**EVENT, "messageId": "m2"}]})
    assert (again.json()["accepted"], again.json()["duplicate"]) == (1, 1), "it was stored after all, and counts once"
    assert len(shop.entries()) == 2


def test_what_cannot_wait_for_the_disk_is_told_to_come_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "MOST_WAITING_BYTES", 100)
    answer = shop.send("/v1/track", EVENT)
    assert code(answer) == (503, "overloaded")
    assert answer.headers["Retry-After"] == "1"
    monkeypatch.undo()
    assert shop.send("/v1/track", EVENT).json()["accepted"] == 1
    assert shop.log.counters()["shop"].received == 1
