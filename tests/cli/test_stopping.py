"""Ctrl-C: a stop asked for, whatever the layer below makes of it; and a worker that keeps up until then."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from stamm.app.refreshing import Refreshed, Refreshing
from stamm.app.rounds import rounds
from stamm.cli.commands.work import Stop
from stamm.cli.failing import FAULT, STOPPED, report_failure
from stamm.cli.session import Session
from stamm.facts import kept
from stamm.lang.language import Language
from stamm.store.kept import KeptFiles
from tests.kept.shops import event, put, refresh, shop


@pytest.mark.parametrize(("words", "code"), [("Query interrupted", STOPPED), ("something else", FAULT)])
def test_a_query_that_was_interrupted_is_a_stop(words: str, code: int) -> None:
    assert report_failure(RuntimeError(words), Session(Path(), Language("en"))) == code


def until(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    for _ in range(600):
        if true():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    pytest.fail("it did not come to that in half a minute")


@pytest.mark.parametrize("sign", [pytest.param(signal.SIGINT, marks=pytest.mark.long), signal.SIGTERM])
def test_a_worker_refreshes_after_an_import_until_it_is_stopped(tmp_path: Path, sign: signal.Signals) -> None:
    project = shop(tmp_path / "shop")
    words = ("--project", str(project.directory), "--language", "en", "work", "--every", "0.1")

    def current() -> bool:
        usable = KeptFiles(project.lake().snapshot(), project.organisation).usable()
        return usable.keys() == {fact.key for fact in kept() if not fact.by_customer}  # nobody bought anything

    process = subprocess.Popen(
        (sys.executable, "-m", "stamm.cli.main", *words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell that starts it in the background would have it pass over Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - takes no lock
    )
    try:
        until((project.lake_directory / "kept" / "refresh.lock").exists, process)
        for number, day in enumerate(("2024-02-01", "2024-03-01")):
            put(project, "events", [event(number, f"{day}T10:00", None, "phone")], minutes=number)
            until(current, process)
        process.send_signal(sign)
        _, errors = process.communicate(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == STOPPED
    assert "Stopped. Nothing was left half done." in errors
    assert not list(project.lake_directory.rglob("*.tmp"))
    assert refresh(project).made == []


def test_a_stop_that_was_dropped_holds_before_the_next_look(tmp_path: Path) -> None:
    """What is raised within a destructor is dropped; so the worker looks whether it was asked to stop."""
    project, asked = shop(tmp_path / "shop"), iter((False, True))
    put(project, "events", [event(1, "2024-02-01T10:00", None, "phone")])
    looks = rounds(project.directory, 0.0, stopping=lambda: next(asked))
    with Refreshing(project).alone():
        assert isinstance(next(looks), Refreshed)
        with pytest.raises(KeyboardInterrupt):
            next(looks)


class Fallen:
    """Is interrupted while it is destroyed."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def test_a_stop_that_falls_into_a_destructor_comes_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be dropped there, with an error on the screen, and the destructor would be half done."""
    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", dropped.append)
    stop = Stop()
    before = signal.signal(signal.SIGTERM, stop)
    try:
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it comes at some moment
            Fallen()
            assert stop.asked
            time.sleep(5)
    finally:
        stop.over()
        signal.signal(signal.SIGTERM, before)
    assert dropped == []
