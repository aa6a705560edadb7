"""The command line for people, in a process of its own: one process serves one project."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.app.project import Project
from stamm.lang.organisation import Organisation
from stamm.people import Scope, create_key
from tests.engines.postgres.server import Server

SCRIPT = """
import sys
from stamm.cli.main import cli
for line in sys.stdin.read().splitlines():
    print("$", line, flush=True)
    try:
        cli.main(line.split())
    except SystemExit as ended:
        print("=", ended.code or 0, flush=True)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Project.create(tmp_path / "shop", Organisation(currency="EUR", zone="UTC")).directory


def said(shop: Path, *lines: str, **surroundings: str) -> str:
    """What the command line says to some lines, one after the other."""
    typed = "\n".join(f"--project {shop} {line}" for line in lines)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=typed,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8", **surroundings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return done.stdout.replace(str(shop), "shop")


def test_people_come_and_go(shop: Path) -> None:
    told = said(
        shop,
        "people invite Anna@Example.com --role owner --name Anna",
        "people invite anna@example.com",
        "people invite nonsense",
        "people role anna@example.com --role viewer",
        "people invite ben@example.com --role support",
        "people role ben@example.com --role owner",
        "people remove anna@example.com",
        "people link anna@example.com",
        "people list",
        "keys history",
    )
    texts = [text.partition("\n")[2] for text in told.split("$ --project shop ")[1:]]
    assert "http://127.0.0.1:8711/in/" in texts[0]
    assert "anna@example.com may come in as owner" in texts[0]
    assert "anna@example.com is here already." in texts[1]
    assert "'nonsense' is no mail address." in texts[2]
    assert "anna@example.com is the only owner." in texts[3]
    assert "ben@example.com is owner now." in texts[5]
    assert "anna@example.com is out." in texts[6]
    assert "Nobody here has the address anna@example.com." in texts[7]
    assert "ben@example.com" in texts[8]
    assert "anna@example.com" not in texts[8]
    codes = [text.strip().rpartition("= ")[2] for text in texts]
    assert codes == ["0", "2", "2", "2", "0", "0", "0", "2", "0", "0"]
    acts = ["person removed", "role changed", "link made", "person invited", "link made", "person invited"]
    positions = [texts[9].index(act) for act in dict.fromkeys(acts)]
    assert positions == sorted(positions)


@pytest.mark.long
def test_several_processes_make_the_tables_together_beside_the_keys(shop: Path) -> None:
    people = Project.open(shop).people()
    create_key(people, "website", Scope.WRITE, who="test", now=datetime(2026, 3, 2, tzinfo=UTC))
    people.close()
    with ThreadPoolExecutor(2) as at_once:
        told = list(at_once.map(lambda n: said(shop, f"people invite p{n}@example.com --role owner"), range(2)))
    assert [text.count("= 0") for text in told] == [1, 1]
    for name in ("secret.key", "stamm.sqlite"):
        assert (shop / name).stat().st_mode & 0o777 == 0o600
    listed = said(shop, "people list", "keys list")
    assert "website" in listed
    assert all(f"p{number}@example.com" in listed for number in range(2))


def test_people_in_a_database_of_their_own(shop: Path, server: Server) -> None:
    with server.database() as database:
        told = said(
            shop,
            "people invite anna@example.com --role owner",
            "people link anna@example.com",
            "keys create website",
            "keys history",
            STAMM_DATABASE=database.address(),
        )
        assert told.count("= 0") == 4
        assert told.count("link made") == 2
        assert "person invited" in told
        assert "key made" in told
    assert not (shop / "stamm.sqlite").exists()
