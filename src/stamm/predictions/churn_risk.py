"""Who is about to leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

import numpy as np

from stamm.analyses.kind import ROWS, Found, Question, column, row
from stamm.lang.definition import Setting
from stamm.lang.errors import TooLittleError
from stamm.lang.interval import wilson
from stamm.lang.phrase import Phrase
from stamm.predictions.bought import EPOCH, Bought, Reals, bought
from stamm.predictions.churn.cuts import Cut, Flags, cut, lessons
from stamm.predictions.churn.learning import Learned, boosted, logistic
from stamm.predictions.churn.moving import lost
from stamm.predictions.churn.quality import reliability
from stamm.predictions.churn.words import KIND_OF, KINDS, NAMES, places_of
from stamm.predictions.kind import QUALITY, RELIABILITY, Foretold, Gate, Prediction
from stamm.predictions.tried import NOBODY, OWN, SINCE, Importance, Quality, Tried, Way, quality_of

#: days of the past that are learned from, the day it is tried on included
MOST_CUTS = 7
#: days known before the first of them
LEAD = 90


@row
class Tenth:
    """A tenth of the customers of that day, by rising risk: what was told of them, and what came."""

    tenth: int = column("tenth", "Zehntel", "count", key=True)
    customers: int = column("customers", "Kunden", "count")
    told: float = column("risk told", "vorhergesagtes Risiko", "share")
    left: float | None = column("left", "gegangen", "share")
    low: float | None = column("95% interval from", "95-%-Intervall von", "share")
    high: float | None = column("95% interval to", "95-%-Intervall bis", "share")


@dataclass(frozen=True)
class Trial:
    """The last day whose outcome is known, and what was told of it by what was learned from the days before."""

    on: Cut
    left: Flags
    learned: Learned
    told: Reals
    yardstick: Reals


@dataclass(frozen=True)
class Taught:
    """The customers of the day, all that was bought by then, the days learned from, and what was learned."""

    now: Cut
    seen: Bought
    cuts: Sequence[Cut]
    learned: Learned


class ChurnRisk(Prediction):
    """How likely it is that a customer who bought lately buys nothing in the days ahead, learned from those who left.

    Past days are lessons: what was known of each customer at the start of such a day (36 numbers on rhythm, silence,
    recent days and spending, and the word of a model of buying), and whether nothing came in the days after it. The
    days lie one horizon apart, so labels of one never reach into the next. A small booster of trees learns from them;
    its risks are put right only where that makes the Brier score smaller on customers it has not learned from.

    `quality` and `reliability` are its report, of the last day whose outcome is known: learned from the days before
    it alone, beside logistic regression, the model of buying without labels (no_order_risk), how long ago the last
    order was, and 'nobody leaves'. Only then does it learn from that day, too, and look ahead.
    """

    de = "Abwanderungsrisiko"
    sentence_de = "Wie wahrscheinlich ein Kunde, der zuletzt noch kaufte, in den kommenden Tagen nichts kauft."
    cited = "Friedman (2001), Greedy Function Approximation; Platt (1999), Probabilistic Outputs for SVMs"
    unit = "share"
    learned = True
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

    def answer(self, question: Question) -> Found:
        known = self.learn(question)
        now, learned, cuts = known.now, known.learned, known.cuts
        trial = _tried(cuts)
        quality = tuple(_quality(trial))
        return Found(
            {
                ROWS: tuple(_rows(now, known.seen, learned.risk(now.features.table))),
                QUALITY: quality,
                RELIABILITY: tuple(_tenths(trial)),
            },
            notes=tuple(_notes(cuts, trial, learned, quality)),
        )

    def learn(self, question: Question) -> Taught:
        """What is learned from all days whose outcome is known; raises TooLittleError below a gate."""
        seen, cuts = self._cuts(question, self.day(question))
        self.check_gates(self._counted(seen, cuts))
        return Taught(cut(seen, self.horizon, self.recent), seen, cuts, boosted(lessons(cuts)))

    def measured(self, question: Question) -> dict[str, int]:
        return self._counted(*self._cuts(question, self.day(question)))

    def tried(self, question: Question) -> Tried:
        seen, cuts = self._cuts(question, self.day(question))
        counted = self._counted(seen, cuts)
        self.check_gates(counted)
        trial = _tried(cuts)
        quality = tuple(_quality(trial))
        return Tried(
            trial.on.on,
            (cuts[0].on, cuts[-2].on),
            tuple(_ways(trial)),
            trial.left.astype(np.float64),
            counted,
            notes=tuple(_notes(cuts, trial, trial.learned, quality)),
            importance={"features": _importance(trial), "kinds": _of_kinds(trial)},
        )

    def _counted(self, seen: Bought, cuts: Sequence[Cut]) -> dict[str, int]:
        labels = [each.left for each in cuts if each.left is not None]
        counted = {"days": len(cuts), "customers": int((seen.today - seen.last <= self.recent).sum())}
        for name, is_left in (("left", True), ("stayed", False)):
            counted[name] = min((int((each == is_left).sum()) for each in labels), default=0)
        return counted

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        return kept["value"], (kept["orders"] == 0).astype(np.float64)

    def _cuts(self, question: Question, day: date) -> tuple[Bought, list[Cut]]:
        """What is known on the day, and the past days that can be learned from, the earliest first.

        Each lies one horizon before the next, so what is known on the next gives its labels and nothing else.
        """
        today = later = bought(question, day)
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


def _tried(cuts: Sequence[Cut]) -> Trial:
    *before, on = cuts
    known = lessons(before)
    learned = boosted(known)
    table = on.features.table
    assert on.left is not None  # only days whose outcome is known are among them
    return Trial(on, on.left, learned, learned.risk(table), logistic(known).risk(table))


def _rows(now: Cut, seen: Bought, risk: Reals) -> Iterator[Foretold]:
    """Everybody who bought lately, the greatest risk first."""
    place = now.features.place
    customers, counts = now.customers.to_pylist(), seen.counts[place].tolist()
    last = [(EPOCH + timedelta(days=day)).isoformat() for day in seen.last[place].tolist()]
    values = risk.tolist()
    for at in np.argsort(-risk, kind="stable").tolist():
        yield Foretold(customers[at], values[at], None, None, counts[at], last[at])


def _ways(trial: Trial) -> Iterator[Way]:
    known = trial.on.features
    yield Way(OWN, trial.told, probable=True)
    yield Way(Phrase("logistic regression", "logistischer Regression"), trial.yardstick, probable=True)
    model = Phrase("a model of buying, no labels", "einem Kaufmodell, ohne Lehre")
    yield Way(model, known["model_no_order"], probable=True)
    yield Way(SINCE, known["since_last"], probable=False)
    yield Way(NOBODY, np.zeros(len(trial.left)), probable=True)


def _quality(trial: Trial) -> Iterator[Quality]:
    came = trial.left.astype(np.float64)
    return (quality_of(way, came, probable=True) for way in _ways(trial))


def _importance(trial: Trial) -> tuple[Importance, ...]:
    names = trial.on.features.names
    fallen = lost(trial.learned, trial.on.features, trial.left, [[place] for place in range(len(names))])
    rows = (Importance(name, NAMES[name], KINDS[KIND_OF[name]], by) for name, by in zip(names, fallen, strict=True))
    return tuple(sorted(rows, key=lambda each: -each.lost))


def _of_kinds(trial: Trial) -> tuple[Importance, ...]:
    places = places_of(trial.on.features.names)
    fallen = lost(trial.learned, trial.on.features, trial.left, list(places.values()))
    rows = (Importance(kind, KINDS[kind], KINDS[kind], by) for kind, by in zip(places, fallen, strict=True))
    return tuple(sorted(rows, key=lambda each: -each.lost))


def _tenths(trial: Trial) -> Iterator[Tenth]:
    for number, each in enumerate(reliability(trial.told, trial.left), 1):
        low, high = wilson(each.left, each.customers)
        yield Tenth(number, each.customers, each.told, each.left / each.customers, low, high)


def _notes(cuts: Sequence[Cut], trial: Trial, learned: Learned, quality: Sequence[Quality]) -> Iterator[Phrase]:
    first, last, gone = cuts[0].on, trial.on.on, 100 * float(trial.left.mean())
    yield Phrase(
        f"Learned from {len(cuts)} past days, {first} to {last}. The report is of {last}, learned from those before it "
        f"alone: {len(trial.left)} customers, of whom {gone:.0f}% left.",
        f"Gelernt aus {len(cuts)} vergangenen Tagen, {first} bis {last}. Der Bericht gilt dem {last}, gelernt nur aus "
        f"denen davor: {len(trial.left)} Kunden, von denen {gone:.0f} % gingen.",
    )
    if learned.calibrated:
        yield Phrase(
            "Risks were put right by a logistic curve, which made them better on customers not learned from.",
            "Eine logistische Kurve berichtigt die Risiken; das half bei Kunden, aus denen nicht gelernt wurde.",
        )
    own, *others = [each for each in quality if each.brier is not None]
    better = [each for each in others if own.brier is not None and each.brier is not None and each.brier <= own.brier]
    if better:
        best = min(better, key=lambda each: each.brier or 0.0)
        yield Phrase(
            f"On that day {best.way.en} did as well or better (Brier score): no reason to trust trees more.",
            f"An jenem Tag war die Vorhersage von {best.way.de} so gut oder besser (Brier-Score): kein Grund, Bäumen "
            "mehr zu trauen.",
        )
