"""Reading an organisation's own metrics: the sections [metrics.NAME] of stamm.toml become metrics, or are refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args

from stamm.facts import FACTS, Fact, Imported
from stamm.facts.columns import Column
from stamm.facts.filter import Filter, dimensions_of, filter_of
from stamm.facts.kind import Reduction
from stamm.lang.definition import title_of
from stamm.lang.errors import ProjectError, UsageError
from stamm.lang.interval import Wilson
from stamm.lang.language import Language
from stamm.lang.registry import Registry
from stamm.metrics.catalogue import Catalogue
from stamm.metrics.kind import Better, Metric, Unit
from stamm.metrics.operands import operands_of
from stamm.metrics.own import kind

#: what is measured of a fact, and what is made of two other metrics
MEASURES = ("count", "customers", "distinct", "sum", "mean", "median")
DIVISIONS = ("ratio", "share")
WORDS = {
    "en": "the name in English",
    "de": "the name in German",
    "sentence_en": "what it means, in English",
    "sentence_de": "what it means, in German",
    "also": "an abbreviation",
    "better": "higher, lower or neither",
    "family": "the word of which it is one definition, for `stamm compare`",
}
KEYS = {
    **WORDS,
    "fact": "the fact that is measured, such as orders",
    "count": "true: how many rows",
    "customers": "true: how many different customers",
    "distinct": "how many different values of this column",
    "sum": "the sum of this column",
    "mean": "the mean of this column",
    "median": "the middle value of this column",
    "where": 'the filter: { channel = "app" }, or as --where has it: ["channel!=web"]',
    "only": "a predicate of the fact, or several, that have to hold, such as promoters",
    "clock": "another moment of the fact that puts it into a window, such as answered_at",
    "so_far": "true: all rows up to the window's end, not only those in it",
    "unit": "the unit of a sum, mean, median or ratio: number, days, hours, minutes, seconds, years or points",
    "ratio": "two metrics: the first divided by the second",
    "share": "two metrics: a part, and the whole that it is a part of; shown in percent, with an interval",
}
#: which keys say nothing of a metric that is made of two others
OF_FACTS = ("fact", *MEASURES, "where", "only", "clock", "so_far")
FREE_UNITS = ("number", "days", "hours", "minutes", "seconds", "years", "points")


def read_own(sections: object, file: str, *, taken: Collection[str]) -> Catalogue:
    """The catalogue with the metrics of these sections; keys that are `taken` are refused.

    Raises ProjectError naming file, section and remedy for the first thing that is wrong.
    """
    known = Metric.catalogue
    if not isinstance(sections, Mapping):
        raise ProjectError("metrics must be a section.", where=file, remedy="Write [metrics.NAME] for each metric.")
    found = Catalogue(known)
    waiting = [_Section(str(name), table, file, found) for name, table in sections.items()]
    for section in waiting:
        section.check_key(known, taken)
    waiting.sort(key=lambda section: section.divides)  # what is divided names what is measured
    while waiting:
        ready = [section for section in waiting if not section.names & {each.key for each in waiting}]
        if not ready:
            raise waiting[0].wrong("It is made of itself.", "Let a ratio name metrics that are there without it.")
        for section in ready:
            metric = section.metric()
            metric.leads = bool(metric.family) and not any(each.family == metric.family for each in found)
            found.own[metric.key] = metric
        waiting = [section for section in waiting if section not in ready]
    return found


@dataclass(frozen=True, eq=False)
class _Section:
    """One metric as it stands in the settings."""

    key: str
    table: Any
    file: str
    catalogue: Catalogue

    def wrong(self, what: str, remedy: str = "") -> ProjectError:
        """The error that names the place."""
        return ProjectError(what, where=f"{self.file}, [metrics.{self.key}]", remedy=remedy)

    # -- what it is called -----------------------------------------------------------
    def check_key(self, known: Registry[Metric], taken: Collection[str]) -> None:
        """Refuses a name that is no key or belongs to something else, and keys that nobody knows."""
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,59}", self.key):
            raise self.wrong(f"{self.key!r} cannot be a key.", "Use small letters, digits and _, a letter first.")
        names = {name.lower() for metric in known for name in (metric.key, metric.also)}
        if self.key in names or self.key in taken:
            raise self.wrong(f"{self.key} is there already and comes with Stamm.", "Choose another name.")
        if not isinstance(self.table, Mapping):
            raise self.wrong(f"{self.key} must be a section.", f"Write [metrics.{self.key}].")
        for name in self.table:
            if name not in KEYS:
                near = get_close_matches(name, KEYS, n=1)
                raise self.wrong(
                    f"There is no setting {name!r} of a metric.",
                    f"Did you mean {near[0]}?" if near else f"Known are {', '.join(KEYS)}.",
                )
        for name in (*WORDS, "fact", "distinct", "sum", "mean", "median", "clock", "unit"):
            if not isinstance(self.table.get(name, ""), str):
                raise self.wrong(f"{name} must be a text in quotation marks.")
        for name in ("count", "customers", "so_far"):
            if self.table.get(name, True) is not True:
                raise self.wrong(f"{name} can only be true.", f"Write {name} = true, or leave it out.")
        for name in DIVISIONS:
            pair = self.table.get(name, ["", ""])
            if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(each, str) for each in pair)):
                raise self.wrong(f"{name} must name two metrics.", f'Write {name} = ["app_orders", "order_count"].')

    def _words(self, said: Filter, measure: tuple[str, str]) -> dict[str, Any]:
        """Names and sentences in both languages; one that is not told is the other's, or what is measured."""
        words = {name: self.table.get(name, "").strip() for name in WORDS}
        name_en = words["en"] or words["de"] or title_of(self.key)
        filters = [" ".join(("", *(each.told(Language(code)) for each in said))) for code in ("en", "de")]
        sentence_en = words["sentence_en"] or words["sentence_de"] or f"{measure[0]}.{filters[0]}"
        sentence_de = words["sentence_de"] or words["sentence_en"] or f"{measure[1]}.{filters[1]}"
        better = words["better"] or "neither"
        if better not in get_args(Better):
            raise self.wrong(f"better cannot be {better!r}.", f"Choose {', '.join(get_args(Better))}.")
        return {
            "__doc__": sentence_en,
            "__module__": __name__,
            "key": self.key,
            "en": name_en,
            "de": words["de"] or name_en,
            "sentence_de": sentence_de,
            "also": words["also"],
            "better": better,
            "family": words["family"],
            "catalogue": self.catalogue,
        }

    # -- what it is ------------------------------------------------------------------
    @property
    def divides(self) -> bool:
        """Whether it is made of two others."""
        return isinstance(self.table, Mapping) and any(name in self.table for name in DIVISIONS)

    @property
    def names(self) -> set[str]:
        """Keys of the metrics that it is made of."""
        return {key for name in DIVISIONS for key in self.table.get(name, ())}

    def metric(self) -> type[Metric]:
        """The metric."""
        told = [name for name in (*MEASURES, *DIVISIONS) if name in self.table]
        if len(told) != 1:
            what = f"It measures {' and '.join(told)}." if told else "It says nothing that it measures."
            raise self.wrong(what, f"Give one of {', '.join((*MEASURES, *DIVISIONS))}.")
        return self._divided(told[0]) if self.divides else self._measured(told[0])

    def _made(self, parent: type[Metric], content: Mapping[str, Any]) -> type[Metric]:
        return type(title_of(self.key).title().replace(" ", ""), (parent,), dict(content))

    # -- of a fact -------------------------------------------------------------------
    def _measured(self, measure: str) -> type[Metric]:
        rows = self._rows()
        where = self._where(rows.fact)
        column = self._column(measure, rows.fact)
        unit = self._unit(measure, rows.fact.columns().get(column))
        of_en, of_de = rows.fact.name_in("en"), rows.fact.name_in("de")
        said = {
            "count": (f"How many: {of_en}", f"Wie viele: {of_de}"),
            "customers": (f"How many different customers: {of_en}", f"Wie viele verschiedene Kunden: {of_de}"),
            "distinct": (f"Different values of {column}: {of_en}", f"Verschiedene Werte von {column}: {of_de}"),
            "sum": (f"Sum of {column}: {of_en}", f"Summe von {column}: {of_de}"),
            "mean": (f"Mean of {column}: {of_en}", f"Mittel von {column}: {of_de}"),
            "median": (f"Median of {column}: {of_en}", f"Median von {column}: {of_de}"),
        }[measure]
        content = {**self._words(where, said), "where": where, "unit": unit, "rows": rows}
        names = (content["en"], content["de"])
        if measure in ("count", "customers", "distinct"):
            return self._made(kind.Count, {**content, **kind.counted(rows, column, names)})
        if measure == "sum":
            return self._made(kind.Measure, {**content, **kind.summed(rows, column, names, unit)})
        if measure == "median":
            return self._made(kind.Measure, {**content, **kind.middle(rows, column, names, unit)})
        return self._made(kind.Average, {**content, **kind.averaged(rows, column, unit)})

    def _rows(self) -> kind.Rows:
        name = self.table.get("fact", "")
        if name not in FACTS:
            near = get_close_matches(name, FACTS.keys(), n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(FACTS.keys())}."
            raise self.wrong(f"There is no fact {name!r}." if name else "It names no fact.", hint)
        fact = FACTS[name]
        clock = self.table.get("clock", "")
        clocks = fact.clocks if issubclass(fact, Imported) else (fact.clock,)
        if clock and clock not in clocks:
            raise self.wrong(
                f"{fact.en} have no clock {clock!r}.", f"Their clocks: {', '.join(filter(None, clocks)) or '-'}."
            )
        return kind.Rows(fact, clock, "so_far" in self.table, tuple(self._only(fact)))

    def _only(self, fact: type[Fact]) -> Iterator[str]:
        told = self.table.get("only", [])
        known = predicates_of(fact)
        named = [told] if isinstance(told, str) else told
        if not (isinstance(named, list) and all(isinstance(each, str) for each in named)):
            raise self.wrong("only must name predicates.", 'Write only = "promoters".')
        for name in named:
            if name not in known:
                possible = f"There are {', '.join(known)}." if known else "Leave out only."
                raise self.wrong(f"{fact.en} have no predicate {name!r}.", possible)
            yield name

    def _where(self, fact: type[Fact]) -> Filter:
        try:
            where = filter_of(self.table.get("where", ()))
        except (UsageError, TypeError, AttributeError) as error:
            remedy = error.remedy if isinstance(error, UsageError) else 'Write where = { channel = "app" }.'
            raise ProjectError(
                error.what if isinstance(error, UsageError) else "where is no filter.",
                where=f"{self.file}, [metrics.{self.key}]",
                remedy=remedy,
            ) from error
        possible = dimensions_of(fact)
        for each in where:
            if each.dimension not in possible:
                raise self.wrong(
                    f"{fact.en} cannot be filtered by {each.dimension!r}: the fact has no such column.",
                    f"Filter by one of {', '.join(possible)}.",
                )
        return where

    def _column(self, measure: str, fact: type[Fact]) -> str:
        """The column that is measured; nothing where rows are counted."""
        name = {"count": "", "customers": "customer_id"}.get(measure) or self.table.get(measure, "")
        if measure == "count":
            return ""
        numeric = measure in ("sum", "mean", "median")
        fitting = [
            n for n, c in fact.columns().items() if (c.type in ("whole", "real")) == numeric and c.type != "json"
        ]
        if name not in fitting:
            raise self.wrong(
                f"{fact.en} have no column {name!r} for {measure}.", f"There are {', '.join(fitting) or '-'}."
            )
        return str(name)

    def _unit(self, measure: str, column: Column | None) -> Unit:
        told = self.table.get("unit", "")
        if measure in ("count", "customers", "distinct") or (column is not None and column.money):
            unit: Unit = "money" if column is not None and column.money else "count"
            if told and told != unit:
                raise self.wrong(f"unit cannot be {told!r}.", f"It is {unit}: leave it out.")
            return unit
        return self._free_unit(told, "number")

    def _free_unit(self, told: str, usual: Unit) -> Unit:
        known: dict[str, Unit] = {each: each for each in get_args(Unit) if each in FREE_UNITS}
        if told and told not in known:
            raise self.wrong(f"unit cannot be {told!r}.", f"Choose {', '.join(FREE_UNITS)}.")
        return known[told] if told else usual

    # -- of two metrics --------------------------------------------------------------
    def _divided(self, division: str) -> type[Metric]:
        for name in OF_FACTS:
            if name in self.table:
                raise self.wrong(f"{name} says nothing of a {division}.", "Give it to the metrics that it is made of.")
        first, second = self.table[division]
        for key in (first, second):
            if key not in self.catalogue:
                near = get_close_matches(key, self.catalogue.keys(), n=1)
                hint = f"Did you mean {near[0]}?" if near else "`stamm explain` lists all metrics."
                raise self.wrong(f"There is no metric named {key!r}.", hint)
        above, below = self.catalogue[first], self.catalogue[second]
        said = (f"{above.en} / {below.en}", f"{above.de} / {below.de}")
        content = {**self._words((), said), "named": (above.key, below.key)}
        if division == "ratio":
            usual: Unit = "money" if above.unit == "money" != below.unit else "ratio"
            told = self.table.get("unit", "")
            return self._made(kind.Quotient, {**content, "unit": usual if not told else self._free_unit(told, usual)})
        if not is_part_of(above(), below()):
            raise self.wrong(
                f"Nothing shows that {above.key} is a part of {below.key}.",
                "Let both count the same of the same fact, the part within more conditions; else write ratio.",
            )
        return self._made(kind.Fraction, {**content, "unit": "share", "interval": Wilson(above.key, below.key)})


