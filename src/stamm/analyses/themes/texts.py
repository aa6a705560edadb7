"""What customers wrote, and what is known of each: when, by whom, how content they were, whether they stayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
from ibis.common.deferred import Deferred

from stamm.analyses.kind import Question
from stamm.analyses.reach import end_of, known_until, moment
from stamm.facts.responses import Responses
from stamm.lang.window import Window

_ = ibis._

RESPONSES, TICKETS, RETURNS = "responses", "tickets", "returns"


class Place(NamedTuple):
    """Where a text stands: its column, what tells its rows apart, and the moment and day it is of."""

    column: str
    key: tuple[str, ...]
    at: str
    on: str


PLACES = {
    RESPONSES: Place("comment", ("response_id", "question"), "answered_at", "answered_on"),
    TICKETS: Place("topic", ("ticket_id",), "opened_at", "opened_on"),
    RETURNS: Place("reason", ("return_id",), "returned_at", "returned_on"),
}


@dataclass(frozen=True)
class Text:
    """One text: `score` is how content its sheet is, 0..1 of its scales; `nps` the answer from 0 to 10.

    `stayed` says whether who wrote it and was a customer then still was `horizon_days` later; None where nobody knows.
    """

    key: tuple[str, ...]
    customer_id: str | None
    on: date
    text: str
    now: bool
    score: float | None
    nps: float | None
    stayed: bool | None


def texts_of(question: Question, of: str, spans: Sequence[Window], horizon_days: int) -> list[Text]:
    """All texts of two spans, the earlier of which comes first, in the order of time."""
    before, span = spans
    place, zone = PLACES[of], question.organisation.zone
    rows = question[of]
    if of == RESPONSES:
        rows = rows.filter(Responses().answered())
    inside = (_[place.at] >= moment(before.starts_at(zone))) & (_[place.at] < end_of(question, span))
    rows = question.grouped(rows.filter(inside, _[place.column].notnull()), place.at)
    keys = {f"key_{number}": _[name] for number, name in enumerate(place.key)}
    told = rows.select("customer_id", **keys, at=_[place.at], on=_[place.on], text=_[place.column])
    told = _with_scores(question, told) if of == RESPONSES else told.mutate(score=_nothing(), nps=_nothing())
    told = _with_staying(question, told, tuple(keys), horizon_days)
    found = question.table(told.order_by("at", *keys)).to_pylist()
    start = span.start
    return [
        Text(
            key=tuple(each[name] or "" for name in keys),
            now=each["on"] >= start,
            **{name: each[name] for name in ("customer_id", "on", "text", "score", "nps", "stayed")},
        )
        for each in found
        if each["text"].strip()
    ]


def _nothing() -> ir.Scalar:
    return ibis.null("float64")


def _with_scores(question: Question, told: ir.Table) -> ir.Table:
    """The mean of all that was scored on the same sheet, each on its own scale, and whether it would recommend."""
    scored = question[RESPONSES].filter(Responses().answered(), _.score.notnull())
    nps = _.kind == "nps"
    low, high = _.scale_min.coalesce(nps.ifelse(0.0, None)), _.scale_max.coalesce(nps.ifelse(10.0, None))
    scored = scored.mutate(low=low, high=high, nps=nps.ifelse(_.score, None))
    scored = scored.mutate(placed=(_.high > _.low).ifelse((_.score - _.low) / (_.high - _.low), None))
    sheets = scored.group_by(sheet=_.response_id).aggregate(score=_.placed.mean(), nps=_.nps.max())
    return told.left_join(sheets, told.key_0 == sheets.sheet).drop("sheet")


def _with_staying(question: Question, told: ir.Table, keys: tuple[str, ...], days: int) -> ir.Table:
    """Whether who was a customer when they wrote was one so many times 24 hours later."""
    until = known_until(question, ["spells"])
    if until is None:
        return told.mutate(stayed=ibis.null("boolean"))
    over = told.filter(_.customer_id.notnull(), _.at <= moment(until - timedelta(days=days)))
    over = over.select(*keys, "at", who=_.customer_id)
    spells = question.whole("spells").select("customer_id", "started_at", "ended_at")
    beside = over.left_join(spells, over.who == spells.customer_id)
    later = _.at + ibis.interval(hours=24 * days)
    people = beside.group_by(*keys).aggregate(here=_here(_.at).any(), later=_here(later).any())
    people = people.filter(_.here).select(stayed=_.later, **{f"of_{name}": _[name] for name in keys})
    both = told.left_join(people, [told[name] == people[f"of_{name}"] for name in keys])
    return both.drop(*(f"of_{name}" for name in keys))


def _here(at: Deferred) -> Deferred:
    here = (_.started_at < at) & (_.ended_at.isnull() | (_.ended_at >= at))
    return here.coalesce(False)
