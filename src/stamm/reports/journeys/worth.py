"""Whom it pays to fight for, in words: what is decided of how many, which churn is acceptable, and the arithmetic of
each customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from stamm.analyses.worth import ACCEPTABLE, BASIS, CUSTOMERS, SUBSCRIPTIONS
from stamm.analyses.worth.tables import BEYOND, FIGHT, MODEL, PRICE, Acceptable, Customer, Group
from stamm.answers.table import TableAnswer
from stamm.facts.predictions import CHURN, CONTRACT, STAYING
from stamm.lang.language import Language
from stamm.lang.money import to_major
from stamm.predictions import PREDICTIONS
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.journeys.worth_map import WorthMap, map_of
from stamm.reports.marked import filled

#: what is told of a group, of a segment and of a customer, in the order of the table
OF_GROUP = ("contribution", "ahead", "at_risk", "cost", "gain")
OF_SEGMENT = ("customers", "ahead", "at_risk", "churn", "cost", "acceptable", "gain")
OF_CUSTOMER = ("at_risk", "gain")
#: how many steps the slider has at most
STEPS = 200


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
    brought: str
    ahead: str
    between: str
    amounts: tuple[str, ...]
    pays_from: str


@dataclass(frozen=True)
class OfSegment:
    """A segment, its numbers in the order of the table, and whether more of it is about to go than is acceptable."""

    name: str
    cells: tuple[str, ...]
    over: bool


@dataclass(frozen=True)
class Slider:
    """A budget in whole money: what it is, up to where it can be of use, and one step of it."""

    value: str
    most: str
    step: str
    currency: str


@dataclass(frozen=True)
class Sum:
    """A number as it comes about: its words, and the numbers in their place."""

    words: tuple[str, str]
    numbers: tuple[str, str]
    result: str


@dataclass(frozen=True)
class WorthWords:
    """A sentence, the groups, the map, the segments, the customers for whom an effort gains most, and by what it is
    told."""

    sentence: str
    slider: Slider
    groups: tuple[Decided, ...]
    map: WorthMap
    segments: tuple[OfSegment, ...]
    acceptable: Sum | None
    customers: tuple[OfOne, ...]
    first: str
    basis: str


def worth_of(answer: TableAnswer, say: Language) -> WorthWords | None:
    """What is decided; None where nothing can be told."""
    groups: Sequence[Group] = answer.rows
    if not answer.tables[BASIS]:
        return None
    return WorthWords(
        sentence=_sentence(answer, say),
        slider=_slider(answer),
        groups=tuple(_group(answer, row, say) for row in groups),
        map=map_of(answer, say),
        segments=tuple(_segment(answer, row, say) for row in answer.tables[ACCEPTABLE]),
        acceptable=_acceptable(answer, say),
        customers=tuple(_customer(answer, row, say) for row in answer.tables[CUSTOMERS]),
        first=_first(answer, say),
        basis=_basis(answer, say),
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why nothing can be told."""
    return why_not(answer.rows[0].reason, answer, say)


def keeping_of(answer: TableAnswer) -> tuple[str, ...]:
    """The commands that keep what it is told by."""
    keys = (CONTRACT,) if answer.analysis.settings["of"] == SUBSCRIPTIONS else (CHURN, STAYING)
    return tuple(f"stamm predict {key} --keep" for key in keys)


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


def _slider(answer: TableAnswer) -> Slider:
    """Up to what an effort for everybody would cost for whom it pays; a step is the price of a few more of them."""
    settings, currency = answer.analysis.settings, answer.currency
    pays = sum(row.customers for row in answer.rows if row.decision in (FIGHT, BEYOND))
    price, budget = settings["price_minor"], settings["budget_minor"]
    step = price * max(ceil(pays / STEPS), 1) or 1
    most = step * ceil(max(pays * price, budget, step) / step)
    value, most, step = (f"{to_major(minor, currency):f}" for minor in (budget, most, step))
    return Slider(value, most, step, currency)


def _group(answer: TableAnswer, row: Group, say: Language) -> Decided:
    told = Told(answer, row, say)
    return Decided(
        name=row.decision.of(say.code),
        customers=told("customers"),
        risk=told("risk"),
        amounts=tuple(told(name) for name in OF_GROUP),
        who=tuple(f"{name}={value}" for name, value in answer.name_of(row).items()),
    )


def _segment(answer: TableAnswer, row: Acceptable, say: Language) -> OfSegment:
    told = Told(answer, row, say, ACCEPTABLE)
    return OfSegment(row.segment.of(say.code), tuple(told(name) for name in OF_SEGMENT), row.gain > 0)


def _acceptable(answer: TableAnswer, say: Language) -> Sum | None:
    """How the acceptable churn of the first segment that has one comes about."""
    row = next((row for row in answer.tables[ACCEPTABLE] if row.acceptable is not None), None)
    if row is None:
        return None
    told, kept = Told(answer, row, say, ACCEPTABLE), say.percent(answer.analysis.settings["kept"])
    return Sum(
        words=(
            say("an effort for all of “{segment}”", segment=row.segment.of(say.code)),
            say("share kept by it × what they would bring"),
        ),
        numbers=(told("cost"), filled("{kept} × {ahead}", kept=kept, ahead=told("ahead"))),
        result=told("acceptable"),
    )


def _customer(answer: TableAnswer, row: Customer, say: Language) -> OfOne:
    told = Told(answer, row, say, CUSTOMERS)
    return OfOne(
        place=say.number(row.place),
        customer_id=row.customer_id,
        decision=row.decision.of(say.code),
        fight=row.decision == FIGHT,
        risk=told("risk"),
        brought=told("contribution"),
        ahead=told("ahead"),
        between=told.interval(),
        amounts=tuple(told(name) for name in OF_CUSTOMER),
        pays_from=told("pays_from"),
    )


def _first(answer: TableAnswer, say: Language) -> str:
    """The first line of the list as arithmetic."""
    if not answer.tables[CUSTOMERS]:
        return ""
    told, settings = Told(answer, answer.tables[CUSTOMERS][0], say, CUSTOMERS), answer.analysis.settings
    return filled(
        say("The first line: {risk} × {ahead} = {at_risk} at risk; {kept} of that − {price} = {gain} gained."),
        kept=say.percent(settings["kept"]),
        price=say.money(settings["price_minor"], answer.currency),
        **{name: told(name) for name in ("risk", "ahead", "at_risk", "gain")},
    )


def _basis(answer: TableAnswer, say: Language) -> str:
    """The predictions that the numbers are of."""
    (basis,) = answer.tables[BASIS]
    told = Told(answer, basis, say, BASIS)
    risks = filled(
        say("Risks: {prediction} of {day}, {days} days ahead, of {count} customers."),
        prediction=PREDICTIONS[basis.prediction].title(say.code),
        day=say.day(date.fromisoformat(basis.foretold_on)),
        days=told("days"),
        count=told("customers"),
    )
    if basis.ahead == PRICE:
        price = filled(
            say("What they would bring is the price that they pay each month; of it, {margin} is left."),
            margin=told("margin"),
        )
        return filled("{risks} {price}", risks=risks, price=price)
    if basis.ahead != MODEL:
        pace = say(
            "What they would bring is as much a day as so far; {command} kept on the same day tells it better.",
            command="stamm predict value_if_staying",
        )
        return filled("{risks} {pace}", risks=risks, pace=pace)
    model = filled(
        say("What they would bring is told by a model of buying; of what they pay, {margin} is left."),
        margin=told("margin"),
    )
    return filled("{risks} {model}", risks=risks, model=model)
