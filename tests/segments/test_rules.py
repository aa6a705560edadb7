"""Rules as JSON and as sentences: what is written is read back, and what is not understood is told with its place."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamm.lang.errors import UsageError
from stamm.lang.language import CODES
from stamm.segments import OPERATORS
from stamm.segments.named import resolved
from stamm.segments.ready import READY
from stamm.segments.rule import Is, operators_in, rule_of
from stamm.segments.sentence import read, sentence, understood, written
from stamm.segments.speech import Speech
from tests.segments.drawn import rules

EN, DE = Speech("en"), Speech("de", "CHF")
KEYS = [key for key in OPERATORS.keys() if key != "in_segment"]  # noqa: SIM118 - a registry is no mapping


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(drawn=rules(KEYS, 8), code=st.sampled_from(CODES), words=st.lists(st.text(max_size=8), max_size=3))
def test_what_is_written_is_read_back(drawn: dict[str, object], code: str, words: list[str]) -> None:
    speech = Speech(code)  # type: ignore[arg-type]
    rule = rule_of(drawn)
    assert rule_of(rule.written()) == rule
    assert read(written(rule, speech), speech) == rule
    assert read(sentence(rule, speech), speech) == rule
    if values := [word for word in words if word.strip() and word.isprintable() and not set(word) & set("“”„\u00a0")]:
        odd = rule_of({"any": [{"has_attribute": {"values": values}}, {"did": {"name": values[0]}}]})
        assert read(written(odd, speech), speech) == odd


def test_every_operator_is_said_and_denied_in_both_languages() -> None:
    told: dict[str, str] = {}
    for kind in OPERATORS:
        for rule in (Is(kind()).written(), {"not": Is(kind()).written()}):
            for speech in (EN, DE):
                words = written(rule_of(rule), speech)
                assert told.setdefault(words, kind.key) == kind.key
                assert read(words, speech) == rule_of(rule)
                assert "{" not in words
        assert kind.de
        assert kind.sentence_de
    assert len(told) == 4 * len(OPERATORS)


def test_a_rule_reads_as_a_sentence() -> None:
    rule = read(
        "Customers who ordered at least twice in the last 90 days AND (whose country is DE, AT or CH or "
        'who did not see "/my shop" at least once) and not (who paid more than 12.50 EUR and who left).'.replace(
            "who left", "who are gone"
        ),
        EN,
    )
    assert sentence(rule, EN) == (
        "Customers who ordered at least 2 times in the last 90 days and (whose country is DE, AT or CH or who did not "
        'see "/my shop" at least once) and not (who paid more than 12.5 EUR and who are gone).'
    )
    assert sentence(rule, DE) == (
        "Kunden, die in den letzten 90 Tagen mindestens 2-mal bestellten und (deren Land DE, AT oder CH ist oder die "
        'nicht mindestens einmal "/my shop" sahen) und nicht (die mehr als 12,5 CHF zahlten und die gegangen sind).'
    )
    assert understood(sentence(rule, DE), Speech("en", "CHF")) == rule


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("who orderd twice", "letter 1", "'who orderd twice' is not understood"),
        ("who ordered at least once and", "letter 30", "ends too early"),
        ("who ordered at least once, whose country is DE", "letter 26", "is not understood"),
        ("(who are gone", "letter 14", "ends too early"),
        ("who paid more than 5 USD in the last 10 days", "letter 1", "Amounts here are in EUR, not in USD"),
        ("who ordered at least once in the last 99999 days", "letter 1", "between 0 and 36500"),
        ("(" * 14 + "who are gone" + ")" * 14, "letter 13", "not understood"),
    ],
)
def test_a_sentence_that_is_not_understood(text: str, where: str, what: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(text, EN)
    assert refused.value.where == where
    assert what in refused.value.what
    assert refused.value.remedy or "USD" not in text


@pytest.mark.parametrize(
    ("json", "where", "what"),
    [
        ("{", "rule", "no JSON"),
        ("[]", "rule", "one of all, any, not, or an operator"),
        ('{"all": []}', "rule.all", "a list of rules"),
        ('{"any": [{"ordered": {}}, {"ordred": {}}]}', "rule.any[1].ordred", "no operator named 'ordred'"),
        ('{"not": {"ordered": {"times": -1}}}', "rule.not.ordered", "times must lie between 0"),
        ('{"ordered": {"tims": 1}}', "rule.ordered", "no parameter 'tims'"),
        ('{"has_attribute": {"values": [1]}}', "rule.has_attribute", "must be a text"),
        ('{"has_attribute": {"values": []}}', "rule.has_attribute", "one text or up to"),
        ('{"ordered": 2}', "rule.ordered", "the settings of the operator"),
        ('{"not": ' * 14 + '{"ordered": {}}' + "}" * 14, "rule" + ".not" * 12, "12 deep"),
    ],
)
def test_json_that_is_no_rule(json: str, where: str, what: str) -> None:
    with pytest.raises(UsageError) as refused:
        rule_of(json)
    assert refused.value.where == where
    assert what in refused.value.what


def test_a_segment_in_another_takes_the_place_of_its_name() -> None:
    saved = {
        "friends": read('who are in the segment "lapsed" or whose origin is friends', EN),
        "both": read("who are in the segment friends and whose country is DE", EN),
    }
    rule = resolved(saved["both"], saved)
    assert [each.key for each in operators_in(rule)] == ["ordered", "last_order", "has_attribute", "has_attribute"]
    saved["friends"] = read("who are in the segment both", EN)
    with pytest.raises(UsageError, match="'friends' would be a part of itself"):
        resolved(saved["both"], saved)
    with pytest.raises(UsageError, match="no segment named 'nobody'"):
        resolved(read("who are not in the segment nobody", EN), {})


def test_ready_segments_are_rules() -> None:
    assert len({ready.title.en for ready in READY.values()}) == len(READY) == 19
    for ready in READY.values():
        assert read(sentence(ready.rule, DE), DE) == ready.rule
