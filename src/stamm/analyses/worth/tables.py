"""What is told of worth: of groups, of segments and of each customer. Money is in minor units."""

from __future__ import annotations

from stamm.analyses.kind import column, row
from stamm.lang.phrase import Phrase

FIGHT = Phrase("To fight for", "Um sie kämpfen")
BEYOND = Phrase("Worth it, beyond the budget", "Lohnt sich, über dem Budget")
ALONE = Phrase("Better left alone", "Besser in Ruhe lassen")
LET_GO = Phrase("To let go", "Ziehen lassen")
DECISIONS = (FIGHT, BEYOND, ALONE, LET_GO)
MODEL = Phrase("a model of buying", "ein Kaufmodell")
PRICE = Phrase("the price of the subscription", "der Preis des Abonnements")
PACE = Phrase("as much a day as in the span", "so viel am Tag wie im Zeitraum")


@row
class Group:
    """Customers about whom the same is decided; `risk` is a mean."""

    decision: Phrase = column("decision", "Entscheidung", "text", key=True)
    customers: int | None = column("customers", "Kunden", "count")
    risk: float | None = column("risk of leaving", "Risiko zu gehen", "share")
    contribution: int | None = column("brought so far", "bisher erbracht", "money")
    ahead: int | None = column("would bring if they stay", "brächten, wenn sie bleiben", "money")
    expected: int | None = column("expected of them", "von ihnen zu erwarten", "money")
    at_risk: int | None = column("value at risk", "gefährdeter Wert", "money")
    cost: int | None = column("cost of the effort", "Kosten der Mühe", "money")
    gain: int | None = column("gained by it", "dadurch gewonnen", "money")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@row
class Customer:
    """One customer and the arithmetic; those first for whom the effort gains most.

    `low` and `high` are the 80 % interval of what they would bring if they stay, where a model told it, and `margin` is
    what is left of each unit they pay. `pays_from` is the risk from which the effort pays: the churn that is acceptable
    below it. It is empty where no risk is high enough.
    """

    place: int = column("place", "Platz", "count", key=True)
    customer_id: str = column("customer", "Kunde", "text", personal=True)
    decision: Phrase = column("decision", "Entscheidung", "text")
    risk: float = column("risk of leaving", "Risiko zu gehen", "share")
    contribution: int = column("brought so far", "bisher erbracht", "money")
    margin: float | None = column("left of what they pay", "bleibt von ihrer Zahlung", "share", detail=True)
    ahead: int = column("would bring if they stay", "brächten, wenn sie bleiben", "money")
    low: int | None = column("80% interval from", "80-%-Intervall von", "money", detail=True)
    high: int | None = column("80% interval to", "80-%-Intervall bis", "money", detail=True)
    expected: int = column("expected of them", "von ihnen zu erwarten", "money", detail=True)
    at_risk: int = column("value at risk", "gefährdeter Wert", "money")
    gain: int = column("gained by the effort", "durch die Mühe gewonnen", "money")
    pays_from: float | None = column("pays from a risk of", "lohnt sich ab einem Risiko von", "share")


@row
class Place:
    """A place on the map: customers of like risk who would bring about as much, and about how many what is decided.

    A bound belongs to the place below it. `ahead_from` is empty for who would bring nothing, `ahead_to` for the most.
    """

    risk_from: float = column("risk from", "Risiko von", "share", key=True)
    risk_to: float = column("risk to", "Risiko bis", "share")
    ahead_from: int | None = column("would bring from", "brächten von", "money", key=True)
    ahead_to: int | None = column("would bring to", "brächten bis", "money")
    customers: int = column("customers", "Kunden", "count")
    fight: int = column("to fight for", "um sie kämpfen", "count")
    beyond: int = column("worth it, beyond the budget", "lohnt sich, über dem Budget", "count")
    alone: int = column("better left alone", "besser in Ruhe lassen", "count")
    let_go: int = column("to let go", "ziehen lassen", "count")
    ahead: int = column("would bring if they stay", "brächten, wenn sie bleiben", "money")
    at_risk: int = column("value at risk", "gefährdeter Wert", "money")


@row
class Acceptable:
    """A segment, and which churn of it is acceptable: where an effort for all of it costs just what it saves.

    Of what those would bring who bring something (`ahead`), `at_risk` is expected to be lost, which is `churn` of it.
    `acceptable` = cost / (share kept x ahead); it is empty where not even losing all of it would pay for the effort.
    """

    segment: Phrase = column("segment", "Segment", "text", key=True)
    customers: int = column("customers", "Kunden", "count")
    ahead: int = column("would bring if they stay", "brächten, wenn sie bleiben", "money")
    at_risk: int = column("value at risk", "gefährdeter Wert", "money")
    churn: float | None = column("of it at risk", "davon gefährdet", "share")
    cost: int = column("an effort for all costs", "Mühe um alle kostet", "money")
    acceptable: float | None = column("acceptable churn", "hinnehmbare Abwanderung", "share")
    gain: int = column("gained by an effort for all", "Gewinn bei Mühe um alle", "money")


@row
class Basis:
    """What the numbers rest on: which risk, of which day, for how many days ahead, of how many customers, and by what
    it was told what customers would bring."""

    prediction: str = column("prediction", "Vorhersage", "text", key=True)
    foretold_on: str = column("made on", "gemacht am", "text")
    days: int = column("days ahead", "Tage voraus", "count")
    customers: int = column("customers foretold", "Kunden mit Vorhersage", "count")
    ahead: Phrase = column("what they would bring by", "Erwartetes nach", "text")
    margin: float | None = column("left of what all pay", "bleibt von aller Zahlung", "share")
