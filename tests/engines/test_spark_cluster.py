"""A master without workers, and a cluster of which nothing stays, however the tests end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stamm.engines.spark.application import check_java
from stamm.lang.errors import EngineError
from tests.engines.cluster import cluster

ROOT = Path(__file__).parent.parent.parent

ASK = """
import sys
from stamm.engines.spark import application
from stamm.lang.errors import EngineError
application.PATIENCE_SECONDS = 8
try:
    application.Application.on(sys.argv[1])
except EngineError as error:
    print(error.what, error.remedy)
"""

WAIT = """
import sys, time
from pathlib import Path
from tests.engines.cluster import cluster
with cluster(Path(sys.argv[1])) as master:
    print(master, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def java() -> None:
    try:
        check_java()
    except EngineError as error:
        pytest.skip(f"{error.what} `make system` installs it")


def python(script: str, *words: str) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-c", script, *words],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - takes no lock
    )


@pytest.mark.long
def test_a_master_without_workers(tmp_path: Path) -> None:
    with cluster(tmp_path, worker=False) as master:
        told, _ = python(ASK, master).communicate(timeout=120)
    assert told.startswith(f"No worker at {master} had a core free within 8 seconds. Start a worker, or")


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays(how: signal.Signals, tmp_path: Path) -> None:
    process = python(WAIT, str(tmp_path))
    assert process.stdout is not None
    assert process.stdout.readline().startswith("spark://127.0.0.1:")
    assert len(running(tmp_path)) == 2
    process.send_signal(how)
    process.wait(60)
    process.stdout.close()
    end = time.monotonic() + 60
    while running(tmp_path):
        assert time.monotonic() < end, running(tmp_path)
        time.sleep(0.2)


def running(folder: Path) -> list[str]:
    """Java processes with this folder in their command."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace") if entry.name.isdigit() else ""
        except OSError:
            continue  # it ended while we looked
        if "java" in words and str(folder) in words:
            found.append(entry.name)
    return found
