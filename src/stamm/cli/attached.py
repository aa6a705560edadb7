"""A worker beside a server: another process, kept running, that ends when the server does, however that ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from stamm.ingest.records import tell

#: a worker that ends by itself is started again after so long
AGAIN_SECONDS = 5.0
_DIES_WITH_PARENT = 1


@contextmanager
def worker_beside(directory: Path) -> Iterator[None]:
    """`stamm work` for a project as long as this lasts."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep, args=(directory, ending), name="worker", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()


def _keep(directory: Path, ending: threading.Event) -> None:
    while not ending.is_set():
        command = [sys.executable, "-m", __name__, str(os.getpid()), "--project", str(directory), "work"]
        worker = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - ourselves
        while worker.poll() is None and not ending.wait(0.2):
            continue
        if ending.is_set():
            worker.terminate()
            worker.wait()
            return
        tell("worker_ended", code=worker.returncode)
        ending.wait(AGAIN_SECONDS)


def run(words: Sequence[str]) -> None:
    """A command line whose end is the server's to tell: asked to stop, it says nothing."""
    from stamm.cli.failing import is_stop
    from stamm.cli.group import Stamm

    class Attached(Stamm):
        def invoke(self, ctx: click.Context) -> None:
            try:
                super().invoke(ctx)
            except BaseException as error:
                if not is_stop(error):
                    raise

    Attached().main(words)


if __name__ == "__main__":
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGTERM)
    if os.getppid() == int(sys.argv[1]):  # else it is gone already
        run(sys.argv[2:])
