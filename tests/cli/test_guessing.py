"""`stamm import --guess`: what is proposed, that nothing is written unless asked, and that it can be followed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.exports import made


@pytest.fixture
def project(run, tmp_path: Path) -> Path:
    """An empty project."""
    place = tmp_path / "project"
    assert run("init", place, "--time-zone", "Europe/Berlin", "--history", "complete").exit_code == 0
    return place


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("exports")
    made.write_all(place)
    return place


def value(run, project: Path, *words: str) -> float:
    result = run("metric", *words, "--format", "json", "--project", project)
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)["rows"]
    return float(row["value"])


def test_a_proposal_is_printed_and_nothing_written(run, project: Path, exports: Path) -> None:
    before = (project / "stamm.toml").read_bytes()
    result = run("import", "--guess", exports / "bestellungen.csv", "--project", project)
    assert result.exit_code == 0, result.output
    toml, _, rest = result.stdout.partition("\n\nbestellungen.csv: 400 orders out of the first rows\n")
    proposed = tomllib.loads(toml)["mapping"]["bestellungen"]
    assert proposed["encoding"] == "cp1252"
    assert proposed["dates"] == "%d.%m.%Y %H:%M"
    assert proposed["orders"]["amount"] == {"column": "Warenwert netto", "less": "Rabatt"}
    assert "the day comes first: in 56% of the cells that number is over 12" in toml
    assert '# currency = "EUR"' in toml
    first = next(line.split() for line in rest.splitlines() if line.startswith("B-"))
    assert first[:5] == ["B-24000", "10002", "2024-01-02", "13:36", "€831.00"]
    assert sum(line.startswith("B-") for line in rest.splitlines()) == 10
    assert "Nothing was written. Lines with `?` are worth a look (1)." in rest
    assert (project / "stamm.toml").read_bytes() == before


def test_in_german_facts_and_days_are_told_in_german(run, project: Path, exports: Path) -> None:
    told = run("import", "--guess", exports / "bestellungen.csv", "--language", "de", "--project", project)
    _, _, rest = told.stdout.partition("\n\nbestellungen.csv: 400 Bestellungen aus den ersten Zeilen\n")
    assert "2. Januar 2024, 13:36" in rest, told.output


def test_saved_and_followed_it_gives_the_right_numbers(run, project: Path, exports: Path) -> None:
    paths = [exports / "items.csv", exports / "order_reviews.csv"]
    comment = "\n# a comment of somebody\n"
    (project / "stamm.toml").write_text((project / "stamm.toml").read_text() + comment)
    result = run("import", "--guess", "--save", *paths, "--project", project)
    assert result.exit_code == 0, result.output
    assert "Added to stamm.toml: items, order_reviews." in result.stdout
    assert comment in (project / "stamm.toml").read_text()
    assert run("import", *paths, "--project", project).exit_code == 0
    _, items = made.marketplace()
    standing = [row for row in items if row[5] not in {"canceled", "unavailable"}]
    # one delivery time of the marketplace does not exist in Berlin, so its order is set aside
    skipped = {row[0] for row in items if row[9].startswith("2017-03-26 02:")}
    counted = [row for row in standing if row[0] not in skipped]
    cents = sum(round(float(row[15]) * 100) for row in counted)
    assert value(run, project, "gross_revenue", "--window", "2017") == cents
    assert value(run, project, "order_count", "--window", "2017") == len({row[0] for row in counted})
    again = run("import", "--guess", "--save", paths[0], "--project", project)
    assert again.exit_code == 7
    assert "There is a mapping named items in it already." in again.stderr


def test_in_german(run, project: Path, exports: Path) -> None:
    result = run("import", "--guess", exports / "online_retail.csv", "--project", project, "--language", "de")
    assert result.exit_code == 0, result.output
    assert "# stornierte Rechnungen: ihre Zeilen sind unter null" in result.stdout
    assert "Nichts wurde geschrieben." in result.stdout


def test_what_is_missing_is_a_line_to_fill_in_and_is_not_saved(run, project: Path, tmp_path: Path) -> None:
    file = tmp_path / "verkauf.csv"
    file.write_text("Bestellnummer;Kunde\n" + "".join(f"{n};k{n % 7}\n" for n in range(30)))
    before = (project / "stamm.toml").read_bytes()
    result = run("import", "--guess", "--save", file, "--project", project)
    assert result.exit_code == 3
    assert '# ordered_at = "..."' in result.stdout
    assert '# amount = "..."' in result.stdout
    assert "lacks columns that are needed: ordered_at, amount_minor" in result.stderr
    assert (project / "stamm.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--save",), "--save needs --guess."),
        (("--guess", "--dry-run"), "--guess only proposes"),
        (("--guess", "--strict"), "--guess only proposes"),
    ],
)
def test_options_that_make_no_sense_together(run, project: Path, exports: Path, words, told: str) -> None:
    result = run("import", exports / "items.csv", *words, "--project", project)
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("content", [b"", b"a,b,c\n", b"a,b\n,\n,\n"], ids=["empty", "no rows", "empty cells"])
def test_files_without_anything_in_them(run, project: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "nothing.csv"
    file.write_bytes(content)
    assert run("import", "--guess", file, "--project", project).exit_code == 3
