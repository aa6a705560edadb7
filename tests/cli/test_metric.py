"""`stamm metric`: for people and for programs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

TOP = ["metric", "unit", "currency", "zone", "as_of", "snapshot", "simulated", "left_out", "rows"]
ROW = ["window_start", "window_end", "value", "parts", "n", "low", "high", "complete"]


def test_the_table(run, shop_once: Path) -> None:
    result = run("metric", "average_order_value", "--project", shop_once)
    assert result.exit_code == 0, result.output
    out = result.stdout
    assert "Average order value (AOV)" in out
    lines = [line.split() for line in out.splitlines()]
    assert next(words[:3] for words in lines if words[:1] == ["Jan"]) == ["Jan", "2024", "€28.33"]
    assert "How March 2024 came about" in out
    assert "€75.00 / 3 = €25.00" in out
    assert "Left out" not in out  # an order of nobody known is an order
    per_customer = run("metric", "purchase_frequency", "--project", shop_once).stdout
    assert "Left out: orders without a customer (1)." in per_customer
    assert "the end of 31 March 2024" in out
    assert not any(line != line.rstrip() for line in out.splitlines())
    assert "\x1b" not in out


def test_german(run, shop_once: Path) -> None:
    result = run("metric", "average_order_value", "--project", shop_once, "--language", "de")
    assert "Durchschnittlicher Bestellwert (AOV)" in result.stdout
    assert "75,00\u00a0€ / 3 = 25,00\u00a0€" in result.stdout
    assert "Bekannt bis zum Ende des 31. März 2024." in result.stdout


def test_unfinished_windows_are_marked(run, shop_once: Path) -> None:
    result = run("metric", "order_count", "--project", shop_once, "--as-of", "2024-03-15", "--grain", "month")
    (march,) = [line for line in result.stdout.splitlines() if line.startswith("Mar")]
    assert march.endswith("not over yet")


def test_cells_without_a_value_say_why(run, shop_once: Path) -> None:
    words = ("--project", shop_once, "--from", "2023-12-01", "--to", "2024-05-01")
    result = run("metric", "average_order_value", *words)
    assert "no value" in result.stdout
    assert "outside the days that the data cover" in result.stdout or "not begun when the data end" in result.stdout


def test_json(run, shop_once: Path) -> None:
    result = run("metric", "customer_retention_rate", "--project", shop_once, "--format", "json")
    answer = json.loads(result.stdout)
    assert list(answer) == TOP
    assert [list(row) for row in answer["rows"]] == [ROW] * 3
    assert answer["metric"] == "customer_retention_rate"
    assert answer["unit"] == "share"
    assert answer["zone"] == "Europe/Berlin"
    assert answer["as_of"] == "2024-03-31T22:00:00+00:00"
    assert answer["simulated"] is False
    february = answer["rows"][1]
    assert (february["window_start"], february["window_end"]) == ("2024-02-01", "2024-03-01")
    assert february["parts"] == {"start": 3, "kept": 3}
    assert february["value"] == 1.0
    assert february["n"] == 3
    assert 0 < february["low"] < february["high"] == 1.0
    assert february["complete"] is True


def test_json_by_group_and_money_in_minor_units(run, shop_once: Path) -> None:
    words = ("metric", "gross_revenue", "--by", "channel", "--window", "2024-01", "--format", "json")
    answer = json.loads(run(*words, "--project", shop_once).stdout)
    assert [list(row)[:4] for row in answer["rows"]] == [["window_start", "window_end", "channel", "value"]] * 2
    assert {row["channel"]: row["value"] for row in answer["rows"]} == {"store": 5000, "web": 3500}
    assert answer["left_out"] == {}


def test_csv_is_the_same_flattened(run, shop_once: Path) -> None:
    words = ("metric", "gross_revenue", "--by", "channel", "--project", shop_once)
    rows = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))
    answer = json.loads(run(*words, "--format", "json").stdout)
    assert len(rows) == len(answer["rows"])
    for flat, row in zip(rows, answer["rows"], strict=True):
        assert flat["window_start"] == row["window_start"]
        assert flat["channel"] == row["channel"]
        assert flat["value"] == str(row["value"])
        assert flat["complete"] == str(row["complete"]).lower()
        assert flat["parts.gross_revenue" if "gross_revenue" in row["parts"] else f"parts.{next(iter(row['parts']))}"]
        assert flat["metric"] == answer["metric"]
        assert flat["snapshot"] == str(answer["snapshot"])


def test_csv_holds_nothing_that_a_spreadsheet_would_run(run, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(
        "order_id,ordered_at,amount,channel\n1,2024-01-05,20.00,=1+1\n", encoding="utf-8"
    )
    for words in (("init", "--time-zone", "UTC", "--currency", "EUR"), ("import", tmp_path / "orders.csv")):
        assert run(*words, "--project", tmp_path).exit_code == 0
    words = ("metric", "gross_revenue", "--by", "channel", "--window", "2024-01", "--project", tmp_path)
    (row,) = csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout))
    assert row["channel"] == "'=1+1"
    assert json.loads(run(*words, "--format", "json").stdout)["rows"][0]["channel"] == "=1+1"


def test_machine_formats_do_not_depend_on_the_language(run, shop_once: Path) -> None:
    words = ("metric", "gross_revenue", "--project", shop_once, "--format", "json")
    assert run(*words, "--language", "de").stdout == run(*words, "--language", "en").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("revenu",), "Did you mean"),
        (("revenue", "--from", "2018-01-01", "--to", "2017-01-01"), "runs backwards"),
        (("revenue", "--from", "2017-01-01", "--to", "2017-01-01"), "empty"),
        (("revenue", "--grain", "minute"), "day, week, month, quarter, year"),
        (("revenue", "--from", "January"), "2024-02-29"),
        (("revenue", "--window", "2017-13"), "2024-Q1"),
        (("customer_lifetime", "--param", "years=3"), "horizon_years"),
        (("customer_lifetime", "--param", "horizon_years=many"), "a number"),
        (("revenue", "--format", "xml"), "table, csv, json"),
        (("gross_revenue", "--by", "weather"), "channel"),
        (("revenue", "--as-of", "soon"), "2024-02-29"),
        (("gross_revenue", "--window", "2024", "--from", "2024-01-01"), "--window"),
        ((), "KEY is missing"),
        (("revenue", "too", "many"), "too many"),
    ],
)
def test_questions_that_make_no_sense(run, shop_once: Path, words, said) -> None:
    result = run("metric", *words, "--project", shop_once)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert result.stdout == ""


def test_no_project(run, tmp_path: Path) -> None:
    result = run("metric", "revenue", "--project", tmp_path)
    assert result.exit_code == 7
    assert "stamm init" in result.stderr


def test_no_data_yet(run, tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    result = run("metric", "gross_revenue", "--project", tmp_path / "new")
    assert result.exit_code == 2
    assert "missing: orders" in result.stderr
    assert "stamm import" in result.stderr


def test_two_currencies_need_rates(run, shop: Path, tmp_path: Path) -> None:
    more = tmp_path / "orders-more.csv"
    more.write_text(
        "order_id,customer_id,ordered_at,amount,currency\nx1,anna,2024-03-06T10:00,10.00,USD\n", encoding="utf-8"
    )
    assert run("import", more, "--project", shop).exit_code == 0
    refused = run("metric", "gross_revenue", "--project", shop)
    assert refused.exit_code == 4
    assert "USD" in refused.stderr
    assert "rates.csv" in refused.stderr
    (shop / "rates.csv").write_text("currency,day,rate\nUSD,2024-01-01,0.9\n", encoding="utf-8")
    result = run("metric", "gross_revenue", "--project", shop, "--window", "2024-03", "--format", "json")
    assert json.loads(result.stdout)["rows"][0]["value"] == 7500 + 900
