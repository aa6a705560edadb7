"""Definitions: names, sentences, and settings that a person may get wrong."""

from __future__ import annotations

from typing import Any

import pytest

from stamm.lang.definition import Definition, Setting, key_of, title_of
from stamm.lang.errors import UsageError


class LateReturns(Definition):
    """Returns that came
    too late.

    They count all the same.

    And so on.
    """

    de = "Späte Rücksendungen"
    sentence_de = "Rücksendungen, die zu spät kamen."
    days = Setting(14, "Days.", "Tage.", low=1, high=60)
    ratio = Setting(0.5, "Ratio.", "Verhältnis.", low=0.0, high=1.0)
    by = Setting("order", "What counts.", "Was zählt.", choices=("order", "line"))
    floor = Setting(None, "Floor.", "Untergrenze.", kind=int)


class MoreLateReturns(LateReturns):
    """More of them."""

    extra = Setting(1, "Extra.", "Zusatz.")
    days = Setting(30, "Days.", "Tage.", low=1)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("CustomerRetentionRate", "customer_retention_rate"),
        ("NetPromoterScore", "net_promoter_score"),
        ("MRRNew", "mrr_new"),
        ("Base", "base"),
        ("Top20Share", "top20_share"),
    ],
)
def test_keys_come_from_class_names(name: str, key: str) -> None:
    assert key_of(name) == key


def test_names_and_sentences() -> None:
    assert title_of("customer_retention_rate") == "Customer retention rate"
    assert LateReturns.title() == "Late returns"
    assert LateReturns.title("de") == "Späte Rücksendungen"
    assert LateReturns.sentence() == "Returns that came too late."
    assert LateReturns.sentence("de") == "Rücksendungen, die zu spät kamen."
    assert LateReturns.remarks() == "They count all the same.\n\nAnd so on."


def test_settings_have_defaults_and_are_inherited() -> None:
    assert LateReturns().settings == {"days": 14, "ratio": 0.5, "by": "order", "floor": None}
    assert list(MoreLateReturns.settings_declared()) == ["days", "ratio", "by", "floor", "extra"]
    assert MoreLateReturns().days == 30
    assert MoreLateReturns(days=90).days == 90


def test_having_other_settings_leaves_the_first_alone() -> None:
    first = LateReturns(days=20)
    second = first.having({"by": "line"})
    assert (second.days, second.by) == (20, "line")
    assert first.by == "order"


@pytest.mark.parametrize(
    ("setting", "given", "read"),
    [
        ("days", "7", 7), ("days", 1, 1), ("days", 60, 60), ("ratio", "0.25", 0.25), ("ratio", 1, 1.0),
        ("by", "line", "line"), ("floor", None, None), ("floor", "3", 3),
    ],
)  # fmt: skip
def test_settings_are_read(setting: str, given: object, read: object) -> None:
    found = LateReturns(**{setting: given}).settings[setting]
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("setting", "given", "sentence"),
    [
        ("days", "soon", "The parameter days must be a whole number, not 'soon'."),
        ("days", "1.5", "The parameter days must be a whole number, not '1.5'."),
        ("days", 1.0, "The parameter days must be a whole number, not 1.0."),
        ("days", True, "The parameter days must be a whole number, not True."),
        ("days", None, "The parameter days must be a whole number, not None."),
        ("ratio", "half", "The parameter ratio must be a number, not 'half'."),
        ("ratio", True, "The parameter ratio must be a number, not True."),
        ("by", 3, "The parameter by must be a text, not 3."),
        ("days", 0, "The parameter days must lie between 1 and 60, not at 0."),
        ("days", "61", "The parameter days must lie between 1 and 60, not at 61."),
        ("ratio", 1.01, "The parameter ratio must lie between 0.0 and 1.0, not at 1.01."),
        ("by", "week", "The parameter by must be one of order, line, not 'week'."),
    ],
)
def test_a_wrong_setting_is_told(setting: str, given: Any, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        LateReturns(**{setting: given})
    assert caught.value.what == sentence


def test_not_a_number_is_no_number() -> None:
    with pytest.raises(UsageError):
        LateReturns(ratio="nan")


@pytest.mark.parametrize("number", [2**53, -(2**53), "99999999999999999999"])
def test_a_whole_number_that_not_every_engine_holds_is_none(number: Any) -> None:
    with pytest.raises(UsageError, match="between -9007199254740991 and 9007199254740991, not at"):
        LateReturns(floor=number)
    assert LateReturns(floor=2**53 - 1).settings["floor"] == 2**53 - 1


def test_a_single_bound_is_told_as_one() -> None:
    with pytest.raises(UsageError) as caught:
        MoreLateReturns(days=0)
    assert "None" not in caught.value.what


def test_an_unknown_setting_names_the_known() -> None:
    with pytest.raises(UsageError, match="late_returns has no parameter 'dais'") as caught:
        LateReturns(dais=3)
    assert caught.value.remedy == "Its parameters: days, ratio, by, floor."
