"""What is foreseen of one customer, for their page: what they are worth, and what to recommend to them."""

from __future__ import annotations

from dataclasses import dataclass

from stamm.analyses.recommendations import Recommendations
from stamm.analyses.recommendations.learned import Learned
from stamm.analyses.worth import Valued
from stamm.answers.foreseen import next_of_each, recommended, usual_worth, valued
from stamm.lang.errors import CurrencyError
from stamm.lang.language import Language
from stamm.predictions.next_order import NextOfEach, NextOrder
from stamm.reports.customer.ahead import Recommended, WorthOfOne, recommended_to, worth_of_one
from stamm.reports.customer.expected import Expected, expected_next
from stamm.reports.spans import usual_span
from stamm.web.desk import Opened, desk, soon

#: by which it is kept of a snapshot what everybody is worth
VALUED = ("valued",)


@dataclass(frozen=True)
class Ahead:
    """What one customer is worth, where a risk was kept, what to recommend to them, and when they are expected."""

    worth: WorthOfOne | None
    recommended: tuple[Recommended, ...]
    next_order: Expected | None


def ahead(customer: str, say: Language) -> Ahead | None:
    """Of one customer; None while everybody is being counted."""
    name = desk().opened().name
    return soon(("customer", "ahead", customer, name, say.code), lambda opened: _of(opened, customer, say))


def _of(opened: Opened, customer: str, say: Language) -> Ahead:
    worth, learned = opened.kept(VALUED, everybody_valued)[0], opened.kept(("recommended",), _learned)[0]
    following, organisation = opened.kept(("next order",), _next)[0], opened.project.organisation
    currency = organisation.currency
    return Ahead(
        worth_of_one(worth, customer, currency, say) if worth else None,
        tuple(recommended_to(learned, customer, say)) if learned else (),
        expected_next(following, customer, say, organisation) if following else None,
    )


def everybody_valued(opened: Opened) -> tuple[Valued | None]:
    """What everybody is worth, kept as `VALUED`; None where no risk was kept."""
    world = opened.answers.world
    span = usual_span(usual_worth(world), world)
    try:
        return (valued(opened.answers, span) if span else None,)
    except CurrencyError:  # the page of worth says what is lacking
        return (None,)


def _learned(opened: Opened) -> tuple[Learned | None]:
    span = usual_span(Recommendations(), opened.answers.world)
    return (recommended(opened.answers, span) if span else None,)


def _next(opened: Opened) -> tuple[NextOfEach | None]:
    span = usual_span(NextOrder(), opened.answers.world)
    return (next_of_each(opened.answers, span) if span else None,)
