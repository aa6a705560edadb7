"""What one customer is worth, with the arithmetic, and what to recommend to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stamm.analyses.recommendations.learned import Learned
from stamm.analyses.worth import Valued
from stamm.analyses.worth.tables import FIGHT
from stamm.lang.language import Language
from stamm.predictions import PREDICTIONS
from stamm.reports.journeys.recommendations import because
from stamm.reports.marked import exactly, filled, interval

#: how many products are recommended on the page of a customer
MOST = 5


@dataclass(frozen=True)
class WorthOfOne:
    """What is decided, the lines of the arithmetic (what, how, how much), and of what risk it is told."""

    decision: str
    fight: bool
    lines: tuple[tuple[str, str, str], ...]
    basis: str


@dataclass(frozen=True)
class Recommended:
    """A product, and why."""

    product: str
    because: str


def worth_of_one(valued: Valued, customer_id: str, currency: str, say: Language) -> WorthOfOne | None:
    """The arithmetic of one customer; None where no risk is known of them."""
    row = valued.of(customer_id)
    if row is None:
        return None
    settings, told = valued.analysis.settings, valued.told

    def money(minor: float) -> str:
        return exactly(minor, say.money(minor, currency))

    risk = exactly(row.risk, say.percent(row.risk))
    ahead, at_risk = money(row.ahead), money(row.at_risk)
    between = ""
    if row.low is not None and row.high is not None:
        between = filled(say("eight in ten: {between}"), between=interval(money(row.low), money(row.high), say))
    effort = filled(
        say("{kept} of it − {price}"),
        kept=say.percent(settings["kept"], 0),
        price=say.money(settings["price_minor"], currency),
    )
    lines = [
        (say("Would bring if they stay"), between, ahead),
        (say("Value at risk"), filled("{risk} × {ahead}", risk=risk, ahead=ahead), at_risk),
        (say("Gained by an effort"), effort, money(row.gain)),
    ]
    if row.pays_from is not None:
        share = exactly(row.pays_from, say.percent(row.pays_from))
        lines.append((say("Acceptable risk"), say("below it no effort pays"), share))
    basis = say(
        "{prediction} of {day}, {days} days ahead.",
        prediction=PREDICTIONS[told.key].title(say.code),
        day=say.day(told.on),
        days=say.number(told.days),
    )
    return WorthOfOne(row.decision.of(say.code), row.decision == FIGHT, tuple(lines), basis)


def recommended_to(learned: Learned, customer_id: str, say: Language) -> Iterator[Recommended]:
    """What to recommend to one customer, the best first."""
    place = learned.customer(customer_id)
    if place is not None:
        for reason in learned.recommended(place, MOST):
            told = because(say, learned.name(reason.because), reason.customers, reason.days)
            yield Recommended(learned.name(reason.product), told)
