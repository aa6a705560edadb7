"""Recency, frequency and money."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

import ibis
import ibis.expr.types as ir

from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question, column, row
from stamm.analyses.reach import Reach, reach_within
from stamm.analyses.rfm.examples import EXAMPLES
from stamm.analyses.rfm.scoring import GROSS, REVENUE, Scoring
from stamm.analyses.rfm.segments import SEGMENTS, segment
from stamm.facts.survival import DAY_MICROSECONDS
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.formula import ratio, share
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import ZERO
from stamm.lang.window import Window

_ = ibis._

Cell = Mapping[str, Any]
MAP, SCORES, MOVES = "map", "scores", "moves"
#: scores, the best first
DOWN = (5, 4, 3, 2, 1)
BEFORE = Phrase("not there before", "vorher nicht dabei")
AFTER = Phrase("not there any more", "nicht mehr dabei")
UNKNOWN_BEFORE = Phrase(
    "The data do not reach back over the span before the earlier day, so no moves are told.",
    "Die Daten reichen nicht über den Zeitraum vor dem früheren Tag zurück, daher stehen hier keine Wechsel.",
)


@row
class Segment:
    """One named group of customers; money in minor units, `days` and `orders` are means."""

    group: str | None = column("group", "Gruppe", "text", key=True)
    segment: Phrase = column("segment", "Segment", "text", key=True)
    customers: int | None = column("customers", "Kunden", "count")
    share: float | None = column("of all", "von allen", "share")
    revenue: int | None = column("revenue", "Umsatz", "money")
    revenue_share: float | None = column("of the revenue", "vom Umsatz", "share")
    days: float | None = column("since the last order", "seit der letzten Bestellung", "days")
    orders: float | None = column("orders each", "Bestellungen je Kunde", "number")
    complete: bool = column("final", "endgültig", "flag")
    reason: str = column("why not", "warum nicht", "text")


@row
class Place:
    """Customers with the same score of recency and the same of frequency and money together; money in minor units."""

    group: str | None = column("group", "Gruppe", "text", key=True)
    recency: int = column("recency", "Aktualität", "count", key=True)
    worth: int = column("frequency and money", "Häufigkeit und Umsatz", "count", key=True)
    segment: Phrase = column("segment", "Segment", "text")
    customers: int = column("customers", "Kunden", "count")
    share: float | None = column("of all", "von allen", "share")
    revenue: int = column("revenue", "Umsatz", "money")
    revenue_share: float | None = column("of the revenue", "vom Umsatz", "share")


@row
class Score:
    """What a score means: how many have it by each measure, and from where to where they lie; 5 is best."""

    score: int = column("score", "Punkte", "count", key=True)
    by_recency: int = column("by recency", "nach Aktualität", "count")
    days_from: float | None = column("last order, from", "letzte Bestellung, von", "days")
    days_to: float | None = column("to", "bis", "days")
    by_frequency: int = column("by frequency", "nach Häufigkeit", "count")
    orders_from: int | None = column("orders, from", "Bestellungen, von", "count")
    orders_to: int | None = column("to", "bis", "count")
    by_money: int = column("by money", "nach Umsatz", "count")
    money_from: int | None = column("revenue, from", "Umsatz, von", "money")
    money_to: int | None = column("to", "bis", "money")


@row
class Move:
    """Customers who were in one segment at the earlier day and are in another, or the same, at the span's end."""

    before: Phrase = column("then", "damals", "text", key=True)
    after: Phrase = column("now", "jetzt", "text", key=True)
    customers: int = column("customers", "Kunden", "count")


