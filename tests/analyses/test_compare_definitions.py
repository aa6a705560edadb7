"""Definitions side by side, over several windows: the ledger of the catalogue, month by month."""

from __future__ import annotations

import pytest

from stamm.analyses.compare_definitions import GAPS, CompareDefinitions
from stamm.answers import Answers
from stamm.answers.compare import compare_family
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.reasons import NOT_OVER
from stamm.lang.window import Window
from stamm.metrics import family
from tests.answers.small import order, paying, world

SUBSCRIBED = {
    "subscriptions": [
        *(paying(f"stays {n}", "2024-01-10") for n in range(6)),
        *(paying(f"leaves {n}", "2024-01-10", "2024-02-15") for n in range(2)),
        paying("passes", "2024-02-05", "2024-02-21"),
        *(paying(f"joins {n}", "2024-02-05") for n in range(3)),
    ]
}


def compared(span: str, **settings: object):
    of = world(SUBSCRIBED, spell_rule="subscriptions", as_of="2024-03-20")
    return Answers(of).analyse(CompareDefinitions, Window.parse(span), settings=settings)


def test_every_definition_in_every_window() -> None:
    answer = compared("2024-02-01/2024-04-01", family="churn")
    keys = [metric.key for metric in family("churn")]
    assert [(row.window, row.definition) for row in answer.rows] == [
        (Window.parse(month), key) for month in ("2024-02", "2024-03") for key in keys
    ]
    found = {(str(row.window.start), row.definition): row for row in answer.rows}
    usual = found["2024-02-01", "customer_churn_rate"]
    assert (usual.value, usual.difference, usual.n, usual.complete, usual.reason) == (0.25, 0, 8, True, "")
    leavers = found["2024-02-01", "churn_rate_all_leavers"]
    assert leavers.value == pytest.approx(3 / 8)
    assert leavers.difference == pytest.approx(1 / 8)
    march = found["2024-03-01", "customer_churn_rate"]
    assert (march.value, march.complete, march.reason) == (0, False, NOT_OVER)


def test_gaps_add_up_to_the_difference_above_and_below_the_line() -> None:
    answer = compared("2024-02", family="churn")
    gaps = [gap for gap in answer.tables[GAPS] if gap.definition == "churn_rate_pooled"]
    assert [(gap.customers, gap.above, gap.below, gap.examples) for gap in gaps] == [
        (3, 0, 1, ("joins 0", "joins 1", "joins 2")),
        (1, 1, 1, ("passes",)),
    ]
    above, below = (sum(gap.customers * getattr(gap, side) for gap in gaps) for side in ("above", "below"))
    pooled = next(row for row in answer.rows if row.definition == "churn_rate_pooled")
    assert pooled.value == pytest.approx((2 + above) / (8 + below)) == pytest.approx(3 / 12)


def test_the_span_can_stay_whole() -> None:
    answer = compared("2024-01-15/2024-03-01", family="churn", grain="whole")
    assert {row.window for row in answer.rows} == {Window.parse("2024-01-15/2024-03-01")}


def test_ratios_and_shares_are_not_subtracted() -> None:
    answer = compared("2024-02", family="retention")
    differences = {row.definition: row.difference for row in answer.rows}
    assert differences["returning_over_new_customers"] is None
    assert differences["customer_retention_rate"] == 0


def test_where_nobody_can_be_named() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-05"), order(2, "anna", "2024-02-09")]})
    answer = Answers(of).analyse("compare_definitions", Window.parse("2024"), settings={"family": "clv"})
    named = {row.definition: row.named for row in answer.rows}
    assert not any(named.values())
    assert answer.tables[GAPS] == ()


def test_a_comparison_says_the_same() -> None:
    of = world(SUBSCRIBED, spell_rule="subscriptions", as_of="2024-03-20")
    answers, february = Answers(of), Window.parse("2024-02")
    told = compare_family(answers, "churn", february, Language("de"))
    answer = answers.analyse(CompareDefinitions, february, settings={"family": "churn"})
    assert [member.row.value for member in told.members] == [row.value for row in answer.rows]
    gaps = [(member.metric.key, gap.customers, gap.words) for member in told.members for gap in member.gaps or ()]
    assert gaps == [(gap.definition, gap.customers, gap.who.de) for gap in answer.tables[GAPS]]


def test_it_is_not_split_and_knows_its_families() -> None:
    of = world(SUBSCRIBED, spell_rule="subscriptions")
    with pytest.raises(UsageError, match="cannot be split by 'country'"):
        Answers(of).analyse("compare_definitions", Window.parse("2024-02"), by="country")
    with pytest.raises(UsageError, match="no family of definitions named 'chrun'"):
        Answers(of).analyse("compare_definitions", Window.parse("2024-02"), settings={"family": "chrun"})
    assert CompareDefinitions(family="churn_rate_pooled").members[0].key == "customer_churn_rate"
