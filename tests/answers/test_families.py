"""One word, several definitions: the ledger of the catalogue, and the customers who make each difference."""

from __future__ import annotations

from typing import Any

import pytest

from stamm.answers import Answers, World
from stamm.answers.compare import Comparison, Member, Side, compare_family
from stamm.answers.people import People
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.metrics import METRICS
from tests.answers.small import ask, order, paying, world

FEBRUARY = Window.parse("2024-02")
STAYING = [f"staying {n:03}" for n in range(950)]
LEAVING = [f"leaving {n:02}" for n in range(50)]
PASSING = [f"passing {n:02}" for n in range(20)]
JOINING = [f"joining {n:03}" for n in range(280)]


@pytest.fixture(scope="module")
def ledger() -> World:
    """1000 here at the start, 50 of them leave; 300 join, 20 of whom leave again; one leaves and is back."""
    rows = [paying(who, "2024-01-10") for who in STAYING[1:]]
    rows += [paying(STAYING[0], "2024-01-10", "2024-02-10")]
    rows += [paying(STAYING[0], "2024-02-20", subscription_id="again")]
    rows += [paying(who, "2024-01-10", "2024-02-15") for who in LEAVING]
    rows += [paying(who, "2024-02-05", "2024-02-21") for who in PASSING]
    rows += [paying(who, "2024-02-05") for who in JOINING]
    return world({"subscriptions": rows}, spell_rule="subscriptions")


@pytest.fixture(scope="module")
def churn(ledger: World) -> Comparison:
    return compare_family(Answers(ledger), "churn", FEBRUARY, Language("en"))


def member(found: Comparison, key: str) -> Member:
    return next(each for each in found.members if each.metric.key == key)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("customer_retention_rate", 0.95),
        ("customer_retention_rate_formula", 0.93),
        ("customer_churn_rate", 0.05),
        ("churn_rate_all_leavers", 0.07),
        ("churn_rate_pooled", 70 / 1300),
        ("share_remaining", 1.23),
        ("customer_count", 1230),
        ("new_customers", 300),
        ("lost_customers", 50),
        ("returned_customers", 1),
        # of 1300 on the 10th one, of 1299 on the 15th fifty, of 1250 on the 21st twenty
        ("churn_rate_daily_sum", 1 / 1300 + 50 / 1299 + 20 / 1250),
    ],
)
def test_the_ledger(ledger: World, key: str, value: float) -> None:
    assert ask(ledger, key, "2024-02").rows[0].value == pytest.approx(value, rel=1e-12)


def test_the_default_comes_first_and_needs_no_explanation(churn: Comparison) -> None:
    assert churn.members[0].metric.key == "customer_churn_rate"
    assert churn.members[0].gaps == ()
    assert (churn.family, churn.window) == ("churn", FEBRUARY)
    assert churn.members[0].working.line.endswith("50 / 1,000 = 5.00%")
    assert member(churn, "churn_rate_pooled").working.result == "5.38%"


def test_all_leavers_differ_by_the_twenty_who_passed_through(churn: Comparison) -> None:
    (gap,) = member(churn, "churn_rate_all_leavers").gaps or ()
    assert (gap.customers, gap.numerator, gap.denominator) == (20, 1, 0)
    assert gap.examples == tuple(PASSING[:5])


def test_the_pool_differs_by_all_three_hundred_who_joined(churn: Comparison) -> None:
    gaps = member(churn, "churn_rate_pooled").gaps or ()
    assert [(gap.customers, gap.numerator, gap.denominator) for gap in gaps] == [(280, 0, 1), (20, 1, 1)]
    assert sum(gap.customers * gap.denominator for gap in gaps) == 300
    assert gaps[0].examples == tuple(JOINING[:5])
    assert gaps[1].examples == tuple(PASSING[:5])


@pytest.mark.parametrize(
    ("family", "key", "language", "words"),
    [
        ("churn", "churn_rate_all_leavers", "en", ["“joined and gone again”"]),
        ("churn", "share_remaining", "de", [
            "„zu Beginn da“ und „am Ende da“", "„am Ende da“, aber nicht „zu Beginn da“", "„am Ende fort“",
        ]),
        ("churn", "churn_rate_pooled", "en", [
            "“joined since”, but not “gone at the end, newcomers too”",
            "“joined since” and “gone at the end, newcomers too”",
        ]),
        # 280 newcomers are taken off with the new; the 20 who passed through are taken off without having been here
        ("retention", "customer_retention_rate_formula", "en", ["“new”, but not “here at the end”"]),
    ],
)  # fmt: skip
def test_few_words_single_them_out(ledger: World, family: str, key: str, language: str, words: list[str]) -> None:
    """What is implied is not said: whoever is here at the end was not gone at it."""
    say = Language("de" if language == "de" else "en")
    found = member(compare_family(Answers(ledger), family, FEBRUARY, say), key)
    assert [gap.words for gap in found.gaps or ()] == words


def test_gaps_add_up_to_the_difference_of_the_parts(churn: Comparison, ledger: World) -> None:
    for key in ("churn_rate_all_leavers", "churn_rate_pooled"):
        gaps = member(churn, key).gaps or ()
        top, bottom = People(ledger).weights(METRICS[key](), [FEBRUARY])[FEBRUARY]
        assert sum(top.values()) == 50 + sum(gap.customers * gap.numerator for gap in gaps) == 70
        assert sum(bottom.values()) == 1000 + sum(gap.customers * gap.denominator for gap in gaps)


def test_the_way_from_the_default_adds_up(churn: Comparison) -> None:
    leader = churn.members[0]
    top, bottom = member(churn, "churn_rate_pooled").way_from(leader) or (None, None)
    assert (top, bottom) == (Side(50, (0, 20), 70), Side(1000, (280, 20), 1300))
    assert leader.way_from(leader) is None
    # the days have a denominator each
    assert member(churn, "churn_rate_daily_sum").gaps
    assert member(churn, "churn_rate_daily_sum").way_from(leader) is None


def test_who_left_on_the_10th_and_is_back_on_the_20th() -> None:
    of = world(
        {
            "subscriptions": [
                paying("ben", "2024-01-10", "2024-02-10"),
                paying("ben", "2024-02-20", subscription_id="b"),
            ]
        },
        spell_rule="subscriptions",
    )
    expected = {
        "customer_retention_rate": 1,
        "customer_churn_rate": 0,
        "churn_rate_all_leavers": 0,
        "churn_rate_pooled": 0,
        "lost_customers": 0,
        "new_customers": 0,
        "returned_customers": 1,
        "customer_count": 1,
    }
    answers = Answers(of)
    assert {key: answers.ask(key, [FEBRUARY]).rows[0].value for key in expected} == expected
    assert answers.ask("customer_retention_rate", [FEBRUARY]).rows[0].parts == {"start": 1, "kept": 1}


def test_an_unknown_family_names_the_known() -> None:
    with pytest.raises(UsageError, match="no family of definitions named 'chrun'") as caught:
        compare_family(Answers(world({})), "chrun", FEBRUARY, Language("en"))
    assert "Did you mean churn?" in caught.value.remedy
    assert "retention" in caught.value.remedy


def test_a_family_is_found_by_a_member() -> None:
    of = world({"orders": [order(1, "anna", "2024-02-05"), order(2, "anna", "2024-02-06")]})
    found: Any = compare_family(Answers(of), "repeat_within_window", FEBRUARY, Language("de"))
    assert found.members[0].metric.key == "repeat_purchase_rate"
    assert all(each.row.window == FEBRUARY for each in found.members)
