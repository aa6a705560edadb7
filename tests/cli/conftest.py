"""A small shop, and a way to run the command line as a person does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stamm.cli.main import cli

Run = Callable[..., Result]

ORDERS = """\
order_id,customer_id,ordered_at,amount,currency,channel
o1,anna,2024-01-05T10:00,20.00,EUR,web
o2,anna,2024-02-05T10:00,30.00,EUR,web
o3,anna,2024-03-05T10:00,10.00,EUR,store
o4,ben,2024-01-10T10:00,50.00,EUR,store
o5,ben,2024-03-20T10:00,40.00,EUR,web
o6,cleo,2024-01-20T10:00,15.00,EUR,web
o7,dora,2024-02-14T10:00,25.00,EUR,web
o8,,2024-02-15T10:00,5.00,EUR,web
o9,dora,2024-03-31T10:00,25.00,EUR,web
"""


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """English, no colours, no project by accident."""
    for name in ("LC_ALL", "LC_MESSAGES", "COLUMNS", "FORCE_COLOR", "TZ"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def run() -> Run:
    """Runs a line of words and gives exit code, output and errors."""
    runner = CliRunner()

    def call(*words: object) -> Result:
        result = runner.invoke(cli, [str(word) for word in words], prog_name="stamm")
        assert "Traceback" not in result.output or "--debug" in words
        return result

    return call


@pytest.fixture(scope="session")
def shop_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop of four customers, made once."""
    place = tmp_path_factory.mktemp("shop")
    runner = CliRunner()
    (place / "orders.csv").write_text(ORDERS, encoding="utf-8")
    steps = (
        ("init", str(place / "shop"), "--time-zone", "Europe/Berlin", "--currency", "EUR", "--history", "complete"),
        ("import", str(place / "orders.csv"), "--project", str(place / "shop")),
    )
    for words in steps:
        result = runner.invoke(cli, words)
        assert result.exit_code == 0, result.output
    return place / "shop"


@pytest.fixture
def shop(shop_once: Path, tmp_path: Path) -> Path:
    """A copy of the shop that a test may change."""
    return Path(shutil.copytree(shop_once, tmp_path / "shop"))
