"""Whom it pays to fight for, and whom to let go."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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
from stamm.analyses.worth.subscribers import MONTH_DAYS, payments, prices
from stamm.analyses.worth.tables import (
    DECISIONS,
    MODEL,
    PACE,
    PRICE,
    Acceptable,
    Basis,
    Customer,
    Group,
    Place,
)
from stamm.facts.predictions import CONTRACT, STAYING, risks_by
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.formula import ratio, share
from stamm.lang.phrase import Phrase
from stamm.lang.window import Window

_ = ibis._

CUSTOMERS, ACCEPTABLE, BASIS, MAP = "customers", "acceptable", "basis", "map"
SUBSCRIPTIONS = "subscriptions"
#: what customers brought, row by row, and the column of its day
ROWS_OF = {CONTRIBUTION: ("contributions", "contributed_on"), REVENUE: ("takings", "taken_on")}
NO_RISK = "no_risk"
NOTHING_KEPT = Phrase(
    "No risk of leaving was kept up to the end of these days. Run `stamm predict churn_risk --keep`, or "
    "`stamm predict no_order_risk --keep` for a young shop.",
    "Bis zum Ende dieser Tage wurde kein Abwanderungsrisiko aufbewahrt. `stamm predict churn_risk --keep` tut es, bei "
    "einem jungen Shop `stamm predict no_order_risk --keep`.",
)
NO_END_KEPT = Phrase(
    "No risk of an end was kept up to the end of these days. Run `stamm predict subscription_end_risk --keep`.",
    "Bis zum Ende dieser Tage wurde kein Risiko eines Endes aufbewahrt. `stamm predict subscription_end_risk --keep` "
    "tut es.",
)
#: who has a risk, and no order in the span
NO_ORDER = Phrase("No order in these days", "Keine Bestellung in diesen Tagen")
NO_PLAN = Phrase("No plan told", "Kein Tarif genannt")
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

    def of_some(self, customers: Collection[str]) -> dict[str, Customer]:
        """The rows of some customers, looked for at once; who has none is not among them."""
        known = self.judged.customers
        places = np.flatnonzero(pc.is_in(known, value_set=pa.array(sorted(set(customers)), known.type))).tolist()
        return {known[place].as_py(): self.analysis.row_of(self.judged, place) for place in places}


class Worth(Analysis):
    """Whom it pays to fight for, and whom to let go: risk of leaving times what customers would bring.

    Of each customer of whom a risk was kept (the newest up to the end of the span, `basis`): what they brought in the
    span (everything that names them: what they paid less what they were paid back, and for the contribution also less
    the cost of goods, messages, service, retention and rewards), and what they would bring if they stay, that is, if
    they order at all in the days that the risk looks ahead.

    What they would bring is told by a model of buying, where value_if_staying was kept of the same day and for as many
    days: what they would pay times what is left of it, their margin = (brought + b) / (paid + p), with b and p what
    those brought and paid on average who paid anything in the span. Else it is as much a day as in the span. Where the
    risk is that of a subscription's end, what they would pay is its price, for as many months. With of=subscriptions,
    which comes by itself where there are subscriptions and no orders, nothing but that counts: what they paid in the
    span, all of which is left, and segments are plans.

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

    of = Setting(
        CONTRIBUTION,
        BROUGHT.en,
        BROUGHT.de,
        choices=(*ROWS_OF, SUBSCRIPTIONS),
        title=BROUGHT.title,
        words={**BROUGHT.words, SUBSCRIPTIONS: Phrase("what subscribers pay", "was Abonnenten zahlen")},
    )
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
        return (SUBSCRIPTIONS if self.subscribed else ROWS_OF[self.of][0],)

    def beside(self) -> tuple[str, ...]:
        return ("predictions",) if self.subscribed else ("predictions", SUBSCRIPTIONS)

    def fitting(self, known: Collection[str]) -> Mapping[str, object]:
        alone = self.of == CONTRIBUTION and SUBSCRIPTIONS in known and "orders" not in known
        return {"of": SUBSCRIPTIONS} if alone else {}

    @property
    def subscribed(self) -> bool:
        """Whether it is told of nothing but what subscribers pay."""
        return self.of == SUBSCRIPTIONS

    def answer(self, question: Question) -> Found:
        known = reach_within(question, self.facts(), question.windows[0])
        told = self._newest(question) if known.known else None
        if told is None:
            rows = tuple(_nothing(known.reason or NO_RISK))
            notes = (NO_END_KEPT if self.subscribed else NOTHING_KEPT,) if known.known else ()
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
        told = None if row.customers is None else self._newest(question)
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
        told = self._newest(question) if known.known else None
        return None if told is None else Valued(self, self._judged(question, told), told)

    # -- how -------------------------------------------------------------------------
    @property
    def effort(self) -> Effort:
        """What an effort costs and keeps."""
        return Effort(self.price_minor, self.kept, self.budget_minor)

    def _newest(self, question: Question) -> Told | None:
        """Of what was foretold of leaving up to the end of the span the better one, and of that the newest."""
        end = end_of(question, question.windows[0])
        names = (CONTRACT,) if self.subscribed else risks_by(question.organisation.spell_rule)
        risks = question["predictions"].filter(
            _.name.isin(names), _.horizon_days > 0, _.customer_id.notnull(), _.predicted_at <= end
        )
        made = risks.group_by("name", "horizon_days", "predicted_at").aggregate(
            on=_.predicted_on.max(), customers=_.customer_id.nunique()
        )
        found = question.run(made)
        if not found:
            return None
        best = min(
            found, key=lambda each: (names.index(each["name"]), -each["predicted_at"].timestamp(), each["horizon_days"])
        )
        return Told(best["name"], best["horizon_days"], best["predicted_at"], best["on"], best["customers"])

    def _judged(self, question: Question, told: Told) -> Judged:
        """Everybody of whom a risk was told, the one first for whom an effort gains most."""
        people = question.table(self._people(question, told))
        if pc.any(people["owes_foreign"]).as_py():
            raise question.foreign_money(SUBSCRIPTIONS)
        if pc.any(people["foreign"]).as_py():
            raise question.foreign_money(SUBSCRIPTIONS if self.subscribed else foreign_fact(question, self.of))
        named, places = _plans(people) if self.subscribed else _scored(people)
        people = people.append_column("segment", places)
        return Judged.of(people, self.effort, told.days / question.windows[0].length, named)

    def _people(self, question: Question, told: Told) -> ir.Table:
        """One row a customer foretold: the risk, what they would pay, what they brought and paid, their scores and
        their plan."""
        span = question.windows[0]
        kept = question["predictions"].filter(_.horizon_days == told.days, _.predicted_at == moment(told.at))
        people = kept.filter(_.name == told.key).group_by("customer_id").aggregate(risk=_.value.max())
        staying, brought = self._staying(question, told, kept), self._brought(question, span)
        people = people.left_join(staying, people.customer_id == staying.stays)
        people = people.left_join(brought, people.customer_id == brought.who)
        people = people.mutate(
            **{name: _[name].coalesce(0) for name in ("brought", "paid")},
            **{name: _[name].coalesce(False) for name in ("foreign", "owes_foreign")},
            staying=_.staying.coalesce(0.0) if told.key == CONTRACT else _.staying,
            end=end_of(question, span),
        )
        if self.subscribed:
            people = people.mutate(scores=0)
        else:
            scores = Scoring(NET).customers(question, span).select(scored="customer_id", scores=10 * _.r + _.worth)
            people = people.left_join(scores, people.customer_id == scores.scored)
            people = people.mutate(scores=_.scores.coalesce(0))
        columns = ("risk", "brought", "paid", "staying", "low", "high", "scores", "plan", "foreign", "owes_foreign")
        return question.grouped(people, "end").select("customer_id", *columns)

    def _brought(self, question: Question, span: Window) -> ir.Table:
        """One row a customer who brought something in the span: `who`, `brought`, `paid`, `foreign`."""
        if self.subscribed:
            return payments(question, span)
        fact, day = ROWS_OF[self.of]
        inside = question[fact].filter(_[day] >= span.start, _[day] < span.end, _.customer_id.notnull())
        return inside.group_by(who=_.customer_id).aggregate(
            brought=_.amount_minor.sum(),
            paid=(_.kind == "sale").ifelse(_.amount_minor, 0).sum(),
            foreign=_.foreign.any(),
        )

    def _staying(self, question: Question, told: Told, kept: ir.Table) -> ir.Table:
        """One row a customer: `stays`, what they would pay in the days ahead (`staying`, `low`, `high`), `plan`."""
        if told.key == CONTRACT:
            paying = prices(question, told.at).rename(stays="payer")
            unknown = ibis.null("float64")
            return paying.mutate(staying=_.price * told.days / MONTH_DAYS, low=unknown, high=unknown)
        staying = kept.filter(_.name == STAYING).group_by(stays=_.customer_id)
        staying = staying.aggregate(staying=_.value.max(), low=_.low.min(), high=_.high.max())
        return staying.mutate(plan=ibis.null("string"), owes_foreign=False)

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
        for place, name in enumerate(judged.segments):
            inside: Flags = judged.segment == place
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
            ahead=PRICE if told.key == CONTRACT else PACE if judged.whole_margin is None else MODEL,
            margin=judged.whole_margin,
        )


def _scored(people: pa.Table) -> tuple[tuple[Phrase, ...], pa.Array]:
    """The segments there are by scores, and the place of each customer's among them."""
    return (*SEGMENTS, NO_ORDER), pa.array(PLACES[people["scores"].to_numpy()])


def _plans(people: pa.Table) -> tuple[tuple[Phrase, ...], pa.Array]:
    """The plans there are, in order, and the place of each customer's among them."""
    plans = people["plan"].combine_chunks().fill_null("")
    names = sorted(pc.unique(plans).to_pylist())
    told = tuple(Phrase(name, name) if name else NO_PLAN for name in names)
    return told, pc.index_in(plans, value_set=pa.array(names, pa.string())).cast(pa.int64())


def _nothing(reason: str) -> Iterator[Group]:
    """No number of anybody."""
    for decision in DECISIONS:
        yield Group(decision, None, None, None, None, None, None, None, None, complete=False, reason=reason)
