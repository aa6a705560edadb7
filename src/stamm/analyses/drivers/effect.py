"""Effects: from counts with and without a behaviour to a difference, its interval and a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from stamm.analyses.kind import column, row
from stamm.lang.formula import ratio, share
from stamm.lang.interval import newcombe, z_for
from stamm.lang.phrase import Phrase

TOO_FEW = "too_few"
MORE = Phrase("stayed more often", "blieben häufiger")
LESS = Phrase("stayed less often", "blieben seltener")
OPEN = Phrase("no difference shown", "kein Unterschied belegt")


@row
class Driver:
    """Customers with a behaviour beside those without, of one group: how many they were, and which share stayed."""

    group: str | None = column("group", "Gruppe", "text", key=True)
    driver: Phrase = column("before the span", "vor dem Zeitraum", "text", key=True)
    behaviour: str = column("behaviour", "Verhalten", "text", detail=True)
    value: str | None = column("its value", "sein Wert", "text", detail=True)
    n: int | None = column("with", "mit", "count")
    stayed: int | None = column("of them stayed", "davon geblieben", "count", detail=True)
    share: float | None = column("stayed", "blieben", "share")
    n_without: int | None = column("without", "ohne", "count")
    stayed_without: int | None = column("of these stayed", "von diesen geblieben", "count", detail=True)
    share_without: float | None = column("stayed", "blieben", "share")
    difference: float | None = column("difference, points", "Differenz, Punkte", "difference")
    low: float | None = column("interval from", "Intervall von", "difference")
    high: float | None = column("interval to", "Intervall bis", "difference")
    ratio: float | None = column("ratio", "Verhältnis", "ratio", detail=True)
    verdict: Phrase | None = column("with it", "damit", "text")
    complete: bool = column("final", "endgültig", "flag", detail=True)
    reason: str = column("why not", "warum nicht", "text")


@dataclass(frozen=True)
class Split:
    """Counts of one behaviour (and value) in one group; `reason` says why they are not final."""

    group: str | None
    words: Phrase
    behaviour: str
    value: str | None
    n: int
    stayed: int
    n_without: int
    stayed_without: int
    reason: str


def weighed(splits: Sequence[Split], least: int) -> tuple[tuple[Driver, ...], int]:
    """The rows, those farthest from no difference first, and how many of them have a verdict.

    A verdict needs `least` customers with and without. The intervals of all that have one hold together at 95 %.
    """
    judged = sum(not split.reason and min(split.n, split.n_without) >= least for split in splits)
    z = z_for(max(judged, 1))
    return in_order(_driver(split, z, least) for split in splits), judged


def unknown(words: Phrase, behaviour: str, reason: str) -> Driver:
    """A behaviour of which nothing is known."""
    return Driver(
        group=None,
        driver=words,
        behaviour=behaviour,
        value=None,
        n=None,
        stayed=None,
        share=None,
        n_without=None,
        stayed_without=None,
        share_without=None,
        difference=None,
        low=None,
        high=None,
        ratio=None,
        verdict=None,
        complete=False,
        reason=reason,
    )


def in_order(drivers: Iterable[Driver]) -> tuple[Driver, ...]:
    """By group; then those with a verdict, by how far their interval lies from zero; then by words."""
    return tuple(
        sorted(drivers, key=lambda d: (d.group is None, d.group or "", d.verdict is None, -_distance(d), d.driver.en))
    )


def _distance(driver: Driver) -> float:
    """How far the interval lies from zero; below 0 where it holds zero."""
    return -1.0 if driver.low is None or driver.high is None else max(driver.low, -driver.high)


def _driver(split: Split, z: float, least: int) -> Driver:
    one, other = share(split.stayed, split.n), share(split.stayed_without, split.n_without)
    found = replace(
        unknown(split.words, split.behaviour, split.reason),
        group=split.group,
        value=split.value,
        n=split.n,
        stayed=split.stayed,
        share=one,
        n_without=split.n_without,
        stayed_without=split.stayed_without,
        share_without=other,
    )
    if one is None or other is None:
        return replace(found, reason=split.reason or TOO_FEW)
    found = replace(found, difference=one - other, ratio=ratio(one, other))
    if split.reason:
        return found
    low, high = newcombe(split.stayed, split.n, split.stayed_without, split.n_without, z)
    found = replace(found, low=low, high=high, complete=True)
    if min(split.n, split.n_without) < least:
        return replace(found, reason=TOO_FEW)
    verdict = MORE if (low or 0) > 0 else LESS if (high or 0) < 0 else OPEN
    return replace(found, verdict=verdict)
