"""What is counted before a customer was last seen: one row a thing that happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir

from stamm.analyses.kind import Question
from stamm.lang.phrase import Phrase

_ = ibis._

#: rows from a day on: whose (`who`), when (`at`), and when it was `undone`, if it was
Rows = Callable[[Question, date], ir.Table]


@dataclass(frozen=True)
class Sign:
    """Something that customers do or that happens to them: a key, words, the facts it is told by, and its rows."""

    key: str
    words: Phrase
    facts: tuple[str, ...]
    rows: Rows


def _never() -> ir.Scalar:
    return ibis.null("timestamp('UTC', 6)")


def _visits(question: Question, day: date) -> ir.Table:
    return question.visits_since("sessions", day).select(who=_.customer_id, at=_.started_at, undone=_never())


def _orders(question: Question, _day: date) -> ir.Table:
    return question["orders"].select(who=_.customer_id, at=_.ordered_at, undone=_.cancelled_at)


def _tickets(question: Question, _day: date) -> ir.Table:
    return question["tickets"].select(who=_.customer_id, at=_.opened_at, undone=_never())


def _answers(question: Question, _day: date) -> ir.Table:
    return question["responses"].select(who=_.customer_id, at=_.answered_at, undone=_never())


def _opened(question: Question, _day: date) -> ir.Table:
    mails = question["messages"].filter(_.channel == "email")
    return mails.select(who=_.customer_id, at=_.opened_at, undone=_never())


def _returns(question: Question, _day: date) -> ir.Table:
    return question["returns"].select(who=_.customer_id, at=_.returned_at, undone=_never())


SIGNS = (
    Sign("visits", Phrase("Visits", "Besuche"), ("sessions",), _visits),
    Sign("orders", Phrase("Orders", "Bestellungen"), ("orders",), _orders),
    Sign("emails_opened", Phrase("E-mails opened", "Geöffnete E-Mails"), ("messages",), _opened),
    Sign("answers", Phrase("Answers to surveys", "Antworten auf Umfragen"), ("responses",), _answers),
    Sign("tickets", Phrase("Tickets", "Tickets"), ("tickets",), _tickets),
    Sign("returns", Phrase("Returns", "Rücksendungen"), ("returns",), _returns),
)
