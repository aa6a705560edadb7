"""`stamm init` and `stamm import`: what comes in, what is set aside, what is settled."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from stamm.app.project import Project
from stamm.store import lock as locks
from stamm.store.lake import LOCK
from stamm.store.lock import exclusive


@pytest.fixture
def project(run, tmp_path: Path) -> Path:
    """An empty project."""
    place = tmp_path / "project"
    assert run("init", place, "--time-zone", "Europe/Berlin").exit_code == 0
    return place


def write(place: Path, name: str, text: str) -> Path:
    file = place / name
    file.write_text(text, encoding="utf-8")
    return file


def test_init_says_what_it_chose(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/St_Johns")
    result = run("init", tmp_path / "a", "--name", "Shop", "--currency", "usd")
    assert result.exit_code == 0
    assert "America/St_Johns (from the environment variable TZ)" in result.stdout
    settings = tomllib.loads((tmp_path / "a" / "stamm.toml").read_text(encoding="utf-8"))
    assert settings["organisation"]["time_zone"] == "America/St_Johns"
    assert settings["organisation"]["currency"] == "USD"
    assert settings["organisation"]["name"] == "Shop"
    assert f"stamm --project {tmp_path / 'a'} import orders.csv" in result.stdout


def test_init_twice(run, project: Path) -> None:
    result = run("init", project)
    assert result.exit_code == 7
    assert "exists already" in result.stderr


@pytest.mark.parametrize("words", [("--time-zone", "Mars/Sea"), ("--currency", "EURO"), ("--rule", "magic")])
def test_init_refuses_what_does_not_exist(run, tmp_path: Path, words) -> None:
    result = run("init", tmp_path / "x", *words)
    assert result.exit_code == 2
    assert not (tmp_path / "x").exists()


def test_what_came_in_is_counted(run, project: Path, tmp_path: Path) -> None:
    file = write(
        tmp_path, "orders.csv", "order_id,customer_id,ordered_at,amount_minor\n1,anna,2024-01-01,100\n2,ben,never,5\n"
    )
    result = run("import", file, "--project", project)
    assert result.exit_code == 0, result.output
    (line,) = [line.split() for line in result.stdout.splitlines() if line.startswith("orders.csv ")]
    assert line == ["orders.csv", "orders", "2", "1", "0", "0", "1"]
    assert "Set aside: 1 row\n" in result.stdout
    assert "ordered_at is not a moment" in result.stdout
    (rejects,) = (project / "rejects").glob("*.csv")
    assert str(rejects) in result.stdout
    again = run("import", file, "--project", project)
    assert "was taken in before" in again.stdout
    changed = write(tmp_path, "orders.csv", "order_id,customer_id,ordered_at,amount_minor\n1,anna,2024-01-01,200\n")
    third = run("import", changed, "--project", project)
    assert third.exit_code == 0
    (line,) = [line.split() for line in third.stdout.splitlines() if line.startswith("orders.csv ")]
    assert line == ["orders.csv", "orders", "1", "0", "1", "0", "0"]


def test_rejects_in_german(run, project: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "orders.csv", "order_id,ordered_at,amount_minor\n2,never,5\n")
    result = run("import", file, "--project", project, "--language", "de")
    assert "ordered_at: kein Zeitpunkt" in result.stdout


def test_strict_takes_all_or_nothing(run, project: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "orders.csv", "order_id,ordered_at,amount_minor\n1,2024-01-01,5\n2,never,5\n")
    result = run("import", file, "--project", project, "--strict")
    assert result.exit_code == 3
    assert "line 3" in result.stderr
    assert Project.open(project).lake().snapshot().kinds() == ()


def test_a_missing_column_is_named(run, project: Path, tmp_path: Path) -> None:
    file = write(tmp_path, "orders.csv", "order_id,customer_id,amount_minor\n1,anna,100\n")
    result = run("import", file, "--project", project)
    assert result.exit_code == 3
    assert "ordered_at" in result.stderr
    assert "orders.csv" in result.stderr
    german = run("import", file, "--project", project, "--language", "de")
    assert "Die Spalte ordered_at fehlt." in german.stderr


@pytest.mark.parametrize("what", ["nothing.csv", "weather.csv", "."])
def test_what_cannot_be_read(run, project: Path, tmp_path: Path, what, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "weather.csv", "a,b\n1,2\n")
    result = run("import", what, "--project", project)
    assert result.exit_code == 3, result.output


def test_a_busy_lake(run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, "orders.csv", "order_id,ordered_at,amount_minor\n1,2024-01-01,5\n")
    clock = iter(range(0, 10_000, 6))
    with exclusive(project / "lake" / LOCK, 0.0, None):
        monkeypatch.setattr(locks.time, "monotonic", lambda: float(next(clock)))
        result = run("import", file, "--project", project)
    assert result.exit_code == 5
    assert "Waiting for process" in result.stderr
    assert "is being written by process" in result.stderr


def test_a_data_set_brings_its_settings(run, project: Path) -> None:
    result = run("import", "cdnow", "--project", project)
    assert result.exit_code == 0, result.output
    assert "time zone: America/New_York (the shop stood in Pennsylvania" in result.stdout
    opened = Project.open(project)
    assert opened.organisation.zone == opened.lake().snapshot().zone == "America/New_York"
    assert opened.organisation.currency == "USD"
    assert opened.organisation.history == "complete"
    # and the lapse that its gaps suggest, with the reason in both languages
    assert opened.organisation.lapse_days != 90
    assert set(opened.organisation.reasons) == {"en", "de"}
    assert f"After {opened.organisation.lapse_days} days without an order" in result.stdout
    assert opened.organisation.reasons["en"] in result.stdout


def test_a_project_with_facts_keeps_its_settings(run, project: Path, tmp_path: Path) -> None:
    run(
        "import",
        write(tmp_path, "orders.csv", "order_id,ordered_at,amount_minor\n1,2024-01-01,5\n"),
        "--project",
        project,
    )
    before = (project / "stamm.toml").read_text(encoding="utf-8")
    result = run("import", "cdnow", "--project", project, "--keep-settings")
    assert result.exit_code == 0, result.output
    assert (project / "stamm.toml").read_text(encoding="utf-8") == before


def test_few_orders_suggest_nothing(run, project: Path, tmp_path: Path) -> None:
    before = (project / "stamm.toml").read_text(encoding="utf-8")
    file = write(tmp_path, "orders.csv", "order_id,customer_id,ordered_at,amount_minor\n1,a,2024-01-01,5\n")
    result = run("import", file, "--project", project)
    assert "too few to tell" in result.stdout
    assert (project / "stamm.toml").read_text(encoding="utf-8") == before


def test_where_there_are_subscriptions_alone_who_pays_is_a_customer(run, project: Path, tmp_path: Path) -> None:
    """Said once, after the first of them; whoever sets it back is left alone, and so are orders."""
    head = "subscription_id,customer_id,started_at,mrr,currency,status\n"
    first = write(tmp_path, "subscriptions.csv", f"{head}1,anna,2024-01-01,9.00,EUR,active\n")
    result = run("import", first, "--project", project)
    assert "Whoever pays for a subscription" in result.stdout
    assert Project.open(project).organisation.spell_rule == "subscriptions"
    settings = project / "stamm.toml"
    text = settings.read_text(encoding="utf-8").replace('rule = "subscriptions"', 'rule = "orders"')
    settings.write_text(text, encoding="utf-8")
    more = write(tmp_path, "subscriptions-2.csv", f"{head}2,ben,2024-02-01,9.00,EUR,active\n")
    assert "Whoever pays" not in run("import", more, "--project", project).stdout
    assert Project.open(project).organisation.spell_rule == "orders"


def test_a_chosen_lapse_is_left_alone(run, project: Path) -> None:
    file = project / "stamm.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("lapse_days = 90", "lapse_days = 77"), encoding="utf-8")
    result = run("import", "cdnow", "--project", project)
    assert result.exit_code == 0, result.output
    assert Project.open(project).organisation.lapse_days == 77


MAPPING = """
[mapping.till]  # the till on the market
files = "till*.csv"
delimiter = ";"
decimal = ","
dates = "%d.%m.%Y %H:%M"
currency = "EUR"