def predicates_of(fact: type[Fact]) -> tuple[str, ...]:
    """What can be said of a fact's rows without a number or a word: `promoters`, `easy`."""
    found = []
    for name, verb in fact.verbs().items():
        try:
            said = verb(fact())
        except TypeError:  # it wants to know more
            continue
        if not isinstance(said, Reduction):
            found.append(name)
    return tuple(found)


def is_part_of(part: Metric, whole: Metric) -> bool:
    """Whether all that one metric counts is counted by another: the same of one fact, under no fewer conditions."""
    counts = []
    for metric in (part, whole):
        reductions, overs = operands_of(metric)
        if overs or len(reductions) != 1 or metric.operands() != tuple(reductions):
            return False
        counts.append(next(iter(reductions.values())))
    inner, outer = counts
    told = part.rows.said() if isinstance(part, kind.Count) else [inner.where]
    wanted = whole.rows.said() if isinstance(whole, kind.Count) else [outer.where]
    same = (inner.fact, inner.scope, inner.how, repr(inner.column)) == (
        outer.fact, outer.scope, outer.how, repr(outer.column)
    )  # fmt: skip
    narrower = {repr(each) for each in wanted if each is not None} <= {repr(each) for each in told}
    return same and inner.how in ("count", "distinct") and narrower and set(whole.where) <= set(part.where)
