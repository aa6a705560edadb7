"""Every fact kind from a file to an answer: the worked examples, by way of the command line and the lake."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from stamm.answers.examples import arrow_of, reduction_of
from stamm.answers.plan import Plan
from stamm.answers.reduce import reduce_parts
from stamm.answers.world import moment_of
from stamm.app.project import Project
from stamm.facts import imported
from stamm.facts.kind import Imported
from stamm.lang.example import VerbExample
from stamm.lang.window import Window


def first_examples() -> list[tuple[type[Imported], VerbExample]]:
    """Each kind with its first example."""
    return [(kind, next(e for e in kind.examples if isinstance(e, VerbExample))) for kind in imported().values()]


def as_csv(kind: str, example: VerbExample, folder: Path) -> None:
    rows = example.facts[kind]
    with (folder / f"{kind}.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def as_parquet(kind: str, example: VerbExample, folder: Path) -> None:
    rows = example.facts[kind]
    pq.write_table(arrow_of(kind, rows, "UTC").select(list(rows[0])), folder / f"{kind}-2024.parquet")


@pytest.mark.long
@pytest.mark.parametrize("write", [pytest.param(as_csv, marks=pytest.mark.long), as_parquet])
def test_from_a_file_to_an_answer(run, tmp_path: Path, write) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for kind, example in first_examples():
        write(kind.key, example, files)
    project = tmp_path / "project"
    assert run("init", project, "--time-zone", "UTC", "--history", "complete").exit_code == 0
    result = run("import", files, "--project", project)
    assert result.exit_code == 0, result.output
    assert "Set aside" not in result.stdout
    for kind, example in first_examples():
        as_of = example.context.get("as_of")
        of = Project.open(project).world(as_of=moment_of(as_of or "2024-04-01", "UTC"))
        assert kind.key in of.coverage
        bound = kind().so_far() if example.so_far else kind()
        reductions = {verb: reduction_of(bound, verb) for verb in example.gives}
        cells = reduce_parts(Plan(of, (Window.parse(example.window),), None, of.as_of), reductions)
        found = {verb: cells[verb].get((0, None), reductions[verb].empty) for verb in reductions}
        assert found == pytest.approx(dict(example.gives)), kind.key
        of.engine.close()
    checked = run("check", "--project", project)
    assert "In tickets, nothing comes before what it follows" in checked.stdout
    assert "Nothing in gatherings lies in the future" not in checked.stdout


def test_a_row_that_is_not_sound_is_set_aside_in_both_languages(run, tmp_path: Path) -> None:
    project, file = tmp_path / "project", tmp_path / "points.csv"
    file.write_text(
        "posting_id,customer_id,posted_at,kind,quantity\n"
        "1,anna,2024-02-01,earned,100\n2,anna,2024-02-02,redeemed,60\n3,anna,2024-02-03,spent,-60\n",
        encoding="utf-8",
    )
    assert run("init", project, "--time-zone", "UTC").exit_code == 0
    result = run("--language", "de", "import", file, "--project", project)
    assert result.exit_code == 0, result.output
    assert "quantity: positiv in einer Zeile der Art redeemed" in result.stdout
    assert "kind: keines von earned, redeemed, expired, reversed" in result.stdout
    assert Project.open(project).lake().snapshot().rows("points") == 1
