"""What is foreseen of one customer, for their page: what they are worth, and what to recommend to them."""

from __future__ import annotations

from dataclasses import dataclass

from stamm.analyses.recommendations import Recommendations
from stamm.analyses.recommendations.learned import Learned
from stamm.analyses.worth import Valued, Worth
from stamm.answers.foreseen import recommended, valued
from stamm.lang.errors import CurrencyError
from stamm.lang.language import Language
from stamm.reports.customer.ahead import Recommended, WorthOfOne, recommended_to, worth_of_one
from stamm.reports.spans import usual_span
from stamm.web.desk import Opened, desk, soon


@dataclass(frozen=True)
class Ahead:
    """What one customer is worth, where a risk was kept, and what to recommend to them."""

    worth: WorthOfOne | None
    recommended: tuple[Recommended, ...]


def ahead(customer: str, say: Language) -> Ahead | None:
    """Of one customer; None while everybody is being counted."""
    name = desk().opened().name
    return soon(("customer", "ahead", customer, name, say.code), lambda opened: _of(opened, customer, say))


def _of(opened: Opened, customer: str, say: Language) -> Ahead:
    worth, learned = opened.kept(("valued",), _valued)[0], opened.kept(("recommended",), _learned)[0]
    currency = opened.project.organisation.currency
    return Ahead(
        worth_of_one(worth, customer, currency, say) if worth else None,
        tuple(recommended_to(learned, customer, say)) if learned else (),
    )


def _valued(opened: Opened) -> tuple[Valued | None]:
    span = usual_span(Worth(), opened.answers.world)
    try:
        return (valued(opened.answers, span) if span else None,)
    except CurrencyError:  # the page of worth says what is lacking
        return (None,)


def _learned(opened: Opened) -> tuple[Learned | None]:
    span = usual_span(Recommendations(), opened.answers.world)
    return (recommended(opened.answers, span) if span else None,)
