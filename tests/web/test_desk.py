"""One snapshot at a time: pages do not wait for the next one, and do not mix two."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pytest
from click.testing import CliRunner

from stamm.app import making
from stamm.app.desk import Desk, Opened
from stamm.app.making import StillMaking
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.engines.duckdb import DuckDB
from stamm.lang.errors import StoppedError, UsageError
from stamm.reports.today import answer_today
from stamm.web.filters import Period

ORDER = "order_id,customer_id,ordered_at,amount_minor\n{},c1,2024-06-17,500\n"


@pytest.fixture
def shop(project: Project, tmp_path: Path) -> Path:
    return Path(shutil.copytree(project.directory, tmp_path / "shop"))


def order(shop: Path, name: str) -> None:
    file = shop.parent / f"orders-{name}.csv"
    file.write_text(ORDER.format(name), encoding="utf-8")
    done = CliRunner().invoke(cli, ["import", str(file), "--project", str(shop)])
    assert done.exit_code == 0, done.output


def orders(opened: Opened) -> tuple[int, float | None]:
    figure = opened.figures(frozenset({"order_count"}), Period("year"))["order_count"]
    assert figure is not None
    return opened.answers.world.snapshot, figure.value


def count(opened: Opened) -> None:
    """A query, each time: nothing of it is remembered."""
    engine = opened.answers.world.engine
    engine.run(engine.table("orders").count().as_table())


def soon(desk: Desk, what: str, make: Callable[[Opened], object], within: float) -> object:
    """For a page that waits so many seconds."""
    with desk.one(within=within):
        return desk.kept(what, make)


def test_what_a_page_is_made_of_is_made_once_a_snapshot(shop: Path) -> None:
    desk, made = Desk(shop), []

    def make(opened: Opened) -> int:
        made.append(opened.state)
        return len(made)

    assert [desk.kept("it", make), desk.kept("it", make), desk.kept("other", make)] == [1, 1, 2]
    order(shop, "next")
    assert desk.kept("it", make) == 3
    assert made[2] != made[0]


def test_another_setting_is_another_state(shop: Path) -> None:
    desk = Desk(shop)
    assert desk.opened().project.organisation.name == "Lindenhof Kaffee"
    text = (shop / "stamm.toml").read_text(encoding="utf-8")
    (shop / "stamm.toml").write_text(text.replace("Lindenhof Kaffee", "Lindenhof Tee"), encoding="utf-8")
    assert desk.opened().project.organisation.name == "Lindenhof Tee"


def test_a_newer_snapshot_is_shown_once_it_is_ready(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was last looked at is made of it before; what has taken too long for that keeps nobody from what is new."""
    desk = Desk(shop)
    with desk.kept_current(first=lambda: desk.kept("orders", orders)):
        desk.kept("long", lambda _: time.sleep(0.2))
        assert desk.opened().took("long") >= 0.2
        monkeypatch.setattr(Opened, "took", lambda _, what: 31.0 if what == "long" else 0.0)
        _shown_once_ready(desk, shop)
        assert "long" not in dict(desk.opened().looked_at())


def test_who_was_told_of_something_new_sees_it(shop: Path) -> None:
    """However long the next one takes to be ready; and what is ready too late is not shown in place of a newer one."""
    desk, going, begun = Desk(shop), threading.Event(), threading.Event()

    def slow(opened: Opened) -> int:
        begun.set()
        going.wait(60)
        return opened.answers.world.snapshot

    going.set()
    with desk.kept_current(first=lambda: desk.kept("slow", slow)):
        first = desk.kept("slow", slow)
        begun.clear()
        going.clear()
        order(shop, "next")
        assert begun.wait(60)
        assert desk.opened().answers.world.snapshot == first
        order(shop, "one more")
        desk.show_newest()
        assert (last := desk.opened()).answers.world.snapshot > first
        going.set()
        for _ in range(50):
            assert desk.opened() is last
            time.sleep(0.02)


def _shown_once_ready(desk: Desk, shop: Path) -> None:
    first, before = desk.kept("orders", orders)
    order(shop, "next")
    waited, end = [], time.monotonic() + 60
    while desk.kept("orders", orders)[0] == first:
        assert time.monotonic() < end
        begun = time.monotonic()
        snapshot, value = desk.kept("orders", orders)
        waited.append(time.monotonic() - begun)
        assert value == before if snapshot == first else value == (before or 0) + 1
        time.sleep(0.01)
    assert desk.kept("orders", orders)[1] == (before or 0) + 1
    assert waited
    # it was made before it was shown: nobody has waited for it
    assert ("orders" in dict(desk.opened().looked_at())) is True


def test_what_is_being_made_is_given_up_at_the_end(shop: Path) -> None:
    """No thread may still compute when the process ends."""
    desk, began, ended = Desk(shop), threading.Event(), threading.Event()

    def endless(opened: Opened) -> None:
        began.set()
        try:
            while True:
                count(opened)
        finally:
            ended.set()

    with desk.kept_current(first=lambda: desk.kept("endless", endless)):
        assert began.wait(30)
    assert ended.is_set()


