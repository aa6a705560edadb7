"""The how-to page of Spark does what it says, in a shell, on the cluster that the page itself starts."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from stamm.engines.spark.application import check_java
from stamm.lang.errors import EngineError
from tests.docs.reading import FENCE, agrees, blocks

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "spark.md"
PATIENCE_SECONDS = 120


@pytest.mark.long
def test_what_the_page_shows_is_what_is_printed(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        check_java()
    except EngineError as error:
        pytest.skip(f"{error.what} `make system` installs it")
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if name not in {"LC_ALL", "COLUMNS"} and not name.startswith("SPARK_")
    }
    surroundings |= {"LANG": "C.UTF-8", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    page = PAGE.read_text(encoding="utf-8").replace("7077", str(_free_port()))
    (script,) = [match["text"] for match in FENCE.finditer(page) if match["kind"] == "sh"]
    ran = 0
    with _cluster(script, tmp_path_factory.mktemp("cluster"), surroundings):
        for block in blocks(page):
            if block.file:
                (tmp_path / block.file).write_text(block.text, encoding=block.encoding)
            for step in block.steps:
                told = subprocess.run(
                    ["bash", "-c", step.command],
                    cwd=tmp_path,
                    env=surroundings,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                printed = (told.stdout + told.stderr).rstrip("\n").splitlines()
                assert agrees(_spaced(step.shown), _spaced(printed)), f"{step.command} prints:\n" + "\n".join(printed)
                assert told.returncode == 0, step.command
                ran += 1
    assert ran == 7
    left = sorted(file.name for file in tmp_path.iterdir())
    assert left == ["duckdb.csv", "lake", "orders.csv", "spark.csv", "stamm.toml"]


@contextmanager
def _cluster(script: str, folder: Path, surroundings: Mapping[str, str]) -> Iterator[None]:
    """What the script starts, until the end; a master and a worker that found it."""
    script = script.replace("/tmp/spark-work", str(folder / "work"))
    shell = subprocess.Popen(
        ["bash", "-c", f"{script}\nwait"],
        cwd=folder,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    log, end = folder / "master.log", time.monotonic() + PATIENCE_SECONDS
    try:
        while not (log.exists() and "Registering worker" in log.read_text(encoding="utf-8", errors="replace")):
            assert time.monotonic() < end, log.read_text(encoding="utf-8", errors="replace")
            time.sleep(0.2)
        yield
    finally:
        os.killpg(shell.pid, signal.SIGTERM)
        shell.wait(30)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _spaced(lines: list[str]) -> list[str]:
    """The lines with one blank where there are several: how wide a column is depends on the port."""
    return [" ".join(line.split()) for line in lines]
