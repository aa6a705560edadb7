"""One word, several definitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from typing import ClassVar

from stamm.analyses.calendar import UNITS
from stamm.analyses.kind import ROWS, Analysis, Classes, Customers, Found, Matrix, MetricRow, Question, column, row
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.example import TableExample, rows
from stamm.lang.language import CODES, Language
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import BEGINS_BEFORE, NOT_OVER
from stamm.lang.registry import Registry
from stamm.lang.window import GRAINS, Window, windows
from stamm.metrics import METRICS, Metric, families, family
from stamm.metrics.operands import facts_used

GAPS = "gaps"
WHOLE = "whole"
#: anna stays, ben leaves and comes back, cleo is new and leaves, dora leaves
FEBRUARY = rows("""
    customer_id  number  started_at  ended_at    first_started_at
    anna         1       2024-01-05  -           2024-01-05
    ben          1       2024-01-05  2024-02-10  2024-01-05
    ben          2       2024-02-20  -           2024-01-05
    cleo         1       2024-02-03  2024-02-09  2024-02-03
    dora         1       2024-01-05  2024-02-14  2024-01-05
""")


@row
class Compared:
    """One definition over one window; `difference` is to the usual one, where both have the same unit."""

    window: Window = column("window", "Zeitraum", "window", key=True)
    definition: str = column("definition", "Definition", "text", key=True)
    unit: str = column("unit", "Einheit", "text")
    value: float | None = column("value", "Wert", "own")
    difference: float | None = column("difference to the usual", "Abstand zur üblichen", "own")
    n: int | None = column("n", "n", "count")
    low: float | None = column("95% interval from", "95-%-Intervall von", "own")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "own")
    complete: bool = column("final", "endgültig", "flag")
    reason: str = column("why not", "warum nicht", "text")
    named: bool = column("customers can be named", "Kunden benennbar", "flag")


@row
class Gap:
    """Customers whom a definition counts differently from the usual one, over one window.

    `above` and `below` say how much more each of them adds above and below the line (-1: counted by the usual
    definition alone); `who` singles them out by what the definitions counted them as.
    """

    window: Window = column("window", "Zeitraum", "window", key=True)
    definition: str = column("definition", "Definition", "text", key=True)
    who: Phrase = column("who", "wer", "text", key=True)
    customers: int = column("customers", "Kunden", "count")
    above: float = column("above the line", "über dem Strich", "count")
    below: float = column("below the line", "unter dem Strich", "count")
    examples: tuple[str, ...] = column("for example", "zum Beispiel", "text", personal=True)


class CompareDefinitions(Analysis):
    """Every definition of a word over the same windows, side by side, with the customers who make the differences.

    The first is the usual definition. Customers are named where a definition counts them one by one: what each of
    them adds above and below the line, times how many they are, adds up to the difference.
    """

    de = "Definitionen im Vergleich"
    sentence_de = "Alle Definitionen eines Worts über dieselben Zeiträume, mit den Kunden, die den Unterschied machen."
    tables: ClassVar = {ROWS: Compared, GAPS: Gap}
    splits = False
    matrix = Matrix(down="definition", across="window", shown="value")
    examples = (
        # of three, dora leaves; cleo came and went; ben was away for ten days: 1/4 on the 9th, 1/3, 1/2 on the 14th
        TableExample(
            facts={"spells": FEBRUARY},
            context={"window": "2024-02", "settings": {"family": "churn"}},
            gives=rows("""
                definition              value  difference  n  named
                customer_churn_rate     1/3    0           3  true
                churn_rate_all_leavers  2/3    1/3         3  true
                churn_rate_daily_sum    13/12  3/4         3  true
                churn_rate_pooled       1/2    1/6         4  true
                share_remaining         2/3    1/3         3  true
            """),
        ),
        TableExample(
            facts={"spells": FEBRUARY},
            context={"window": "2024-02", "table": GAPS, "settings": {"family": "churn"}},
            gives=rows("""
                definition              customers  above  below
                churn_rate_all_leavers  1          1      0
                churn_rate_daily_sum    1          1      0
                churn_rate_daily_sum    1          1      0
                churn_rate_pooled       1          1      1
                share_remaining         2          1      0
                share_remaining         1          -1     0
            """),
        ),
    )

    family = Setting(
        "retention",
        "Which word: a family such as churn, or the key of one of its definitions.",
        "Welches Wort: eine Familie wie churn oder der Schlüssel einer ihrer Definitionen.",
        title=Phrase("Word", "Wort"),
    )
    grain = Setting(
        "month",
        "How the span is cut into windows; whole leaves it in one.",
        "Wie die Spanne in Zeiträume geteilt wird; whole lässt sie ganz.",
        choices=(*GRAINS, WHOLE),
        title=Phrase("Windows", "Zeiträume"),
        words={**UNITS, WHOLE: Phrase("one window", "ein Zeitraum")},
    )

    @cached_property
    def members(self) -> tuple[Metric, ...]:
        """The definitions, the usual one first; raises UsageError for a word that has none."""
        return tuple(metric() for metric in members_of(self.family, self.metrics))

    def facts(self) -> tuple[str, ...]:
        return tuple(sorted(set().union(*(facts_used(metric) for metric in self.members))))

    def windows(self, span: Window) -> tuple[Window, ...]:
        return (span,) if self.grain == WHOLE else windows(span.start, span.end, self.grain)

    def answer(self, question: Question) -> Found:
        answers = question.ask(self.members)
        compared: list[Compared] = []
        gaps: list[Gap] = []
        for number, window in enumerate(question.windows):
            usual, alike = answers[0].rows[number], question.alike(self.members, window)
            for metric, answer in zip(self.members, answers, strict=True):
                row = answer.rows[number]
                found = self._gaps(alike, metric, window) if row.value is not None else None
                gaps += found or ()
                compared.append(
                    Compared(
                        window=window,
                        definition=metric.key,
                        unit=metric.unit,
                        value=row.value,
                        difference=self._difference(metric, row, usual),
                        n=row.n,
                        low=row.low,
                        high=row.high,
                        complete=row.complete,
                        reason=row.reason or _state(row, answer.as_of, question.organisation.zone),
                        named=found is not None,
                    )
                )
        return Found({ROWS: compared, GAPS: gaps})

    def _difference(self, metric: Metric, row: MetricRow, usual: MetricRow) -> float | None:
        if row.value is None or usual.value is None or metric.unit != self.members[0].unit:
            return None
        return row.value - usual.value

    def _gaps(self, alike: Classes, metric: Metric, window: Window) -> list[Gap] | None:
        """Who makes the difference to the usual definition; None where nobody can be named."""
        usual = self.members[0]
        own, default = alike.weighed(metric), alike.weighed(usual)
        if own is None or default is None:
            return None
        groups: dict[tuple[float, float, tuple[bool, ...]], list[str]] = defaultdict(list)
        sets = {**alike.counted_as(metric), **alike.counted_as(usual)}
        for each in sorted(set().union(*own, *default), key=lambda each: alike.first((each,))):
            above = own[0].get(each, 0.0) - default[0].get(each, 0.0)
            below = own[1].get(each, 0.0) - default[1].get(each, 0.0) if own[1] else 0.0
            if above or below:
                groups[above, below, tuple(each in counted for counted in sets.values())].append(each)
        found = [
            Gap(window, metric.key, _described(sets, marks, alike), alike.count(who), above, below, alike.first(who))
            for (above, below, marks), who in groups.items()
        ]
        return sorted(found, key=lambda gap: (-gap.customers, gap.who.en))


def members_of(name: str, metrics: Registry[Metric] = METRICS) -> tuple[type[Metric], ...]:
    """The definitions of a word, the usual one first; raises UsageError for a word that has none."""
    found = family(name, metrics)
    if not found and name in metrics:
        found = family(metrics[name].family, metrics)
    known = families(metrics)
    if len(found) < 2:
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"There is no family of definitions named {name!r}.", remedy=f"{hint}Families: {', '.join(known)}."
        )
    return found


def _state(row: MetricRow, as_of: datetime | None, zone: str) -> str:
    """Why a value is not final."""
    if row.complete:
        return ""
    return NOT_OVER if as_of is not None and row.window.ends_at(zone) > as_of else BEGINS_BEFORE


def _described(sets: Mapping[Phrase, Customers], marks: Sequence[bool], alike: Classes) -> Phrase:
    """The fewest of the marks that still single these customers out: “here at the end”, but not “new”."""
    yes = [words for words, mark in zip(sets, marks, strict=True) if mark]
    no = [words for words, mark in zip(sets, marks, strict=True) if not mark]
    meant = _singled_out(sets, yes, no)
    for words in sorted(no, key=lambda words: alike.count(sets[words])):
        fewer = [other for other in no if other != words]
        no = fewer if _singled_out(sets, yes, fewer) == meant else no
    for words in sorted(yes, key=lambda words: -alike.count(sets[words])):
        fewer = [other for other in yes if other != words]
        yes = fewer if fewer and _singled_out(sets, fewer, no) == meant else yes
    return Phrase(*(_told(yes, no, Language(code)) for code in CODES))


def _told(yes: Sequence[Phrase], no: Sequence[Phrase], language: Language) -> str:
    who = language.listed([language.quoted(words.of(language.code)) for words in yes], language("and"))
    what = language.listed([language.quoted(words.of(language.code)) for words in no], language("or"))
    return language("{who}, but not {what}", who=who, what=what) if no else who


def _singled_out(sets: Mapping[Phrase, Customers], yes: Sequence[Phrase], no: Sequence[Phrase]) -> Customers:
    inside = frozenset.intersection(*(sets[words] for words in yes))
    return inside.difference(*(sets[words] for words in no))