[mapping.till.orders]
each = "Bon"
where = [{ column = "Menge", above = 0 }]
order_id = "Bon"
ordered_at = "Zeit"
amount = { product = ["Menge", "Preis"], take = "sum" }
"""
SOLD = "Bon;Zeit;Menge;Preis\n1;05.01.2024 10:00;2;1,50\n1;05.01.2024 10:00;1;0,50\n2;32.01.2024 10:00;1;1\n3;;-1;1\n"


@pytest.fixture
def till(project: Path, tmp_path: Path) -> Path:
    """A file for which the project has a mapping."""
    settings = project / "stamm.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + MAPPING, encoding="utf-8")
    return write(tmp_path, "till.csv", SOLD)


def test_a_mapping_is_tried_and_then_used(run, project: Path, till: Path) -> None:
    tried = run("import", till, "--dry-run", "--project", project)
    assert tried.exit_code == 0, tried.output
    lines = [line.split() for line in tried.stdout.splitlines()]
    assert ["file", "fact", "read", "left", "out", "new", "changed", "unchanged", "rejected"] in lines
    assert ["till.csv", "orders", "4", "1", "1", "0", "0", "1"] in lines
    assert "till.csv: 3 rows became 2 orders." in tried.stdout
    assert "till.csv: the first orders" in tried.stdout
    assert ["1", "2024-01-05", "10:00", "€3.50", "EUR"] in lines
    assert "till.csv, line 4: Zeit is not in the calendar" in tried.stdout
    assert "(32.01.2024 10:00)" in tried.stdout
    assert "Nothing was written: this was only a try." in tried.stdout
    assert not (project / "rejects").exists()
    done = run("import", till, "--project", project)
    assert ["till.csv", "orders", "4", "1", "1", "0", "0", "1"] in [line.split() for line in done.stdout.splitlines()]
    assert (project / "stamm.toml").read_text(encoding="utf-8").endswith(MAPPING)
    again = run("import", till, "--dry-run", "--project", project)
    assert "was taken in before" in again.stdout


def test_a_strict_try_fails_where_the_import_would(run, project: Path, till: Path) -> None:
    tried = run("import", till, "--dry-run", "--strict", "--project", project, "--language", "de")
    assert tried.exit_code == 3
    assert "Beiseitegelegt: 1 Zeile\n" in tried.stdout
    assert "Mit --strict würde nichts eingelesen." in tried.stderr
    sound = till.with_name("till-2.csv")
    sound.write_text("".join(till.read_text(encoding="utf-8").splitlines(keepends=True)[:3]), encoding="utf-8")
    assert run("import", sound, "--dry-run", "--strict", "--project", project).exit_code == 0


def test_a_try_in_german(run, project: Path, till: Path) -> None:
    tried = run("import", till, "--dry-run", "--project", project, "--language", "de")
    lines = [line.split() for line in tried.stdout.splitlines()]
    assert ["Datei", "Fakten", "gelesen", "ausgelassen", "neu", "geändert", "unverändert", "abgelehnt"] in lines
    assert "till.csv: Aus 3 Zeilen wurden 2 Bestellungen." in tried.stdout
    assert ["1", "5.", "Januar", "2024,", "10:00", "3,50", "€", "EUR"] in lines
    assert "till.csv, Zeile 4: Zeit: steht in keinem Kalender" in tried.stdout
    assert "Es wurde nichts geschrieben: Das war nur ein Versuch." in tried.stdout


def test_settings_chosen_by_an_import_leave_mappings_and_comments(
    run, project: Path, till: Path, tmp_path: Path
) -> None:
    rows = "".join(
        f"{customer}-{number},{customer},2024-0{1 + number // 28}-{1 + number % 28:02d},5\n"
        for customer in range(30)
        for number in range(0, 56, 7)
    )
    file = write(tmp_path, "orders.csv", "order_id,customer_id,ordered_at,amount\n" + rows)
    result = run("import", file, "--project", project)
    assert "This is now in stamm.toml" in result.stdout, result.output
    text = (project / "stamm.toml").read_text(encoding="utf-8")
    assert text.endswith(MAPPING)
    settings = tomllib.loads(text)
    assert settings["customers"]["lapse_days"] == 7
    assert "days of silence after which a customer has left" in text


def test_a_mapping_by_name_and_the_settings_told(run, project: Path, till: Path, tmp_path: Path) -> None:
    other = write(tmp_path, "x.txt", SOLD)
    assert run("import", other, "--mapping", "till", "--project", project).exit_code == 0
    wrong = run("import", other, "--mapping", "tull", "--project", project, "--language", "de")
    assert wrong.exit_code == 2
    assert "Es gibt keine Zuordnung namens 'tull'." in wrong.stderr
    assert "Meinten Sie till?" in wrong.stderr
    told = run("doctor", "--project", project)
    assert "mapping.till" in told.stdout
    assert "Files so named hold orders." in told.stdout
