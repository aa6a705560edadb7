"""Work beside the pages: files are taken in by a thread of the server, which says how far it is and can be stopped.

The page that began it may be closed; what it did stays with the bundle. Whatever ends the server ends the work, too:
nothing of it is in the lake then, and the files wait to be taken in again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from stamm.app.bringing.bundles import Bundle, Progress, State
from stamm.lang.errors import StammError

#: progress is told so often
TOLD_SECONDS = 0.4

_log = logging.getLogger("django.stamm")


class StoppedWork(Exception):  # noqa: N818 - nobody's error: somebody wanted it
    """Somebody asked to stop; what was begun is let go."""


class Task(Protocol):
    """What is done with a bundle: given what tells how far it is, it gives what is to be kept of it."""

    def __call__(self, tell: Tell) -> dict[str, Any]: ...


class Tell:
    """Writes down how far the work is, and ends it where somebody asked."""

    def __init__(self, bundle: Bundle, ending: threading.Event) -> None:
        self._bundle, self._ending, self._at = bundle, ending, 0.0

    def __call__(self, what: str, rows: int, done: int, whole: int) -> None:
        """Rows, and bytes (or rows) done and in all; raises StoppedWork."""
        self.look()
        if time.monotonic() - self._at >= TOLD_SECONDS or done >= whole > 0:
            self._write(Progress(what, rows, done, whole))

    def waits(self, owner: int | None) -> None:
        """Somebody else is writing."""
        del owner
        self.look()
        self._write(Progress(waiting=True))

    def look(self) -> None:
        """Raises StoppedWork where somebody asked to stop."""
        if self._ending.is_set() or self._bundle.is_asked_to_stop:
            raise StoppedWork

    def _write(self, progress: Progress) -> None:
        self._bundle.write(replace(self._bundle.state(), progress=progress))
        self._at = time.monotonic()


_ending = threading.Event()
_threads: dict[Path, threading.Thread] = {}


@contextmanager
def working() -> Iterator[None]:
    """As long as this lasts, work may be begun; at its end all of it is stopped: no thread outlives the server."""
    _ending.clear()
    try:
        yield
    finally:
        _ending.set()
        for thread in list(_threads.values()):
            thread.join()


def wait_for(bundle: Bundle) -> None:
    """Until the work on it in this process is done."""
    if (thread := _threads.get(bundle.folder)) is not None:
        thread.join()


def begin(bundle: Bundle, task: Task) -> None:
    """Do it in a thread; raises BusyError where somebody is at it already."""
    held = bundle.held()
    try:
        bundle.begin_anew()
        state = replace(bundle.state(), phase="importing", begun=_now(), ended="", error=("", "", ""), report={})
        bundle.write(replace(state, progress=Progress()))
        thread = threading.Thread(target=_do, args=(held, bundle, task), name="bringing")
        _threads[bundle.folder] = thread
        thread.start()
    except BaseException:
        held.close()
        raise


def _do(held: ExitStack, bundle: Bundle, task: Task) -> None:
    with held:
        try:
            report = task(Tell(bundle, _ending))
        except StoppedWork:
            _end(bundle, phase="stopped")
        except StammError as error:
            _end(bundle, phase="failed", error=(error.what, error.where, error.remedy))
        except Exception as error:  # noqa: BLE001 - the thread's last line: told on the page, and with its place in the log
            _log.error("work on a bundle failed", exc_info=error)
            _end(bundle, phase="failed", error=(FAILED, "", FAILED_REMEDY))
        else:
            _end(bundle, phase="done", report=report)
        _threads.pop(bundle.folder, None)


FAILED = "Something went wrong here, and nothing was taken in."
FAILED_REMEDY = "What it was stands in the server’s log. The files are still here: try again."


def _end(bundle: Bundle, **changed: Any) -> None:
    state: State = bundle.state()
    bundle.write(replace(state, ended=_now(), progress=Progress(), **changed))


def _now() -> str:
    return datetime.now(UTC).isoformat()
