"""The features as people say them, and the kinds that they are of: those of one kind say nearly the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from stamm.lang.phrase import Phrase
from stamm.predictions.churn.features import HALF_LIVES, LATELY, SPENT, WEEKS


@dataclass(frozen=True)
class Vocabulary:
    """What a model looks at: kinds of features, the feature that a kind is told by, and the features of each."""

    kinds: Mapping[str, Phrase]
    leading: Mapping[str, str]
    of: Mapping[str, Mapping[str, Phrase]]

    @cached_property
    def names(self) -> Mapping[str, Phrase]:
        """Each feature as people say it."""
        return {name: words for kind in self.of.values() for name, words in kind.items()}

    @cached_property
    def kind_of(self) -> Mapping[str, str]:
        """The kind of each feature."""
        return {name: kind for kind, names in self.of.items() for name in names}

    def places(self, names: Iterable[str]) -> dict[str, list[int]]:
        """The columns of each kind, in a table with these columns."""
        found: dict[str, list[int]] = {kind: [] for kind in self.kinds}
        for place, name in enumerate(names):
            found[self.kind_of[name]].append(place)
        return found


SILENCE, RHYTHM, RECENT, HISTORY, SPENDING = "silence", "rhythm", "recent", "history", "spending"
KINDS: Mapping[str, Phrase] = {
    SILENCE: Phrase("how long silent", "wie lange still"),
    RHYTHM: Phrase("gaps between orders", "Abstände der Bestellungen"),
    RECENT: Phrase("how often lately", "wie oft zuletzt"),
    HISTORY: Phrase("how long and often in all", "wie lange und oft insgesamt"),
    SPENDING: Phrase("what is paid", "was gezahlt wird"),
}
#: the feature that a kind is told by
LEADING: Mapping[str, str] = {
    SILENCE: "since_last",
    RHYTHM: "mean_gap",
    RECENT: "days_in_91",
    HISTORY: "days",
    SPENDING: "mean_amount",
}
_OF: Mapping[str, Mapping[str, Phrase]] = {
    SILENCE: {
        "since_last": Phrase("days since the last order", "Tage seit der letzten Bestellung"),
        "silence_to_mean": Phrase("silence, in usual gaps", "Stille, in üblichen Abständen"),
        "silence_to_longest": Phrase("silence, in longest gaps", "Stille, in längsten Abständen"),
        "silence_in_spreads": Phrase("silence beyond what varies", "Stille über dem, was schwankt"),
        "active_part": Phrase("part of the time before the silence", "Teil der Zeit vor der Stille"),
        "model_no_order": Phrase("risk by the model of buying", "Risiko nach dem Kaufmodell"),
    },
    RHYTHM: {
        "pace": Phrase("orders a day since the first", "Bestellungen je Tag seit der ersten"),
        "mean_gap": Phrase("usual gap, days", "üblicher Abstand, Tage"),
        "spread_of_gaps": Phrase("how much gaps vary, days", "wie sehr Abstände schwanken, Tage"),
        "longest_gap": Phrase("longest gap, days", "längster Abstand, Tage"),
        "last_gap": Phrase("last gap, days", "letzter Abstand, Tage"),
        "last_gap_to_mean": Phrase("last gap beside the usual", "letzter Abstand neben dem üblichen"),
        "last_two_gaps": Phrase("last two gaps, days", "letzte zwei Abstände, Tage"),
    },
    RECENT: {
        **{
            f"days_in_{days}": Phrase(f"days with an order in {days}", f"Tage mit Bestellung in {days}")
            for days in LATELY
        },
        **{
            f"fading_{days}": Phrase(f"orders, each half after {days} days", f"Bestellungen, halb nach je {days} Tagen")
            for days in HALF_LIVES
        },
        "change_28": Phrase("change over 28 days", "Änderung über 28 Tage"),
        "change_91": Phrase("change over 91 days", "Änderung über 91 Tage"),
        "weeks_of_12": Phrase(f"weeks of {WEEKS} with an order", f"Wochen von {WEEKS} mit Bestellung"),
        "model_orders": Phrase("orders by the model of buying", "Bestellungen nach dem Kaufmodell"),
    },
    HISTORY: {
        "since_first": Phrase("days since the first order", "Tage seit der ersten Bestellung"),
        "days": Phrase("days with an order in all", "Tage mit Bestellung insgesamt"),
    },
    SPENDING: {
        "mean_amount": Phrase("paid a day with an order", "gezahlt je Tag mit Bestellung"),
        "last_amount": Phrase("paid last", "zuletzt gezahlt"),
        "last_to_mean_amount": Phrase("paid last beside the usual", "zuletzt gezahlt neben dem üblichen"),
        "largest_amount": Phrase("largest amount", "größter Betrag"),
        **{f"spent_in_{days}": Phrase(f"paid in {days} days", f"gezahlt in {days} Tagen") for days in SPENT},
    },
}
BUYING = Vocabulary(KINDS, LEADING, _OF)
