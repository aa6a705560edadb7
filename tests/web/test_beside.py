"""What is usually asked of a snapshot is made beside what somebody waits for, and gives way to it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stamm.app.desk import Desk, Opened
from stamm.app.project import Project
from stamm.app.stopping import Stop
from stamm.lang.errors import TooLittleError
from stamm.lang.heeding import stopped
from tests.web.test_desk import order


@pytest.fixture
def shop(project: Project, tmp_path: Path) -> Path:
    return Path(shutil.copytree(project.directory, tmp_path / "shop"))


def test_what_is_usually_asked_is_made_while_nobody_waits(shop: Path) -> None:
    desk, going, made = Desk(shop), threading.Event(), list[str]()

    def slow(_opened: Opened) -> bool:
        return going.wait(60)

    def usual(_opened: Opened) -> Iterator[Callable[[Opened], object]]:
        for name in ("one", "two", "three"):
            yield lambda opened, name=name: made.append(f"{name} of {opened.answers.world.snapshot}")

    with desk.kept_current(first=lambda: desk.kept("slow", slow), then=usual):
        time.sleep(1.5)  # three looks
        assert made == []
        going.set()
        end = time.monotonic() + 60
        while len(made) < 3:
            assert time.monotonic() < end
            time.sleep(0.05)
        shown = desk.opened()
        assert made == [f"{name} of {shown.answers.world.snapshot}" for name in ("one", "two", "three")]
        # the next snapshot does not wait for what nobody has looked at
        assert [what for what, _ in shown.looked_at()] == ["slow"]


def test_what_nobody_waits_for_makes_room(shop: Path) -> None:
    desk, begun, going, tries = Desk(shop), threading.Event(), threading.Event(), list[float]()

    def unhurried(_opened: Opened) -> None:
        stop = Stop.of_this_thread()
        assert stop is not None
        tries.append(time.monotonic())
        begun.set()
        while not stop and not going.is_set():
            time.sleep(0.01)
        if stop:
            raise stopped()

    with desk.kept_current(first=lambda: desk.kept("first", lambda _: True), then=lambda _: iter([unhurried])):
        assert begun.wait(60)
        assert desk.soon("page", lambda _: going.wait(60), 0.05) is None
        time.sleep(1.2)  # two looks
        assert len(tries) == 1
        going.set()
        end = time.monotonic() + 60
        while len(tries) < 2:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_what_nobody_waits_for_does_not_begin_at_the_end(shop: Path) -> None:
    desk, going, made = Desk(shop), threading.Event(), list[Opened]()

    def usual(_shown: Opened) -> Iterator[Callable[[Opened], object]]:
        assert going.wait(60)
        yield made.append

    def unending(_opened: Opened) -> bool:
        stop = Stop.of_this_thread()
        going.set()
        while not stop:
            time.sleep(0.01)
        raise stopped()

    with desk.kept_current(first=lambda: desk.kept("first", lambda _: True), then=usual):
        assert desk.soon("page", unending, 0.05) is None
        time.sleep(1.2)  # two looks
    assert made == []


def test_what_cannot_be_made_keeps_nothing_else_from_being_made(shop: Path) -> None:
    desk, made = Desk(shop), list[Opened]()

    def too_little(_opened: Opened) -> None:
        raise TooLittleError("There is too little of it.")

    with desk.kept_current(first=desk.opened, then=lambda _: iter([too_little, made.append])):
        end = time.monotonic() + 60
        while not made:
            assert time.monotonic() < end
            time.sleep(0.05)


def test_a_mistake_in_what_is_usual_is_told_and_the_next_snapshot_asks_again(
    shop: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stamm.app.beside.REST", 0)
    desk, asked = Desk(shop), list[Opened]()
    mistaken = lambda shown: iter([lambda _: asked.append(shown), lambda _: 1 // 0])  # noqa: E731
    with caplog.at_level("WARNING", "django.stamm"), desk.kept_current(first=desk.opened, then=mistaken):
        for number in (1, 2):
            end = time.monotonic() + 60
            while len(asked) < number:
                assert time.monotonic() < end
                time.sleep(0.05)
            order(shop, f"after-{number}")
    assert [record.exc_info[0] for record in caplog.records if record.exc_info][:1] == [ZeroDivisionError]
