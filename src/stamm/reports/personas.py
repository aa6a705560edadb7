"""Personas in words: each with its rule and its traits, and how steady all of them are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stamm.answers.personas import MOST_EVENTS, Personas, Since
from stamm.lang.language import Language
from stamm.metrics import METRICS
from stamm.reports.exact import of_personas
from stamm.reports.marked import filled, interval
from stamm.segments.personas import REASONS, Persona, Trait, Tried
from stamm.segments.rule import Rule
from stamm.segments.sentence import sentence, written
from stamm.segments.speech import Speech


@dataclass(frozen=True)
class TraitShown:
    """One measure: its name, the median inside and among the others, how often one inside has more, and of how many."""

    metric: str
    name: str
    inside: str
    outside: str
    ahead: str
    between: str
    n: str
    others: str


@dataclass(frozen=True)
class PersonaShown:
    """One of them: its name, how many, its rule as a sentence and as a form sends it, and its traits."""

    number: int
    name: str
    told: str
    sentence: str
    rule: Rule
    written: str
    traits: tuple[TraitShown, ...]


@dataclass(frozen=True)
class TriedShown:
    """So many groups, and whether they hold."""

    groups: str
    steady: str
    told: str
    smallest: str
    gap: str
    holds: bool


@dataclass(frozen=True)
class PersonasShown:
    """All that a page shows of the personas of a day; `reason` says why there are none."""

    on: date
    about: str
    reason: str
    personas: tuple[PersonaShown, ...]
    steadiness: tuple[str, ...]
    tried: tuple[TriedShown, ...]


def personas_shown(asked: Personas, currency: str, say: Language) -> PersonasShown:
    """What was found, in a language."""
    found = asked.found
    about = filled(
        say("{count} customers ordered in the {days} days before {day}."),
        count=of_personas("customers", asked.customers, say.number(asked.customers)),
        days=say.number(asked.days),
        day=say.day(asked.on),
    )
    return PersonasShown(
        on=asked.on,
        about=about,
        reason=REASONS[found.reason].of(say.code) if found.reason else "",
        personas=tuple(_persona(number, each, asked, currency, say) for number, each in enumerate(found.personas, 1)),
        steadiness=tuple(_steadiness(asked, say)),
        tried=tuple(_tried(each, say) for each in found.tried),
    )


def _persona(number: int, each: Persona, asked: Personas, currency: str, say: Language) -> PersonaShown:
    speech, part = Speech(say.code, currency), asked.share(each.customers)
    told = filled(
        say("{count} customers, {share} of those who ordered"),
        count=of_personas(f"{number}.customers", each.customers, say.number(each.customers)),
        share=of_personas(f"{number}.share", part, say.value(part, "share")),
    )
    traits = tuple(_trait(trait, f"{number}.{trait.measure.metric}", currency, say) for trait in each.traits)
    return PersonaShown(
        number, each.name.of(say.code), told, sentence(each.rule, speech), each.rule, written(each.rule, speech), traits
    )


def _trait(trait: Trait, of: str, currency: str, say: Language) -> TraitShown:
    metric = METRICS[trait.measure.metric]

    def median(which: str, number: float | None) -> str:
        return of_personas(f"{of}.{which}", number, say.value(number, metric.unit, currency))

    def share(which: str, number: float | None) -> str:
        return of_personas(f"{of}.{which}", number, say.value(number, "share"))

    return TraitShown(
        metric=metric.key,
        name=metric.title(say.code),
        inside=median("inside", trait.inside),
        outside=median("outside", trait.outside),
        ahead=share("ahead", trait.ahead),
        between="" if trait.low is None else interval(share("low", trait.low), share("high", trait.high), say),
        n=of_personas(f"{of}.n", trait.n, say.number(trait.n)),
        others=of_personas(f"{of}.others", trait.others, say.number(trait.others)),
    )


def _tried(each: Tried, say: Language) -> TriedShown:
    def told(which: str, share: float) -> str:
        return of_personas(f"tried.{each.groups}.{which}", share, say.percent(share, 0))

    return TriedShown(
        groups=of_personas(f"tried.{each.groups}.groups", each.groups, say.number(each.groups)),
        steady=told("steady", each.steady),
        told=told("told", each.told),
        smallest=told("smallest", each.smallest),
        gap=filled(
            "{gap} ± {error}",
            gap=of_personas(f"tried.{each.groups}.gap", each.gap, say.number(each.gap, 2)),
            error=of_personas(f"tried.{each.groups}.error", each.error, say.number(each.error, 2)),
        ),
        holds=each.holds,
    )


def _steadiness(asked: Personas, say: Language) -> list[str]:
    """A sentence for each way of asking whether they would be found again."""
    held = asked.found.held
    if held is None:
        return []
    found: list[str] = [
        filled(
            say("Drawn again at random from the same customers, at least {share} of each is found again on average."),
            share=of_personas(f"tried.{held.groups}.steady", held.steady, say.percent(held.steady, 0)),
        )
    ]
    if asked.without_visits:
        found.append(
            say(
                "Visits are left out: of more than {count} events, to tell whose each was would take minutes.",
                count=say.number(MOST_EVENTS),
            )
        )
    return found + (_over_a_month(asked.since, say) if asked.since else [])


def _over_a_month(since: Since, say: Language) -> list[str]:
    found: list[str] = []
    if since.share is not None:
        low, high = (
            of_personas(f"since.{name}", end, say.value(end, "share"))
            for name, end in zip(("low", "high"), since.interval, strict=True)
        )
        found.append(
            filled(
                say("Since {day}, {share} ({between}) of the {count} customers in one on both days have kept theirs."),
                day=say.day(since.on),
                share=of_personas("since.share", since.share, say.value(since.share, "share")),
                between=interval(low, high, say),
                count=of_personas("since.customers", since.n, say.number(since.n)),
            )
        )
    if since.alike is None:
        found.append(say("From what was known on {day}, no groups would have been found.", day=say.day(since.on)))
    else:
        found.append(
            filled(
                say(
                    "The groups that would have been found on {day} agree with these by {alike} (adjusted Rand index: "
                    "1 are the same groups, 0 is chance)."
                ),
                day=say.day(since.on),
                alike=of_personas("since.alike", since.alike, say.number(since.alike, 2)),
            )
        )
    return found
