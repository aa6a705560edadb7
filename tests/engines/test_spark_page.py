"""The how-to page of Spark does what it says, in a shell, on a cluster of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stamm.engines.spark.application import check_java
from stamm.lang.errors import EngineError
from tests.docs.reading import agrees, blocks
from tests.engines.cluster import cluster

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "spark.md"
MASTER = "spark://127.0.0.1:7077"


@pytest.mark.long
def test_what_the_page_shows_is_what_is_printed(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    try:
        check_java()
    except EngineError as error:
        pytest.skip(f"{error.what} `make system` installs it")
    surroundings = {
        name: value for name, value in os.environ.items() if name not in {"LC_ALL", "COLUMNS", "SPARK_HOME"}
    }
    surroundings |= {"LANG": "C.UTF-8", "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    ran = 0
    with cluster(tmp_path_factory.mktemp("cluster")) as master:
        assert MASTER in PAGE.read_text(encoding="utf-8")
        for block in blocks(PAGE.read_text(encoding="utf-8").replace(MASTER, master)):
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


def _spaced(lines: list[str]) -> list[str]:
    """The lines with one blank where there are several: how wide a column is depends on the port."""
    return [" ".join(line.split()) for line in lines]
