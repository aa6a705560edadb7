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
import pyarrow.compute as pc

from stamm.analyses.brought import CONTRIBUTION, foreign_fact
from stamm.analyses.kind import ROWS, Found, Question, column, row
from stamm.analyses.worth.margins import at_risk, margins
from stamm.analyses.worth.subscribers import MONTH_DAYS
from stamm.facts.predictions import CHURN, CONTRACT, NO_ORDER
from stamm.lang.definition import Setting
from stamm.lang.errors import TooLittleError
from stamm.lang.heeding import heed
from stamm.lang.phrase import Phrase
from stamm.predictions.bought import EPOCH, Reals, bought
from stamm.predictions.buying.kind import BuyingModel
from stamm.predictions.buying.pareto_nbd import ParetoNbd
from stamm.predictions.churn.moving import Move, moves
from stamm.predictions.churn.words import BUYING, Vocabulary
from stamm.predictions.churn_risk import ChurnRisk
from stamm.predictions.contracts.subscribed import Subscribed
from stamm.predictions.contracts.words import SUBSCRIBING
from stamm.predictions.from_buying import Known
from stamm.predictions.from_lessons import Taught
from stamm.predictions.kind import Prediction
from stamm.predictions.next_order import EARLY, LATE, MIDDLE, after
from stamm.predictions.no_order_risk import NoOrderRisk
from stamm.predictions.subscription_end_risk import SubscriptionEndRisk
from stamm.predictions.value_ahead import OWN_MEAN
from stamm.predictions.value_if_staying import ValueIfStaying

