"""What is said where Spark, Java, a master or a worker is missing."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from stamm.engines.chosen import check_choice, engine_over
from stamm.engines.spark import application
from stamm.engines.spark.application import Application, check_java, check_master, check_package, told
from stamm.lang.errors import EngineError, UsageError


@pytest.mark.parametrize("choice", ["duckdb", "spark://host:7077", "spark://10.0.0.1:7077,other:7078"])
def test_what_can_be_chosen(choice: str) -> None:
    assert check_choice(choice, "stamm.toml") == choice


@pytest.mark.parametrize("choice", ["", "DuckDB", "spark", "spark://", "spark://host", "spark://host:x", "local[2]", 3])
def test_what_cannot_be_chosen(choice: object) -> None:
    with pytest.raises(UsageError, match="engine cannot be"):
        check_choice(choice, "stamm.toml")


def test_pyspark_is_not_touched_unless_chosen(tmp_path: Path) -> None:
    code = (
        "import sys; from stamm.engines.chosen import engine_over; from pathlib import Path\n"
        "import stamm.app.surroundings.engine, stamm.app.project\n"
        "engine_over('duckdb', {}, Path('.')).close(); sys.exit('pyspark' in sys.modules or 'py4j' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0


def test_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "find_spec", lambda _name: None)
    with pytest.raises(EngineError, match="Spark is not installed") as caught:
        check_package()
    assert "pip install 'stamm[spark]'" in caught.value.remedy


def test_no_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(EngineError, match="Spark needs Java, and there is none here") as caught:
        check_java()
    assert "default-jre-headless" in caught.value.remedy
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match="JAVA_HOME: Spark needs Java"):
        check_java()


@pytest.mark.parametrize(
    ("said", "version"), [('openjdk version "11.0.2" 2019-01-15', "11"), ('java version "1.8.0_202"', "8"), ("hm", "?")]
)
def test_another_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, said: str, version: str) -> None:
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(EngineError, match=f"Spark needs Java 17 or 21; here is Java {version[0]}"):
        check_java()


def test_no_master() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"spark://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EngineError, match=f"Nobody answers at {address}") as caught:
            check_master(address)
    assert caught.value.exit_code == 8
    with pytest.raises(EngineError, match="Nobody answers"):
        check_master("spark://127.0.0.1:99999")


def test_the_second_of_two_masters_answers() -> None:
    with socket.socket() as mute, socket.socket() as answers:
        mute.bind(("127.0.0.1", 0))
        answers.bind(("127.0.0.1", 0))
        answers.listen()
        hosts = ",".join(f"127.0.0.1:{each.getsockname()[1]}" for each in (mute, answers))
        assert check_master(f"spark://{hosts}") == "127.0.0.1"


def test_one_process_has_one_master(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Application, "running", Application(None, "spark://a:1", ""))  # type: ignore[arg-type]
    with pytest.raises(EngineError, match="works with spark://a:1 and cannot use spark://b:2 beside it"):
        engine_over("spark://b:2", {}, tmp_path)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            (
                "An error occurred while calling o256.getResult.\n: org.apache.spark.SparkException: Exception "
                "thrown in awaitResult: \n\tat a.b(C.java:1)\nCaused by: org.apache.spark.SparkException: "
                "[FAILED_READ_FILE.FILE_NOT_EXIST] Encountered error while reading file file:///a b.parquet. File does "
                "not exist. It is possible the files were updated.\nYou can\nCaused by: java.io.X: gone\n"
            ),
            (
                "[FAILED_READ_FILE.FILE_NOT_EXIST] Encountered error while reading file file:///a b.parquet. "
                "File does not exist."
            ),
        ),
        (
            (
                "[ARITHMETIC_OVERFLOW] long overflow. Use 'try_add' to tolerate overflow and return NULL instead. If "
                'necessary set "spark.sql.ansi.enabled" to "false" to bypass this error. SQLSTATE: 22003'
            ),
            "[ARITHMETIC_OVERFLOW] long overflow.",
        ),
        ("", "ValueError"),
    ],
)
def test_one_line_of_what_spark_says(text: str, line: str) -> None:
    assert told(ValueError(text)) == line
