"""Reports by the command line: made, listed, ended; a mail to see whether mail goes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.delivery.server import running


def test_a_report_is_made_listed_sent_and_ended(run: Run, shop: Path) -> None:
    made = run("schedule", "add", "--metric", "revenue", "--to", "anna@example.com", "--in", "de", "--project", shop)
    assert made.stdout.startswith("Report 1 goes out next ")
    assert "names no mail server yet" in made.stderr
    german = run("--language", "de", "schedule", "--project", shop).stdout
    assert "montags um 09:00" in german
    assert "anna@example.com" in german
    assert run("schedule", "send", 1, "--project", shop).stdout == "1 letter goes out by `stamm work`.\n"
    assert run("schedule", "remove", 1, "--project", shop).stdout == "Report 1 goes out no more.\n"
    assert run("schedule", "--project", shop).stdout == "No report goes out.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "--to", "anna@example.com"), "A report"),
        (("add", "--metric", "no_such", "--name", "x", "--to", "anna@example.com"), "There is no metric"),
        (("add", "--board", 7, "--name", "x", "--to", "anna@example.com"), "There is no board 7 any more."),
        (("add", "--metric", "revenue"), "1 to 100 addresses"),
        (("add", "--metric", "revenue", "--to", "a@example.com,b@example.com"), "no mail address"),
        (("add", "--metric", "revenue", "--to", "a@example.com", "--at", "99:99"), "There is no 99:99"),
        (("add", "--metric", "revenue", "--to", "a@example.com", "--at", "x"), "x is no hour."),
        (("remove",), "WHICH is missing."),
        (("remove", "x"), "There is no report x."),
        (("send", 4), "There is no report 4."),
    ],
)
def test_what_cannot_be_is_told(run: Run, shop: Path, words: tuple[object, ...], said: str) -> None:
    failed = run("schedule", *words, "--project", shop)
    assert failed.exit_code == 2
    assert said in failed.stderr


def test_a_mail_to_see_whether_mail_goes_out(run: Run, shop: Path) -> None:
    assert "names no mail server" in run("schedule", "try", "anna@example.com", "--project", shop).stderr
    settings = shop / "stamm.toml"
    with running() as (taken, server):
        text = f'\n[mail]\nserver = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nsender = "r@example.com"\n'
        settings.write_text(
            settings.read_text("utf-8").replace("[mail]", "[coverage]", 1).partition("[coverage]")[0] + text
        )
        told = run("--language", "de", "schedule", "try", "anna@example.com", "--project", shop)
        assert "angenommen" in told.stdout
        assert [to for to, _ in taken.letters] == ["anna@example.com"]
        taken.answers = {"gone@example.com": "550 no such user"}
        failed = run("schedule", "try", "gone@example.com", "--project", shop)
        assert failed.exit_code == 7
        assert "the mail server refused it (550)" in failed.stderr
