"""A test that was not run is named; in CI it is a failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def run(folder: Path, text: str, *, in_ci: bool) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copy(ROOT / "conftest.py", folder)
    (folder / "tests").mkdir(exist_ok=True)
    (folder / "tests" / "test_it.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "CI": "true" if in_ci else ""}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


SKIPPED = """
import pytest

def test_run():
    pass

def test_pages():
    pytest.skip("there is no chromium here")
"""


def test_what_was_not_run_is_named(tmp_path: Path) -> None:
    finished = run(tmp_path, SKIPPED, in_ci=False)
    assert finished.returncode == 0
    assert "tests/test_it.py::test_pages: Skipped: there is no chromium here" in finished.stdout


def test_in_ci_every_test_has_to_run(tmp_path: Path) -> None:
    finished = run(tmp_path, SKIPPED, in_ci=True)
    assert finished.returncode == 1
    assert "in CI every test has to run" in finished.stdout
    assert run(tmp_path, "def test_run():\n    pass\n", in_ci=True).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "import warnings\ndef test_it():\n    warnings.warn('careful')",
        "import pytest\n@pytest.mark.unheard_of\ndef test_it():\n    pass",
        "import pytest\n@pytest.mark.xfail\ndef test_it():\n    pass",
        "import pytest\n@pytest.mark.parametrize('x', [])\ndef test_it(x):\n    pass",
    ],
    ids=["a warning", "an unknown marker", "an unexpected pass", "no parameters"],
)
def test_what_is_easily_overlooked_is_a_failure(tmp_path: Path, text: str) -> None:
    assert run(tmp_path, text, in_ci=False).returncode not in (0, 5)
