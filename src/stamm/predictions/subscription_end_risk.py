"""Whose subscription is about to end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from stamm.analyses.kind import ROWS, Question, column, row
from stamm.lang.phrase import Phrase
from stamm.predictions.bought import Reals
from stamm.predictions.churn.cuts import Cut, Flags, Lessons
from stamm.predictions.churn.learning import Learned, hazard
from stamm.predictions.contracts.curve import by_tenure
from stamm.predictions.contracts.features import features
from stamm.predictions.contracts.subscribed import DAY, NEVER, Subscribed, subscribed
from stamm.predictions.contracts.use import BESIDE, use_before
from stamm.predictions.contracts.words import SUBSCRIBING
from stamm.predictions.from_lessons import LEAD, MOST_CUTS, FromLessons, Taught, Tenth, Trial, as_good
from stamm.predictions.kind import QUALITY, RELIABILITY, Gate
from stamm.predictions.tried import Quality, Way


@row
class Ending:
    """One subscriber: the risk that paying ends, since when and for how much a month they pay."""

    customer_id: str = column("customer", "Kunde", "text", key=True)
    value: float | None = column("foretold", "vorhergesagt", "number")
    low: float | None = column("from", "von", "number", detail=True)
    high: float | None = column("to", "bis", "number", detail=True)
    since_on: str = column("pays since", "zahlt seit", "text")
    mrr: int = column("a month", "im Monat", "money")


class SubscriptionEndRisk(FromLessons[Subscribed]):
    """How likely it is that a customer who pays for a subscription has stopped paying for any within the days ahead.

    Ended by the customer, by a pause or by debts: it is the end of a spell as all of Stamm counts it for subscriptions.
    Past days are lessons, one horizon apart: what was known of each subscriber at the start of such a day (20 numbers
    on tenure, plan, price, failed payments, use and tickets), and whether paying ended before the next. Who still pays
    at the end of the data counts for the spans they were seen through and no further, so nothing is assumed of what
    comes: that is a survival model in steps of one horizon, with a logistic hazard.

    `quality` and `reliability` are its report, of the last day whose outcome is known: learned from the days before it
    alone, beside the Kaplan-Meier curve by tenure and 'nobody leaves'.
    """

    de = "Kündigungsrisiko"
    sentence_de = "Wie wahrscheinlich ein Kunde in den kommenden Tagen aufhört, für ein Abonnement zu zahlen."
    cited = (
        "Allison (1982), Discrete-Time Methods for the Analysis of Event Histories; "
        "van Houwelingen (2007), Dynamic Prediction by Landmarking"
    )
    words = SUBSCRIBING
    tables: ClassVar = {ROWS: Ending, QUALITY: Quality, RELIABILITY: Tenth}
    gates = (
        Gate("customers", Phrase("customers who pay for a subscription", "Kunden, die ein Abonnement zahlen"), 100),
        Gate("days", Phrase("past days whose outcome is known", "vergangene Tage, deren Ausgang bekannt ist"), 2),
        Gate(
            "left", Phrase("customers who left before the last of them", "Kunden, die vor dem letzten davon gingen"), 30
        ),
        Gate("stayed", Phrase("customers who stayed", "Kunden, die blieben"), 30),
    )

    def facts(self) -> tuple[str, ...]:
        return ("subscriptions",)

    def beside(self) -> tuple[str, ...]:
        return BESIDE

    def past(self, question: Question, today: Subscribed | None = None) -> tuple[Subscribed, list[Cut]]:
        today = later = subscribed(question, self.day(question)) if today is None else today
        cuts: list[Cut] = []
        first = int(today.start.min()) if len(today.start) else NEVER
        while len(cuts) < MOST_CUTS:
            seen = today.before(later.on - timedelta(days=self.horizon))
            if seen.at - first < LEAD * DAY:
                break
            cuts.insert(0, self._cut(question, seen, later))
            later = seen
        return today, cuts

    def present(self, question: Question, seen: Subscribed) -> Cut:
        return self._cut(question, seen)

    def here(self, seen: Subscribed) -> int:
        return int((seen.spans().end == NEVER).sum())

    def counted(self, labels: Sequence[Flags], *, left: bool) -> int:
        """Ends are few, so those of all days count; without the last day, which it is tried on."""
        return sum(int((each == left).sum()) for each in labels[:-1])

    def fitted(self, known: Lessons) -> Learned:
        return hazard(known)

    def others(self, trial: Trial) -> Iterator[Way]:
        curve = Phrase("Kaplan-Meier by tenure", "Kaplan-Meier nach Dauer")
        assert trial.on.yardstick is not None  # told of every past day
        yield Way(curve, trial.on.yardstick, probable=True)

    def told_of(self, known: Taught[Subscribed], risk: Reals) -> Iterator[Ending]:
        """Everybody who pays."""
        now = known.now
        customers, values = now.customers.to_pylist(), risk.tolist()
        since, price = (now.features[name].tolist() for name in ("tenure", "price"))
        for at in np.argsort(-risk, kind="stable").tolist():
            began = known.seen.since(since[at]).isoformat()
            yield Ending(customers[at], values[at], None, None, began, round(price[at]))

    def notes(
        self, cuts: Sequence[Cut], trial: Trial, learned: Learned, quality: Sequence[Quality]
    ) -> Iterator[Phrase]:
        yield from super().notes(cuts, trial, learned, quality)
        best = as_good(quality)
        if best is not None:
            yield Phrase(
                f"On that day {best.way.en} did as well or better (Brier score): what is known here tells little of "
                "who ends.",
                f"An jenem Tag war die Vorhersage von {best.way.de} so gut oder besser (Brier-Score): was hier bekannt "
                "ist, sagt wenig darüber, wer geht.",
            )

    # -- afterwards ------------------------------------------------------------------
    def outcome_facts(self) -> tuple[str, ...]:
        return ("subscriptions",)

    def doings(self, question: Question) -> ir.Table:
        """The days on which paying ended."""
        seen = subscribed(question, self.day(question))
        spans, zone = seen.spans(), ZoneInfo(seen.zone)
        over = spans.end < NEVER
        days = [datetime.fromtimestamp(end, UTC).astimezone(zone).date() for end in spans.end[over].tolist()]
        cells = {"who": seen.customers.take(pa.array(spans.who[over])), "on": pa.array(days, pa.date32())}
        return ibis.memtable(pa.table({**cells, "amount": pa.array(np.zeros(len(days), np.int64))}))

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        return kept["value"], (kept["orders"] > 0).astype(np.float64)

    def _cut(self, question: Question, seen: Subscribed, later: Subscribed | None = None) -> Cut:
        """The day of `seen`; of `later`, one horizon after it, nothing but the labels comes."""
        found = features(seen, use_before(question, seen.on, seen.customers), self.horizon)
        customers = seen.customers.take(pa.array(found.place))
        if later is None:
            return Cut(seen.on, found, customers)
        return Cut(
            seen.on,
            found,
            customers,
            left=seen.left_by(later)[1],
            yardstick=by_tenure(seen, found["tenure"], self.horizon),
        )