_ = ibis._
Places = npt.NDArray[np.intp]
REASONS = "reasons"
#: rows after which it is looked whether anybody still waits
HEED = 10_000
CONTRIBUTIONS, TAKINGS = "contributions", "takings"
#: days beyond which no date of a next order is told, and whose contribution is compared with what was paid
LONGEST, YEAR = 365, 365
#: what moves a risk by less than this is no reason, and so many are told of one customer
LEAST, MOST_REASONS = 0.005, 3
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
    where that is later than a year, or never. By subscriptions there is no order to be expected, and `since_on` is the
    day from which they pay.
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
    orders: int | None = column("days with orders", "Tage mit Bestellung", "count")
    last_on: str = column("last one", "zuletzt", "text")
    since_on: str = column("pays since", "zahlt seit", "text")


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
    """What a customer would bring in the days ahead if they stay, times the risk that they leave.

    The risk is that of `churn_risk`, of `no_order_risk` in a young shop, or of `subscription_end_risk`. What they would
    bring if they stay is `value_if_staying` (of subscribers: the monthly price, for as many months), times their
    margin: what is left of each unit that they pay, from the last year, as `stamm explain worth` has it. Without known
    costs it is what they would pay. It is the same number as that of worth, where that is asked of the same year.

    `reasons` says for those at the head of the list what moves their risk: how much smaller or larger it would be
    were one kind of what is known of them as it is with the middle customer.
    """

    de = "Gefährdeter Wert"
    sentence_de = "Was ein Kunde in den kommenden Tagen brächte, wenn er bleibt, mal dem Risiko, dass er geht."
    cited = "Fader, Hardie and Lee (2005), RFM and CLV; Friedman (2001), Greedy Function Approximation"
    unit = "money"
    learned = True
    checks = False
    tables: ClassVar = {ROWS: AtRisk, REASONS: Reason}
    gates = ChurnRisk.gates
    instead = ChurnRisk.instead

    by = Setting(
        CHURN,
        "Whose word on the risk: churn_risk, no_order_risk for a young shop, subscription_end_risk for subscriptions.",
        "Wessen Risiko: churn_risk, no_order_risk für einen jungen Shop, subscription_end_risk für Abonnements.",
        choices=(CHURN, NO_ORDER, CONTRACT),
        title=Phrase("Risk by", "Risiko nach"),
        words={
            CHURN: Phrase("those who left before", "denen, die früher gingen"),
            NO_ORDER: Phrase("a model of buying", "einem Kaufmodell"),
            CONTRACT: Phrase("subscriptions that ended", "Abonnements, die endeten"),
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
        return self.source.facts()

    def beside(self) -> tuple[str, ...]:
        return (CONTRIBUTIONS, TAKINGS, *self.source.beside())

    @property
    def mark(self) -> str:
        return f"{super().mark}:{self.by}:{self.recent}d"

    @property
    def source(self) -> ChurnRisk | NoOrderRisk | SubscriptionEndRisk:
        """Whose word the risk is."""
        if self.by == CONTRACT:
            return SubscriptionEndRisk(horizon=self.horizon)
        return (
            ChurnRisk(horizon=self.horizon, recent=self.recent)
            if self.by == CHURN
            else NoOrderRisk(horizon=self.horizon)
        )

    def measured(self, question: Question) -> dict[str, int]:
        return self.source.measured(question)

    def answer(self, question: Question) -> Found:
        source = self.source
        if isinstance(source, SubscriptionEndRisk):
            return self._of_subscribers(question, source.learn(question))
        known = Known.of(bought(question, self.day(question)))
        seen = known.bought
        learned = source.learn(question, seen) if isinstance(source, ChurnRisk) else None
        if isinstance(source, NoOrderRisk):
            source.check_gates(known.counted())
        model = ParetoNbd.fit(known.histories).model
        lately = np.flatnonzero(seen.today - seen.last <= self.recent)
        #: of whom the risk is told, so that their margins are drawn towards the same average wherever they are counted
        told = lately if learned else np.arange(len(seen.starts))
        if learned:
            risk = learned.learned.risk(learned.now.features.table)
        else:
            risk = model.no_order_within(known.histories, self.horizon)[known.place]
        value, alike = self._staying(model, known)
        margin = _margins(question, seen.on, seen.customers.take(pa.array(told)))
        ahead = value[told] * (1.0 if margin is None else margin)
        few = np.searchsorted(told, lately)
        risk, ahead = risk[few], ahead[few]
        order = np.argsort(-np.round(at_risk(risk, ahead)), kind="stable")
        who = seen.customers.take(pa.array(lately[order])).to_pylist()
        rows = _rows(who, known, model, lately[order], risk[order], ahead[order])
        moved = moves(learned.learned, learned.now.features, order[: self.explained].tolist()) if learned else ()
        return Found(
            {ROWS: tuple(rows), REASONS: tuple(_reasons(who, moved, BUYING))},
            notes=(*_of_costs(margin), *((OWN_MEANS,) if alike else ())),
        )

    def _of_subscribers(self, question: Question, known: Taught[Subscribed]) -> Found:
        """The same of those who pay for a subscription."""
        told = known.now.features
        risk = known.learned.risk(told.table)
        margin = _margins(question, known.now.on, known.now.customers)
        ahead = told["price"] * self.horizon / MONTH_DAYS * (1.0 if margin is None else margin)
        order = np.argsort(-np.round(at_risk(risk, ahead)), kind="stable")
        who = known.now.customers.take(pa.array(order)).to_pylist()
        cells = zip(
            *(who, _whole(risk[order], ahead[order]), risk[order].tolist(), ahead[order].tolist()),
            told["tenure"][order].tolist(),
            strict=True,
        )
        rows = (
            AtRisk(
                customer_id=customer,
                value=at_stake,
                low=None,
                high=None,
                risk=each,
                ahead=round(brings),
                next_on="",
                low_on="",
                high_on="",
                orders=None,
                last_on="",
                since_on=known.seen.since(tenure).isoformat(),
            )
            for customer, at_stake, each, brings, tenure in cells
        )
        moved = moves(known.learned, told, order[: self.explained].tolist(), SUBSCRIBING)
        reasons = tuple(_reasons(who, moved, SUBSCRIBING))
        return Found({ROWS: tuple(rows), REASONS: reasons}, notes=_of_costs(margin))

    def _staying(self, model: BuyingModel, known: Known) -> tuple[Reals, bool]:
        """What each would pay if they stay; whether by their own mean, as all pay much alike."""
        try:
            return ValueIfStaying(horizon=self.horizon).value(model, known), False
        except TooLittleError:
            return ValueIfStaying(horizon=self.horizon, worth=OWN_MEAN).value(model, known), True


def _rows(
    who: Sequence[str], known: Known, model: BuyingModel, place: Places, risk: Reals, ahead: Reals
) -> Iterator[AtRisk]:
    """One row a customer, in the order of these places."""
    seen, (shared, history) = known.bought, np.unique(known.place[place], return_inverse=True)
    histories = known.histories.of(shared)
    days = [model.order_by(histories, share, LONGEST)[history].tolist() for share in (MIDDLE, EARLY, LATE)]
    counts, last, values = seen.counts[place].tolist(), seen.last[place].tolist(), _whole(risk, ahead)
    for at, customer in enumerate(who):
        if not at % HEED:
            heed()
        middle, early, late = (after(seen.on, column[at] if isfinite(column[at]) else None) for column in days)
        yield AtRisk(
            customer_id=customer,
            value=values[at],
            low=None,
            high=None,
            risk=float(risk[at]),
            ahead=round(float(ahead[at])),
            next_on=middle,
            low_on=early,
            high_on=late,
            orders=counts[at],
            last_on=(EPOCH + timedelta(days=last[at])).isoformat(),
            since_on="",
        )


def _whole(risk: Reals, ahead: Reals) -> list[int]:
    found: list[int] = np.round(at_risk(risk, ahead)).astype(np.int64).tolist()
    return found


def _reasons(who: Sequence[str], moved: Sequence[Sequence[Move]], words: Vocabulary) -> Iterator[Reason]:
    """Of the first customers, as many as there is something known of, the strongest moves."""
    for customer, each in zip(who[: len(moved)], moved, strict=True):
        told = [move for move in each if abs(move.effect) >= LEAST][:MOST_REASONS]
        for number, move in enumerate(told, 1):
            own, usual = (value if isfinite(value) else None for value in (move.value, move.usual))
            yield Reason(customer, number, move.kind, words.kinds[move.kind], move.effect, own, usual)


def _margins(question: Question, on: date, customers: pa.Array) -> Reals | None:
    """What was left of each unit that each of these paid in the year before a day; None where costs are unknown."""
    if question.covered((CONTRIBUTIONS,)) is None:
        return None
    inside = question[CONTRIBUTIONS].filter(
        _.contributed_on >= on - timedelta(days=YEAR), _.contributed_on < on, _.customer_id.notnull()
    )
    sums = inside.group_by("customer_id").aggregate(
        brought=_.amount_minor.sum(),
        paid=(_.kind == "sale").ifelse(_.amount_minor, 0).sum(),
        foreign=_.foreign.any(),
    )
    table = question.table(sums)
    if pc.any(table["foreign"]).as_py():
        raise question.foreign_money(foreign_fact(question, CONTRIBUTION))
    place = pc.index_in(customers, value_set=table["customer_id"].combine_chunks())
    at = pc.fill_null(place, table.num_rows).to_numpy(zero_copy_only=False).astype(np.intp)
    brought, paid = (np.append(pc.cast(table[name], pa.float64()).to_numpy(), 0.0)[at] for name in ("brought", "paid"))
    return margins(brought, paid) if paid.any() else None


def _of_costs(margin: Reals | None) -> tuple[Phrase, ...]:
    """That nothing is known of costs, where nothing is."""
    return (NO_COSTS,) if margin is None or bool((margin == 1).all()) else ()