def test_a_page_in_the_making_keeps_its_snapshot(shop: Path) -> None:
    desk = Desk(shop)

    def slow(opened: Opened) -> list[tuple[int, float | None]]:
        first = orders(opened)
        order(shop, "next")
        assert desk.newest().state != opened.state
        assert desk.opened() is opened
        return [first, orders(opened)]

    first, second = desk.kept("slow", slow)
    assert first == second


def test_what_hinders_the_next_snapshot_is_told_once(shop: Path, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(shop)
    with caplog.at_level("WARNING", "django.stamm"), desk.kept_current(first=lambda: desk.kept("orders", orders)):
        order(shop, "next")
        (shop / "stamm.toml").write_text("foo = [", encoding="utf-8")
        end = time.monotonic() + 30
        while not caplog.records:
            assert time.monotonic() < end
            time.sleep(0.05)
        time.sleep(1.5)  # three looks
    assert [record.exc_info[0].__name__ for record in caplog.records if record.exc_info] == ["ProjectError"]


def test_a_page_that_the_next_snapshot_does_not_allow_hinders_no_other(
    shop: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(shop)
    first = desk.opened().answers.world.snapshot

    def refusing(opened: Opened) -> str:
        if opened.answers.world.snapshot > first:
            raise UsageError("There is no data yet.")
        return "made"

    with caplog.at_level("INFO", "django.stamm"), desk.kept_current(first=lambda: desk.kept("refused", refusing)):
        order(shop, "next")
        end = time.monotonic() + 30
        while desk.kept("orders", orders)[0] == first:
            assert time.monotonic() < end
            time.sleep(0.05)
        with pytest.raises(UsageError):
            desk.kept("refused", refusing)
    assert [(one.levelname, one.exc_info) for one in caplog.records] == [("INFO", None)], "nothing is amiss"


def test_what_takes_long_comes_later_and_holds_nothing_up(shop: Path) -> None:
    desk, go, made = Desk(shop), threading.Event(), []

    def slow(opened: Opened) -> int:
        made.append(opened.name)
        assert go.wait(30)
        return len(made)

    begun = time.monotonic()
    for _ in range(3):
        with pytest.raises(StillMaking):
            soon(desk, "slow", slow, 0.05)
    assert desk.kept("fast", lambda opened: opened.name) == desk.opened().name
    assert time.monotonic() - begun < 10
    go.set()
    # who waits for the same gets the same, made once
    assert [desk.kept("slow", slow), soon(desk, "slow", slow, 0.05)] == [1, 1]
    assert made == [desk.opened().name]
    desk.close()


def test_a_failure_is_told_to_who_asked_and_then_tried_again(shop: Path) -> None:
    desk, tries = Desk(shop), []

    def failing(opened: Opened) -> int:
        tries.append(opened.name)
        if len(tries) == 1:
            raise UsageError("No.", remedy="Yes.")
        return len(tries)

    with pytest.raises(UsageError):
        soon(desk, "it", failing, 30)
    assert soon(desk, "it", failing, 30) == 2
    desk.close()


def test_what_ends_while_somebody_gives_up_waiting_is_no_failure() -> None:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as threads:
            things, missed = making.Making(threads), []
            for name in range(3_000):
                try:
                    things.soon(name, None, lambda: "made", 0.0)
                except StillMaking:
                    missed.append(name)
            assert all(things.get(name, None, lambda: "made again") == "made" for name in missed[-100:])
    finally:
        sys.setswitchinterval(usual)
    assert missed


def test_what_nobody_asks_for_again_is_given_up(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, ended = Desk(shop), threading.Event()

    def endless(opened: Opened) -> int:
        try:
            while True:
                count(opened)
        except StoppedError:
            ended.set()
            raise

    with pytest.raises(StillMaking):
        soon(desk, "it", endless, 0.05)
    monkeypatch.setattr(making, "IDLE_SECONDS", 0.0)
    end = time.monotonic() + 30
    while not ended.wait(0.05):
        assert time.monotonic() < end
        desk.opened().give_up_idle()
    # nobody is told of it: whoever comes next has it made anew
    assert soon(desk, "it", lambda _: "made", 30) == "made"
    desk.close()


def test_a_page_is_of_one_snapshot_and_so_are_its_parts(shop: Path) -> None:
    desk = Desk(shop)
    with desk.one():
        name, before = desk.opened().name, desk.kept("orders", orders)
        order(shop, "next")
        assert desk.kept("again", orders) == before
    with desk.one():
        assert desk.kept("orders", orders) == (before[0] + 1, (before[1] or 0) + 1)
    with desk.one(name) as there:
        assert there
        assert desk.kept("part", orders) == before
    order(shop, "third")
    desk.opened()
    with desk.one(name) as there:
        assert not there
    desk.close()


def test_a_refresh_answers_today(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens it first, in another process, finds all of its numbers counted."""
    asked, run = list[ir.Table](), DuckDB.run

    def told(engine: DuckDB, question: ir.Table) -> pa.Table:
        asked.append(question)
        return run(engine, question)

    monkeypatch.setattr(DuckDB, "run", told)
    shutil.rmtree(shop / "lake" / "kept", ignore_errors=True)
    done = CliRunner().invoke(cli, ["refresh", "--project", str(shop)])
    assert done.exit_code == 0, done.output
    assert asked
    asked.clear()
    desk = Desk(shop)
    answer_today(desk.opened().answers)
    assert len(asked) == 0
    desk.close()
