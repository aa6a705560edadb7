"""Definitions for programs: what each metric and analysis means and takes, in both languages."""

from __future__ import annotations

from typing import Any

from stamm.analyses.kind import Analysis
from stamm.answers.plan import kinds_of
from stamm.answers.reach import kinds_needed
from stamm.answers.records import Record
from stamm.answers.working import line_of, unit_of
from stamm.answers.world import World
from stamm.facts import FACTS
from stamm.facts.filter import dimensions_of
from stamm.lang.definition import Definition, Setting
from stamm.lang.language import CODES
from stamm.lang.phrase import Phrase
from stamm.metrics import Metric
from stamm.metrics.operands import facts_used, words_of


def both(phrase: Phrase) -> dict[str, str]:
    """A phrase by language."""
    return {code: phrase.of(code) for code in CODES}


def metric_in_short(kind: type[Metric]) -> Record:
    """What stands in a list."""
    return {
        **_named(kind),
        "abbreviation": kind.also or None,
        "topic": kind.topic(),
        "family": kind.family or None,
        "leads_family": kind.leads,
        "unit": kind.unit,
        "better": kind.better,
    }


def metric_in_full(metric: Metric, world: World) -> Record:
    """The definition: formula, parts, parameters, by what it splits, what it needs."""
    words = words_of(metric)
    parts = {name: Phrase(part.en, part.de) for name, part in metric.parts().items()}
    rule = metric.interval
    return {
        **metric_in_short(type(metric)),
        "remarks": metric.remarks() or None,
        "formula": {
            code: line_of(metric.formula(), {name: phrase.of(code) for name, phrase in words.items()}) for code in CODES
        },
        "parts": [
            {"name": name, "words": both(phrase), "unit": unit_of(metric, name)}
            for name, phrase in {**words, **parts}.items()
        ],
        "interval": {"rule": rule.title, "from": list(rule.names)} if rule else None,
        "n": metric.counted_by() or None,
        "parameters": settings_of(metric),
        "splits_by": list(metric_dimensions(metric)),
        "source": metric.cited or None,
        **_needs(kinds_needed(metric, world), world),
    }


def metric_dimensions(metric: Metric) -> tuple[str, ...]:
    """By what all facts that a metric counts can be told apart."""
    facts = [dimensions_of(FACTS[key]) for key in sorted(facts_used(metric))]
    return tuple(name for name in (facts[0] if facts else ()) if all(name in each for each in facts))


def analysis_in_short(kind: type[Analysis]) -> Record:
    """What stands in a list."""
    return {**_named(kind), "tables": list(kind.tables)}


def analysis_in_full(analysis: Analysis, world: World) -> Record:
    """The definition: tables with their columns, parameters, by what it splits, what it needs."""
    return {
        **analysis_in_short(type(analysis)),
        "remarks": analysis.remarks() or None,
        "parameters": settings_of(analysis),
        "splits_by": list(FACTS["customers"].dimensions()) if analysis.splits else [],
        "tables": {
            name: [
                {"name": column.name, "words": both(column.words), "unit": column.unit, "key": column.key}
                for column in analysis.columns(name)
            ]
            for name in analysis.tables
        },
        "reasons": {code: both(words) for code, words in analysis.reasons.items()},
        "source": analysis.cited or None,
        **_needs(kinds_of(analysis.facts(), world), world),
    }


def settings_of(definition: Definition) -> list[Record]:
    """Its parameters."""
    return [
        {
            "name": name,
            "says": {"en": setting.en, "de": setting.de},
            "type": _type(setting),
            "default": setting.default,
            "choices": list(setting.choices) if setting.choices is not None else None,
            "low": setting.low,
            "high": setting.high,
        }
        for name, setting in definition.settings_declared().items()
    ]


def _type(setting: Setting[Any]) -> str:
    return {int: "integer", float: "number", bool: "boolean"}.get(setting.kind, "string")


def _named(kind: type[Definition]) -> Record:
    return {
        "key": kind.key,
        "name": {code: kind.title(code) for code in CODES},
        "sentence": {code: kind.sentence(code) for code in CODES},
    }


def _needs(kinds: tuple[str, ...], world: World) -> Record:
    return {"needs": list(kinds), "missing": [kind for kind in kinds if kind not in world.coverage]}
