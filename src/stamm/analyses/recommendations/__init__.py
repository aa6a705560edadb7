"""What goes with what, and what to recommend to whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import ClassVar

import numpy as np

from stamm.analyses.kind import ROWS, Analysis, Found, Question, column, row
from stamm.analyses.reach import reach
from stamm.analyses.recommendations.baskets import baskets
from stamm.analyses.recommendations.examples import EXAMPLES
from stamm.analyses.recommendations.learned import Learned, Rules, Trial, tried
from stamm.lang.definition import Setting
from stamm.lang.formula import ratio, share
from stamm.lang.interval import wilson
from stamm.lang.phrase import Phrase
from stamm.lang.window import day_of

CUSTOMERS, QUALITY = "customers", "quality"
NOTHING = Phrase(
    "In these days nobody kept two different products, as far as order lines tell.",
    "In diesen Tagen behielt niemand zwei verschiedene Produkte, soweit Bestellzeilen es sagen.",
)

RATHER_POPULAR = Phrase(
    "In the test the most bought products did as well or better: rather recommend those.",
    "In der Prüfung traf das Meistgekaufte so gut oder besser: besser dieses empfehlen.",
)


@row
class Pair:
    """A product and one that goes with it: `customers` kept both, of the `buyers` who kept the first.

    `lift` is how many times as often those keep the other as everybody does: customers x n(ij) / (n(i) n(j)).
    """

    product: str = column("product", "Produkt", "text", key=True)
    place: int = column("place", "Platz", "count", key=True)
    goes_with: str = column("goes with", "dazu passt", "text")
    customers: int = column("kept both", "behielten beides", "count")
    buyers: int = column("buyers", "Käufer", "count", detail=True)
    of_buyers: float | None = column("of its buyers", "von seinen Käufern", "share")
    lift: float | None = column("times as often as all", "mal so oft wie alle", "ratio")
    score: float = column("score", "Punktwert", "number")


@row
class ForCustomer:
    """One product recommended to one customer, and why: bought with `because` by so many, or by themselves on so many
    days."""

    place: int = column("place", "Platz", "count", key=True)
    customer_id: str = column("customer", "Kunde", "text", personal=True)
    rank: int = column("rank", "Rang", "count")
    product: str = column("recommended", "empfohlen", "text")
    because: str = column("for they bought", "weil sie kauften", "text")
    together: int | None = column("bought with it by", "damit gekauft von", "count")
    on_days: int | None = column("by themselves on days", "selbst an Tagen", "count")


@row
class Quality:
    """How often customers found something they later bought among the first recommended, and how far up (NDCG)."""

    way: Phrase = column("recommended by", "empfohlen nach", "text", key=True)
    customers: int = column("customers", "Kunden", "count")
    hit_rate: float | None = column("found something", "fanden etwas", "share")
    low: float | None = column("95% interval from", "95-%-Intervall von", "share")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "share")
    ndcg: float | None = column("NDCG", "NDCG", "number")


class Recommendations(Analysis):
    """What goes with what, and what to recommend to whom: products that the same customers keep.

    From the order lines of the span, as they were known at its end: what a customer bought and did not send back. Two
    products with n(i) and n(j) buyers, n(ij) of whom kept both, score n(ij) / (sqrt(n(i) n(j)) + shrink): what
    everybody buys goes with nothing in particular, and what a few bought together by chance tells little.

    A customer is recommended what has the greatest sum of scores with all they kept, and the reason is the one of these
    with the greatest. A product that is bought again, one that at least a share `again` of its buyers (five or more)
    bought on two days, goes with itself: for whoever has it, each day on which they bought it adds
    10 x n(twice) / (n(i) + shrink). Left out is what is no longer sold, what they sent back, and what they bought
    that is not bought again.

    `quality` is a test on the last days of the span, learned from those before alone: of the customers who kept
    something open to them, how many found it among the first recommended, and how far up. The most bought products,
    with the same left out, are what it has to beat.
    """

    de = "Empfehlungen"
    sentence_de = "Was zusammenpasst und was wem zu empfehlen ist: Produkte, die dieselben Kunden behalten."
    cited = (
        "Sarwar, Karypis, Konstan and Riedl (2001), Item-Based Collaborative Filtering; Järvelin and Kekäläinen (2002)"
    )
    splits = False
    tables: ClassVar = {ROWS: Pair, CUSTOMERS: ForCustomer, QUALITY: Quality}
    examples = EXAMPLES

    most = Setting(
        5,
        "How many products are recommended.",
        "Wie viele Produkte empfohlen werden.",
        low=1,
        high=50,
        title=Phrase("Products each", "Produkte je"),
    )
    shrink = Setting(
        10.0,
        "How many customers a pair has to outweigh before its score tells much.",
        "Wie viele Kunden ein Paar aufwiegen muss, ehe sein Punktwert viel sagt.",
        low=0.0,
        high=10_000.0,
        title=Phrase("Shrink by", "Dämpfen um"),
    )
    again = Setting(
        0.25,
        "From which share of buyers who bought it on two days on a product is one that is bought again.",
        "Ab welchem Anteil an Käufern, die es an zwei Tagen kauften, ein Produkt wieder gekauft wird.",
        low=0.0,
        high=1.0,
        title=Phrase("Bought again from", "Wieder gekauft ab"),
    )
    repeat = Setting(
        True,
        "Whether what is bought again is also recommended to those who have it.",
        "Ob, was wieder gekauft wird, auch denen empfohlen wird, die es schon haben.",
        title=Phrase("What they have, too", "Auch, was sie haben"),
    )
    lately = Setting(
        90,
        "After so many days without a sale a product is no longer sold.",
        "Nach so vielen Tagen ohne Verkauf ist ein Produkt nicht mehr im Angebot.",
        low=1,
        high=1095,
        title=Phrase("Still sold (days)", "Noch im Angebot (Tage)"),
    )
    held_out = Setting(
        28,
        "The test is on so many of the last days.",
        "An so vielen der letzten Tage wird geprüft.",
        low=1,
        high=365,
        title=Phrase("Days of the test", "Tage der Prüfung"),
    )
    products = Setting(
        2000,
        "Of how many products, the most bought, it is learned.",
        "Von wie vielen Produkten, den meistgekauften, gelernt wird.",
        low=2,
        high=5000,
        title=Phrase("Products at most", "Produkte höchstens"),
    )
    listed = Setting(
        20,
        "How many customers are listed, those who bought last first.",
        "Wie viele Kunden aufgeführt werden, wer zuletzt kaufte zuerst.",
        low=1,
        high=1_000_000,
        title=Phrase("Customers listed", "Kunden aufgeführt"),
    )

    def facts(self) -> tuple[str, ...]:
        return ("order_lines",)

    def beside(self) -> tuple[str, ...]:
        return ("orders", "returns")

    @property
    def rules(self) -> Rules:
        """How it is learned."""
        return Rules(self.shrink, self.again, self.repeat, self.lately, self.products)

    def learned(self, question: Question, until: date | None = None) -> Learned | None:
        """What goes with what by the days of the question, up to the start of one of them; None where nothing is
        known."""
        span = question.windows[0]
        if not reach(question, self.facts(), span).known or question.as_of is None:
            return None
        end = min(span.end, day_of(question.as_of, question.organisation.zone))
        on = min(until or end, end)
        return Learned.of(baskets(question, span.start, on), self.rules) if on > span.start else None

    def answer(self, question: Question) -> Found:
        learned = self.learned(question)
        if learned is None or not learned.together.any():
            return Found({ROWS: (), CUSTOMERS: (), QUALITY: ()}, notes=(NOTHING,))
        quality = tuple(self._quality(question, learned))
        return Found(
            {
                ROWS: tuple(self._pairs(learned)),
                CUSTOMERS: tuple(self._listed(learned)),
                QUALITY: quality,
            },
            notes=tuple(_notes(learned, quality)),
        )

    # -- how -------------------------------------------------------------------------
    def _pairs(self, learned: Learned) -> Iterator[Pair]:
        everybody = len(np.unique(learned.baskets.who[learned.baskets.kept]))
        n = learned.buyers.tolist()
        for one in sorted(range(len(n)), key=lambda place: (-n[place], learned.name(place))):
            for place, other in enumerate(learned.with_product(one, self.most), start=1):
                both = int(learned.together[one, other])
                yield Pair(
                    product=learned.name(one),
                    place=place,
                    goes_with=learned.name(other),
                    customers=both,
                    buyers=n[one],
                    of_buyers=share(both, n[one]),
                    lift=ratio(both * everybody, n[one] * n[other]),
                    score=float(learned.score[one, other]),
                )

    def _listed(self, learned: Learned) -> Iterator[ForCustomer]:
        last = np.zeros(len(learned.baskets.customers), dtype=np.int64)
        np.maximum.at(last, learned.baskets.who, learned.baskets.last)
        place = 0
        for who in np.argsort(-last, kind="stable")[: self.listed].tolist():
            for rank, reason in enumerate(learned.recommended(who, self.most), start=1):
                place += 1
                yield ForCustomer(
                    place=place,
                    customer_id=learned.baskets.customers[who].as_py(),
                    rank=rank,
                    product=learned.name(reason.product),
                    because=learned.name(reason.because),
                    together=reason.customers or None,
                    on_days=reason.days or None,
                )

    def _quality(self, question: Question, learned: Learned) -> Iterator[Quality]:
        end = learned.baskets.on
        split = end - timedelta(days=self.held_out)
        before = self.learned(question, split) if split > learned.baskets.since else None
        if before is None or not before.together.any():
            return
        ours, popular = tried(before, baskets(question, split, end), self.most)
        if ours.customers:
            yield _told(Phrase("this analysis", "dieser Auswertung"), ours)
            yield _told(Phrase("what is bought most", "dem Meistgekauften"), popular)


def _told(way: Phrase, trial: Trial) -> Quality:
    low, high = wilson(trial.hits, trial.customers)
    return Quality(way, trial.customers, share(trial.hits, trial.customers), low, high, trial.gain)


def _notes(learned: Learned, quality: Sequence[Quality]) -> Iterator[Phrase]:
    seen = learned.baskets
    customers, products = len(seen.customers), len(learned.chosen)
    again, gone = int(learned.again.sum()), int((~learned.sold).sum())
    yield Phrase(
        f"Learned from {customers} customers and {products} products: {again} are bought again, {gone} no longer sold.",
        f"Gelernt aus {customers} Kunden und {products} Produkten: {again} werden wieder gekauft, {gone} nicht mehr "
        "verkauft.",
    )
    if quality and (quality[0].hit_rate or 0.0) <= (quality[1].hit_rate or 0.0):
        yield RATHER_POPULAR
