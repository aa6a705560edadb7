"""What is stopped while it is made: kept by nobody, told to nobody who did not stop it, and nothing else is hit."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest

from stamm.app.making import Making
from stamm.app.stopping import Stop
from stamm.engines.kind import Engine
from stamm.lang.errors import StoppedError
from stamm.lang.heeding import stopped

PATIENCE = 30.0


@pytest.mark.parametrize("swallows", [True, False])
def test_whoever_makes_what_another_one_begun_and_stopped_makes_it_again(*, swallows: bool) -> None:
    made: list[str] = []

    def make() -> str:
        made.append("again" if made else "with a part that was not known")
        if len(made) == 1:
            stop = Stop.of_this_thread()
            assert stop is not None
            stop.now()
            if not swallows:
                raise stopped()
        return made[-1]

    with ThreadPoolExecutor(1) as threads:
        assert Making(threads).get("it", None, make) == "again"


def test_whoever_stops_it_is_told_and_it_is_not_kept() -> None:
    stop = Stop()

    def make() -> str:
        stop.now()
        return "with a part that was not known"

    with ThreadPoolExecutor(1) as threads:
        things = Making(threads)
        with stop.heeded(), pytest.raises(StoppedError):
            things.get("it", None, make)
        assert things.get("it", None, lambda: "whole") == "whole"


def test_a_thread_that_has_gone_on_is_not_interrupted_there() -> None:
    interrupting, may_end, gone_on = threading.Event(), threading.Event(), threading.Event()

    class Slow:
        """An engine that takes its time to interrupt."""

        def interrupt(self, thread: int) -> None:
            assert thread == asker.ident
            interrupting.set()
            assert may_end.wait(PATIENCE)
            assert not gone_on.is_set()

    stop, asking = Stop(), threading.Event()

    def ask() -> None:
        try:
            with stop.watching(cast(Engine, cast(Any, Slow()))):
                asking.set()
                assert interrupting.wait(PATIENCE)
        except StoppedError:
            gone_on.set()

    asker = threading.Thread(target=ask)
    asker.start()
    assert asking.wait(PATIENCE)
    with ThreadPoolExecutor(1) as threads:
        told = threads.submit(stop.now)
        assert interrupting.wait(PATIENCE)
        assert not gone_on.wait(0.2)
        may_end.set()
        told.result(PATIENCE)
    asker.join(PATIENCE)
    assert gone_on.is_set()
