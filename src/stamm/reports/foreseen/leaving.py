"""Who is about to leave, in words: the risk, what is at stake, when they are expected, and what moves the risk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.predictions.churn.words import BUYING, HISTORY, RECENT, RHYTHM, SILENCE, SPENDING
from stamm.predictions.contracts.words import BEFORE, HELP, PAYMENT, PRICE, TENURE, USE
from stamm.predictions.value_at_risk import REASONS, AtRisk, Reason
from stamm.reports.exact import Told
from stamm.reports.marked import exactly, filled


@dataclass(frozen=True)
class Leaver:
    """One customer of the list; `reasons` are what moves the risk and by how much, signed, in points."""

    customer_id: str
    risk: str
    at_risk: str
    ahead: str
    next_on: str
    between: str
    orders: str
    last: str
    since: str
    reasons: tuple[tuple[str, str], ...]
    #: what a task about them says, unless somebody writes something else
    task: str


def leavers(answer: TableAnswer, rows: Sequence[AtRisk], say: Language) -> list[Leaver]:
    """These rows of `value_at_risk` in words."""
    shown = {row.customer_id for row in rows}
    reasons: dict[str, list[Reason]] = {}
    for reason in answer.tables[REASONS]:
        if reason.customer_id in shown:
            reasons.setdefault(reason.customer_id, []).append(reason)
    return [_leaver(answer, row, reasons.get(row.customer_id, ()), say) for row in rows]


def kept_to(answer: TableAnswer, among: Iterable[frozenset[str] | None], least_minor: int) -> list[AtRisk]:
    """The rows of customers who are in all of these sets (None: everybody), from a value at risk on."""
    sets = [each for each in among if each is not None]
    return [row for row in answer.rows if row.value >= least_minor and all(row.customer_id in each for each in sets)]


def _leaver(answer: TableAnswer, row: AtRisk, reasons: Sequence[Reason], say: Language) -> Leaver:
    told = Told(answer, row, say)
    risk, last = told("risk", digits=0), _day(row.last_on, say)
    low, high = _day(row.low_on, say), _day(row.high_on, say)
    between = (
        say("{low} to {high}", low=low, high=high) if low and high else say("{low} or later", low=low) if low else ""
    )
    return Leaver(
        customer_id=row.customer_id,
        risk=risk,
        at_risk=told("value"),
        ahead=told("ahead"),
        next_on=_day(row.next_on, say),
        between=between,
        orders=told("orders"),
        last=last,
        since=_day(row.since_on, say),
        reasons=tuple((_reason(answer, each, say), _effect(answer, each, say)) for each in reasons),
        task=(
            say(
                "Get in touch: risk of leaving {risk}, subscribed since {day}.",
                risk=str(risk),
                day=_day(row.since_on, say),
            )
            if row.since_on
            else say("Get in touch: risk of leaving {risk}, last order {day}.", risk=str(risk), day=last)
        ),
    )


def _effect(answer: TableAnswer, reason: Reason, say: Language) -> str:
    return Told(answer, reason, say, REASONS)("effect", digits=0)


def _reason(answer: TableAnswer, reason: Reason, say: Language) -> str:
    """What stands behind a kind: the customer's own number, and that of the middle customer."""
    own, usual = _number(answer, reason.kind, reason.own, say), _number(answer, reason.kind, reason.usual, say)
    if reason.own is None:
        return say("only one day with an order so far") if reason.kind in BUYING.kinds else say("nothing known of it")
    return filled(_patterns(say)[reason.kind], own=own, usual=usual)


def _number(answer: TableAnswer, kind: str, value: float | None, say: Language) -> str:
    if value is None:
        return say("none")
    return exactly(
        value, say.money(round(value), answer.currency) if kind in (SPENDING, PRICE) else say.number(value, 0)
    )


def _patterns(say: Language) -> Mapping[str, str]:
    return {
        SILENCE: say("no order for {own} days, others {usual}"),
        RHYTHM: say("usual gap {own} days, others {usual}"),
        RECENT: say("days with an order in 91: {own}, others {usual}"),
        HISTORY: say("days with an order in all: {own}, others {usual}"),
        SPENDING: say("{own} a day with an order, others {usual}"),
        PAYMENT: say("payment overdue for {own} days, others {usual}"),
        TENURE: say("subscribed for {own} days, others {usual}"),
        BEFORE: say("pauses so far: {own}, others {usual}"),
        PRICE: say("{own} a month, others {usual}"),
        USE: say("days active in 28: {own}, others {usual}"),
        HELP: say("tickets in 91 days: {own}, others {usual}"),
    }


def _day(text: str, say: Language) -> str:
    return say.short_day(date.fromisoformat(text)) if text else ""
