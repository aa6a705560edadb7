"""A whole shop both ways: its database read as it is, and its exported files imported; every number is the same."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stamm.answers import Answers, World
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS
from tests.engines.agreement import differences
from tests.engines.postgres import teashop
from tests.engines.postgres.server import Database

YEAR = Window.parse("2023")


@pytest.fixture(scope="module")
def shop(database: Database) -> Database:
    teashop.make(database)
    return database


@pytest.fixture(scope="module")
def reading(shop: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that reads the database."""
    folder = tmp_path_factory.mktemp("reading")
    (folder / "stamm.toml").write_text(teashop.settings_of_database(shop.address()))
    return folder


@pytest.fixture(scope="module")
def imported(shop: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project into which the exported files were imported."""
    folder = tmp_path_factory.mktemp("imported")
    (folder / "stamm.toml").write_text(teashop.settings_of_files())
    teashop.export(shop, folder)
    files = [str(folder / name) for name in teashop.TABLES.values()]
    result = CliRunner().invoke(cli, ["--project", str(folder), "import", "--keep-settings", *files])
    assert result.exit_code == 0, result.output
    return folder


def told(world: World, by: str | None, asked: list[str]) -> dict[str, list[dict[str, object]]]:
    """Everything that answers say of these metrics, month by month."""
    grid, found = windows(YEAR.start, YEAR.end, "month"), {}
    with closing(world.engine):
        answers = Answers(world)
        for key in asked:
            rows = answers.ask(key, grid, by=by).rows
            found[key] = [
                {
                    "window": str(row.window), "group": row.group, "value": row.value, "n": row.n, "low": row.low,
                    "high": row.high, "complete": row.complete, "reason": row.reason, **row.parts,
                }
                for row in rows
            ]  # fmt: skip
    return found


@pytest.mark.parametrize("by", [pytest.param(None, marks=pytest.mark.long), "country"])
def test_every_number_is_that_of_the_imported_files(reading: Path, imported: Path, by: str | None) -> None:
    split = ["order_count", "gross_revenue", "customer_retention_rate", "new_customers", "repeat_purchase_rate"]
    asked = split if by else [metric.key for metric in METRICS]
    ours, theirs = (told(Project.open(folder).world(), by, asked) for folder in (reading, imported))
    for key in asked:
        assert not differences(ours[key], theirs[key]), key
    valued = [key for key in asked if any(row["value"] is not None for row in theirs[key])]
    assert len(valued) > 0.5 * len(asked)  # a shop without messages, posts, tickets and costs


def test_the_same_is_covered_and_as_much_is_not_sound(reading: Path, imported: Path) -> None:
    ours, theirs = Project.open(reading).world(), Project.open(imported).world()
    with closing(ours.engine), closing(theirs.engine):
        assert dict(ours.coverage) == dict(theirs.coverage)
        assert dict(ours.unsound) == {"orders": 8, "order_lines": 14}
    rejects = (imported / "rejects").glob("*.csv")
    assert sum(len(file.read_text().splitlines()) - 1 for file in rejects) == 22


# -- the command line ----------------------------------------------------------------------------------------
def run(folder: Path, *words: str) -> Result:
    wide = CliRunner(env={"COLUMNS": "200"})  # a line a note
    result = wide.invoke(cli, ["--project", str(folder), *words], prog_name="stamm")
    assert "Traceback" not in result.output
    return result


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        ("metric", "revenue", "--window", "2023-06"),
        ("metric", "customer_retention_rate", "--grain", "quarter", "--by", "country"),
        ("explain", "net_promoter_score"),
        ("compare", "churn", "--window", "2023-Q3"),
        ("analyse", "retention_table", "--from", "2023-01-01", "--to", "2023-07-01"),
    ],
    ids=lambda words: words[0],
)
def test_a_command_prints_what_it_prints_of_the_imported_files(
    reading: Path, imported: Path, words: tuple[str, ...]
) -> None:
    def numbers(folder: Path) -> list[str]:
        result = run(folder, *words)
        assert result.exit_code == 0, result.output
        lines = result.output.splitlines()
        return [line for line in lines if "Left out:" not in line and "snapshot" not in line]

    assert numbers(reading) == numbers(imported)


@pytest.mark.long
def test_the_report_is_written(reading: Path, tmp_path: Path) -> None:
    result = run(reading, "--language", "de", "report", "-o", str(tmp_path / "report.html"))
    assert result.exit_code == 0, result.output
    assert "Teekontor" in (tmp_path / "report.html").read_text()


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "what"),
    [
        ("en", "They are left out of every number. Correct them in the shop, or name other columns in stamm.toml."),
        ("de", "Sie fehlen in jeder Zahl. Berichtigen Sie sie im Shop, oder nennen Sie andere Spalten in stamm.toml."),
    ],
)
def test_check_tells_which_rows_are_not_sound_and_why(reading: Path, language: str, what: str) -> None:
    lines = run(reading, "--language", language, "check").output.splitlines()
    assert what in lines
    rows = [line.split() for line in lines if line.startswith(("orders ", "order_lines "))]
    assert {(row[0], row[1], row[2]) for row in rows} == {
        ("orders", "web.orders", "placed_at"), ("order_lines", "web.sold", "placed_at")
    }  # fmt: skip
    assert len(rows) == 4


def test_doctor_looks_at_the_database(reading: Path, shop: Database) -> None:
    result = run(reading, "doctor")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert f"engine postgresql://owner@/{shop.name} The facts lie in this database; it is only read." in lines
    (orders,) = (line for line in lines if line.startswith("Orders (orders) "))
    assert "rows not sound: `stamm check` says why" in orders
    assert "rows left out by where" in orders


def test_doctor_says_what_is_missing(reading: Path, tmp_path: Path) -> None:
    text = (reading / "stamm.toml").read_text()
    (tmp_path / "stamm.toml").write_text(text.replace("from = 'web.refunds'", "from = 'web.refund'"))
    result = run(tmp_path, "doctor")
    assert result.exit_code == 1
    assert "The database has no table web.refund that its user may read. Perhaps web.refunds?" in result.output
    (tmp_path / "stamm.toml").write_text('engine = "postgresql://x@127.0.0.1:1/y"\n')
    result = run(tmp_path, "doctor")
    assert result.exit_code == 1
    assert "The database postgresql://x@127.0.0.1:1/y cannot be reached" in result.output


@pytest.mark.parametrize(
    ("language", "what"),
    [
        ("en", "This project reads the database of a shop; nothing is imported into it."),
        ("de", "Dieses Projekt liest die Datenbank eines Shops; eingelesen wird hier nichts."),
    ],
)
def test_nothing_is_imported_into_a_project_that_reads_a_database(reading: Path, language: str, what: str) -> None:
    result = run(reading, "--language", language, "import", "orders.csv")
    assert result.exit_code == 2
    assert what in result.output
    assert not (reading / "lake").exists()


def test_a_database_that_is_gone_is_told_with_its_own_exit_code(reading: Path, tmp_path: Path) -> None:
    (tmp_path / "stamm.toml").write_text('engine = "postgresql://x@127.0.0.1:1/y"\n')
    for language, what in (("en", "cannot be reached"), ("de", "ist nicht zu erreichen")):
        result = run(tmp_path, "--language", language, "metric", "order_count")
        assert (result.exit_code, what in result.output) == (8, True)
