"""What the data holds and what it lacks, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from stamm.facts import FACTS, imported
from stamm.lang.reasons import CUT_HISTORY, NO_FACTS
from stamm.lang.window import day_of
from stamm.reports.figures import RETENTION, Figures, Months
from stamm.reports.wording import Words
from stamm.reports.workings import Pair, Workings, here, left_out_words


@dataclass(frozen=True)
class Covered:
    """A fact kind and the days it is known for."""

    name: str
    first: str
    last: str
    simulated: bool


@dataclass(frozen=True)
class Missing:
    """A fact kind that was never imported, and the metrics that have no value because of it."""

    name: str
    metrics: tuple[str, ...]
    command: str


@dataclass(frozen=True)
class Lacking:
    """The state of the data in words."""

    covered: tuple[Covered, ...]
    missing: tuple[Missing, ...]
    pairs: tuple[Pair, ...]


def lacking_of(figures: Figures, months: Months, workings: Workings) -> Lacking:
    """Coverage, kinds that are missing, and rules that decide what can be known."""
    words = workings.words
    pairs = [*_who(figures, workings), *_open(figures, months, workings), *_technical(figures, words)]
    return Lacking(_covered(figures, words), _missing(figures, words), tuple(pairs))


def lacking_in_short(
    figures: Figures, months: Months, workings: Workings, *, imported_too: bool = True
) -> tuple[Pair, ...]:
    """The same for whoever does not look after the data: what is there, what is not, and what that costs.

    Not `imported_too`: without what is there.
    """
    words, say = workings.words, workings.say
    found: list[Pair] = []
    if imported_too:
        found.append((say("Imported"), tuple(_covered_in_short(figures, words))))
    missing = [kind for kind in _missing(figures, words) if kind.metrics]
    if missing:
        lines = tuple(
            say("{kind}: no value for {metrics}", kind=kind.name, metrics=", ".join(kind.metrics)) for kind in missing
        )
        found.append((say("Never imported"), lines))
    return (*found, *_who(figures, workings), *_open(figures, months, workings))


def _covered_in_short(figures: Figures, words: Words) -> list[str]:
    """Kinds by the days they are known for."""
    say = words.language
    spans: dict[tuple[str, str], list[str]] = {}
    for kind, days in sorted(figures.world.coverage.items()):
        if kind in FACTS:
            spans.setdefault((say.day(days[0]), say.day(days[1])), []).append(words.kind(kind))
    return [f"{say.listed(kinds, say('and'))}: {first} {say('to')} {last}" for (first, last), kinds in spans.items()]


def _covered(figures: Figures, words: Words) -> tuple[Covered, ...]:
    say, world = words.language, figures.world
    return tuple(
        Covered(words.kind_title(kind), say.short_day(days[0]), say.short_day(days[1]), kind in world.simulated)
        for kind, days in sorted(world.coverage.items())
        if kind in FACTS
    )


def _missing(figures: Figures, words: Words) -> tuple[Missing, ...]:
    say, world = words.language, figures.world
    found = []
    for kind in imported():
        if kind in world.coverage:
            continue
        costs = sorted(
            figure.metric.title(say.code)
            for figure in figures.all.values()
            if figure.answer and kind in figure.answer.kinds and figure.row and figure.row.reason == NO_FACTS
        )
        found.append(Missing(words.kind_title(kind), tuple(costs), f"stamm import {kind}.csv"))
    return tuple(sorted(found, key=lambda missing: (not missing.metrics, missing.name)))


def _who(figures: Figures, workings: Workings) -> list[Pair]:
    say, organisation = workings.say, figures.world.organisation
    found: list[Pair] = [(say("Who is a customer"), (here(workings.words),))]
    reason = figures.organisation.reasons.get(say.code)
    if organisation.spell_rule != "subscriptions" and reason:
        found.append((say("Why {days} days", days=organisation.lapse_days), (reason,)))
    cut = _cut(figures, workings.words)
    if cut:
        found.append((say("Months without retention"), cut))
    if organisation.history == "cut":
        found.append((say("Who is new"), (workings.new(),)))
    return found


def _open(figures: Figures, months: Months, workings: Workings) -> list[Pair]:
    say, zone = workings.say, figures.world.organisation.zone
    found: list[Pair] = []
    unfinished = [w for w in months.windows if w.ends_at(zone) > (figures.as_of or w.ends_at(zone))]
    if unfinished and figures.as_of is not None:
        last = say.day(day_of(figures.as_of - timedelta(microseconds=1), zone))
        text = say("{month}: the data reach to the end of {day}")
        lines = tuple(text.format(month=say.month(window.start), day=last) for window in unfinished)
        found.append((say("Not over"), lines))
    left_out = _left_out(figures, workings.words)
    if left_out:
        found.append((say("Rows left out"), left_out))
    if figures.world.simulated:
        kinds = workings.words.kinds(tuple(sorted(figures.world.simulated)))
        found.append((say("Simulated data"), (say("made, not measured: {kinds}", kinds=kinds),)))
    return found


def _technical(figures: Figures, words: Words) -> list[Pair]:
    say, organisation = words.language, figures.world.organisation
    return [
        (say("Days and months"), (say("cut in the time zone {zone}", zone=organisation.zone),)),
        (say("Money"), (say("reported in {currency}", currency=organisation.currency),)),
        (say("Snapshot"), (say.number(figures.world.snapshot),)),
    ]


def _cut(figures: Figures, words: Words) -> tuple[str, ...]:
    """Months for which nobody can tell who was here, because the data begin in mid-life."""
    say, figure, organisation = words.language, figures[RETENTION], figures.world.organisation
    months = [say.month(row.window.start) for row in figure.rows if row.reason == CUT_HISTORY] if figure else []
    if not months:
        return ()
    return (
        say(
            "{months}: the data begin in mid-life, and for {days} days nobody can tell who was a customer",
            months=say.listed(months, say("and")),
            days=organisation.lapse_days,
        ),
    )


def _left_out(figures: Figures, words: Words) -> tuple[str, ...]:
    say = words.language
    answers = [figure.answer for figure in figures.all.values() if figure.answer and figure.answer.left_out]
    if not answers:
        return ()
    most = max(answers, key=lambda answer: sum(answer.left_out.values()))
    period = say("in the months shown")
    return tuple(f"{text} {period}" for text in left_out_words(most.left_out, words))
