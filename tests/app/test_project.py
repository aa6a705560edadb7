"""A project's settings: written, read back, and every wrong one told in a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from stat import S_IMODE

import pytest

from stamm.answers.world import Rate
from stamm.app.project import Project
from stamm.app.settings import write_whole
from stamm.lang.errors import ProjectError
from stamm.lang.organisation import Organisation

OWN = Organisation(
    name='Tee "& mehr" \\ Söhne',
    zone="Europe/Berlin",
    currency="CHF",
    language="de",
    history="complete",
    spell_rule="activity",
    lapse_days=45,
    session_minutes=20,
    reasons={"en": "so it is", "de": "so ist es"},
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "shop", OWN)


def test_what_names_people_is_its_owners_alone(project: Project, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir(0o755)
    there = Project.create(tmp_path / "there", OWN)
    for each in (project, there):
        each.log().close()
        assert {S_IMODE(path.stat().st_mode) for path in (each.lake_directory, each.log_file.parent)} == {0o700}
    assert S_IMODE(project.directory.stat().st_mode) == 0o700
    assert S_IMODE(there.directory.stat().st_mode) == 0o755


def test_what_is_created_is_opened(project: Project) -> None:
    assert project.organisation == OWN
    assert Project.open(project.directory) == project
    assert (project.lake_directory / "manifests").is_dir()


@pytest.mark.parametrize("name", ["", "a\tb", "a\nb", "\u2028", "'", '"""', "ü€😀"])
def test_any_name(tmp_path: Path, name: str) -> None:
    assert Project.create(tmp_path, Organisation(name=name)).organisation.name == name


@pytest.mark.parametrize("name", ["a\rb", "a\0b", "a\x7fb"])
def test_control_characters_in_a_name(tmp_path: Path, name: str) -> None:
    assert Project.create(tmp_path, Organisation(name=name)).organisation.name == name


def test_there_is_one_project_a_directory(project: Project) -> None:
    before = (project.directory / "stamm.toml").read_bytes()
    with pytest.raises(ProjectError, match="exists already"):
        Project.create(project.directory, Organisation())
    assert (project.directory / "stamm.toml").read_bytes() == before


def test_nothing_is_left_of_a_project_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no time zone"):
        Project.create(tmp_path, Organisation(zone="Mars/Phobos"))
    assert list(tmp_path.iterdir()) == []


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"There is no stamm\.toml in") as caught:
        Project.open(tmp_path)
    assert "stamm init" in caught.value.remedy
    assert caught.value.exit_code == 7


