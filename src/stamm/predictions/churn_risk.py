"""Who is about to leave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import ClassVar

import numpy as np

from stamm.analyses.kind import ROWS, Question
from stamm.lang.definition import Setting
from stamm.lang.errors import TooLittleError
from stamm.lang.phrase import Phrase
from stamm.predictions.bought import EPOCH, Bought, Reals, bought
from stamm.predictions.churn.cuts import MOST, Cut, Lessons, cut
from stamm.predictions.churn.learning import Learned, boosted, logistic
from stamm.predictions.churn.words import BUYING
from stamm.predictions.from_lessons import LEAD, MOST_CUTS, FromLessons, Taught, Tenth, Trial, as_good
from stamm.predictions.kind import QUALITY, RELIABILITY, Foretold, Gate
from stamm.predictions.tried import SINCE, Quality, Way


class ChurnRisk(FromLessons[Bought]):
    """How likely it is that a customer who bought lately buys nothing in the days ahead, learned from those who left.

    Past days are lessons: what was known of each customer at the start of such a day (36 numbers on rhythm, silence,
    recent days and spending, and the word of a model of buying), and whether nothing came in the days after it. The
    days lie one horizon apart, so labels of one never reach into the next. A small booster of trees learns from them;
    its risks are put right only where that makes the Brier score smaller on customers it has not learned from.

    `quality` and `reliability` are its report, of the last day whose outcome is known: learned from the days before
    it alone, beside logistic regression, the model of buying without labels (no_order_risk), how long ago the last
    order was, and 'nobody leaves'. Only then does it learn from that day, too, and look ahead. Of a past day 25,000
    customers suffice, drawn at random where there are more.
    """

    de = "Abwanderungsrisiko"
    sentence_de = "Wie wahrscheinlich ein Kunde, der zuletzt noch kaufte, in den kommenden Tagen nichts kauft."
    cited = "Friedman (2001), Greedy Function Approximation; Platt (1999), Probabilistic Outputs for SVMs"
    words = BUYING
    tables: ClassVar = {ROWS: Foretold, QUALITY: Quality, RELIABILITY: Tenth}
    gates = (
        Gate("customers", Phrase("customers who bought lately", "Kunden, die zuletzt kauften"), 200),
        Gate("days", Phrase("past days whose outcome is known", "vergangene Tage, deren Ausgang bekannt ist"), 2),
        Gate("left", Phrase("customers who left after such a day", "Kunden, die nach einem solchen Tag gingen"), 50),
        Gate("stayed", Phrase("customers who stayed", "Kunden, die blieben"), 50),
    )
    instead = "Ask no_order_risk: it needs nobody who left."

    recent = Setting(
        182,
        "Who bought in so many days before is told; the others have left already.",
        "Wer in so vielen Tagen davor kaufte, wird genannt; die anderen sind schon gegangen.",
        low=7,
        high=1095,
        title=Phrase("Bought in days before", "Kauf in Tagen davor"),
    )

    def facts(self) -> tuple[str, ...]:
        return ("orders",)

    @property
    def mark(self) -> str:
        return f"{super().mark}:{self.recent}d"

    def past(self, question: Question, today: Bought | None = None) -> tuple[Bought, list[Cut]]:
        """Each past day lies one horizon before the next, so what is known on the next gives its labels only."""
        today = later = bought(question, self.day(question)) if today is None else today
        cuts: list[Cut] = []
        while len(cuts) < MOST_CUTS and len(later.starts):
            seen = bought(question, later.on - timedelta(days=self.horizon))
            if not len(seen.starts) or seen.today - int(seen.first.min()) < LEAD:
                break
            try:
                cuts.insert(0, cut(seen, self.horizon, self.recent, later))
            except TooLittleError:
                break  # too few had bought by then to fit anything to, and days before have fewer still
            later = seen
        return today, cuts

    def present(self, question: Question, seen: Bought) -> Cut:
        return cut(seen, self.horizon, self.recent)

    def here(self, seen: Bought) -> int:
        return int((seen.today - seen.last <= self.recent).sum())

    def fitted(self, known: Lessons) -> Learned:
        return boosted(known)

    def others(self, trial: Trial) -> Iterator[Way]:
        known = trial.on.features
        yardstick = logistic(trial.before).risk(known.table)
        yield Way(Phrase("logistic regression", "logistischer Regression"), yardstick, probable=True)
        model = Phrase("a model of buying, no labels", "einem Kaufmodell, ohne Lehre")
        yield Way(model, known["model_no_order"], probable=True)
        yield Way(SINCE, known["since_last"], probable=False)

    def told_of(self, known: Taught[Bought], risk: Reals) -> Iterator[Foretold]:
        """Everybody who bought lately."""
        now, seen, place = known.now, known.seen, known.now.features.place
        customers, counts = now.customers.to_pylist(), seen.counts[place].tolist()
        last = [(EPOCH + timedelta(days=day)).isoformat() for day in seen.last[place].tolist()]
        values = risk.tolist()
        for at in np.argsort(-risk, kind="stable").tolist():
            yield Foretold(customers[at], values[at], None, None, counts[at], last[at])

    def notes(
        self, cuts: Sequence[Cut], trial: Trial, learned: Learned, quality: Sequence[Quality]
    ) -> Iterator[Phrase]:
        yield from super().notes(cuts, trial, learned, quality)
        if any(each.drawn for each in cuts):
            yield Phrase(
                f"Of each past day {MOST} customers at most were drawn at random; more would teach nothing more.",
                f"Von jedem vergangenen Tag wurden höchstens {MOST} Kunden zufällig gezogen; mehr lehrten nicht mehr.",
            )
        if learned.calibrated:
            yield Phrase(
                "Risks were put right by a logistic curve, which made them better on customers not learned from.",
                "Eine logistische Kurve berichtigt die Risiken; das half bei Kunden, aus denen nicht gelernt wurde.",
            )
        best = as_good(quality)
        if best is not None:
            yield Phrase(
                f"On that day {best.way.en} did as well or better (Brier score): no reason to trust trees more.",
                f"An jenem Tag war die Vorhersage von {best.way.de} so gut oder besser (Brier-Score): kein Grund, "
                "Bäumen mehr zu trauen.",
            )
