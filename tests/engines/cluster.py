"""A real Spark cluster on loopback: a standalone master and one worker, each a process of its own."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
STARTED = re.compile(r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")
REGISTERED = re.compile(r"Successfully registered with master")
#: a loaded machine may take long to start two virtual machines
PATIENCE_SECONDS = 120
DIES_WITH_PARENT = 1
#: machines that live for a minute spend most of it on optimising themselves; what they compute stays the same
BRISK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
DEFAULTS = f"""\
spark.driver.extraJavaOptions {BRISK}
spark.executor.extraJavaOptions {BRISK}
spark.executor.memory 1g
"""


@contextmanager
def cluster(directory: Path, *, cores: int = 2, memory: str = "1536m", worker: bool = True) -> Iterator[str]:
    """The address of a running master with one worker (or none); both are gone afterwards, whatever happens.

    `directory/conf` holds its settings, as SPARK_CONF_DIR of whoever asks it.
    """
    (directory / "conf").mkdir()
    (directory / "conf" / "spark-defaults.conf").write_text(DEFAULTS, encoding="utf-8")
    running: list[subprocess.Popen[bytes]] = []
    try:
        master = _start(running, directory / "master.log", MASTER, "--port", "0")
        address = _awaited(master, directory / "master.log", STARTED)[1]
        if worker:
            limits = ("--cores", str(cores), "--memory", memory, "--work-dir", str(directory / "work"))
            begun = _start(running, directory / "worker.log", WORKER, "--port", "0", *limits, address)
            _awaited(begun, directory / "worker.log", REGISTERED)
        yield address
    finally:
        for process in reversed(running):
            _stop(process)


def _start(running: list[subprocess.Popen[bytes]], log: Path, what: str, *arguments: str) -> subprocess.Popen[bytes]:
    home = Path(pyspark.__file__).parent
    command = [str(home / "bin" / "spark-class"), what, "--host", "127.0.0.1", "--webui-port", "0", *arguments]
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(log.parent / "local"),
        "SPARK_CONF_DIR": str(log.parent / "conf"),
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": BRISK,
    }
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=log.parent,
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - it takes no lock
        )
    running.append(process)
    return process


def _die_with_parent() -> None:
    """Where the test run is killed, nothing of the cluster stays behind."""
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)


def _awaited(process: subprocess.Popen[bytes], log: Path, sign: re.Pattern[str]) -> re.Match[str]:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if found := sign.search(log.read_text(errors="replace")):
            return found
        time.sleep(0.05)
    raise RuntimeError(f"{log.stem} did not start:\n{log.read_text(errors='replace')[-4000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            os.killpg(process.pid, sign)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                continue
