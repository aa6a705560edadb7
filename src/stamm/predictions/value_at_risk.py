"""Whom it would hurt most to lose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import isfinite
from typing import ClassVar

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stamm.analyses.brought import CONTRIBUTION, foreign_fact
from stamm.analyses.kind import ROWS, Found, Question, column, row
from stamm.lang.definition import Setting
from stamm.lang.errors import TooLittleError
from stamm.lang.formula import ratio
from stamm.lang.phrase import Phrase
from stamm.predictions.bought import EPOCH, Reals, bought
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.buying.pareto_nbd import ParetoNbd
from stamm.predictions.churn.moving import Move, moves
from stamm.predictions.churn.words import KINDS
from stamm.predictions.churn_risk import ChurnRisk
from stamm.predictions.from_buying import Known
from stamm.predictions.kind import Prediction
from stamm.predictions.next_order import EARLY, LATE, MIDDLE, after
from stamm.predictions.no_order_risk import NoOrderRisk

_ = ibis._
Places = npt.NDArray[np.intp]
REASONS = "reasons"
CHURN, NO_ORDER = "churn_risk", "no_order_risk"
CONTRIBUTIONS, TAKINGS = "contributions", "takings"
#: days beyond which no date of a next order is told, and whose contribution is compared with what was paid
LONGEST, YEAR = 365, 365
#: what moves a risk by less than this is no reason, and so many are told of one customer
LEAST, MOST_REASONS = 0.005, 3
#: of ordering at all; below it nothing is divided by it
LEAST_CHANCE = 1e-9
NO_COSTS = Phrase(
    "Costs are not known, so the value is what customers would pay for goods.",
    "Kosten sind nicht bekannt; der Wert ist daher, was Kunden für Waren zahlen würden.",
)


OWN_MEANS = Phrase(
    "Amounts vary too little for a model of them: a day with an order is worth what it was on average so far.",
    "Die Beträge schwanken zu wenig für ein Modell: ein Tag mit Bestellung ist wert, was er bisher im Mittel war.",
)


@row
class AtRisk:
    """One customer: the risk, what they would bring if they stay, the two multiplied, and when they are expected.

    Money in minor units. `ahead` is what they bring in the days ahead if they order in them at all. Dates are empty
    where that is later than a year, or never.
    """

    customer_id: str = column("customer", "Kunde", "text", key=True, personal=True)
    value: int = column("value at risk", "gefährdeter Wert", "money")
    low: float | None = column("from", "von", "money", detail=True)
    high: float | None = column("to", "bis", "money", detail=True)
    risk: float = column("risk", "Risiko", "share")
    ahead: int = column("would bring if they stay", "brächte, wenn er bleibt", "money")
    next_on: str = column("next order", "nächste Bestellung", "text")
    low_on: str = column("80% interval from", "80-%-Intervall von", "text")
    high_on: str = column("80% interval to", "80-%-Intervall bis", "text")
    orders: int = column("days with orders", "Tage mit Bestellung", "count")
    last_on: str = column("last one", "zuletzt", "text")


@row
class Reason:
    """What moves one customer's risk: by how many points, the number behind it, and that of the middle customer."""

    customer_id: str = column("customer", "Kunde", "text", key=True, personal=True)
    place: int = column("place", "Platz", "count", key=True)
    kind: str = column("kind", "Art", "text")
    reason: Phrase = column("what moves the risk", "was das Risiko bewegt", "text")
    effect: float = column("points of risk", "Punkte des Risikos", "difference")
    own: float | None = column("theirs", "eigene Zahl", "number")
    usual: float | None = column("of the middle customer", "des mittleren Kunden", "number")


