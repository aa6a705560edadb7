"""`stamm analyse`: tables for people and for programs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from stamm.analyses import ANALYSES

RETENTION = ("analyse", "retention_table")
CELL = ["cohort_start", "cohort_end", "period", "last_period", "value", "returned", "amount", "denominator", "size"]
CELL += ["n", "low", "high", "complete", "reason"]


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def test_the_list_names_every_analysis(run) -> None:
    for words in (("analyse",), ("explain",)):
        result = run(*words)
        assert result.exit_code == 0, result.output
        for analysis in ANALYSES:
            assert analysis.key in result.stdout
            assert analysis.sentence() in result.stdout


def test_the_matrix(run, shop_once: Path) -> None:
    result = run(*RETENTION, "--project", shop_once)
    assert result.exit_code == 0, result.output
    out = lines(result.stdout)
    assert out[0] == "Retention by cohort"
    matrix = [line.split() for line in out if line.startswith(("cohort", "Jan", "Feb", "Mar", "all"))]
    assert matrix[:5] == [
        ["cohort", "customers", "0", "1", "2"],
        ["Jan", "2024", "3", "100.0", "33.3", "66.7"],
        ["Feb", "2024", "1", "100.0", "100.0", "¹"],
        ["Mar", "2024", "0", "²", "²", "²"],
        ["all,", "pooled", "4", "100.0", "50.0", "66.7"],
    ]
    assert "¹ not over yet for everybody in the cohort" in out
    assert "² nothing to divide by" in out
    at = out.index("all, pooled, period 1: how it came about")
    assert out[at + 1 : at + 4] == [
        "back in the period / customers of the cohort",
        "2 / 4 = 50.0%",
        "95% interval: 15.0% to 85.0%",
    ]
    assert "- Left out: orders without a customer (1)." in out
    assert not any(line != line.rstrip() for line in result.stdout.splitlines())


def test_german(run, shop_once: Path) -> None:
    words = ("--param", "rule=on_or_after", "--project", shop_once, "--language", "de")
    out = run(*RETENTION, *words).stdout
    assert "Kundenbindung nach Kohorten" in out
    assert "Wert nach Periode, in Prozent" in out
    assert "kann noch wachsen" in out
    assert "wieder da in der Periode oder später / Kunden der Kohorte" in out
    assert "3 / 4 = 75,0\u00a0%" in out
    assert "Bestellungen ohne Kunden (1)" in out


def test_money_stands_in_its_own_unit(run, shop_once: Path) -> None:
    words = ("--param", "of=gross_revenue", "--param", "denominator=customers", "--project", shop_once)
    out = lines(run(*RETENTION, *words).stdout)
    assert "value by period, in EUR" in out
    assert "Jan 2024 3 28.33 10.00 16.67" in [" ".join(line.split()) for line in out]
    assert "€55.00 / 4 = €13.75" in out


def test_what_does_not_fit_is_told_and_its_footnotes_are_not(run, shop_once: Path, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "35")
    out = run(*RETENTION, "--window", "2024-02", "--project", shop_once).stdout
    assert "wider screen" not in out
    monkeypatch.setenv("COLUMNS", "33")
    out = run(*RETENTION, "--window", "2024-Q1", "--project", shop_once).stdout
    assert "Columns that need a wider screen: 1; --format csv has them, too." in " ".join(out.split())
    assert "not over yet" not in out
    assert max(len(line) for line in lines(out) if line.startswith(("cohort", "Jan", "all"))) <= 33


def test_json_is_the_long_form(run, shop_once: Path) -> None:
    answer = json.loads(run(*RETENTION, "--project", shop_once, "--format", "json").stdout)
    assert list(answer) == [
        "analysis", "settings", "span_start", "span_end", "currency", "zone", "as_of", "snapshot", "simulated",
        "left_out", "notes", "rows", "pooled",
    ]  # fmt: skip
    assert answer["analysis"] == "retention_table"
    assert answer["settings"] == ANALYSES["retention_table"]().settings
    assert (answer["span_start"], answer["span_end"]) == ("2024-01-05", "2024-04-01")
    assert all(list(row) == CELL for row in [*answer["rows"], *answer["pooled"]])
    assert len(answer["rows"]) == 3 * 13
    january = answer["rows"][1]
    assert (january["cohort_start"], january["cohort_end"], january["period"]) == ("2024-01-01", "2024-02-01", 1)
    assert (january["value"], january["returned"], january["size"], january["n"]) == (1 / 3, 1, 3, 3)
    assert january["low"] == pytest.approx(0.0614919447)
    assert january["complete"] is True
    empty = answer["rows"][5]
    assert (empty["value"], empty["complete"], empty["reason"]) == (None, False, "not_over")
    assert answer["pooled"][1]["cohort_start"] is None
    assert answer["pooled"][1]["value"] == 0.5


def test_csv_is_the_main_table(run, shop_once: Path) -> None:
    words = (*RETENTION, "--by", "country", "--project", shop_once, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run(*words).stdout)))
    assert [*rows[0]][:4] == ["cohort_start", "cohort_end", "country", "period"]
    assert rows[0]["settings.rule"] == "on"
    assert rows[0]["analysis"] == "retention_table"
    assert [row["value"] for row in rows[:3]] == ["1.0", "0.3333333333333333", "0.6666666666666666"]
    assert rows[3]["value"] == ""


def test_who_is_behind_a_cell(run, shop_once: Path) -> None:
    who = ("--who", "cohort=2024-01", "--who", "period=2", "--project", shop_once)
    out = lines(run(*RETENTION, *who).stdout)
    assert out == ["2 who count", "anna", "ben", "1 who could and do not", "cleo"]
    asked = json.loads(run(*RETENTION, *who, "--format", "json").stdout)
    assert asked == {"counted": ["anna", "ben"], "others": ["cleo"]}
    later = run(*RETENTION, *who, "--param", "rule=on_or_after", "--format", "csv").stdout
    assert later.split() == ["customer_id,counted", "anna,true", "ben,true", "cleo,false"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--who", "cohort=2024-01"), "A row is named by cohort, period."),
        (("--who", "cohort=2031-01", "--who", "period=1"), "There is no row cohort=2031-01, period=1"),
        (("--param", "rule=always"), "must be one of on, on_or_after, bracket"),
        (("--param", "rule=bracket", "--param", "brackets=3-1"), "The parameter brackets cannot be '3-1'."),
        (("--param", "begins_with=orders"), "The parameter begins_with cannot be 'orders'."),
        (("--param", "returns_with=visit:Home"), "The parameter returns_with cannot be 'visit:Home'."),
        (("--param", "of=revenue", "--param", "minimum=2"), "With of=revenue all counts that the cohort brought"),
        (("--by", "channel"), "cannot be split by 'channel'"),
        (("--param", "grain=day"), "has no parameter 'grain'"),
    ],
)
def test_what_makes_no_sense_is_told(run, shop_once: Path, words: tuple[str, ...], told: str) -> None:
    result = run(*RETENTION, *words, "--project", shop_once)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())


def test_an_unknown_analysis_names_the_near_one(run, shop_once: Path) -> None:
    result = run("analyse", "retention_tabel", "--project", shop_once)
    assert result.exit_code == 2
    assert "There is no analysis named 'retention_tabel'." in result.output
    assert "Did you mean retention_table?" in result.output
    assert "Which analysis?" in run("analyse", "--param", "of=orders").output


def test_what_was_never_imported_is_named(run, shop_once: Path) -> None:
    words = ("--param", "returns_with=visit", "--project", shop_once)
    assert "missing: events" in run(*RETENTION, *words).output
    out = run(*RETENTION, *words, "--window", "2024-01").stdout
    assert "not imported yet: events" in out


def test_explain(run) -> None:
    result = run("explain", "retention_table")
    assert result.exit_code == 0, result.output
    for text in ("Retention by cohort", "--param rule=on", "Columns of pooled", "Examples", "2/3"):
        assert text in result.stdout
    assert "--param minimum=3" in run("explain", "cohorts", "--param", "minimum=3").stdout


def test_definitions_side_by_side(run, shop_once: Path) -> None:
    words = ("analyse", "compare_definitions", "--param", "family=repeat_purchase", "--project", shop_once)
    out = [" ".join(line.split()) for line in lines(run(*words).stdout)]
    assert "definition Jan 2024 Feb 2024 Mar 2024" in out
    assert "repeat_purchase_rate 0.0% 50.0% 100.0%" in out
    assert any(line.startswith("Feb 2024 repeat_within_window “with two or more orders by the end”") for line in out)
    german = run(*words, "--language", "de").stdout
    assert "Definitionen im Vergleich" in german
    assert "„" in german
    answer = json.loads(run(*words, "--format", "json").stdout)
    assert [*answer][-2:] == ["rows", "gaps"]
    assert [*answer["gaps"][0]] == [
        "window_start", "window_end", "definition", "who", "customers", "above", "below", "examples",
    ]  # fmt: skip
    assert answer["gaps"][0]["examples"] == ["ben", "cleo"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_wide_table_is_whole_on_a_narrow_screen(
    run, shop_once: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    words = ("drivers", "--from", "2024-02-15", "--to", "2024-03-20", "--param", "least=1", "--language", language)
    out = run("analyse", *words, "--project", shop_once).stdout
    assert max(map(len, out.splitlines())) <= 100
    assert ("wider screen" in out, "breiteren Bildschirm" in out) == (False, False)
    assert {"en": "interval with it", "de": "Intervall damit"}[language] in out  # in one column, before the verdict
    noted = {"en": "² no such facts from before it", "de": "² keine solchen Fakten von davor"}[language]
    assert noted in out
