"""The door in a process of its own, which starts at once, so that it can be killed often."""

from __future__ import annotations

import ctypes
import multiprocessing
import socket
from multiprocessing.process import BaseProcess
from pathlib import Path

from stamm.ingest import Door, application
from stamm.ingest.serving import listening, serve
from stamm.people import open_database
from stamm.store.log.sqlite import SqliteLog

#: everything is loaded once; each process is a copy
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload([__name__])
_MAY_BE_TRACED, _BY_ANYBODY = 0x59616D61, -1


def log_of(folder: Path) -> SqliteLog:
    return SqliteLog(folder / "log" / "log.sqlite")


def serve_door(folder: Path, port: int) -> None:
    """Take events in at a port of this machine, until somebody ends the process."""
    ctypes.CDLL(None).prctl(_MAY_BE_TRACED, ctypes.c_ulong(_BY_ANYBODY), 0, 0, 0)
    door = Door(lambda: log_of(folder), open_database(folder / "stamm.sqlite"))
    serve(application(door), listening("127.0.0.1", port), started=lambda _: None)


def started(folder: Path, port: int) -> BaseProcess:
    """A process that will take events in."""
    process = FORKS.Process(target=serve_door, args=(folder, port), daemon=True)
    process.start()
    return process


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
