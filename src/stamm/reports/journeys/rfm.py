"""Customers by recency, frequency and money: a map of named groups, what each brings, and what the scores mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from markupsafe import Markup

from stamm.analyses.rfm import MAP, MOVES, SCORES, Move, Place, Score, Segment
from stamm.answers.table import TableAnswer
from stamm.charts.bar import bar
from stamm.lang.language import Language
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told, summed
from stamm.reports.heat import RAMP, ramp_of, step_of
from stamm.reports.marked import filled, interval
from stamm.reports.trends import picture

#: groups that are shown one by one, the largest first
MOST = 12


@dataclass(frozen=True)
class MapCell:
    """One place of the map: how many customers, their part of the revenue, the group they are of, and its row."""

    customers: str
    money: str
    group: str
    looks: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class MapRow:
    """Customers who ordered about as lately as each other; `days` says how lately."""

    score: int
    days: str
    cells: tuple[MapCell, ...]


@dataclass(frozen=True)
class Named:
    """One named group: how many, what they bring, and how they order."""

    name: str
    customers: str
    share: str
    revenue: str
    money: str
    drawn: Markup
    days: str
    orders: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class Meaning:
    """What a score means by each measure: from where to where, and how many have it."""

    score: int
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RfmWords:
    """The map, the named groups, what scores mean, and who moved between groups since an earlier day."""

    sentence: str
    rows: tuple[MapRow, ...]
    steps: tuple[tuple[str, str], ...]
    groups: tuple[Named, ...]
    meanings: tuple[Meaning, ...]
    moves: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    open_because: str


@dataclass(frozen=True)
class Split:
    """The named groups within each group of a dimension: heads, and a line a group with its parts."""

    heads: tuple[str, ...]
    lines: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    left: int


def rfm_of(answer: TableAnswer, say: Language) -> RfmWords | None:
    """The groups of all customers together; None where nobody was scored."""
    segments: Sequence[Segment] = answer.rows
    places: Sequence[Place] = answer.tables[MAP]
    if not any(row.customers for row in segments):
        return None
    scores: dict[int, Score] = {row.score: row for row in answer.tables[SCORES]}
    shares = [100 * (place.share or 0.0) for place in places]
    first, step = ramp_of(0.0, max(shares))
    used = 1 + max(step_of(share, first, step) for share in shares)
    rows = [
        MapRow(
            recency,
            _days(Told(answer, scores[recency], say, SCORES)),
            tuple(_cell(answer, place, first, step, say) for place in inside),
        )
        for recency, inside in groupby(places, key=lambda place: place.recency)
    ]
    return RfmWords(
        sentence=_sentence(answer, say),
        rows=tuple(rows),
        steps=tuple((f"h{place}", say.trimmed(first + step * place, 1)) for place in range(min(used, RAMP))),
        groups=tuple(_group(answer, row, segments, say) for row in segments),
        meanings=tuple(_meaning(Told(answer, row, say, SCORES)) for row in scores.values()),
        moves=_moves(answer, say),
        open_because=why_not(segments[0].reason, answer, say) if segments[0].reason else "",
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why nobody was scored."""
    row = answer.rows[0]
    return why_not(row.reason, answer, say) if row.customers is None else say("nobody ordered in these days")


def split_of(answer: TableAnswer, say: Language) -> Split:
    """What part of each group is of which name; parts of a group add up to it."""
    groups: dict[str | None, list[Segment]] = {}
    for row in answer.rows:
        groups.setdefault(row.group, []).append(row)
    ordered = sorted(groups.items(), key=lambda each: (-_customers(each[1]), each[0] or ""))
    lines = [
        (
            say("unknown") if group is None else group,
            group or "",
            summed(answer, rows, "customers", say, answer.by or ""),
            tuple(Told(answer, row, say)("customers") or say.number(0) for row in rows),
        )
        for group, rows in ordered[:MOST]
    ]
    heads = tuple(row.segment.of(say.code) for row in ordered[0][1])
    return Split(heads, tuple(lines), len(ordered) - len(lines))


