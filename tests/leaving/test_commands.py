"""`stamm erase` and `stamm export-person` as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.app.project import Project
from stamm.cli.main import cli
from tests.leaving import planted as p


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """English, no colours."""
    for name in ("LC_ALL", "LC_MESSAGES", "COLUMNS", "FORCE_COLOR", "TZ"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def run(project: Project, *words: str, answer: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(cli, [*words, "--project", str(project.directory)], input=answer, prog_name="stamm")
    return result.exit_code, result.output


def test_erasing_asks_first(project: Project) -> None:
    code, told = run(project, "erase", p.EMAIL, answer="no\n")
    assert code == 0
    assert "Nothing was changed." in told
    assert ["Events", "4", "4"] in [line.split() for line in told.splitlines()]
    assert p.traces(project.directory)
    code, told = run(project, "erase", p.EMAIL, "--language", "de", answer="ja\n")
    assert code == 0, told
    assert "Diesen Kunden löschen? Es lässt sich nicht zurücknehmen. Weiter mit ja:" in told
    assert "Gelöscht am" in told
    record = told.partition("Gelöscht am")[2].casefold()
    assert not any(trace in record for trace in p.TRACES), "the record names nobody"
    assert p.traces(project.directory) == []


def test_looking_and_giving_out(project: Project, tmp_path: Path) -> None:
    code, told = run(project, "erase", p.ID, "--dry-run")
    assert (code, "Older snapshots" in told) == (0, True)
    code, told = run(project, "export-person", p.ID, "-o", str(tmp_path / "out"))
    assert code == 0, told
    assert f"All that is held: {tmp_path / 'out'}" in told
    code, told = run(project, "erase", "nobody@example.org", "--yes")
    assert code == 2
    assert "Nobody here has that number" in told


def test_a_project_goes_into_a_file_and_back(project: Project, tmp_path: Path) -> None:
    place, copy = tmp_path / "shop.stamm", tmp_path / "copy"
    code, told = run(project, "backup", str(place))
    assert code == 0, told
    assert "written and read once more." in told
    assert f"The backup: {place}" in told
    run(project, "erase", p.ID, "--yes")
    result = CliRunner().invoke(
        cli, ["restore", str(place), "--project", str(copy), "--erased", str(project.lake_directory / "erased.json")]
    )
    assert result.exit_code == 0, result.output
    assert "Known as erased: 1; of these taken out again: 1." in result.output
    assert "give the list" not in result.output
    assert p.traces(copy) == []
    restored = Project.open(copy)
    assert "Restored from a backup" in run(restored, "doctor")[1]
    assert run(restored, "release") == (0, "Released: this project may send again.\n")
    assert "Restored from a backup" not in run(restored, "doctor")[1]
    code, told = run(restored, "restore", str(place))
    assert (code, "There is something already" in told) == (7, True)