class ValueAtRisk(Prediction):
    """What a customer who bought lately would bring in the days ahead, times the risk that they bring nothing.

    The risk is that of `churn_risk`, or of `no_order_risk` in a young shop. What they would bring if they stay: the
    days with an order that are expected of them, given that there is one (Pareto/NBD), times what such a day is worth
    (Gamma-Gamma), times the share of all that was paid in the last year that was left as contribution. Without known
    costs it is what they would pay.

    `reasons` says for those at the head of the list what moves their risk: how much smaller or larger it would be
    were one kind of what is known of them as it is with the middle customer.
    """

    de = "Gefährdeter Wert"
    sentence_de = "Was ein Kunde in den kommenden Tagen brächte, mal dem Risiko, dass er nichts bringt."
    cited = "Fader, Hardie and Lee (2005), RFM and CLV; Friedman (2001), Greedy Function Approximation"
    unit = "money"
    learned = True
    checks = False
    tables: ClassVar = {ROWS: AtRisk, REASONS: Reason}
    gates = ChurnRisk.gates
    instead = ChurnRisk.instead

    by = Setting(
        CHURN,
        "Whose word on the risk: churn_risk, or no_order_risk for a young shop.",
        "Wessen Risiko: churn_risk, oder no_order_risk für einen jungen Shop.",
        choices=(CHURN, NO_ORDER),
        title=Phrase("Risk by", "Risiko nach"),
        words={
            CHURN: Phrase("those who left before", "denen, die früher gingen"),
            NO_ORDER: Phrase("a model of buying", "einem Kaufmodell"),
        },
    )
    recent = ChurnRisk.recent
    explained = Setting(
        1000,
        "For how many customers at the head of the list the reasons are told.",
        "Für wie viele Kunden am Kopf der Liste die Gründe genannt werden.",
        low=0,
        high=100_000,
        title=Phrase("Explained", "Mit Gründen"),
    )

    def facts(self) -> tuple[str, ...]:
        return ("orders",)

    def beside(self) -> tuple[str, ...]:
        return (CONTRIBUTIONS, TAKINGS)

    @property
    def mark(self) -> str:
        return f"{super().mark}:{self.by}:{self.recent}d"

    @property
    def source(self) -> ChurnRisk | NoOrderRisk:
        """Whose word the risk is."""
        return (
            ChurnRisk(horizon=self.horizon, recent=self.recent)
            if self.by == CHURN
            else NoOrderRisk(horizon=self.horizon)
        )

    def measured(self, question: Question) -> dict[str, int]:
        return self.source.measured(question)

    def answer(self, question: Question) -> Found:
        known = Known.of(bought(question, self.day(question)))
        seen, source = known.bought, self.source
        learned = source.learn(question) if isinstance(source, ChurnRisk) else None
        if isinstance(source, NoOrderRisk):
            source.check_gates(known.counted())
        model = ParetoNbd.fit(known.histories).model
        none = model.no_order_within(known.histories, self.horizon)[known.place]
        place = np.flatnonzero(seen.today - seen.last <= self.recent)
        risk = learned.learned.risk(learned.now.features.table) if learned else none[place]
        margin = _margin(question, seen.on)
        orders = model.expected_orders(known.histories, self.horizon)[known.place] / np.maximum(1 - none, LEAST_CHANCE)
        each, alike = _worth(known)
        ahead = (orders * each)[place] * (1.0 if margin is None else max(margin, 0.0))
        order = np.argsort(-np.round(risk * ahead), kind="stable")
        who = seen.customers.take(pa.array(place[order])).to_pylist()
        rows = _rows(who, known, model, place[order], risk[order], ahead[order])
        moved = moves(learned.learned, learned.now.features, order[: self.explained].tolist()) if learned else ()
        return Found(
            {ROWS: tuple(rows), REASONS: tuple(_reasons(who, moved))},
            notes=(*((NO_COSTS,) if margin in (None, 1.0) else ()), *((OWN_MEANS,) if alike else ())),
        )


def _worth(known: Known) -> tuple[Reals, bool]:
    """What a day with an order is worth of each customer; whether it is their own mean, as all pay much alike."""
    try:
        return known.worth.model.expected_value(*known.paid), False
    except TooLittleError:
        return known.paid[1], True


def _rows(
    who: Sequence[str], known: Known, model: BuyingModel, place: Places, risk: Reals, ahead: Reals
) -> Iterator[AtRisk]:
    """One row a customer, in the order of these places."""
    seen, history = known.bought, known.place[place]
    days = [model.order_by(known.histories, share, LONGEST)[history].tolist() for share in (MIDDLE, EARLY, LATE)]
    counts, last = seen.counts[place].tolist(), seen.last[place].tolist()
    for at, customer in enumerate(who):
        middle, early, late = (after(seen.on, column[at] if isfinite(column[at]) else None) for column in days)
        yield AtRisk(
            customer_id=customer,
            value=round(float(risk[at] * ahead[at])),
            low=None,
            high=None,
            risk=float(risk[at]),
            ahead=round(float(ahead[at])),
            next_on=middle,
            low_on=early,
            high_on=late,
            orders=counts[at],
            last_on=(EPOCH + timedelta(days=last[at])).isoformat(),
        )


def _reasons(who: Sequence[str], moved: Sequence[Sequence[Move]]) -> Iterator[Reason]:
    """Of the first customers, as many as there is something known of, the strongest moves."""
    for customer, each in zip(who[: len(moved)], moved, strict=True):
        told = [move for move in each if abs(move.effect) >= LEAST][:MOST_REASONS]
        for number, move in enumerate(told, 1):
            own, usual = (value if isfinite(value) else None for value in (move.value, move.usual))
            yield Reason(customer, number, move.kind, KINDS[move.kind], move.effect, own, usual)


def _margin(question: Question, on: date) -> float | None:
    """Which part of what was paid in the year before a day was left as contribution; None where costs are unknown."""
    if question.covered((CONTRIBUTIONS,)) is None:
        return None
    sums = []
    for fact, day in ((CONTRIBUTIONS, "contributed_on"), (TAKINGS, "taken_on")):
        rows = question[fact].filter(_[day] >= on - timedelta(days=YEAR), _[day] < on, _.customer_id.notnull())
        (found,) = question.run(rows.aggregate(amount=_.amount_minor.sum(), foreign=_.foreign.any()))
        if found["foreign"]:
            raise question.foreign_money(foreign_fact(question, CONTRIBUTION))
        sums.append(found["amount"] or 0)
    margin: float | None = ratio(sums[0], sums[1])
    return margin
