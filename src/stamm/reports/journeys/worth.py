"""Whom it pays to fight for, in words: what is decided of how many, and the arithmetic of each customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stamm.analyses.worth import BASIS, CUSTOMERS, FIGHT, Customer, Group
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.predictions import PREDICTIONS
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.marked import filled

#: what is told of a group and of a customer in money, in the order of the table
OF_GROUP = ("contribution", "ahead", "at_risk", "cost", "gain")
OF_CUSTOMER = ("contribution", "ahead", "at_risk", "gain")


@dataclass(frozen=True)
class Decided:
    """Customers about whom the same is decided, and the amounts that they have together."""

    name: str
    customers: str
    risk: str
    amounts: tuple[str, ...]
    who: tuple[str, ...]


@dataclass(frozen=True)
class OfOne:
    """One customer: who, what is decided, the risk, the amounts, and from which risk on the effort pays."""

    place: str
    customer_id: str
    decision: str
    fight: bool
    risk: str
    amounts: tuple[str, ...]
    pays_from: str


@dataclass(frozen=True)
class WorthWords:
    """A sentence, the groups, the customers for whom an effort gains most, and whose word the risks are."""

    sentence: str
    groups: tuple[Decided, ...]
    customers: tuple[OfOne, ...]
    basis: str


def worth_of(answer: TableAnswer, say: Language) -> WorthWords | None:
    """What is decided; None where nothing can be told."""
    groups: Sequence[Group] = answer.rows
    if not answer.tables[BASIS]:
        return None
    return WorthWords(
        sentence=_sentence(answer, say),
        groups=tuple(_group(answer, row, say) for row in groups),
        customers=tuple(_customer(answer, row, say) for row in answer.tables[CUSTOMERS]),
        basis=_basis(answer, say),
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why nothing can be told."""
    return why_not(answer.rows[0].reason, answer, say)


def _sentence(answer: TableAnswer, say: Language) -> str:
    (fight,) = (row for row in answer.rows if row.decision == FIGHT)
    told, settings = Told(answer, fight, say), answer.analysis.settings
    budget = say.money(settings["budget_minor"], answer.currency)
    if not fight.customers:
        return say("With {budget} there is nobody for whom an effort pays.", budget=budget)
    return filled(
        say("With {budget}, fight for {count} customers: it costs {cost} and gains {gain} beyond that."),
        budget=budget,
        count=told("customers"),
        cost=told("cost"),
        gain=told("gain"),
    )


def _group(answer: TableAnswer, row: Group, say: Language) -> Decided:
    told = Told(answer, row, say)
    return Decided(
        name=row.decision.of(say.code),
        customers=told("customers"),
        risk=told("risk"),
        amounts=tuple(told(name) for name in OF_GROUP),
        who=tuple(f"{name}={value}" for name, value in answer.name_of(row).items()),
    )


def _customer(answer: TableAnswer, row: Customer, say: Language) -> OfOne:
    told = Told(answer, row, say, CUSTOMERS)
    return OfOne(
        place=say.number(row.place),
        customer_id=row.customer_id,
        decision=row.decision.of(say.code),
        fight=row.decision == FIGHT,
        risk=told("risk"),
        amounts=tuple(told(name) for name in OF_CUSTOMER),
        pays_from=told("pays_from"),
    )


def _basis(answer: TableAnswer, say: Language) -> str:
    """The prediction that the risks are of."""
    (basis,) = answer.tables[BASIS]
    told = Told(answer, basis, say, BASIS)
    return filled(
        say("Risks: {prediction} of {day}, {days} days ahead, of {count} customers."),
        prediction=PREDICTIONS[basis.prediction].title(say.code),
        day=say.day(date.fromisoformat(basis.foretold_on)),
        days=told("days"),
        count=told("customers"),
    )
