"""Each rule of tools/house.py goes red when it is broken, and stays quiet when it is kept."""

from pathlib import Path

import pytest

from tools import house

ROOT = Path(__file__).parent.parent.parent
HASH = " --hash=sha256:" + "0" * 64


def rules_broken(root: Path, path: str, text: str) -> list[str]:
    """Writes one file and names the rules that the little repository then breaks, in order of lines."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return [finding.rule for finding in house.inspect(root)]


@pytest.mark.long
def test_this_repository_keeps_the_rules() -> None:
    assert [str(finding) for finding in house.inspect(ROOT)] == []


# -- size and names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["src/stamm/lang/window.py", "tools/x.py", "bench/x.py"])
def test_a_module_has_at_most_400_lines(tmp_path: Path, path: str) -> None:
    assert rules_broken(tmp_path, path, "x = 1\n" * 401) == ["size"]
    assert rules_broken(tmp_path, path, "x = 1\n" * 400) == []


@pytest.mark.parametrize("path", ["tests/test_long.py", "src/stamm/goals/migrations/0001_initial.py"])
def test_tests_and_migrations_may_be_longer(tmp_path: Path, path: str) -> None:
    assert rules_broken(tmp_path, path, "x = 1\n" * 900) == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "base", "services"])
def test_vague_names(tmp_path: Path, name: str) -> None:
    assert rules_broken(tmp_path, f"src/stamm/lang/{name}.py", "") == ["vague-name"]


@pytest.mark.parametrize("path", ["src/stamm/lang/common/money.py", "tests/helpers.py"])
def test_vague_packages_and_test_modules(tmp_path: Path, path: str) -> None:
    assert rules_broken(tmp_path, path, "") == ["vague-name"]


def test_a_name_may_contain_a_vague_word(tmp_path: Path) -> None:
    assert rules_broken(tmp_path, "src/stamm/facts/customer_base.py", "") == []


# -- time and chance -----------------------------------------------------------------------------------------

CLOCK_READS = {
    "the usual import": "from datetime import datetime\nx = datetime.now()",
    "the module": "import datetime\nx = datetime.datetime.now(datetime.UTC)",
    "another name": "import datetime as dt\nx = dt.date.today()",
    "another name for the class": "from datetime import date as d\nx = d.today()",
    "utcnow": "from datetime import datetime\nx = datetime.utcnow()",
    "time.time": "import time\nx = time.time()",
    "the bare function": "from time import time\nx = time()",
    "handed on, not called": "from datetime import datetime\nfield = dict(default_factory=datetime.now)",
    "inside a function": "def f():\n    import time\n    return time.time_ns()",
    "in the query": "import ibis\nx = ibis.now()",
    "pandas": "import pandas as pd\nx = pd.Timestamp.now()",
}


@pytest.mark.parametrize("text", CLOCK_READS.values(), ids=CLOCK_READS.keys())
def test_nobody_from_lang_to_charts_reads_the_clock(tmp_path: Path, text: str) -> None:
    assert rules_broken(tmp_path, "src/stamm/metrics/retention/x.py", text) == ["clock"]


@pytest.mark.parametrize("package", sorted(house.PURE))
def test_the_clock_rule_holds_in_every_pure_package(tmp_path: Path, package: str) -> None:
    assert rules_broken(tmp_path, f"src/stamm/{package}/x.py", "import time\ntime.time()") == ["clock"]


def test_the_pure_packages_are_those_below_charts() -> None:
    expected = {"lang", "facts", "metrics", "analyses", "predictions", "segments", "charts"}
    assert expected == house.PURE


@pytest.mark.parametrize("path", ["src/stamm/cli/x.py", "src/stamm/store/x.py", "tests/x.py", "tools/x.py"])
def test_elsewhere_the_clock_may_be_read(tmp_path: Path, path: str) -> None:
    assert rules_broken(tmp_path, path, "from datetime import datetime\nx = datetime.now()") == []


def test_a_moment_taken_as_an_argument_is_fine(tmp_path: Path) -> None:
    text = "from datetime import datetime\ndef f(clock):\n    return clock.now(), datetime(2024, 1, 1)"
    assert rules_broken(tmp_path, "src/stamm/lang/x.py", text) == []


CHANCES = {
    "random": "import random\nx = random.random()",
    "from random": "from random import choice\nx = choice([1])",
    "a generator without a seed": "import random\nx = random.Random()",
    "numpy's own state": "import numpy as np\nx = np.random.normal()",
    "numpy without a seed": "import numpy as np\nx = np.random.default_rng()",
    "uuid4": "import uuid\nx = uuid.uuid4()",
    "urandom": "import os\nx = os.urandom(8)",
    "in the query": "import ibis\nx = ibis.random()",
}


@pytest.mark.parametrize("text", CHANCES.values(), ids=CHANCES.keys())
def test_nobody_from_lang_to_charts_throws_dice(tmp_path: Path, text: str) -> None:
    assert rules_broken(tmp_path, "src/stamm/predictions/x.py", text) == ["chance"]


@pytest.mark.parametrize(
    "text",
    [
        "import random\nx = random.Random(7)",
        "import random\ndef f(dice: random.Random):\n    return dice.random()",
        "import numpy as np\nx = np.random.default_rng(7)",
        "import numpy as np\ndef f(dice: np.random.Generator):\n    return dice.normal()",
        "import uuid\nx = uuid.uuid5(uuid.NAMESPACE_URL, 'a')",
    ],
)
def test_seeded_chance_is_fine(tmp_path: Path, text: str) -> None:
    assert rules_broken(tmp_path, "src/stamm/predictions/x.py", text) == []


def test_metrics_divide_by_share_and_ratio(tmp_path: Path) -> None:
    text = "class X:\n    examples = 1 / 3\n    def value(self, a, b):\n        return a / b\n"
    assert rules_broken(tmp_path, "src/stamm/metrics/revenue/x.py", text) == ["division"]


def test_others_divide_as_they_like(tmp_path: Path) -> None:
    assert rules_broken(tmp_path, "src/stamm/answers/x.py", "def mean(a, b):\n    return a / b\n") == []


# -- errors and notes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "handler",
    [
        "except:\n    raise",
        "except KeyError:\n    pass",
        "except KeyError:\n    ...",
        "except Exception:\n    'never mind'",
        "except Exception:\n    x = None",
        "except (KeyError, BaseException):\n    x = None",
    ],
)
def test_no_error_vanishes(tmp_path: Path, handler: str) -> None:
    assert rules_broken(tmp_path, "src/stamm/cli/x.py", f"try:\n    x = 1\n{handler}\n") == ["silent-except"]


@pytest.mark.parametrize(
    "handler",
    [
        "except KeyError:\n    x = None",
        "except Exception as error:\n    print(error)",
        "except Exception:\n    raise ValueError from None",
    ],
)
def test_a_handled_error_is_fine(tmp_path: Path, handler: str) -> None:
    assert rules_broken(tmp_path, "src/stamm/cli/x.py", f"try:\n    x = 1\n{handler}\n") == []


@pytest.mark.parametrize(
    "way",
    [
        "import requests",
        "import http.client",
        "import urllib.request as asking",
        "from urllib import request",
        "from http.client import HTTPSConnection",
        "def f():\n    from httpcore2 import ConnectionPool",
        "import smtplib",
    ],
)
def test_nothing_goes_out_beside_the_guarded_door(tmp_path: Path, way: str) -> None:
    assert rules_broken(tmp_path, "tests/x.py", way) == []
    assert rules_broken(tmp_path, "src/stamm/app/x.py", way) == ["way-out"]


def test_the_door_itself_and_what_only_takes_addresses_apart_are_fine(tmp_path: Path) -> None:
    assert rules_broken(tmp_path, "src/stamm/delivery/door.py", "import httpcore2") == []
    assert rules_broken(tmp_path, "src/stamm/delivery/mailing.py", "import smtplib") == []
    assert rules_broken(tmp_path, "src/stamm/web/x.py", "from urllib.parse import urlsplit\nimport http") == []
    assert rules_broken(tmp_path, "src/stamm/delivery/mailing.py", "import httpcore2") == ["way-out"]


def test_suppress_names_its_error(tmp_path: Path) -> None:
    start = "import contextlib\nfrom contextlib import suppress\n"
    assert rules_broken(tmp_path, "src/x.py", start + "with suppress(Exception):\n    x = 1") == ["silent-except"]
    assert rules_broken(tmp_path, "src/x.py", start + "with contextlib.suppress(KeyError):\n    x = 1") == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
def test_notes_to_do_it_later(tmp_path: Path, word: str) -> None:
    assert rules_broken(tmp_path, "src/x.py", f"x = 1  # {word}: more\n") == ["later"]
    assert rules_broken(tmp_path, "src/x.py", f'def f():\n    """{word} say what."""\n') == ["later"]
    assert rules_broken(tmp_path, "src/x.py", f"x = '{word}'\n") == []


# -- locks ---------------------------------------------------------------------------------------------------

PROJECT = '[project]\ndependencies = ["click>=8,<9"]\n[dependency-groups]\ndev = ["pytest>=9"]\n'


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example.org/simple",
        "--extra-index-url somewhere",
        "-i mirror",
        "--trusted-host mirror",
        "--find-links wheels",
        "click @ https://example.org/click.whl",
        "# from packages.example.org",
    ],
)
def test_a_lock_names_no_host(tmp_path: Path, line: str) -> None:
    assert rules_broken(tmp_path, "requirements/runtime.txt", f"click==8.2.0{HASH}\n{line}\n") == ["lock-host"]


@pytest.mark.parametrize("key", ["resolved", "funding"])
def test_a_lock_of_node_packages_names_no_host(tmp_path: Path, key: str) -> None:
    text = f'{{"packages": {{"a": {{"{key}": "https://registry.example/a.tgz"}}}}}}'
    assert rules_broken(tmp_path, "tests/browser/package-lock.json", text) == ["lock-host"]


def test_every_locked_package_has_a_hash(tmp_path: Path) -> None:
    assert rules_broken(tmp_path, "requirements/runtime.txt", "click==8.2.0\n") == ["lock-hash"]
    assert rules_broken(tmp_path, "requirements/runtime.txt", f"click==8.2.0 \\\n   {HASH}\n") == []


def test_the_locks_fit_the_project(tmp_path: Path) -> None:
    rules_broken(tmp_path, "pyproject.toml", PROJECT)
    rules_broken(tmp_path, "requirements/dev.txt", f"pytest==9.2.0{HASH}\n")
    assert rules_broken(tmp_path, "requirements/runtime.txt", f"click==8.2.0{HASH}\n") == []
    assert rules_broken(tmp_path, "requirements/runtime.txt", f"click==9.0.0{HASH}\n") == ["lock-stale"]
    assert rules_broken(tmp_path, "requirements/runtime.txt", f"rich==15.0.0{HASH}\n") == ["lock-stale"]
    (tmp_path / "requirements/runtime.txt").write_text(f"click==8.2.0{HASH}\n")
    assert rules_broken(tmp_path, "requirements/dev.txt", f"pytest==8.0.0{HASH}\n") == ["lock-stale"]


@pytest.mark.parametrize("path", ["Makefile", ".ci/run", "tools/setup"])
def test_the_build_names_no_host(tmp_path: Path, path: str) -> None:
    assert rules_broken(tmp_path, path, "curl https://example.org/x | sh\n") == ["build-host"]


# -- prose ---------------------------------------------------------------------------------------------------

PAGE = """# The one idea

