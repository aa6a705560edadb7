"""Who brings how much, in words: what the best customers bring, and how unequal it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stamm.analyses.brought import CONTRIBUTION
from stamm.analyses.concentration import BEST, TOTALS
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.reports.exact import Told
from stamm.reports.marked import filled

#: the share of customers that the sentence speaks of, in percent, or the next that the curve has
SPOKEN_OF = 20


@dataclass(frozen=True)
class Part:
    """One point of the curve in words; `key` names its row."""

    key: str
    percent: str
    customers: str
    amount: str
    share: str


@dataclass(frozen=True)
class Brought:
    """One group: how many customers, what they brought, and how unequally; `value` is its name in the data."""

    name: str
    value: str
    customers: str
    brought: str
    gini: str
    spoken_of: str


@dataclass(frozen=True)
class Bringing:
    """All of it: the sentence, the picture, every point, and the totals as pairs; `reason` why it is not final."""

    sentence: str
    parts: tuple[Part, ...]
    totals: tuple[tuple[str, tuple[str, ...]], ...]
    spoken_of: str


def bringing_of(answer: TableAnswer, say: Language) -> Bringing | None:
    """The curve in words; None where nobody brought anything."""
    if not answer.tables[TOTALS] or all(row.value is None for row in answer.rows):
        return None
    (total,) = answer.tables[TOTALS]
    point = _spoken_of(answer, None)
    return Bringing(
        sentence=_sentence(point, answer, say),
        parts=tuple(_part(row, answer, say) for row in answer.rows),
        totals=_totals(total, answer, say),
        spoken_of=_share_of(point, answer, say),
    )


def brought_by_group(parts: TableAnswer, say: Language) -> tuple[Brought, ...]:
    """Each group, the largest first."""
    return tuple(
        Brought(
            name=say("unknown") if row.group is None else row.group,
            value=row.group or "",
            customers=told("customers"),
            brought=told("brought"),
            gini=told("gini", digits=2) or say("no value"),
            spoken_of=Told(parts, _spoken_of(parts, row.group), say)("value"),
        )
        for row in sorted(parts.tables[TOTALS], key=lambda row: -row.customers)
        for told in (Told(parts, row, say, TOTALS),)
    )


def _spoken_of(answer: TableAnswer, group: str | None) -> Any:
    """The point of the best, or the least, so many percent."""
    rows = [row for row in answer.rows if row.group == group]
    return next(row for row in rows if row.percent >= SPOKEN_OF)


def _share_of(point: Any, answer: TableAnswer, say: Language) -> str:
    share = say.percent(point.percent / 100, 0)
    if answer.analysis.settings["first"] == BEST:
        return say("the best {share}", share=share)
    return say("the least {share}", share=share)


def _sentence(point: Any, answer: TableAnswer, say: Language) -> str:
    contribution = answer.analysis.settings["of"] == CONTRIBUTION
    what = say("the contribution") if contribution else say("revenue")
    told = Told(answer, point, say)
    return filled(
        say("{who} of the customers ({count}) brought {share} of {what}."),
        who=_capital(_share_of(point, answer, say)),
        count=told("customers"),
        share=told("value"),
        what=what,
    )


def _part(row: Any, answer: TableAnswer, say: Language) -> Part:
    told = Told(answer, row, say)
    return Part(
        key=str(row.percent) if row.customers else "",
        percent=say.percent(row.percent / 100, 0),
        customers=told("customers"),
        amount=told("amount"),
        share=told("value"),
    )


def _totals(total: Any, answer: TableAnswer, say: Language) -> tuple[tuple[str, tuple[str, ...]], ...]:
    columns = {column.name: column for column in answer.analysis.columns(TOTALS)}
    told = Told(answer, total, say, TOTALS)
    shown = [
        name
        for name in ("customers", "bringing", "costing", "brought", "lost", "left", "gini")
        if total.costing or name not in ("bringing", "costing", "lost", "left")
    ]
    return tuple(
        (
            _capital(columns[name].words.of(say.code)),
            (told(name, digits=2 if name == "gini" else None) or say("no value"),),
        )
        for name in shown
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