def _customers(rows: Sequence[Segment]) -> int:
    return sum(row.customers or 0 for row in rows)


def _sentence(answer: TableAnswer, say: Language) -> str:
    """Which group brings most, and how large it is."""
    segments: Sequence[Segment] = answer.rows
    everybody = summed(answer, segments, "customers", say)
    best = max(segments, key=lambda row: row.revenue_share or 0.0)
    if best.revenue_share is None or best.share is None:
        return filled(say("{count} customers ordered."), count=everybody)
    told = Told(answer, best, say)
    return filled(
        say("{count} customers ordered. {group}, {share} of them, bring {money} of the revenue."),
        count=everybody,
        group=say.quoted(best.segment.of(say.code)),
        share=told("share"),
        money=told("revenue_share"),
    )


def _cell(answer: TableAnswer, place: Place, first: float, step: float, say: Language) -> MapCell:
    share, told = 100 * (place.share or 0.0), Told(answer, place, say, MAP)
    return MapCell(
        customers=told("customers"),
        money=told("revenue_share") if place.customers else "",
        group=place.segment.of(say.code),
        looks=f"h{step_of(share, first, step)}" if place.customers else "none",
        who=_who(answer, place, MAP),
    )


def _group(answer: TableAnswer, row: Segment, segments: Sequence[Segment], say: Language) -> Named:
    shares = [other.revenue_share or 0.0 for other in segments]
    told = Told(answer, row, say)
    money = told("revenue_share")
    drawn = bar(row.revenue_share or 0.0, min(0.0, *shares), max(0.0, *shares), "", money or say("no value"))
    return Named(
        name=row.segment.of(say.code),
        customers=told("customers"),
        share=told("share"),
        revenue="" if row.revenue is None else told("revenue", say.money(row.revenue, answer.currency, whole=True)),
        money=money,
        drawn=picture(drawn),
        days="" if row.days is None else told("days", say.number(row.days)),
        orders="" if row.orders is None else told("orders", say.number(row.orders, 1)),
        who=_who(answer, row),
    )


def _who(answer: TableAnswer, row: Any, table: str = "rows") -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in answer.name_of(row, table).items())


def _days(told: Told) -> str:
    score, say = told.row, told.say
    if score.days_from is None or score.days_to is None:
        return say("nobody")
    low, high = (told(name, say.number(getattr(score, name))) for name in ("days_from", "days_to"))
    if low == high:
        return filled(say("{days} days ago"), days=low)
    return filled(say("{low} to {high} days ago"), low=low, high=high)


def _meaning(told: Told) -> Meaning:
    score: Score = told.row
    return Meaning(
        score.score,
        (
            (_between(told, "days"), told("by_recency")),
            (_between(told, "orders"), told("by_frequency")),
            (_between(told, "money"), told("by_money")),
        ),
    )


def _between(told: Told, stem: str) -> str:
    """From where to where a score goes by one measure, in whole units."""
    numbers = {name: getattr(told.row, name) for name in (f"{stem}_from", f"{stem}_to")}
    if None in numbers.values():
        return ""
    say, currency = told.say, told.answer.currency
    low, high = (
        told(name, say.money(number, currency, whole=True) if stem == "money" else say.number(number))
        for name, number in numbers.items()
    )
    return low if low == high else interval(low, high, say)


def _moves(answer: TableAnswer, say: Language) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Where those of each group are now, the most first."""
    moves: Sequence[Move] = answer.tables[MOVES]
    found = []
    for before, inside in groupby(moves, key=lambda move: move.before):
        now = sorted(inside, key=lambda move: -move.customers)
        counted = ((move.after.of(say.code), Told(answer, move, say, MOVES)("customers")) for move in now)
        found.append((before.of(say.code), tuple(counted)))
    return tuple(found)
