"""What goes with what, in words: each product with what goes with it, and how well recommendations did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from stamm.analyses.recommendations import CUSTOMERS, QUALITY, RATHER_POPULAR, ForCustomer, Pair
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.reports.exact import Told
from stamm.reports.marked import exactly, filled

#: how many products are shown on the page, those with most buyers
SHOWN = 20


@dataclass(frozen=True)
class Partner:
    """One product that goes with another: how many kept both, which share of the buyers, how many times as often."""

    name: str
    customers: str
    of_buyers: str
    lift: str


@dataclass(frozen=True)
class Product:
    """A product, how many kept it, and what goes with it."""

    name: str
    buyers: str
    partners: tuple[Partner, ...]


@dataclass(frozen=True)
class Way:
    """One way to recommend, and how it did: the share who found something, its interval, how far up it was."""

    name: str
    customers: str
    hit_rate: str
    between: str
    ndcg: str


@dataclass(frozen=True)
class Suggested:
    """One product for one customer, and why."""

    customer_id: str
    product: str
    because: str
    first: bool


@dataclass(frozen=True)
class RecommendationWords:
    """A sentence on how good they are, what is to be done where simpler ones are as good, the ways held against what
    came, products with partners, and customers."""

    sentence: str
    rather: str
    ways: tuple[Way, ...]
    products: tuple[Product, ...]
    customers: tuple[Suggested, ...]


def recommendations_of(answer: TableAnswer, say: Language) -> RecommendationWords | None:
    """What is recommended; None where nobody kept two products."""
    if not answer.rows:
        return None
    return RecommendationWords(
        sentence=_sentence(answer, say),
        rather=next((note.of(say.code) for note in answer.notes if note == RATHER_POPULAR), ""),
        ways=tuple(_ways(answer, say)),
        products=tuple(islice(_products(answer, say), SHOWN)),
        customers=tuple(_customers(answer, say)),
    )


def because(say: Language, product: str, customers: int | None, days: int | None) -> str:
    """The reason for a recommendation: on how many days they bought it, or what goes with it."""
    if days:
        words = say("bought on {count} day so far") if days == 1 else say("bought on {count} days so far")
        return filled(words, count=exactly(days, say.number(days)))
    one = customers == 1
    words = (
        say("bought with {product} by {count} customer") if one else say("bought with {product} by {count} customers")
    )
    return filled(words, product=product, count=exactly(customers or 0, say.number(customers or 0)))


def _sentence(answer: TableAnswer, say: Language) -> str:
    if not answer.tables[QUALITY]:
        return say("These days are too few to hold recommendations against what came.")
    ours, popular = (Told(answer, row, say, QUALITY) for row in answer.tables[QUALITY])
    return filled(
        say("Of {count} customers {ours} later bought one of {most} recommended; of the most bought, {popular}."),
        count=ours("customers"),
        ours=ours("hit_rate"),
        most=say.number(answer.analysis.settings["most"]),
        popular=popular("hit_rate"),
    )


def _ways(answer: TableAnswer, say: Language) -> Iterator[Way]:
    for row in answer.tables[QUALITY]:
        told = Told(answer, row, say, QUALITY)
        yield Way(row.way.of(say.code), told("customers"), told("hit_rate"), told.interval(), told("ndcg", digits=3))


def _products(answer: TableAnswer, say: Language) -> Iterator[Product]:
    rows: Sequence[Pair] = answer.rows
    for name, pairs in groupby(rows, key=lambda row: row.product):
        told = [(row, Told(answer, row, say)) for row in pairs]
        yield Product(
            name,
            told[0][1]("buyers"),
            tuple(Partner(row.goes_with, one("customers"), one("of_buyers"), one("lift")) for row, one in told),
        )


def _customers(answer: TableAnswer, say: Language) -> Iterator[Suggested]:
    rows: Sequence[ForCustomer] = answer.tables[CUSTOMERS]
    for row in rows:
        yield Suggested(
            row.customer_id, row.product, because(say, row.because, row.together, row.on_days), row.rank == 1
        )