## Two words, twice

## Two words, twice

```
# not a heading, [no](link.md)
```
"""


@pytest.mark.parametrize(
    "link",
    [
        "[a](missing.md)",
        "[a](page.md#not-a-heading)",
        "[a](#not-here)",
        "[a][b]\n\n[b]: missing.md",
        "![a](picture.png)",
    ],
)
def test_a_link_that_leads_nowhere(tmp_path: Path, link: str) -> None:
    rules_broken(tmp_path, "docs/page.md", PAGE)
    assert rules_broken(tmp_path, "docs/index.md", link) == ["link"]


@pytest.mark.parametrize(
    "link",
    [
        "[a](page.md)",
        "[a](page.md#the-one-idea)",
        "[a](page.md#two-words-twice-1)",
        "[a](https://example.org/missing.md)",
        "[a](mailto:someone@example.org)",
        "`[a](missing.md)`",
        "# Here\n\n[a](#here)",
    ],
)
def test_a_link_that_resolves(tmp_path: Path, link: str) -> None:
    rules_broken(tmp_path, "docs/page.md", PAGE)
    assert rules_broken(tmp_path, "docs/index.md", link) == []


# -- what is printed -----------------------------------------------------------------------------------------


def test_findings_name_file_line_and_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules_broken(tmp_path, "src/stamm/lang/x.py", "import time\n\nx = time.time()\n")
    assert house.main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("src/stamm/lang/x.py:3: clock: time.time reads the clock")
    assert printed.endswith("1 modules, 1 findings\n")
    (tmp_path / "src/stamm/lang/x.py").write_text("x = 1\n")
    assert house.main([str(tmp_path)]) == 0
