"""`stamm explain`: the sentence, the formula, the numbers filled in, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from stamm.metrics import METRICS

NBSP = "\u00a0"

GIVEN = (
    ("customer_retention_rate", "start=1000 kept=600", "600 / 1,000 = 60.0%", "600 / 1.000 = 60,0 %"),
    ("customer_retention_rate_formula", "start=1000 end=800 new=200", "60.0%", "60,0 %"),
    ("customer_retention_rate_formula", "start=750 end=950 new=625", "43.3%", "43,3 %"),
    ("customer_churn_rate", "start=1000 lost=50", "50 / 1,000 = 5.0%", "50 / 1.000 = 5,0 %"),
    (
        "customer_lifetime_value",
        "average_order_value=50 purchase_frequency=4 customer_lifetime=5",
        "50 × 4 × 5 years = 1,000",
        "50 × 4 × 5 Jahre = 1.000",
    ),
    ("repeat_purchase_rate", "customers=1000 returning=200", "200 / 1,000 = 20.0%", "200 / 1.000 = 20,0 %"),
    (
        "net_promoter_score",
        "answered=100 promoters=70 detractors=10",
        "100 × (70 − 10) / 100 = 60",
        "100 × (70 − 10) / 100 = 60",
    ),
    ("customer_satisfaction", "answered=500 satisfied=400", "400 / 500 = 80.0%", "400 / 500 = 80,0 %"),
    (
        "monthly_recurring_revenue_formula",
        "subscribers=100 average_revenue_per_account=50",
        "100 × 50 = 5,000",
        "100 × 50 = 5.000",
    ),
    ("conversion_rate", "visitors=400 converted=20", "20 / 400 = 5.0%", "20 / 400 = 5,0 %"),
    # one ledger: 1000 at the start, 50 of them leave, 300 join and 20 of those leave again
    ("customer_retention_rate", "start=1000 kept=950", "95.0%", "95,0 %"),
    ("customer_retention_rate_formula", "start=1000 end=1230 new=300", "93.0%", "93,0 %"),
)


@pytest.mark.parametrize(("key", "numbers", "english", "german"), GIVEN)
def test_the_formula_with_given_numbers(run, key, numbers, english, german) -> None:
    words = [word for pair in numbers.split() for word in ("--given", pair)]
    for language, text in (("en", english), ("de", german)):
        expected = text.replace(" %", NBSP + "%").replace(" Jahre", NBSP + "Jahre").replace(" years", NBSP + "years")
        result = run("explain", key, *words, "--language", language)
        assert result.exit_code == 0, result.output
        title = "With your numbers" if language == "en" else "Mit Ihren Zahlen"
        lines = result.stdout.splitlines()
        line = lines[lines.index(title) + 1]
        assert line == expected or (" = " not in expected and line.endswith(f"= {expected}"))


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("key", METRICS.keys())
def test_every_metric_explains_itself(run, key, language) -> None:
    result = run("explain", key, "--language", language)
    assert result.exit_code == 0, result.output
    assert METRICS[key].sentence(language) in result.stdout
    assert METRICS[key].title(language) in result.stdout
    assert ("Formula" if language == "en" else "Formel") in result.stdout


def test_the_list_holds_every_metric(run) -> None:
    found = run("explain").stdout
    assert all(metric.key in found for metric in METRICS)


def test_missing_names_are_named(run) -> None:
    result = run("explain", "customer_retention_rate", "--given", "start=1000")
    assert result.exit_code == 2
    assert "kept is missing" in result.stderr
    assert "--given start=... --given kept=..." in result.stderr


def test_unknown_names_are_named(run) -> None:
    result = run("explain", "customer_retention_rate", "--given", "begin=1000", "--given", "kept=1")
    assert result.exit_code == 2
    assert "begin" in result.stderr
    assert "--given start=... --given kept=..." in result.stderr


@pytest.mark.parametrize("word", ["start", "start=many", "start=nan", "start=-5", "=5", "start=1,000"])
def test_what_is_no_number_is_refused(run, word) -> None:
    result = run("explain", "customer_retention_rate", "--given", word, "--given", "kept=1")
    assert result.exit_code == 2, result.output
    assert "Error:" in result.stderr


def test_nothing_to_divide_by_has_no_value(run) -> None:
    result = run("explain", "customer_retention_rate", "--given", "start=0", "--given", "kept=0")
    assert "0 / 0 = no value" in result.stdout
    assert "it is not 0" in result.stdout


def test_an_abbreviation_will_do(run) -> None:
    assert "net_promoter_score" in run("explain", "nps").stdout


def test_a_typo_gets_a_hint(run) -> None:
    result = run("explain", "customer_retention_rat")
    assert result.exit_code == 2
    assert "Did you mean customer_retention_rate" in result.stderr


def test_inside_a_project_the_real_numbers_are_filled_in(run, shop_once: Path) -> None:
    result = run("explain", "average_order_value", "--project", shop_once)
    assert "In your data, March 2024" in result.stdout
    assert "€75.00 / 3 = €25.00" in result.stdout
    asked = run("explain", "average_order_value", "--project", shop_once, "--window", "2024-01")
    assert "In your data, January 2024" in asked.stdout
    assert "€85.00 / 3 = €28.33" in asked.stdout


def test_where_the_data_lack_it_says_so(run, shop_once: Path) -> None:
    result = run("explain", "net_promoter_score", "--project", shop_once, "--window", "2024-01")
    assert result.exit_code == 0, result.output
    assert "not imported yet: responses" in result.stdout
