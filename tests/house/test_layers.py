"""The contracts in pyproject.toml go red when a package stands, or reaches, where it may not."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LINE = (
    "lang -> facts -> metrics -> analyses -> predictions -> segments -> charts | sources | engines | store"
    " -> origins -> answers -> people -> jobs -> delivery"
    " -> intake -> surveys | forms | goals | rewards | ideas | inbox | care | saved"
    " -> reports -> boards -> automations -> app -> api | ingest | web | library -> cli"
)


def lint(folder: Path, modules: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Runs the contracts of this repository over a little `stamm` made of these modules."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, text in {"__init__": "", **modules}.items():
        path = folder / "src" / "stamm" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(text, encoding="utf-8")
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]
    search = os.pathsep.join([str(folder / "src"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": search, "COLUMNS": "300"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_line_is_the_one_of_the_design() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (line,) = (contract for contract in contracts if contract["type"] == "layers")
    first_to_last = " -> ".join(reversed(line["layers"])).replace("(", "").replace(")", "")
    assert [set(step.split(" | ")) for step in first_to_last.split(" -> ")] == [
        set(step.split(" | ")) for step in LINE.split(" -> ")
    ]
    assert line["exhaustive"] is True


def test_one_package_alone_keeps_the_contracts(tmp_path: Path) -> None:
    run = lint(tmp_path, {"lang/window": ""})
    assert run.returncode == 0, run.stdout + run.stderr


def test_downwards_is_allowed(tmp_path: Path) -> None:
    run = lint(tmp_path, {"lang/window": "", "metrics/kind": "import stamm.lang.window\nimport ibis"})
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("lang/x", "facts/y"),
        ("metrics/x", "engines/y"),
        ("answers/x", "cli/y"),
        ("charts/x", "sources/y"),
        ("engines/x", "store/y"),
        ("sources/x", "origins/y"),
        ("surveys/x", "rewards/y"),
        ("api/x", "web/y"),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "import {}",
        "def f():\n    import {}",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {}",
    ],
    ids=["at the top", "inside a function", "for types"],
)
def test_upwards_and_sideways_break_the_line(tmp_path: Path, importer: str, imported: str, form: str) -> None:
    run = lint(tmp_path, {imported: "", importer: form.format("stamm." + imported.replace("/", "."))})
    assert run.returncode == 1
    assert "Imports run in a line BROKEN" in run.stdout


def test_a_package_without_a_place_breaks_the_line(tmp_path: Path) -> None:
    run = lint(tmp_path, {"lang/x": "", "newsletter/x": ""})
    assert run.returncode == 1
    assert "stamm.newsletter" in run.stdout


PURE = ["lang", "facts", "metrics", "analyses", "predictions", "segments", "charts"]
DRIVERS = ["duckdb", "deltalake", "pyspark", "psycopg", "sqlalchemy", "django", "starlette"]
PAIRS = [*((package, "duckdb") for package in PURE), *(("metrics", driver) for driver in DRIVERS[1:])]


@pytest.mark.parametrize(("package", "driver"), PAIRS)
def test_definitions_know_no_driver(tmp_path: Path, package: str, driver: str) -> None:
    run = lint(tmp_path, {f"{package}/x": f"def f():\n    import {driver}"})
    assert run.returncode == 1
    assert "no web framework BROKEN" in run.stdout


def test_sources_read_with_pyarrow(tmp_path: Path) -> None:
    assert lint(tmp_path, {"sources/x": "import pyarrow.csv, pyarrow.parquet"}).returncode == 0
    assert lint(tmp_path, {"sources/x": "import duckdb"}).returncode == 1


def test_surfaces_ask_through_answers(tmp_path: Path) -> None:
    modules = {"engines/duckdb": "import duckdb", "answers/x": "import stamm.engines.duckdb"}
    assert lint(tmp_path, {**modules, "reports/x": "import stamm.answers.x"}).returncode == 0
    assert lint(tmp_path, {**modules, "reports/x": "import duckdb"}).returncode == 1


def test_origins_alone_fetch(tmp_path: Path) -> None:
    modules = {"origins/tables": "import sqlalchemy", "app/x": "import stamm.origins.tables"}
    assert lint(tmp_path, modules).returncode == 0
    for package in ("app", "store", "sources"):
        assert lint(tmp_path, {**modules, f"{package}/y": "import sqlalchemy"}).returncode == 1
        (tmp_path / "src" / "stamm" / package / "y.py").unlink()
