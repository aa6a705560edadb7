"""Personas as records: what the command line and HTTP tell of them, and what pages show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stamm.answers.personas import Personas, Since
from stamm.answers.records import Record
from stamm.lang.language import CODES
from stamm.lang.phrase import Phrase
from stamm.metrics import METRICS
from stamm.segments.personas import REASONS, Persona, Trait
from stamm.segments.sentence import sentence
from stamm.segments.speech import Speech

#: of a table of traits
COLUMNS = (
    "persona", "name", "customers", "share", "rule",
    "metric", "inside", "outside", "n", "others", "ahead", "low", "high",
)  # fmt: skip


def record_of(asked: Personas, currency: str) -> Record:
    """All that is known of the personas of a day; names and sentences in both languages, money in minor units."""
    found = asked.found
    return {
        "day": asked.on,
        "days": asked.days,
        "customers": asked.customers,
        "without_visits": asked.without_visits,
        "why_none": _both(REASONS[found.reason]) if found.reason else None,
        "personas": [_persona(number, each, asked, currency) for number, each in enumerate(found.personas, 1)],
        "since": _since(asked.since) if asked.since else None,
        "tried": [{**vars(each), "holds": each.holds} for each in found.tried],
    }


def rows_of(asked: Personas, currency: str, code: str) -> list[Record]:
    """A row a persona and trait, in one language."""
    return [
        {
            "persona": each["number"],
            "name": each["name"][code],
            "customers": each["customers"],
            "share": each["share"],
            "rule": each["sentence"][code],
            **{name: value for name, value in trait.items() if name in COLUMNS},
        }
        for each in record_of(asked, currency)["personas"]
        for trait in each["traits"]
    ]


def _persona(number: int, each: Persona, asked: Personas, currency: str) -> Record:
    return {
        "number": number,
        "name": _both(each.name),
        "customers": each.customers,
        "share": asked.share(each.customers),
        "sentence": {code: sentence(each.rule, Speech(code, currency)) for code in CODES},
        "rule": each.rule.written(),
        "traits": [_trait(trait) for trait in each.traits],
    }


def _trait(trait: Trait) -> Record:
    """`ahead` is the share of pairs of one inside and one of the others in which the one inside has more."""
    metric = METRICS[trait.measure.metric]
    return {
        "metric": metric.key,
        "unit": metric.unit,
        "words": _both(trait.words),
        "inside": trait.inside,
        "outside": trait.outside,
        "n": trait.n,
        "others": trait.others,
        "ahead": trait.ahead,
        "low": trait.low,
        "high": trait.high,
    }


def _since(since: Since) -> Record:
    low, high = since.interval
    return {
        "day": since.on,
        "customers": since.n,
        "same": since.same,
        "share": since.share,
        "low": low,
        "high": high,
        "alike": since.alike,
    }


def _both(phrase: Phrase) -> Mapping[str, Any]:
    return {code: phrase.of(code) for code in CODES}
