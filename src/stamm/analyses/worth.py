"""Whom it pays to fight for, and whom to let go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

import ibis
import ibis.expr.types as ir

from stamm.analyses.brought import BROUGHT, CONTRIBUTION, REVENUE, foreign_fact
from stamm.analyses.kind import ROWS, Analysis, Behind, Found, Question, column, row
from stamm.analyses.reach import Reach, end_of, moment, reach_within
from stamm.facts.buyers_by_contribution import SALES
from stamm.facts.predictions import RISKS
from stamm.lang.definition import Setting
from stamm.lang.errors import UsageError
from stamm.lang.example import TableExample, rows
from stamm.lang.formula import ratio
from stamm.lang.phrase import Phrase

_ = ibis._

CUSTOMERS, BASIS = "customers", "basis"
#: what customers brought, row by row, and the column of its day
ROWS_OF = {CONTRIBUTION: ("contributions", "contributed_on"), REVENUE: ("takings", "taken_on")}
FIGHT = Phrase("To fight for", "Um sie kämpfen")
BEYOND = Phrase("Worth it, beyond the budget", "Lohnt sich, über dem Budget")
ALONE = Phrase("Better left alone", "Besser in Ruhe lassen")
LET_GO = Phrase("To let go", "Ziehen lassen")
DECISIONS = (FIGHT, BEYOND, ALONE, LET_GO)
NO_RISK = "no_risk"
NOTHING_KEPT = Phrase(
    "No risk of leaving was kept up to the end of these days. Run `stamm predict churn_risk --keep`, or "
    "`stamm predict no_order_risk --keep` for a young shop.",
    "Bis zum Ende dieser Tage wurde kein Abwanderungsrisiko aufbewahrt. `stamm predict churn_risk --keep` tut es, bei "
    "einem jungen Shop `stamm predict no_order_risk --keep`.",
)
#: anna brought 5000, ben and cleo 1000 each, dora cost 3500 more than she brought, emil ordered later
_RISKY = SALES | {
    "predictions": rows("""
        model  customer_id  predicted_at  name        horizon_days  value
        m      anna         2024-02-20    churn_risk  58            0.25
        m      ben          2024-02-20    churn_risk  58            0.05
        m      cleo         2024-02-20    churn_risk  58            0.45
        m      dora         2024-02-20    churn_risk  58            0.80
        m      emil         2024-02-20    churn_risk  58            0.70
        m      anna         2024-01-20    churn_risk  58            0.90
        m      anna         2024-03-02    churn_risk  58            0.90
        n      ben          2024-02-25    other       58            0.90
    """)
}
#: of a probability, what adding up in real numbers may lose
SLACK = 1e-9


@row
class Group:
    """Customers about whom the same is decided; money in minor units, `risk` is a mean."""

    decision: Phrase = column("decision", "Entscheidung", "text", key=True)
    customers: int | None = column("customers", "Kunden", "count")
    risk: float | None = column("risk of leaving", "Risiko zu gehen", "share")
    contribution: int | None = column("brought so far", "bisher erbracht", "money")
    ahead: int | None = column("would bring if they stay", "brächten, wenn sie bleiben", "money")
    at_risk: int | None = column("value at risk", "gefährdeter Wert", "money")
    cost: int | None = column("cost of the effort", "Kosten der Mühe", "money")
    gain: int | None = column("gained by it", "dadurch gewonnen", "money")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@row
class Customer:
    """One customer and the arithmetic; those first for whom the effort gains most. Money in minor units.

    `pays_from` is the risk from which the effort pays: the churn that is acceptable below it. It is empty where no
    risk is high enough.
    """

    place: int = column("place", "Platz", "count", key=True)
    customer_id: str = column("customer", "Kunde", "text", personal=True)
    decision: Phrase = column("decision", "Entscheidung", "text")
    risk: float = column("risk of leaving", "Risiko zu gehen", "share")
    contribution: int = column("brought so far", "bisher erbracht", "money")
    ahead: int = column("would bring if they stay", "brächten, wenn sie bleiben", "money")
    at_risk: int = column("value at risk", "gefährdeter Wert", "money")
    gain: int = column("gained by the effort", "durch die Mühe gewonnen", "money")
    pays_from: float | None = column("pays from a risk of", "lohnt sich ab einem Risiko von", "share")


@row
class Basis:
    """What the risks are: which prediction, of which day, for how many days ahead, and of how many customers."""

    prediction: str = column("prediction", "Vorhersage", "text", key=True)
    foretold_on: str = column("made on", "gemacht am", "text")
    days: int = column("days ahead", "Tage voraus", "count")
    customers: int = column("customers foretold", "Kunden mit Vorhersage", "count")


class Told(NamedTuple):
    """A prediction that was kept: its key, for how many days ahead, when it was made, of how many customers."""

    key: str
    days: int
    at: datetime
    on: date
    customers: int


@dataclass(frozen=True)
class Judged:
    """One customer as they are judged; money in minor units, not rounded."""

    customer_id: str
    risk: float
    contribution: int
    ahead: float
    gain: float
    decision: Phrase

    @property
    def at_risk(self) -> float:
        """What their leaving would cost: the risk times what they would bring, and nothing where that is no gain."""
        return self.risk * max(self.ahead, 0.0)


class Worth(Analysis):
    """Whom it pays to fight for, and whom to let go: risk of leaving times what customers would bring.

    Of each customer of whom a risk was kept (the newest up to the end of the span, `basis`): what they brought in
    the span, and what they would bring if they stayed, as much a day as in the span for as many days as the risk
    looks ahead. What they brought is everything in the span that names them: what they paid less what they were paid
    back, and for the contribution also less the cost of goods, messages, service, retention and rewards.

    value at risk = risk x what they would bring, and gained by the effort = value at risk x the share whom an effort
    keeps - its price. Customers are taken in the order of that gain, equal ones by their id, as long as it is above
    zero and the budget lasts: these are to fight for. For those who follow it would pay, too. Who would bring
    something, but less than the effort is worth, is better left alone; who would bring nothing, or costs more than
    they bring, is to let go.

    The share whom an effort keeps is yours to measure with a group that is held out; until then it is an assumption.
    """

    en = "Worth fighting for"
    de = "Um wen es sich lohnt"
    sentence_de = "Um wen zu kämpfen sich lohnt und wen man ziehen lässt: Risiko mal das, was Kunden erbrächten."
    splits = False
    reasons: ClassVar = {NO_RISK: Phrase("no risk of leaving was kept", "kein Abwanderungsrisiko wurde aufbewahrt")}
    tables: ClassVar = {ROWS: Group, CUSTOMERS: Customer, BASIS: Basis}
    # 58 days are two Februaries: anna would bring 10000, and 2500 are at risk, of which a fifth is 500, less 100;
    # ben 2000 and 100, cleo 2000 and 900: 180 less 100, for which no money is left
    examples = (
        TableExample(
            facts=_RISKY,
            context={
                "window": "2024-02",
                "as_of": "2024-04-01",
                "settings": {"budget_minor": 150, "price_minor": 100, "kept": 0.2},
            },
            gives=rows("""
                customers  risk  contribution  ahead  at_risk  cost  gain  complete
                1          0.25  5000          10000  2500     100   400   true
                1          0.45  1000          2000   900      100   80    true
                1          0.05  1000          2000   100      100   -80   true
                2          0.75  -3500         -7000  0        200   -200  true
            """),
        ),
        # 100 / (0.2 x 10000) is the least risk at which anna is worth it, and 100 / (0.2 x 2000) that of the others
        TableExample(
            facts=_RISKY,
            context={
                "window": "2024-02",
                "as_of": "2024-04-01",
                "table": CUSTOMERS,
                "settings": {"budget_minor": 150, "price_minor": 100, "kept": 0.2},
            },
            gives=rows("""
                place  customer_id  risk  contribution  ahead  at_risk  gain  pays_from
                1      anna         0.25  5000          10000  2500     400   0.05
                2      cleo         0.45  1000          2000   900      80    0.25
                3      ben          0.05  1000          2000   100      -80   0.25
                4      dora         0.80  -3500         -7000  0        -100  -
                5      emil         0.70  0             0      0        -100  -
            """),
        ),
        TableExample(
            facts=_RISKY,
            context={"window": "2024-02", "as_of": "2024-04-01", "table": BASIS, "settings": {"of": REVENUE}},
            gives=rows("""
                prediction  foretold_on  days  customers
                churn_risk  2024-02-20   58    5
            """),
        ),
    )

    of = BROUGHT
    budget_minor = Setting(
        50_000,
        "What all efforts may cost together, in minor units: 50000 are 500.00.",
        "Was alle Mühe zusammen kosten darf, in kleinster Einheit: 50000 sind 500,00.",
        low=0,
        high=10**12,
        title=Phrase("Budget (minor units)", "Budget (kleinste Einheit)"),
    )
    price_minor = Setting(
        500,
        "What the effort for one customer costs, in minor units: a gift, a call.",
        "Was die Mühe um einen Kunden kostet, in kleinster Einheit: ein Geschenk, ein Anruf.",
        low=0,
        high=10**9,
        title=Phrase("Price each (minor units)", "Preis je Kunde (kleinste Einheit)"),
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
        if not known.known:
            return Found({ROWS: tuple(_nothing(known.reason)), CUSTOMERS: (), BASIS: ()})
        told = _newest(question)
        if told is None:
            return Found({ROWS: tuple(_nothing(NO_RISK)), CUSTOMERS: (), BASIS: ()}, notes=(NOTHING_KEPT,))
        judged = self._judged(question, told)
        return Found(
            {
                ROWS: tuple(self._groups(judged, known)),
                CUSTOMERS: tuple(self._listed(judged[: self.most])),
                BASIS: (Basis(told.key, told.on.isoformat(), told.days, told.customers),),
            }
        )

    def customers(self, question: Question, row: Any) -> Behind:
        """Who is in the group, and who else was judged."""
        told = None if row.customers is None else _newest(question)
        if told is None:
            raise UsageError("Of nobody is known what they are worth.")
        judged = self._judged(question, told)
        inside, others = (
            sorted(each.customer_id for each in judged if (each.decision == row.decision) is which)
            for which in (True, False)
        )
        return Behind(tuple(inside), tuple(others))

    # -- how -------------------------------------------------------------------------
    def _judged(self, question: Question, told: Told) -> list[Judged]:
        """Everybody of whom a risk was told, the one first for whom an effort gains most."""
        span = question.windows[0]
        people = question.run(self._people(question, told))
        if any(each["foreign"] for each in people):
            raise question.foreign_money(foreign_fact(question, self.of))
        found = []
        for each in people:
            ahead = each["brought"] * told.days / span.length
            gain = each["risk"] * max(ahead, 0.0) * self.kept - self.price_minor
            decision = LET_GO if ahead <= 0 else BEYOND if gain > 0 else ALONE
            found.append(Judged(each["customer_id"], each["risk"], each["brought"], ahead, gain, decision))
        found.sort(key=lambda judged: (-judged.gain, judged.ahead <= 0, judged.customer_id))
        affordable = self.budget_minor // self.price_minor if self.price_minor else len(found)
        return [
            Judged(**(vars(each) | {"decision": FIGHT})) if each.decision == BEYOND and place < affordable else each
            for place, each in enumerate(found)
        ]

    def _people(self, question: Question, told: Told) -> ir.Table:
        """One row a customer foretold: the risk, and what they brought in the span."""
        fact, day = ROWS_OF[self.of]
        span = question.windows[0]
        inside = question[fact].filter(_[day] >= span.start, _[day] < span.end, _.customer_id.notnull())
        brought = inside.group_by(who=_.customer_id).aggregate(brought=_.amount_minor.sum(), foreign=_.foreign.any())
        risks = question["predictions"].filter(
            _.name == told.key, _.horizon_days == told.days, _.predicted_at == moment(told.at)
        )
        risks = risks.group_by("customer_id").aggregate(risk=_.value.max())
        both = risks.left_join(brought, risks.customer_id == brought.who).mutate(
            brought=_.brought.coalesce(0), foreign=_.foreign.coalesce(False), end=end_of(question, span)
        )
        return question.grouped(both, "end").select("customer_id", "risk", "brought", "foreign")

    def _groups(self, judged: Sequence[Judged], known: Reach) -> Iterator[Group]:
        for decision in DECISIONS:
            inside = [each for each in judged if each.decision == decision]
            yield Group(
                decision=decision,
                customers=len(inside),
                risk=ratio(sum(each.risk for each in inside), len(inside)),
                contribution=sum(each.contribution for each in inside),
                ahead=round(sum(each.ahead for each in inside)),
                at_risk=round(sum(each.at_risk for each in inside)),
                cost=len(inside) * self.price_minor,
                gain=round(sum(each.gain for each in inside)),
                complete=known.final,
                reason=known.reason,
            )

    def _listed(self, judged: Sequence[Judged]) -> Iterator[Customer]:
        for place, each in enumerate(judged, start=1):
            least = ratio(self.price_minor, self.kept * max(each.ahead, 0.0))
            yield Customer(
                place=place,
                customer_id=each.customer_id,
                decision=each.decision,
                risk=each.risk,
                contribution=each.contribution,
                ahead=round(each.ahead),
                at_risk=round(each.at_risk),
                gain=round(each.gain),
                pays_from=None if least is None or least > 1 + SLACK else min(least, 1.0),
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
        yield Group(decision, None, None, None, None, None, None, None, complete=False, reason=reason)
