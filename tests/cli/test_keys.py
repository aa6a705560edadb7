"""Keys by the command line: shown once, listed without their secret, over when revoked; and who may serve."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run


def test_a_key_is_shown_once(run: Run, shop: Path) -> None:
    made = run("keys", "create", "website", "--project", shop)
    assert made.exit_code == 0
    secret = made.stdout.strip()
    assert secret.startswith("stamm_w_")
    assert "Key 1 for website. It is shown this once; keep it now." in made.stderr
    run("keys", "create", "monitoring", "--scope", "read", "--per-second", 5, "--project", shop)
    listed = run("keys", "list", "--project", shop).stdout
    assert secret not in listed
    first, second = (line.split() for line in listed.splitlines()[2:])
    assert first[:7] == ["1", secret[:10] + "…", "website", "to", "send", "2,000", first[6]]
    assert second[2:7] == ["monitoring", "to", "read", "numbers", "5"]


def test_a_key_is_revoked_and_it_is_told_in_german_too(run: Run, shop: Path) -> None:
    run("keys", "create", "website", "--project", shop)
    assert run("keys", "revoke", 1, "--project", shop).stdout == "Key 1 for website is revoked.\n"
    again = run("--language", "de", "keys", "revoke", 1, "--project", shop)
    assert again.exit_code == 2
    assert "Schlüssel 1 ist schon widerrufen." in again.stderr
    told = run("--language", "de", "keys", "history", "--project", shop).stdout
    assert "Schlüssel widerrufen   1 website write" in told
    assert "Schlüssel gemacht" in told


def test_what_is_not_asked_rightly_is_told(run: Run, shop: Path) -> None:
    for words, said in (
        (("create",), "NAME is missing."),
        (("create", "My Shop"), "A source cannot be called 'My Shop'."),
        (("revoke", "website"), "There is no key website."),
        (("revoke", 7), "There is no key 7."),
    ):
        failed = run("keys", *words, "--project", shop)
        assert failed.exit_code == 2
        assert said in failed.stderr


def test_a_project_that_reads_a_database_takes_nothing_in(run: Run, shop: Path) -> None:
    settings = shop / "stamm.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('engine = "duckdb"', 'engine = "postgresql://stamm@localhost/shop"'), "utf-8")
    failed = run("serve", "--project", shop)
    assert failed.exit_code == 2
    assert "Facts in a shop's own database are read as they are" in failed.stderr
