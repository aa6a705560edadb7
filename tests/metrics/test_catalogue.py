"""Every metric says what it is: both languages, unit, parts, examples, and operands that exist."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import get_args

import pytest

from stamm.facts import FACTS
from stamm.lang.formula import names_in
from stamm.metrics import METRICS, Metric, families, family
from stamm.metrics.kind import Better, Over, Unit
from stamm.metrics.operands import operands_of

EVERY = pytest.mark.parametrize("metric", list(METRICS), ids=lambda metric: metric.key)
LANGUAGES = ("en", "de")
#: metrics without a denominator: a sum example with nothing in it is 0, or there is nothing to leave out
TOTALS = {
    "attendance_count",
    "comments",
    "customer_count",
    "customer_ledger",
    "customer_lifetime",
    "customer_lifetime_value",
    "feedback_count",
    "gathering_interactions",
    "gross_revenue",
    "lifetime_value_margin",
    "likes",
    "lost_customers",
    "loyal_customers",
    "messages_delivered",
    "messages_sent",
    "monthly_recurring_revenue",
    "monthly_recurring_revenue_formula",
    "mrr_churned",
    "mrr_contraction",
    "mrr_expansion",
    "mrr_new",
    "mrr_reactivation",
    "new_customers",
    "order_count",
    "overdue_tickets",
    "page_views",
    "registrations",
    "returned_customers",
    "revenue",
    "shares",
    "social_clicks",
    "tickets_opened",
    "visitors",
    "visits",
}


@EVERY
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_sentence_that_ends_in_a_full_stop(metric: type[Metric], language: str) -> None:
    sentence = metric.sentence(language)
    assert re.fullmatch(r"[A-ZÄÖÜ].*[^.]\.", sentence)
    assert not re.search(r"\.\s+[A-ZÄÖÜ]", sentence), "the first paragraph is one sentence"
    assert len(sentence) <= 140


@EVERY
def test_names_and_unit(metric: type[Metric]) -> None:
    assert metric.de
    assert metric.de != metric.en or metric.key in {"likes", "net_promoter_score", "stickiness"}
    assert metric.unit in get_args(Unit)
    assert metric.better in get_args(Better)
    assert metric.__module__.endswith("." + metric.key), "the file is named after the metric"


@EVERY
def test_parts_have_short_words_in_both_languages(metric: type[Metric]) -> None:
    for name, part in metric.parts().items():
        for language in LANGUAGES:
            words = part.words(language)
            assert words, name
            assert len(words) <= 50, words
            assert not words.endswith("."), words
        assert part.en == part.en[:1].lower() + part.en[1:], "English words are lower case"
        assert part.en != part.de, name
        assert part.unit in get_args(Unit)


@EVERY
def test_settings_are_told_in_both_languages(metric: type[Metric]) -> None:
    for name, setting in metric.settings_declared().items():
        assert setting.en.endswith("."), name
        assert setting.de.endswith("."), name
        assert setting.en != setting.de, name


@EVERY
def test_examples_of_both_kinds(metric: type[Metric]) -> None:
    sums = [example for example in metric.examples if not example.is_facts]
    tables = [example for example in metric.examples if example.is_facts]
    assert sums, "a sum example: numbers in, number out"
    assert tables, "a facts example: a table small enough to check by hand"
    for example in sums:
        assert set(example.given) == set(metric.operands())
    if metric.key not in TOTALS:
        assert any(example.value is None for example in sums), "the example with nothing to divide by"


@EVERY
def test_operands_are_parts_or_metrics(metric: type[Metric]) -> None:
    reductions, overs = operands_of(metric())
    for name in metric.operands():
        assert name in reductions or name in overs
    assert set(names_in(metric().formula())) == set(metric.operands())
    for name, part in metric.parts().items():
        assert part.fact in FACTS or part.fact in METRICS, name
    for over in overs.values():
        assert isinstance(over, Over)
        assert over.metric in METRICS


@EVERY
def test_what_the_interval_and_n_need_is_there(metric: type[Metric]) -> None:
    reductions, overs = operands_of(metric())
    found = {*reductions, *overs}
    if metric.interval is not None:
        assert set(metric.interval.names) <= found
        assert not metric.n, "the interval names n"
    if metric.counted_by():
        assert metric.counted_by() in found


def test_no_metric_is_built_on_itself() -> None:
    built_on = {metric.key: {over.metric for over in operands_of(metric())[1].values()} for metric in METRICS}
    done: set[str] = set()
    while len(done) < len(built_on):
        ready = {key for key, needed in built_on.items() if key not in done and needed <= done}
        assert ready, f"a circle among {sorted(set(built_on) - done)}"
        done |= ready


def test_families_have_one_leader_and_are_known() -> None:
    assert set(families()) == {
        "bounce",
        "churn",
        "clicking",
        "clv",
        "conversion",
        "effort",
        "lifetime",
        "mrr",
        "mrr_churn",
        "opening",
        "purchase_interval",
        "repeat_purchase",
        "retention",
        "stickiness",
    }
    for name in families():
        members = family(name)
        assert [member.leads for member in members].count(True) == 1, name
        assert members[0].leads
        assert len({member.sentence() for member in members}) == len(members)


def test_whoever_leads_has_a_family() -> None:
    for metric in METRICS:
        assert not metric.leads or metric.family in families(), metric.key
        assert not metric.family or metric.family in families(), metric.key


def test_names_and_abbreviations_are_unique() -> None:
    names = [(metric.de.lower(), metric.key) for metric in METRICS]
    names += [(metric.also.lower(), metric.key) for metric in METRICS if metric.also]
    names += [(metric.key, metric.key) for metric in METRICS]
    ordered = sorted(set(names))
    for (name, key), (following, other) in pairwise(ordered):
        assert name != following, f"{key} and {other} share the name {name!r}"


@pytest.mark.parametrize(
    ("also", "key"),
    [
        ("CRR", "customer_retention_rate"),
        ("CLV", "customer_lifetime_value"),
        ("AOV", "average_order_value"),
        ("NPS", "net_promoter_score"),
        ("CSAT", "customer_satisfaction"),
        ("CVR", "conversion_rate"),
        ("MRR", "monthly_recurring_revenue"),
        ("ARPA", "average_revenue_per_account"),
        ("PRR", "product_return_rate"),
        ("CTR", "click_through_rate"),
        ("CES", "customer_effort_score"),
    ],
)
def test_abbreviations_find_their_metric(also: str, key: str) -> None:
    assert METRICS[also].key == key
