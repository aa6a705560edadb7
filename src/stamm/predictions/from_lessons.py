"""Predictions of leaving that are learned from those who left after days of the past."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from stamm.analyses.kind import ROWS, Found, Question, column, row
from stamm.lang.interval import wilson
from stamm.lang.phrase import Phrase
from stamm.predictions.bought import Reals
from stamm.predictions.churn.cuts import Cut, Flags, Lessons, lessons
from stamm.predictions.churn.learning import Learned
from stamm.predictions.churn.moving import lost
from stamm.predictions.churn.quality import reliability
from stamm.predictions.churn.words import Vocabulary
from stamm.predictions.kind import QUALITY, RELIABILITY, Prediction
from stamm.predictions.tried import NOBODY, OWN, Importance, Quality, Tried, Way, quality_of

#: days of the past that are learned from, the day it is tried on included
MOST_CUTS = 7
#: days known before the first of them
LEAD = 90
Seen = TypeVar("Seen")


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
    before: Lessons
    left: Flags
    learned: Learned
    told: Reals


@dataclass(frozen=True)
class Taught(Generic[Seen]):
    """The customers of the day, all that was seen by then, the days learned from, and what was learned."""

    now: Cut
    seen: Seen
    cuts: Sequence[Cut]
    learned: Learned


class FromLessons(Prediction, Generic[Seen]):
    """A risk of leaving, learned from past days one horizon apart: what is known on the next is all a day's labels."""

    abstract = True
    unit = "share"
    learned = True
    #: what its features are called
    words: ClassVar[Vocabulary]

    @abstractmethod
    def past(self, question: Question, today: Seen | None = None) -> tuple[Seen, list[Cut]]:
        """What is known on the day, and the past days that can be learned from, the earliest first.

        `today` is what is known on the day, where that has been asked already.
        """

    @abstractmethod
    def present(self, question: Question, seen: Seen) -> Cut:
        """The customers of the day itself."""

    @abstractmethod
    def here(self, seen: Seen) -> int:
        """How many customers of the day are told of."""

    def counted(self, labels: Sequence[Flags], *, left: bool) -> int:
        """How many left, or stayed, as its gates ask for it: after the day on which it were fewest."""
        return min((int((each == left).sum()) for each in labels), default=0)

    @abstractmethod
    def fitted(self, known: Lessons) -> Learned:
        """What is learned from past days."""

    @abstractmethod
    def others(self, trial: Trial) -> Iterator[Way]:
        """Other ways of telling, to set beside it."""

    @abstractmethod
    def told_of(self, known: Taught[Seen], risk: Reals) -> Iterator[Any]:
        """A row of each customer of the day, the greatest risk first."""

    def answer(self, question: Question) -> Found:
        known = self.learn(question)
        trial = self._trial(known.cuts)
        quality = tuple(self._quality(trial))
        rows = tuple(self.told_of(known, known.learned.risk(known.now.features.table)))
        notes = tuple(self.notes(known.cuts, trial, known.learned, quality))
        return Found({ROWS: rows, QUALITY: quality, RELIABILITY: tuple(_tenths(trial))}, notes=notes)

    def learn(self, question: Question, today: Seen | None = None) -> Taught[Seen]:
        """What is learned from all days whose outcome is known; raises TooLittleError below a gate."""
        seen, cuts = self.past(question, today)
        self.check_gates(self._counted(seen, cuts))
        return Taught(self.present(question, seen), seen, cuts, self.fitted(lessons(cuts)))

    def measured(self, question: Question) -> dict[str, int]:
        return self._counted(*self.past(question))

    def tried(self, question: Question) -> Tried:
        seen, cuts = self.past(question)
        counted = self._counted(seen, cuts)
        self.check_gates(counted)
        trial = self._trial(cuts)
        quality = tuple(self._quality(trial))
        return Tried(
            trial.on.on,
            (cuts[0].on, cuts[-2].on),
            tuple(self._ways(trial)),
            trial.left.astype(np.float64),
            counted,
            notes=tuple(self.notes(cuts, trial, trial.learned, quality)),
            importance={"features": self._importance(trial), "kinds": self._of_kinds(trial)},
        )

    def notes(
        self, cuts: Sequence[Cut], trial: Trial, learned: Learned, quality: Sequence[Quality]
    ) -> Iterator[Phrase]:
        """What has to be said: what it was learned from, and what did as well."""
        first, last, gone = cuts[0].on, trial.on.on, 100 * float(trial.left.mean())
        yield Phrase(
            f"Learned from {len(cuts)} past days, {first} to {last}. The report is of {last}, learned from those "
            f"before it alone: {len(trial.left)} customers, of whom {gone:.0f}% left.",
            f"Gelernt aus {len(cuts)} vergangenen Tagen, {first} bis {last}. Der Bericht gilt dem {last}, gelernt nur "
            f"aus denen davor: {len(trial.left)} Kunden, von denen {gone:.0f} % gingen.",
        )

    def outcome(self, kept: Mapping[str, Reals]) -> tuple[Reals, Reals]:
        return kept["value"], (kept["orders"] == 0).astype(np.float64)

    # -- the trial -------------------------------------------------------------------
    def _counted(self, seen: Seen, cuts: Sequence[Cut]) -> dict[str, int]:
        labels = [each.left for each in cuts if each.left is not None]
        counted = {"days": len(cuts), "customers": self.here(seen)}
        for name, is_left in (("left", True), ("stayed", False)):
            counted[name] = self.counted(labels, left=is_left)
        return counted

    def _trial(self, cuts: Sequence[Cut]) -> Trial:
        *earlier, on = cuts
        before = lessons(earlier)
        learned = self.fitted(before)
        assert on.left is not None  # only days whose outcome is known are among them
        return Trial(on, before, on.left, learned, learned.risk(on.features.table))

    def _ways(self, trial: Trial) -> Iterator[Way]:
        yield Way(OWN, trial.told, probable=True)
        yield from self.others(trial)
        yield Way(NOBODY, np.zeros(len(trial.left)), probable=True)

    def _quality(self, trial: Trial) -> Iterator[Quality]:
        came = trial.left.astype(np.float64)
        return (quality_of(way, came, probable=True) for way in self._ways(trial))

    def _importance(self, trial: Trial) -> tuple[Importance, ...]:
        names, words = trial.on.features.names, self.words
        fallen = lost(trial.learned, trial.on.features, trial.left, [[place] for place in range(len(names))])
        rows = (
            Importance(name, words.names[name], words.kinds[words.kind_of[name]], by)
            for name, by in zip(names, fallen, strict=True)
        )
        return tuple(sorted(rows, key=lambda each: -each.lost))

    def _of_kinds(self, trial: Trial) -> tuple[Importance, ...]:
        places, kinds = self.words.places(trial.on.features.names), self.words.kinds
        fallen = lost(trial.learned, trial.on.features, trial.left, list(places.values()))
        rows = (Importance(kind, kinds[kind], kinds[kind], by) for kind, by in zip(places, fallen, strict=True))
        return tuple(sorted(rows, key=lambda each: -each.lost))


def as_good(quality: Sequence[Quality]) -> Quality | None:
    """Of the other ways the best by its Brier score, where that is as good as the prediction's own, the first."""
    own, *others = [(each.brier, place) for place, each in enumerate(quality) if each.brier is not None]
    best = min(others, default=None)
    return quality[best[1]] if best is not None and best[0] <= own[0] else None


def _tenths(trial: Trial) -> Iterator[Tenth]:
    for number, each in enumerate(reliability(trial.told, trial.left), 1):
        low, high = wilson(each.left, each.customers)
        yield Tenth(number, each.customers, each.told, each.left / each.customers, low, high)
