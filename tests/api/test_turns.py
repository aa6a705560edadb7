"""Questions on their way: a few at once, none for long, each of one snapshot; whoever leaves is not computed for."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stamm.answers import World
from stamm.api import questions
from stamm.api.problems import Problem
from stamm.api.turns import GoneError, Turns
from stamm.app.desk import Desk
from stamm.app.project import Project
from stamm.app.stopping import Stop
from stamm.lang.errors import LakeError, StoppedError
from stamm.people import Scope
from tests.api.conftest import client_of, run


def endless(world: World) -> int:
    """A query that would take hours: all orders with all orders, five times over."""
    orders = world.engine.table("orders").select(amount="amount_minor")
    crossed = orders
    for number in range(5):
        crossed = crossed.cross_join(orders.rename({f"amount_{number}": "amount"}))
    total = sum(crossed[name] for name in crossed.columns)
    return int(world.engine.run(crossed.aggregate(n=total.sum()))["n"][0].as_py())


@pytest.fixture
def turns(simulated: Path) -> Iterator[Turns]:
    found = Turns(Desk(simulated), at_once=1, waiting=1, seconds=60)
    yield found
    found.close()


async def ended(turns: Turns) -> None:
    """Wait until nothing is computed any more."""
    async with asyncio.timeout(5):
        while turns._asked:  # noqa: ASYNC110 - it is threads that end
            await asyncio.sleep(0.01)


def test_who_leaves_ends_the_work(turns: Turns) -> None:
    async def leave() -> None:
        with pytest.raises(GoneError):
            await turns.ask(endless, asyncio.sleep(0.3))
        await ended(turns)

    asyncio.run(leave())
    # the next one is answered by the same world
    assert asyncio.run(turns.ask(lambda world: world.snapshot)) > 0


def test_what_takes_too_long_is_stopped(simulated: Path) -> None:
    turns = Turns(Desk(simulated), seconds=0.4)

    async def ask() -> None:
        with pytest.raises(Problem) as refused:
            await turns.ask(endless)
        assert (refused.value.code, refused.value.status) == ("too_slow", 503)
        await ended(turns)

    asyncio.run(ask())
    turns.close()


def test_more_than_may_wait_is_refused_and_the_loop_is_free(turns: Turns) -> None:
    release = threading.Event()

    def slow(world: World) -> int:
        release.wait(10)
        return world.snapshot

    async def ask() -> None:
        asked = [asyncio.create_task(turns.ask(slow)) for _ in range(2)]
        await asyncio.sleep(0.2)
        with pytest.raises(Problem) as refused:
            await turns.ask(slow)
        assert refused.value.code == "busy"
        assert refused.value.retry_after
        longest, last = 0.0, time.monotonic()
        for _ in range(20):
            await asyncio.sleep(0.001)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        assert longest < 0.5
        release.set()
        assert len(await asyncio.gather(*asked)) == 2

    asyncio.run(ask())


def test_a_question_has_one_snapshot_and_the_next_one_the_newest(simulated: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(simulated, tmp_path / "shop"))
    desk = Desk(folder)

    def orders(world: World) -> tuple[int, int]:
        return world.snapshot, world.engine.run(world.engine.table("orders").count().as_table())[0][0].as_py()

    def across_an_import(world: World) -> tuple[tuple[int, int], tuple[int, int]]:
        before = orders(world)
        (tmp_path / "orders.csv").write_text("order_id,ordered_at,amount\nnew,2024-04-30,1.00\n", encoding="utf-8")
        run("import", tmp_path / "orders.csv", "--project", folder)
        later = desk.ask(orders, Stop())
        assert (later[0] > before[0], later[1]) == (True, before[1] + 1)
        return before, orders(world)

    before, after = desk.ask(across_an_import, Stop())
    assert before == after
    engines = [desk.ask(lambda world: world.engine, Stop()) for _ in range(2)]
    assert engines[0] is engines[1]
    text = (folder / "stamm.toml").read_text(encoding="utf-8")
    (folder / "stamm.toml").write_text(text.replace('currency = "EUR"', 'currency = "CHF"'), encoding="utf-8")
    assert desk.ask(lambda world: world.organisation.currency, Stop()) == "CHF"
    desk.close()


def test_a_short_question_does_not_wait_for_a_long_one(simulated: Path) -> None:
    desk, stop, begun, ended = Desk(simulated), Stop(), threading.Event(), threading.Event()

    def long(world: World) -> None:
        begun.set()
        endless(world)

    def ask() -> None:
        with pytest.raises(StoppedError):
            desk.ask(long, stop)
        ended.set()

    asking = threading.Thread(target=ask)
    asking.start()
    assert begun.wait(10)
    time.sleep(0.2)
    assert desk.ask(lambda world: world.engine.run(world.engine.table("orders").limit(3)).num_rows, Stop()) == 3
    assert not ended.is_set()
    while not ended.wait(0.05):
        stop.now()  # and it alone
    asking.join()
    desk.close()


def test_a_file_that_went_meanwhile_is_no_failure(simulated: Path) -> None:
    turns = Turns(Desk(simulated), at_once=1)
    tries: list[int] = []

    def gone_once(world: World) -> int:
        tries.append(world.snapshot)
        if len(tries) == 1:
            raise LakeError("A file of this snapshot cannot be read; it goes when a person is erased.")
        return world.snapshot

    assert asyncio.run(turns.ask(gone_once)) == Project.open(simulated).world().snapshot
    assert len(tries) == 2
    turns.close()


def test_who_is_told_to_stop_before_begins_nothing(simulated: Path) -> None:
    desk, stop = Desk(simulated), Stop()
    stop.now()
    with pytest.raises(StoppedError):
        desk.ask(lambda world: world.engine.run(world.engine.table("orders")), stop)
    desk.close()


def test_a_grid_that_is_too_large_is_refused_before_it_is_computed(
    simulated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for asking in client_of(simulated):
        asked = {"from": "1900-01-01", "to": "2200-01-01", "grain": "day", "by": "channel"}
        began = time.monotonic()
        answer = asking.get("/metrics/order_count/rows", Scope.READ, params=asked, headers={"Accept-Language": "de"})
        assert time.monotonic() - began < 2
        assert answer.status_code == 400
        assert answer.json()["detail"] == "Das wären 109.573 Zeiträume; auf einmal sind es höchstens 1.000."
        asked = {"param": ("period=day", "cohort=day"), "from": "1900-01-01", "to": "2200-01-01"}
        answer = asking.get("/analyses/retention_table/rows", Scope.READ, params=asked)
        assert answer.status_code == 400, answer.text
        assert "windows; at once there are at most" in answer.json()["detail"]
        asked = {"param": ("family=churn", "grain=day"), "from": "2024-01-01", "to": "2024-05-01"}
        answer = asking.get("/analyses/compare_definitions/rows", Scope.READ, params=asked)
        assert answer.json()["detail"] == "That would be 121 windows; at once there are at most 24."
        monkeypatch.setattr(questions, "MOST_NUMBERS", 100)
        asked = {"from": "2024-01-01", "to": "2024-05-01", "grain": "day", "by": "page"}
        answer = asking.get("/metrics/page_views/rows", Scope.READ, params=asked)
        assert answer.status_code == 400
        assert "numbers; at once there are at most 100." in answer.json()["detail"]