class Rfm(Analysis):
    """Which customers ordered last, most often and for most money, scored 1 to 5 and put into named groups.

    Everybody with an order in the span is scored by three measures: how long ago the last order was at the span's
    end, how many orders there were, and the revenue of the span, less what was paid back for returns in it.
    Cancelled orders do not count, nor do orders of nobody known.

    score = 1 + floor(5 x customers strictly worse / customers), so equal customers get equal scores, and 5 is best.
    Where many are equal, high scores stay empty: if nobody ordered twice, all have 1 for frequency. Scores compare
    the customers of one span with each other, by whatever the answer is split; they have no interval.

    A segment follows from the score of recency and from those of frequency and money together (their mean, rounded
    up). From 1 to 5 of these: with recency 5 or 4 Promising, Could become loyal, Loyal, Champions, Champions; with 3
    About to sleep, About to sleep, Need attention, Loyal, Loyal; with 2 Resting, Resting, At risk, At risk, Not to be
    lost; with 1 Gone quiet, Gone quiet, Resting, Not to be lost, Not to be lost.

    `map` tells the segments apart by those scores. `moves` tells who was in which segment at an earlier day, over
    as many days before it as the span has. Each customer is in one row; those without an order in one of the two
    spans were not there then, or are not any more. So the rows that lead to a segment add up to its customers now,
    and those that come from one to its customers then.
    """

    en = "Recency, frequency, money"
    de = "Aktualität, Häufigkeit, Umsatz"
    sentence_de = (
        "Welche Kunden zuletzt, am häufigsten und für das meiste Geld bestellten: Punkte und benannte Gruppen."
    )
    cited = "Hughes, Strategic Database Marketing (1994)"
    tables: ClassVar = {ROWS: Segment, MAP: Place, SCORES: Score, MOVES: Move}
    named: ClassVar = (ROWS, MAP)
    examples = EXAMPLES

    money = Setting(
        REVENUE,
        "Money less what was sent back, or as it was paid.",
        "Umsatz nach Abzug der Rücksendungen oder so, wie bezahlt wurde.",
        choices=(REVENUE, GROSS),
        title=Phrase("Money", "Geld"),
        words={
            REVENUE: Phrase("revenue less returns", "Umsatz abzüglich Rücksendungen"),
            GROSS: Phrase("revenue as it was paid", "Umsatz wie bezahlt"),
        },
    )
    earlier = Setting(
        "",
        "An earlier day such as 2024-01-01, from whose start moves are told.",
        "Ein früherer Tag wie 2024-01-01, von dessen Beginn an Wechsel genannt werden.",
        title=Phrase("Moves since", "Wechsel seit"),
    )

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._scoring = Scoring(self.money)
        try:
            self._earlier = date.fromisoformat(self.earlier) if self.earlier else None
        except ValueError as error:
            raise UsageError(
                f"The parameter earlier cannot be {self.earlier!r}.", remedy="Write a day such as 2024-01-01."
            ) from error

    def facts(self) -> tuple[str, ...]:
        return self._scoring.facts

    def answer(self, question: Question) -> Found:
        span = question.windows[0]
        known = reach_within(question, self.facts(), span)
        before = self._span_before(span)
        if not known.known:
            return Found({ROWS: tuple(_segments(None, {}, 0, 0, known)), MAP: (), SCORES: (), MOVES: ()})
        people = self._scoring.customers(question, span)
        cells = self._cells(question, people)
        told = before is not None and reach_within(question, self.facts(), before).final
        return Found(
            {
                ROWS: tuple(_rows(cells, known)),
                MAP: tuple(_places(cells)),
                SCORES: tuple(_score(cells, score) for score in DOWN),
                MOVES: self._moves(question, people, before) if before is not None and told else (),
            },
            notes=(UNKNOWN_BEFORE,) if before is not None and not told else (),
        )

    def customers(self, question: Question, row: Any) -> Behind:
        """Who is in the segment, or in the place of the map, and who else was scored (in the same group)."""
        if row.customers is None:
            raise UsageError("Of nobody is known in which segment they are.")
        people = self._scoring.customers(question, question.windows[0])
        group = _.group_value.isnull() if row.group is None else _.group_value == row.group
        found = question.run(people.filter(group).select("customer_id", "r", "worth"))
        if isinstance(row, Place):
            inside = {p["customer_id"]: (p["r"], p["worth"]) == (row.recency, row.worth) for p in found}
        else:
            inside = {p["customer_id"]: segment(p["r"], p["worth"]) == row.segment for p in found}
        counted, others = (sorted(who for who, is_in in inside.items() if is_in is which) for which in (True, False))
        return Behind(tuple(counted), tuple(others))

    # -- tables ----------------------------------------------------------------------
    def _cells(self, question: Question, people: ir.Table) -> Sequence[Cell]:
        """One query: how many customers have the same three scores, and what they did together, by group."""
        measures = ("days", "orders", "money")
        cells = question.run(
            people.group_by("group_value", "r", "f", "m", "worth").aggregate(
                customers=_.count(),
                foreign=_.foreign.max(),
                **{name: _[name].sum() for name in ("seconds", "microseconds", "orders", "money")},
                **{f"least_{name}": _[name].min() for name in measures},
                **{f"most_{name}": _[name].max() for name in measures},
            )
        )
        for cell in cells:
            if cell["foreign"]:
                raise question.foreign_money(cell["foreign"])
        return cells

    def _moves(self, question: Question, people: ir.Table, before: Window) -> tuple[Move, ...]:
        """From segment to segment, in the order of segments."""
        cell = {"customer_id": _.customer_id, "cell": 10 * _.r + _.worth, "foreign": _.foreign}
        now = people.select(**cell, later=ibis.literal(True))
        then = self._scoring.customers(question, before).select(**cell, later=ibis.literal(False))
        both = (
            now.union(then)
            .group_by("customer_id")
            .aggregate(
                after=_.later.ifelse(_.cell, None).max(),
                before=_.later.ifelse(None, _.cell).max(),
                foreign=_.foreign.max(),
            )
        )
        found = question.run(both.group_by("before", "after").aggregate(customers=_.count(), foreign=_.foreign.max()))
        counts: dict[tuple[Phrase, Phrase], int] = {}
        for each in found:
            if each["foreign"]:
                raise question.foreign_money(each["foreign"])
            pair = _of_cell(each["before"], BEFORE), _of_cell(each["after"], AFTER)
            counts[pair] = counts.get(pair, 0) + each["customers"]
        places = {name: place for place, name in enumerate((*SEGMENTS, BEFORE, AFTER))}
        in_order = sorted(counts, key=lambda pair: (places[pair[0]], places[pair[1]]))
        return tuple(Move(before=one, after=other, customers=counts[one, other]) for one, other in in_order)

    def _span_before(self, span: Window) -> Window | None:
        """As many days before the earlier day as the span has."""
        if self._earlier is None:
            return None
        if self._earlier >= span.end:
            raise UsageError(
                f"The parameter earlier, {self._earlier}, does not lie before the end of the span, {span.end}.",
                remedy="Name an earlier day, or ask about a later span with --window.",
            )
        if self._earlier <= date.min + timedelta(days=span.length):
            raise UsageError(
                f"The parameter earlier, {self._earlier}, leaves no span of {span.length} days before it.",
                remedy="Write a day such as 2024-01-01.",
            )
        return Window(self._earlier - timedelta(days=span.length), self._earlier)


