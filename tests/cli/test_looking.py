"""`stamm compare`, `check`, `doctor` and `report`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.cli.main import cli
from stamm.lang.window import Window
from stamm.metrics import families
from stamm.store.lake import LOCK
from stamm.store.lock import exclusive

#: 1000 here at the start; 50 of them leave; 300 join, 20 of those leave again
LEAVERS, STAYERS, GUESTS, NEWCOMERS = range(50), range(50, 1000), range(1000, 1020), range(1020, 1300)


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger of the catalogue, as subscriptions."""
    place = tmp_path_factory.mktemp("ledger")
    lines = ["subscription_id,customer_id,started_at,ended_at,mrr_minor,currency,status"]
    lines += [f"s{n},c{n:04},2024-01-10,2024-02-10,1000,EUR,active" for n in LEAVERS]
    lines += [f"s{n},c{n:04},2024-01-10,,1000,EUR,active" for n in STAYERS]
    lines += [f"s{n},c{n:04},2024-02-05,2024-02-20,1000,EUR,active" for n in GUESTS]
    lines += [f"s{n},c{n:04},2024-02-05,,1000,EUR,active" for n in NEWCOMERS]
    (place / "subscriptions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    project = place / "club"
    runner = CliRunner()
    words = ("init", str(project), "--rule", "subscriptions", "--history", "complete", "--time-zone", "UTC")
    assert runner.invoke(cli, words).exit_code == 0
    toml = project / "stamm.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + 'subscriptions = "2024-01-01/2024-02-29"\n', encoding="utf-8")
    result = runner.invoke(cli, ["import", str(place / "subscriptions.csv"), "--project", str(project)])
    assert result.exit_code == 0, result.output
    return project


def test_one_ledger_by_five_definitions_of_churn(run, ledger: Path) -> None:
    result = run("compare", "churn", "--project", ledger)
    assert result.exit_code == 0, result.output
    out = result.stdout
    assert out.startswith("churn: February 2024")
    for said in ("5.00%", "7.00%", "5.38%", "50 / 1,000 = 5.00%", "(50 + 20) / 1,000 = 7.00%", "(1,000 + 300) = 5.38%"):
        assert said in out, said
    # who makes the difference: the twenty who joined and left again
    assert any(line.split()[:2] == ["20", "+1"] and "c1000" in line for line in out.splitlines())


def test_one_ledger_by_the_definitions_of_retention(run, ledger: Path) -> None:
    out = run("compare", "retention", "--project", ledger, "--window", "2024-02", "--language", "de").stdout
    assert "retention: Februar 2024" in out
    assert "95,00\u00a0%" in out
    assert "93,00\u00a0%" in out


def test_unknown_families_are_refused_with_the_known_ones(run, ledger: Path) -> None:
    result = run("compare", "churm", "--project", ledger)
    assert result.exit_code == 2
    assert "Did you mean churn?" in result.stderr
    assert all(name in result.stderr for name in families())


def test_half_a_window_is_refused(run, ledger: Path) -> None:
    assert run("compare", "churn", "--project", ledger, "--from", "2024-02-01").exit_code == 2
    result = run("compare", "churn", "--project", ledger, "--from", "2024-02-01", "--to", "2024-03-01")
    assert Window.parse("2024-02").start.year == 2024
    assert result.stdout.startswith("churn: February 2024")


def test_check_tells_what_the_data_support(run, shop_once: Path) -> None:
    result = run("check", "--project", shop_once)
    assert result.exit_code == 0, result.output
    lines = {line.split()[0]: line for line in result.stdout.splitlines() if line.startswith("  ")}
    assert "€25.00" in lines["average_order_value"]
    assert lines["net_promoter_score"].endswith("not imported yet: responses")
    assert "agrees" in result.stdout


def test_check_finds_what_does_not_agree(run, shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "order_lines.csv"
    file.write_text(
        "order_id,line_id,ordered_at,quantity,amount,currency\n"
        "o1,1,2024-01-05T10:00,1,20.00,EUR\no2,1,2024-02-05T10:00,1,29.00,EUR\nzz,1,2024-02-05T10:00,1,1.00,EUR\n",
        encoding="utf-8",
    )
    assert run("import", file, "--project", shop).exit_code == 0
    result = run("check", "--project", shop)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    (sums,) = [line for line in lines if line.startswith("The lines of an order add up") and "  " in line]
    assert sums.split()[-2:] == ["1", "o2"]
    (strays,) = [line for line in lines if line.startswith("Every line belongs to an order") and "  " in line]
    assert strays.split()[-2:] == ["1", "zz"]
    assert "import them again" in result.stdout


def test_doctor_outside_a_project(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("doctor")
    assert result.exit_code == 0, result.output
    assert "no project here" in result.stdout


def test_doctor_explains_the_settings_and_the_data(run, shop_once: Path) -> None:
    result = run("doctor", "--project", shop_once)
    assert result.exit_code == 0, result.output
    for said in ("time_zone", "lapse_days", "history", "Orders (orders)", "9 rows", "nobody is writing"):
        assert said in result.stdout
    with exclusive(shop_once / "lake" / LOCK, 0.0, None):
        held = run("doctor", "--project", shop_once)
    assert "is being written by process" in held.stdout


def test_doctor_finds_broken_settings(run, shop: Path) -> None:
    (shop / "stamm.toml").write_text("[customers]\nlapse_days = 'soon'\n", encoding="utf-8")
    result = run("doctor", "--project", shop)
    assert result.exit_code == 1
    assert "must be a whole number" in result.stdout


def test_report(run, shop_once: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    result = run("report", "--project", shop_once, "-o", file, "--language", "de")
    assert result.exit_code == 0, result.output
    assert str(file) in result.stdout
    assert '<html lang="de"' in file.read_text(encoding="utf-8")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.long
def test_a_report_is_for_somebody(run, shop_once: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    result = run("report", "--project", shop_once, "-o", file, "--for", "analyst", "--note", "Board, Monday")
    assert result.exit_code == 0, result.output
    assert "Board, Monday" in file.read_text(encoding="utf-8")
    assert "Retention report for analysts" in file.read_text(encoding="utf-8")
    result = run("report", "--project", shop_once, "-o", file, "--for", "the board")
    assert result.exit_code != 0
    assert "manager" in result.stderr


def test_a_report_that_cannot_be_written(run, shop_once: Path, tmp_path: Path) -> None:
    result = run("report", "--project", shop_once, "-o", tmp_path / "no" / "page.html")
    assert result.exit_code == 74
    assert str(tmp_path / "no") in result.stderr
