"""The page that reads a shop's database does what it says: its tables, its user, its mapping, its commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.reading import agrees, blocks, perform
from tests.engines.postgres.server import Server

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "postgresql.md"
SQL = re.compile(r"```sql\n(.*?)```\n", re.DOTALL)
PASSWORD = re.compile(r"PASSWORD '(.*?)'")


def test_what_the_page_shows_is_what_is_printed(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES", "COLUMNS", "FORCE_COLOR", "TZ"):
        monkeypatch.delenv(name, raising=False)
    password = PASSWORD.search(page)
    assert password is not None
    # The page names a host as a reader has one; it is found here.
    found = {"PGHOSTADDR": "127.0.0.1", "PGPORT": str(server.port), "PGPASSWORD": password[1]}
    ran = 0
    with server.database("shop") as database, pytest.MonkeyPatch.context() as patch:
        for statements in SQL.findall(page):
            database.run(statements)
        for name, value in found.items():
            patch.setenv(name, value)
        for block in blocks(page):
            if block.file:
                (tmp_path / block.file).write_text(block.text, encoding=block.encoding)
            for step in block.steps:
                printed = perform(step.command, tmp_path)
                ran += 1
                assert agrees(step.shown, printed), f"{step.command} prints:\n" + "\n".join(printed)
    assert ran