def _rows(cells: Sequence[Cell], known: Reach) -> Iterator[Segment]:
    """Every segment of every group, groups in order, the unknown one last."""
    groups: dict[str | None, dict[Phrase, list[Cell]]] = {}
    for cell in cells:
        inside = groups.setdefault(cell["group_value"], {})
        inside.setdefault(segment(cell["r"], cell["worth"]), []).append(cell)
    everybody, money = _total(cells, "customers"), _total(cells, "money")
    for group in _in_order(groups):
        yield from _segments(group, groups.get(group, {}), everybody, money, known)


def _places(cells: Sequence[Cell]) -> Iterator[Place]:
    """Every place of every group, the best first, those nobody is in among them."""
    groups: dict[str | None, dict[tuple[int, int], list[Cell]]] = {}
    for cell in cells:
        groups.setdefault(cell["group_value"], {}).setdefault((cell["r"], cell["worth"]), []).append(cell)
    everybody, money = _total(cells, "customers"), _total(cells, "money")
    for group in _in_order(groups):
        for recency, worth in itertools.product(DOWN, DOWN):
            inside = groups.get(group, {}).get((recency, worth), ())
            customers, revenue = _total(inside, "customers"), _total(inside, "money")
            yield Place(
                group=group,
                recency=recency,
                worth=worth,
                segment=segment(recency, worth),
                customers=customers,
                share=share(customers, everybody),
                revenue=revenue,
                revenue_share=share(revenue, money) if money > 0 else None,
            )


def _total(cells: Sequence[Cell], name: str) -> int:
    return sum(cell[name] for cell in cells)


def _in_order(groups: Collection[str | None]) -> list[str | None]:
    """Groups by name, the unknown one last; where nobody was scored there is no group but that."""
    return sorted(groups or {None}, key=lambda group: (group is None, group or ""))


def _segments(
    group: str | None, cells: Mapping[Phrase, Sequence[Cell]], everybody: int, money: int, known: Reach
) -> Iterator[Segment]:
    """One row a segment of one group."""
    for name in SEGMENTS:
        inside = cells.get(name, ())
        customers, revenue = _total(inside, "customers"), _total(inside, "money")
        since = 1_000_000 * _total(inside, "seconds") + _total(inside, "microseconds")
        reason = known.reason or ("" if everybody else ZERO)
        yield Segment(
            group=group,
            segment=name,
            customers=customers if known.known else None,
            share=share(customers, everybody) if known.known else None,
            revenue=revenue if known.known else None,
            revenue_share=share(revenue, money) if money > 0 else None,
            days=ratio(since / DAY_MICROSECONDS, customers),
            orders=ratio(_total(inside, "orders"), customers),
            complete=not reason,
            reason=reason,
        )


def _score(cells: Sequence[Cell], score: int) -> Score:
    """Who has a score by each measure, whatever their group and the other two."""
    days, orders, money = ([cell for cell in cells if cell[name] == score] for name in ("r", "f", "m"))
    return Score(
        score=score,
        by_recency=sum(cell["customers"] for cell in days),
        days_from=min((cell["least_days"] for cell in days), default=None),
        days_to=max((cell["most_days"] for cell in days), default=None),
        by_frequency=sum(cell["customers"] for cell in orders),
        orders_from=min((cell["least_orders"] for cell in orders), default=None),
        orders_to=max((cell["most_orders"] for cell in orders), default=None),
        by_money=sum(cell["customers"] for cell in money),
        money_from=min((cell["least_money"] for cell in money), default=None),
        money_to=max((cell["most_money"] for cell in money), default=None),
    )


def _of_cell(cell: int | None, missing: Phrase) -> Phrase:
    return missing if cell is None else segment(cell // 10, cell % 10)
