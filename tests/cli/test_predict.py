"""`stamm predict`: for people, for programs, and kept."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from stamm.predictions import PREDICTIONS

GIVEN = ("--param", "model=bg_nbd", "--param", "parameters=r=1,alpha=30,a=1,b=2")


def test_the_list_names_every_prediction(run) -> None:
    for words in (("predict",), ("explain",)):
        result = run(*words)
        assert result.exit_code == 0, result.output
        for prediction in PREDICTIONS:
            assert prediction.key in result.stdout
            assert prediction.sentence() in result.stdout


def test_a_prediction_is_explained(run) -> None:
    result = run("explain", "no_order_risk", "--language", "de")
    assert result.exit_code == 0, result.output
    assert "Risiko ohne Bestellung" in result.stdout
    assert "Wird abgelehnt unter" in result.stdout
    assert "100 Kunden mit einer Bestellung" in result.stdout


def test_the_table_has_the_first_and_tells_of_the_others(run, shop_once: Path) -> None:
    # ben came back after 70 days of 82: odds 1/2 (112/100)^2 of having stopped, else silent with (112/202)^2
    result = run("predict", "no_order_risk", *GIVEN, "--top", 2, "--as-of", "2024-04-01", "--project", shop_once)
    assert result.exit_code == 0, result.output
    out = [line for line in result.stdout.splitlines() if line]
    assert out[0] == "No order risk"
    assert [line.split()[0] for line in out if line.startswith(("anna", "ben", "cleo", "dora"))] == ["ben", "cleo"]
    assert "57.4%" in next(line for line in out if line.startswith("ben"))
    assert any(line.startswith("- 2 more;") for line in out)


def test_programs_get_everybody(run, shop_once: Path) -> None:
    words = ("predict", "value_ahead", *GIVEN, "--param", "worth=own_mean", "--horizon", 30, "--project", shop_once)
    told = json.loads(run(*words, "--format", "json").stdout)
    assert told["analysis"] == "value_ahead"
    assert told["settings"]["horizon"] == 30
    assert sorted(row["customer_id"] for row in told["rows"]) == ["anna", "ben", "cleo", "dora"]
    table = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))
    assert [float(row["value"]) for row in table] == [row["value"] for row in told["rows"]]


def test_of_the_members_of_a_segment(run, shop_once: Path) -> None:
    """Whoever was in it as the day began, each with the number that they have among everybody."""
    words = ("predict", "no_order_risk", *GIVEN, "--as-of", "2024-04-01", "--project", shop_once)
    everybody = {row["customer_id"]: row["value"] for row in json.loads(run(*words, "--format", "json").stdout)["rows"]}
    members = ("segment", "members", "no_second_order", "--as-of", "2024-04-01", "--format", "json")
    inside = {row["customer_id"] for row in json.loads(run(*members, "--project", shop_once).stdout)["rows"]}
    told = run(*words, "--segment", "no_second_order", "--format", "json")
    found = {row["customer_id"]: row["value"] for row in json.loads(told.stdout)["rows"]}
    assert found == {who: everybody[who] for who in inside & everybody.keys()}
    assert 0 < len(found) < len(everybody)
    shown = run(*words, "--segment", "no_second_order")
    assert shown.exit_code == 0, shown.output
    assert {line.split()[0] for line in shown.stdout.splitlines() if line.startswith(tuple(everybody))} == found.keys()
    assert run(*words, "--segment", "no_second_order", "--keep").exit_code == 2
    assert run(*words, "--segment", "there_is_none").exit_code == 2


def test_refused_below_its_gates(run, shop_once: Path) -> None:
    result = run("predict", "no_order_risk", "--project", shop_once, "--language", "de")
    assert result.exit_code == 11
    assert "mindestens 100 Kunden mit einer Bestellung, und es sind 4" in result.stderr


def test_kept_predictions_are_facts(run, shop_once: Path, tmp_path: Path) -> None:
    shop = shutil.copytree(shop_once, tmp_path / "shop")
    result = run("predict", "no_order_risk", *GIVEN, "--keep", "--project", shop)
    assert result.exit_code == 0, result.output
    assert "4 predictions kept." in result.stderr
    kept = run(
        "predict", "no_order_risk", *GIVEN, "--as-of", "2024-02-15", "--horizon", 30, "--keep", "--project", shop
    )
    assert "4 predictions kept." in kept.stderr
    told = json.loads(run("predict", "no_order_risk", "--check", "--format", "json", "--project", shop).stdout)
    ahead, row = told["rows"]
    assert (ahead["predicted_on"], ahead["reason"]) == ("2024-04-01", "not_over")  # told at the very end of the data
    assert (row["predicted_on"], row["model"], row["customers"]) == ("2024-02-15", "no_order_risk:bg_nbd:30d", 4)
    assert row["came"] == 0.75  # anna alone ordered in the thirty days from the 15th of February
    assert run("predict", "no_order_risk", "--check", "--keep", "--project", shop).exit_code == 2


@pytest.mark.parametrize("words", [("--top", 3, "--as-of", "x"), ("--horizon", 0), ("--param", "model=best")])
def test_what_cannot_be_asked(run, shop_once: Path, words: tuple[object, ...]) -> None:
    assert run("predict", "no_order_risk", *words, "--project", shop_once).exit_code == 2
