"""Segments that come ready: what shops ask for, the groups of the analysis rfm, and the stages of a lifecycle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from stamm.lang.phrase import Phrase
from stamm.segments.operators.lifecycle_stage import STAGES, LifecycleStage
from stamm.segments.operators.rfm_group import GROUPS, RfmGroup
from stamm.segments.rule import Is, Rule
from stamm.segments.sentence import read
from stamm.segments.speech import Speech


@dataclass(frozen=True)
class Ready:
    """A segment under a key of its own; its rule as a sentence, or as it is."""

    key: str
    title: Phrase
    told: str | Rule

    @cached_property
    def rule(self) -> Rule:
        """Whom it holds of."""
        return read(self.told, Speech()) if isinstance(self.told, str) else self.told


_PLAIN = (
    Ready(
        "no_second_order",
        Phrase("New, without a second order", "Neu, ohne zweite Bestellung"),
        "who ordered exactly once and whose first order was at most 90 days ago",
    ),
    Ready(
        "lapsed",
        Phrase("Lapsed", "Eingeschlafen"),
        "who ordered at least 2 times and whose last order was at least 180 days ago",
    ),
    Ready(
        "best_tenth",
        Phrase("The best tenth", "Das beste Zehntel"),
        "who are among the 10% who paid most in the last 365 days",
    ),
    Ready(
        "best_going_quiet",
        Phrase("Good ones who go quiet", "Gute, die verstummen"),
        "who are among the 25% who paid most in the last 730 days and whose last order was at least 120 days ago",
    ),
    Ready("never_ordered", Phrase("Never ordered", "Nie bestellt"), "who did not order at least once"),
)
_OF_RFM = tuple(Ready(f"rfm_{key}", title, Is(RfmGroup(group=key))) for key, title in GROUPS.items())
_OF_LIFECYCLE = tuple(
    Ready(
        f"month_{stage}",
        Phrase(f"Last month: {words.en}", f"Letzter Monat: {words.de}"),
        Is(LifecycleStage(stage=stage)),
    )
    for stage, words in STAGES.items()
)
READY: Mapping[str, Ready] = {each.key: each for each in (*_PLAIN, *_OF_RFM, *_OF_LIFECYCLE)}
