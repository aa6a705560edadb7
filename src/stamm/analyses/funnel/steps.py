"""Rows of a funnel: a step each, with what went on from the first step and from the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from stamm.analyses.funnel.attempts import Reached
from stamm.analyses.kind import column, row
from stamm.lang.formula import ratio
from stamm.lang.interval import NOTHING, wilson
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import GROWING, ZERO

MICROSECONDS_A_MINUTE = 60_000_000


@row
class Step:
    """One step (in a group): who reached it, in their furthest attempt. Shares are 0..1.

    `undecided` counts who has not reached it and still can. Without a value all numbers are None; intervals also
    where it is not final.
    """

    step: int = column("step", "Schritt", "count", key=True)
    group: str | None = column("group", "Gruppe", "text", key=True)
    what: Phrase = column("what", "was", "text")
    reached: int | None = column("reached", "erreicht", "count")
    customers: int | None = column("customers among them", "Kunden darunter", "count", detail=True)
    of_first: float | None = column("of step 1", "von Schritt 1", "share")
    of_first_low: float | None = column("of step 1, 95% from", "von Schritt 1, 95 % ab", "share", detail=True)
    of_first_high: float | None = column("of step 1, 95% to", "von Schritt 1, 95 % bis", "share", detail=True)
    of_before: float | None = column("of the step before", "vom Schritt davor", "share")
    of_before_low: float | None = column("95% from", "95 % ab", "share")
    of_before_high: float | None = column("95% to", "95 % bis", "share")
    dropped: int | None = column("dropped", "verloren", "count")
    minutes: float | None = column("median", "Median", "minutes")
    undecided: int | None = column("can still reach it", "können noch hin", "count", detail=True)
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@dataclass(frozen=True)
class Arranging:
    """Places counts into the full grid: every group, every step. `reason` says why nothing here is final."""

    words: Sequence[Phrase]
    reason: str

    def unknown(self) -> tuple[Step, ...]:
        """The steps of a span of which nothing is known."""
        return tuple(self._empty(None, number) for number in range(1, len(self.words) + 1))

    def steps(self, counts: Mapping[tuple[str | None, int], Reached]) -> tuple[Step, ...]:
        """All steps, by group."""
        groups = sorted({group for group, _ in counts} or {None}, key=lambda group: (group is None, group or ""))
        return tuple(step for group in groups for step in self._of(group, counts))

    def _of(self, group: str | None, counts: Mapping[tuple[str | None, int], Reached]) -> list[Step]:
        nobody, found = Reached(0, 0, None, 0), list[Step]()
        first = counts.get((group, 1), nobody).people
        before, going_on = None, 0
        for number in range(1, len(self.words) + 1):
            here = counts.get((group, number), nobody)
            reason = self.reason or (GROWING if going_on else "")
            shares = [ratio(here.people, whole) for whole in (first, before)]
            bounds = [wilson(here.people, whole) if whole and not reason else NOTHING for whole in (first, before)]
            found.append(
                replace(
                    self._empty(group, number),
                    reached=here.people,
                    customers=here.customers,
                    of_first=shares[0],
                    of_first_low=bounds[0].low,
                    of_first_high=bounds[0].high,
                    of_before=shares[1],
                    of_before_low=bounds[1].low,
                    of_before_high=bounds[1].high,
                    dropped=None if before is None else before - here.people,
                    minutes=None if here.waited is None else here.waited / MICROSECONDS_A_MINUTE,
                    undecided=going_on,
                    complete=not reason,
                    reason=reason or ("" if first else ZERO),
                )
            )
            before, going_on = here.people, going_on + here.going_on
        return found

    def _empty(self, group: str | None, number: int) -> Step:
        return Step(
            step=number,
            group=group,
            what=self.words[number - 1],
            reached=None,
            customers=None,
            of_first=None,
            of_first_low=None,
            of_first_high=None,
            of_before=None,
            of_before_low=None,
            of_before_high=None,
            dropped=None,
            minutes=None,
            undecided=None,
            complete=False,
            reason=self.reason,
        )