def test_defaults(tmp_path: Path) -> None:
    (tmp_path / "stamm.toml").touch()
    assert Project.open(tmp_path).organisation == Organisation()


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("a = ", "It is not valid TOML", "Mend that line."),
        ("a = " + "[" * 9000, "It is not valid TOML: brackets lie too deep", "Mend that line."),
        ("[organisatoin]", "There is no section [organisatoin].", "Did you mean organisation?"),
        (
            "name = 'x'",
            "There is no section [name].",
            "Known are organisation, customers, web, predictions, watch, server, mail, outgoing, coverage, ",
        ),
        ("organisation = 3", "organisation must be a section.", "Write [organisation]."),
        ("[[organisation]]\nname = 'x'", "organisation must be a section.", "Write [organisation]."),
        ("[organisation]\nzone = 'x'", "There is no setting 'zone' in [organisation].", "Did you mean time_zone?"),
        ("[organisation]\nname = 3", "name in [organisation] must be a text in quotation marks.", ""),
        ("[organisation]\ntime_zone = 'Mars/Phobos'", "There is no time zone named 'Mars/Phobos'.", "Use an IANA name"),
        ("[organisation]\ntime_zone = ''", "There is no time zone named ''.", "Use an IANA name"),
        ("[organisation]\ncurrency = 'eur'", "'eur' is no ISO 4217 currency.", "Write three capitals such as EUR."),
        ("[organisation]\nlanguage = 'fr'", "language cannot be 'fr'.", "Choose en, de."),
        ("[customers]\nrule = 'visits'", "rule cannot be 'visits'.", "Choose orders, subscriptions, activity."),
        ("[customers]\nhistory = 'whole'", "history cannot be 'whole'.", "Choose cut, complete."),
        ("[customers]\nlapse_days = '9'", "lapse_days in [customers] must be a whole number.", ""),
        ("[customers]\nlapse_days = true", "lapse_days in [customers] must be a whole number.", ""),
        ("[customers]\nlapse_days = 1.5", "lapse_days in [customers] must be a whole number.", ""),
        ("[customers]\nlapse_days = 0", "lapse_days must lie between 1 and 36,500, not at 0.", ""),
        ("[customers]\nlapse_days = 36501", "lapse_days must lie between 1 and 36,500, not at 36501.", ""),
        (
            "engine = 'polars'",
            "engine cannot be 'polars'.",
            'Write "duckdb", "spark://HOST:PORT" for a cluster, or "postgresql://',
        ),
        ("engine = 3", "engine cannot be 3.", 'Write "duckdb"'),
        ("engine = 'spark://'", "engine cannot be 'spark://'.", 'Write "duckdb"'),
        ("engine = 'spark://h:7077/x'", "engine cannot be 'spark://h:7077/x'.", 'Write "duckdb"'),
        ("[web]\nsession_minutes = -1", "session_minutes must lie between 1 and 36,500, not at -1.", ""),
        ("[coverage]\nbase = 'x'", "There is no setting 'base' in [coverage].", "Known are "),
        ("[coverage]\norders = 2024-01-01", "orders in [coverage] must be a text in quotation marks.", ""),
        (
            "[coverage]\norders = '2024'",
            "The coverage of orders must be first/last day, not '2024'.",
            "Write for example",
        ),
        (
            "[coverage]\norders = '2024-02-02/2024-02-01'",
            "The coverage of orders must be first/last day, not '2024-02-02/2024-02-01'.",
            "Write for example",
        ),
    ],
)
def test_a_wrong_setting_is_told(tmp_path: Path, text: str, what: str, remedy: str) -> None:
    (tmp_path / "stamm.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        Project.open(tmp_path)
    assert caught.value.what.startswith(what)
    assert caught.value.remedy.startswith(remedy)
    assert caught.value.where == str(tmp_path / "stamm.toml")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "stamm.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProjectError, match="not valid TOML"):
        Project.open(tmp_path)


def test_rewriting_keeps_the_coverage(project: Project) -> None:
    file = project.directory / "stamm.toml"
    file.write_text(file.read_text(encoding="utf-8") + 'returns = "2024-01-01/2024-12-31"\n', encoding="utf-8")
    opened = Project.open(project.directory)
    assert opened.settings.coverage == {"returns": (date(2024, 1, 1), date(2024, 12, 31))}
    changed = opened.rewrite(replace(OWN, lapse_days=30))
    assert changed.organisation.lapse_days == 30
    assert changed.settings.coverage == opened.settings.coverage
    assert Project.open(project.directory) == changed
    assert changed.world().coverage["returns"] == (date(2024, 1, 1), date(2024, 12, 31))


OWN_WORDS = """\
# the shop of my aunt
[organisation]
currency = "EUR"   # since 2002
time_zone = 'Europe/Berlin'

[mapping.till]  # the till on the market
files = "till*.csv"

  [mapping.till.orders]
  order_id = "Bon"       # printed at the top
  ordered_at = { column = "Zeit", dates = "%d.%m.%Y" }
  amount = "Summe"
# the end
"""


def test_rewriting_changes_a_value_and_not_a_word_besides(tmp_path: Path) -> None:
    file = tmp_path / "stamm.toml"
    file.write_text(OWN_WORDS, encoding="utf-8")
    opened = Project.open(tmp_path)
    assert [mapping.name for mapping in opened.settings.mappings] == ["till"]
    assert opened.rewrite(opened.organisation) == opened
    assert file.read_text(encoding="utf-8") == OWN_WORDS
    dollars = opened.rewrite(replace(opened.organisation, currency="USD"))
    assert dollars.settings.mappings == opened.settings.mappings
    assert file.read_text(encoding="utf-8") == OWN_WORDS.replace('"EUR"', '"USD"')
    lapse = dollars.rewrite(replace(dollars.organisation, lapse_days=30, reasons={"de": "weil es so ist"}))
    assert (lapse.organisation.lapse_days, lapse.organisation.reasons) == (30, {"de": "weil es so ist"})
    text = file.read_text(encoding="utf-8")
    assert text.startswith(OWN_WORDS.replace('"EUR"', '"USD"'))
    assert '[customers]\nlapse_days = 30\nreason_de = "weil es so ist"\n' in text
    again = lapse.rewrite(replace(lapse.organisation, reasons={}))
    assert again.organisation.reasons == {}


def test_a_wrong_mapping_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "stamm.toml"
    file.write_text(OWN_WORDS.replace("ordered_at", "order_at"), encoding="utf-8")
    with pytest.raises(ProjectError) as caught:
        Project.open(tmp_path)
    assert str(caught.value) == (
        f"{file}, [mapping.till.orders]: There is no column of orders named 'order_at'. Did you mean ordered_at?"
    )
    file.write_text("[mapping]\ntill = 3\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"till in \[mapping\] must be a section. Write \[mapping.till\]."):
        Project.open(tmp_path)


def test_an_empty_lake_covers_nothing(project: Project) -> None:
    world = project.world()
    assert dict(world.coverage) == {}
    assert world.organisation == OWN
    world.engine.close()


def test_writing_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "stamm.toml"
    file.write_text("before", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("stamm.app.settings.os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(file, "after " * 1000)
    assert file.read_text(encoding="utf-8") == "before"
    monkeypatch.undo()
    write_whole(file, "ä\n")
    assert file.read_bytes() == "ä\n".encode()
    assert [each.name for each in tmp_path.iterdir()] == ["stamm.toml"]


# -- rates -----------------------------------------------------------------------------------------------------


def rates(project: Project, text: str) -> tuple[Rate, ...]:
    (project.directory / "rates.csv").write_text("currency,day,rate\n" + text, encoding="utf-8")
    return project.rates()


def test_rates_are_per_minor_unit(project: Project) -> None:
    assert project.rates() == ()
    found = rates(project, "EUR,2024-01-01,0.95\nJPY,2024-01-01,0.0062\nKWD,2024-02-01,2.9\n")
    assert found == (
        Rate("EUR", date(2024, 1, 1), Decimal("0.95")),
        Rate("JPY", date(2024, 1, 1), Decimal("0.62")),
        Rate("KWD", date(2024, 2, 1), Decimal("0.29")),
    )


def test_rates_of_a_spreadsheet_with_a_mark_in_front(project: Project) -> None:
    assert len(rates(project, "")) == 0
    (project.directory / "rates.csv").write_bytes(b"\xef\xbb\xbfcurrency,day,rate\r\nEUR,2024-01-01,1\r\n")
    assert len(project.rates()) == 1


@pytest.mark.parametrize(
    "line",
    [
        "eur,2024-01-01,1", "XYZ,2024-01-01,1", "EUR,2024-13-01,1", "EUR,01.01.2024,1", "EUR,2024-01-01",
        "EUR,2024-01-01,0", "EUR,2024-01-01,-1", "EUR,2024-01-01,nan", "EUR,2024-01-01,inf",
        'EUR,2024-01-01,"0,92"', "EUR;2024-01-01;1",
    ],
)  # fmt: skip
def test_a_wrong_rate_is_told_with_its_line(project: Project, line: str) -> None:
    with pytest.raises(ProjectError, match=r"This is no exchange rate\.") as caught:
        rates(project, "EUR,2024-01-01,1\n" + line + "\n")
    assert caught.value.where.endswith("rates.csv, line 3")
    assert "currency (USD), day (2024-01-01), rate (0.92)" in caught.value.remedy


def test_empty_lines_are_lines(project: Project) -> None:
    with pytest.raises(ProjectError) as caught:
        rates(project, "\n\nEUR,2024-01-01,x\n")
    assert caught.value.where.endswith("line 4")


def test_rates_in_another_encoding(project: Project) -> None:
    (project.directory / "rates.csv").write_bytes("currency,day,rate\nEUR,2024-01-01,1é\n".encode("latin-1"))
    with pytest.raises(ProjectError):
        project.rates()


def test_a_wrong_heading_alone(project: Project) -> None:
    (project.directory / "rates.csv").write_text("Währung;Tag;Kurs\n", encoding="utf-8")
    with pytest.raises(ProjectError):
        project.rates()


@pytest.mark.parametrize("rate", ["1e400", "1e-40"])
def test_a_rate_beyond_all_measure(project: Project, rate: str) -> None:
    with pytest.raises(ProjectError):
        rates(project, f"EUR,2024-01-01,{rate}\n")


def test_the_zone_may_change_while_nothing_is_imported(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "shop", Organisation(zone="UTC"))
    moved = project.rewrite(Organisation(zone="Asia/Tokyo"))
    assert moved.lake().snapshot().zone == "Asia/Tokyo"
