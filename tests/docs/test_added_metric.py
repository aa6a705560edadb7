"""Adding a metric is adding one file: the one of the how-to page, in a package that is installed beside Stamm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.reading import agrees, blocks

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "how-to" / "add-a-metric.md"

DRIVER = """
import json, sys
from pathlib import Path
import pytest
from click.testing import CliRunner
from stamm.cli.main import cli

def run(*words):
    result = CliRunner().invoke(cli, words, prog_name="stamm")
    return [result.exit_code, result.output.rstrip("\\n").splitlines()]

class Collected:
    def __init__(self):
        self.passed = []
    def pytest_runtest_logreport(self, report):
        if report.when == "call" and report.passed:
            self.passed.append(report.nodeid)

place = Path(sys.argv[1])
tests = Collected()
words = ["-q", "-p", "no:cacheprovider", "-k", "DiscountShare or discount_share", "tests/test_worked_examples.py"]
pytest.main(words, plugins=[tests])
(place / "orders.csv").write_text(
    "order_id,ordered_at,amount,discount,currency\\n1,2024-02-01,80.00,20.00,EUR\\n2,2024-02-29T23:30,100.00,,EUR\\n"
)
project = ["--project", str(place / "shop")]
found = {
    "command": run(*json.loads(sys.argv[2])),
    "list": run("explain"),
    "init": run("init", str(place / "shop"), "--time-zone", "UTC"),
    "import": run("import", str(place / "orders.csv"), *project),
    "metric": run("metric", "discount_share", "--window", "2024-02", "--format", "json", *project),
    "examples": tests.passed,
}
from tools import reference  # brings in a web framework, whose plug-in pytest would want to load first

reference.main(["--into", str(place / "reference")])
(place / "found.json").write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the one metric in it, as pip would leave it."""
    place = tmp_path_factory.mktemp("site")
    (file,) = [block for block in blocks(PAGE.read_text(encoding="utf-8")) if block.file]
    package, about = place / "shop_metrics", place / "shop_metrics-1.0.dist-info"
    package.mkdir()
    about.mkdir()
    (package / "__init__.py").touch()
    (package / str(file.file)).write_text(file.text, encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: shop-metrics\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[stamm.metrics]\nshop = shop_metrics\n", encoding="utf-8")
    return place


@pytest.mark.long
def test_one_file_and_it_is_everywhere(site: Path, tmp_path: Path) -> None:
    (step,) = [step for block in blocks(PAGE.read_text(encoding="utf-8")) for step in block.steps]
    search = [str(site), str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, search)), "LANG": "C.UTF-8"}
    for name in ("LC_ALL", "LC_MESSAGES", "COLUMNS", "FORCE_COLOR"):
        environment.pop(name, None)
    words = json.dumps(step.command.split()[1:])
    command = [sys.executable, "-c", DRIVER, str(tmp_path), words]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))

    code, printed = found["command"]
    assert code == 0
    assert agrees(step.shown, printed), "\n".join(printed)
    assert any("discount_share" in line for line in found["list"][1])
    assert [found[name][0] for name in ("init", "import", "metric")] == [0, 0, 0], found
    answer = json.loads("\n".join(found["metric"][1]))
    assert answer["rows"][0]["value"] == pytest.approx(0.1)
    assert answer["rows"][0]["parts"] == {"discounts": 2000, "paid": 18000}
    # three examples, in the same collection as all the others
    assert len(found["examples"]) == 3, found["examples"]
    page = (tmp_path / "reference" / "metrics-shop-metrics.md").read_text(encoding="utf-8")
    assert "## discount_share" in page
    assert "Rabattanteil" in page
