"""Whom it pays to fight for, and whom to let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stamm.analyses.brought import BROUGHT, CONTRIBUTION, REVENUE, foreign_fact
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question
from stamm.analyses.reach import Reach, end_of, moment, reach_within
from stamm.analyses.rfm.scoring import REVENUE as NET
from stamm.analyses.rfm.scoring import Scoring
from stamm.analyses.rfm.segments import NAMES, SEGMENTS
from stamm.analyses.worth.examples import EXAMPLES
from stamm.analyses.worth.judging import Effort, Flags, Judged
from stamm.analyses.worth.mapped import places, within
from stamm.analyses.worth.tables import (
    DECISIONS,
    MODEL,
    PACE,
    Acceptable,
    Basis,
    Customer,
    Group,
    Place,
)
from stamm.facts.predictions import RISKS, STAYING
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.formula import ratio, share
from stamm.lang.phrase import Phrase

_ = ibis._

CUSTOMERS, ACCEPTABLE, BASIS, MAP = "customers", "acceptable", "basis", "map"
#: what customers brought, row by row, and the column of its day
ROWS_OF = {CONTRIBUTION: ("contributions", "contributed_on"), REVENUE: ("takings", "taken_on")}
NO_RISK = "no_risk"
NOTHING_KEPT = Phrase(
    "No risk of leaving was kept up to the end of these days. Run `stamm predict churn_risk --keep`, or "
    "`stamm predict no_order_risk --keep` for a young shop.",
    "Bis zum Ende dieser Tage wurde kein Abwanderungsrisiko aufbewahrt. `stamm predict churn_risk --keep` tut es, bei "
    "einem jungen Shop `stamm predict no_order_risk --keep`.",
)
#: who has a risk, and no order in the span
NO_ORDER = Phrase("No order in these days", "Keine Bestellung in diesen Tagen")
#: by scores (10 x recency + worth) the place of the segment, and that of `NO_ORDER` where there are none
PLACES = np.full(56, len(SEGMENTS))
for _recency, _names in NAMES.items():
    for _worth, _name in enumerate(_names, start=1):
        PLACES[10 * _recency + _worth] = SEGMENTS.index(_name)


class Told(NamedTuple):
    """A prediction that was kept: its key, for how many days ahead, when it was made, of how many customers."""

    key: str
    days: int
    at: datetime
    on: date
    customers: int


@dataclass(frozen=True)
class Valued:
    """Everybody judged under the settings of one analysis, from what was told."""

    analysis: Worth
    judged: Judged
    told: Told

    def of(self, customer_id: str) -> Customer | None:
        """The row of one customer; None where no risk is known of them."""
        place = pc.index(self.judged.customers, pa.scalar(customer_id)).as_py()
        return None if place < 0 else self.analysis.row_of(self.judged, place)


class Worth(Analysis):
    """Whom it pays to fight for, and whom to let go: risk of leaving times what customers would bring.

    Of each customer of whom a risk was kept (the newest up to the end of the span, `basis`): what they brought in the
    span (everything that names them: what they paid less what they were paid back, and for the contribution also less
    the cost of goods, messages, service, retention and rewards), and what they would bring if they stay, that is, if
    they order at all in the days that the risk looks ahead.

    What they would bring is told by a model of buying, where value_if_staying was kept of the same day and for as many
    days: what they would pay times what is left of it, their margin = (brought + b) / (paid + p), with b and p what
    those brought and paid on average who paid anything in the span. Else it is as much a day as in the span.

    value at risk = risk x what they would bring if they stay; expected of them = (1 - risk) x the same; gained by the
    effort = value at risk x the share whom an effort keeps - its price. Customers are taken in the order of that gain,
    equal ones by their id, as long as it is above zero and the budget lasts: these are to fight for. For those who
    follow it would pay, too. Who would bring something, but less than the effort is worth, is better left alone; who
    would bring nothing, or costs more than they bring, is to let go.

    `acceptable` tells of each segment (by recency, frequency and money in the span) from which churn on an effort for
    all of it pays. `map` counts customers by risk and by what they would bring, both in steps of twice as much: an
    effort just pays at a risk of 1 for who would bring its price / the share it keeps. That share is yours to measure
    with a group that is held out; until then it is an assumption.
    """

    en = "Worth fighting for"
    de = "Um wen es sich lohnt"
    sentence_de = "Um wen zu kämpfen sich lohnt und wen man ziehen lässt: Risiko mal das, was Kunden erbrächten."
    splits = False
    reasons: ClassVar = {NO_RISK: Phrase("no risk of leaving was kept", "kein Abwanderungsrisiko wurde aufbewahrt")}
    tables: ClassVar = {ROWS: Group, CUSTOMERS: Customer, ACCEPTABLE: Acceptable, BASIS: Basis, MAP: Place}
    named: ClassVar = (ROWS, MAP)
    examples = EXAMPLES

    of = BROUGHT
    budget_minor = Setting(
        50_000,
        "What all efforts may cost together.",
        "Was alle Mühe zusammen kosten darf.",
        low=0,
        high=10**12,
        title=Phrase("Budget", "Budget"),
        money=True,
    )
    price_minor = Setting(
        500,
        "What the effort for one customer costs: a gift, a call.",
        "Was die Mühe um einen Kunden kostet: ein Geschenk, ein Anruf.",
        low=0,
        high=10**9,
        title=Phrase("Price each", "Preis je Kunde"),
        money=True,
    )
    kept = Setting(
        0.2,
        "Which share of those who would leave stays because of the effort; measure it with a group held out.",
        "Welcher Anteil derer, die gingen, durch die Mühe bleibt; messbar mit einer ausgenommenen Gruppe.",
        low=0.0,
        high=1.0,
        title=Phrase("Share kept by it", "Anteil, der dadurch bleibt"),
    )
    most = Setting(
        100,
        "How many customers the list has at most.",
        "Wie viele Kunden die Liste höchstens hat.",
        low=1,
        high=100_000,
        title=Phrase("Customers at most", "Kunden höchstens"),
    )

    def facts(self) -> tuple[str, ...]:
        return (ROWS_OF[self.of][0],)

    def beside(self) -> tuple[str, ...]:
        return ("predictions",)

    def answer(self, question: Question) -> Found:
        known = reach_within(question, self.facts(), question.windows[0])
        told = _newest(question) if known.known else None
        if told is None:
            rows = tuple(_nothing(known.reason or NO_RISK))
            notes = (NOTHING_KEPT,) if known.known else ()
            return Found({ROWS: rows, CUSTOMERS: (), ACCEPTABLE: (), BASIS: (), MAP: ()}, notes=notes)
        judged = self._judged(question, told)
        listed = range(min(self.most, len(judged.risk)))
        return Found(
            {
                ROWS: tuple(self._groups(judged, known)),
                CUSTOMERS: tuple(self.row_of(judged, place) for place in listed),
                ACCEPTABLE: tuple(self._acceptable(judged)),
                BASIS: (self._basis(judged, told),),
                MAP: tuple(places(judged, self.effort)),
            }
        )

    def customers(self, question: Question, row: Any) -> Behind:
        """Who is in the group, or in the place of the map, and who else was judged."""
        told = None if row.customers is None else _newest(question)
        if told is None:
            raise UsageError("Of nobody is known what they are worth.")
        judged = self._judged(question, told)
        if isinstance(row, Place):
            inside = within(judged, self.effort, row.risk_from, row.ahead_from)
        else:
            inside = judged.about(row.decision)
        counted, others = (sorted(judged.customers.filter(which).to_pylist()) for which in (inside, ~inside))
        return Behind(tuple(counted), tuple(others))

    def of_each(self, question: Question) -> Valued | None:
        """Everybody judged, for whoever asks of single customers; None where no risk is known."""
        known = reach_within(question, self.facts(), question.windows[0])
        told = _newest(question) if known.known else None
        return None if told is None else Valued(self, self._judged(question, told), told)

    # -- how -------------------------------------------------------------------------
    @property
    def effort(self) -> Effort:
        """What an effort costs and keeps."""
        return Effort(self.price_minor, self.kept, self.budget_minor)

    def _judged(self, question: Question, told: Told) -> Judged:
        """Everybody of whom a risk was told, the one first for whom an effort gains most."""
        people = question.table(self._people(question, told))
        if pc.any(people["foreign"]).as_py():
            raise question.foreign_money(foreign_fact(question, self.of))
        return Judged.of(people, self.effort, told.days / question.windows[0].length)

    def _people(self, question: Question, told: Told) -> ir.Table:
        """One row a customer foretold: the risk, what they would pay, what they brought and paid, and their scores."""
        fact, day = ROWS_OF[self.of]
        span = question.windows[0]
        inside = question[fact].filter(_[day] >= span.start, _[day] < span.end, _.customer_id.notnull())
        brought = inside.group_by(who=_.customer_id).aggregate(
            brought=_.amount_minor.sum(),
            paid=(_.kind == "sale").ifelse(_.amount_minor, 0).sum(),
            foreign=_.foreign.any(),
        )
        kept = question["predictions"].filter(_.horizon_days == told.days, _.predicted_at == moment(told.at))
        people = kept.filter(_.name == told.key).group_by("customer_id").aggregate(risk=_.value.max())
        staying = kept.filter(_.name == STAYING).group_by(stays=_.customer_id)
        staying = staying.aggregate(staying=_.value.max(), low=_.low.min(), high=_.high.max())
        scores = Scoring(NET).customers(question, span).select(scored="customer_id", scores=10 * _.r + _.worth)
        people = people.left_join(staying, people.customer_id == staying.stays)
        people = people.left_join(brought, people.customer_id == brought.who)
        people = people.left_join(scores, people.customer_id == scores.scored).mutate(
            **{name: _[name].coalesce(0) for name in ("brought", "paid", "scores")},
            foreign=_.foreign.coalesce(False),
            end=end_of(question, span),
        )
        columns = ("customer_id", "risk", "brought", "paid", "staying", "low", "high", "scores", "foreign")
        return question.grouped(people, "end").select(*columns)

    def _groups(self, judged: Judged, known: Reach) -> Iterator[Group]:
        for decision in DECISIONS:
            inside = judged.about(decision)
            customers = int(inside.sum())
            yield Group(
                decision=decision,
                customers=customers,
                risk=ratio(float(judged.risk[inside].sum()), customers),
                contribution=round(judged.brought[inside].sum()),
                ahead=round(judged.ahead[inside].sum()),
                expected=round(judged.expected[inside].sum()),
                at_risk=round(judged.at_risk[inside].sum()),
                cost=customers * self.price_minor,
                gain=round(judged.gain[inside].sum()),
                complete=known.final,
                reason=known.reason,
            )

    def row_of(self, judged: Judged, place: int) -> Customer:
        """The row of the customer at that place."""
        told = [float(each[place]) for each in (judged.margin, judged.low, judged.high)]
        margin, low, high = (None if np.isnan(each) else each for each in told)
        ahead = float(judged.ahead[place])
        return Customer(
            place=place + 1,
            customer_id=judged.customers[place].as_py(),
            decision=DECISIONS[judged.decided[place]],
            risk=float(judged.risk[place]),
            contribution=round(judged.brought[place]),
            margin=margin,
            ahead=round(ahead),
            low=None if low is None else round(low),
            high=None if high is None else round(high),
            expected=round(judged.expected[place]),
            at_risk=round(judged.at_risk[place]),
            gain=round(judged.gain[place]),
            pays_from=self.effort.pays_from(self.price_minor, ahead),
        )

    def _acceptable(self, judged: Judged) -> Iterator[Acceptable]:
        """The segments that have customers, in their order."""
        of_each = PLACES[judged.scores]
        for place, name in enumerate((*SEGMENTS, NO_ORDER)):
            inside: Flags = of_each == place
            if customers := int(inside.sum()):
                ahead, at_risk = np.maximum(judged.ahead[inside], 0).sum(), judged.at_risk[inside].sum()
                cost = customers * self.price_minor
                yield Acceptable(
                    segment=name,
                    customers=customers,
                    ahead=round(ahead),
                    at_risk=round(at_risk),
                    churn=share(float(at_risk), float(ahead)),
                    cost=cost,
                    acceptable=self.effort.pays_from(cost, float(ahead)),
                    gain=round(self.kept * at_risk - cost),
                )

    def _basis(self, judged: Judged, told: Told) -> Basis:
        return Basis(
            prediction=told.key,
            foretold_on=told.on.isoformat(),
            days=told.days,
            customers=told.customers,
            ahead=PACE if judged.whole_margin is None else MODEL,
            margin=judged.whole_margin,
        )


def _newest(question: Question) -> Told | None:
    """Of what was foretold of leaving up to the end of the span the better one, and of that the newest."""
    end = end_of(question, question.windows[0])
    risks = question["predictions"].filter(
        _.name.isin(RISKS), _.horizon_days > 0, _.customer_id.notnull(), _.predicted_at <= end
    )
    made = risks.group_by("name", "horizon_days", "predicted_at").aggregate(
        on=_.predicted_on.max(), customers=_.customer_id.nunique()
    )
    found = question.run(made)
    if not found:
        return None
    best = min(
        found, key=lambda each: (RISKS.index(each["name"]), -each["predicted_at"].timestamp(), each["horizon_days"])
    )
    return Told(best["name"], best["horizon_days"], best["predicted_at"], best["on"], best["customers"])


def _nothing(reason: str) -> Iterator[Group]:
    """No number of anybody."""
    for decision in DECISIONS:
        yield Group(decision, None, None, None, None, None, None, None, None, complete=False, reason=reason)
