"""The map of worth in words: a table of risk by what customers would bring, the darker the more customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stamm.analyses.worth import MAP
from stamm.analyses.worth.mapped import RISKS
from stamm.analyses.worth.tables import DECISIONS, Place
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.reports.exact import Told
from stamm.reports.heat import ramp_of, step_of
from stamm.reports.marked import filled

#: of a place how many are decided about, in the order of decisions
COUNTS = ("fight", "beyond", "alone", "let_go")


@dataclass(frozen=True)
class Spot:
    """A place on the map: its class, how many customers, their value at risk, what is decided about them, its row."""

    looks: str
    customers: str = ""
    at_risk: str = ""
    decided: str = ""
    who: tuple[str, ...] = ()


@dataclass(frozen=True)
class WorthMap:
    """Columns from nothing to the most, rows from the greatest risk to the least, and what the colours mean."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Spot, ...]], ...]
    steps: tuple[tuple[str, str], ...]


def map_of(answer: TableAnswer, say: Language) -> WorthMap:
    """All places there are customers in, in full rows and columns."""
    places: dict[tuple[float, int | None], Place] = {
        (place.risk_from, place.ahead_from): place for place in answer.tables[MAP]
    }
    everybody = sum(place.customers for place in places.values())
    shares = {key: 100 * place.customers / everybody for key, place in places.items()}
    first, step = ramp_of(0.0, max(shares.values()))
    risks = sorted({(place.risk_from, place.risk_to) for place in places.values()}, reverse=True)
    bounds = {(place.ahead_from, place.ahead_to) for place in places.values()}
    columns = sorted(bounds, key=lambda bound: (bound[0] is not None, bound[0] or 0))

    def spot(risk: float, ahead: int | None) -> Spot:
        place = places.get((risk, ahead))
        if place is None:
            return Spot("none")
        told = Told(answer, place, say, MAP)
        there = [(name, phrase.of(say.code)) for name, phrase in zip(COUNTS, DECISIONS, strict=True)]
        there = [(told(name), words) for name, words in there if getattr(place, name)]
        decided = there[0][1] if len(there) == 1 else _together(there)
        who = tuple(f"{name}={value}" for name, value in answer.name_of(place, MAP).items())
        return Spot(f"h{step_of(shares[risk, ahead], first, step)}", told("customers"), told("at_risk"), decided, who)

    return WorthMap(
        columns=tuple(_column(answer, say, *bound) for bound in columns),
        rows=tuple((_risk(say, low, high), tuple(spot(low, ahead) for ahead, _to in columns)) for low, high in risks),
        steps=tuple(
            (f"h{place}", say.trimmed(first + step * place, 1))
            for place in range(1 + max(step_of(share, first, step) for share in shares.values()))
        ),
    )


def place_words(answer: TableAnswer, place: Place, say: Language) -> str:
    """Which place it is: Risk of leaving: 50 to 100% · Would bring if they stay: up to €50.00."""
    risk, ahead = _risk(say, place.risk_from, place.risk_to), _column(answer, say, place.ahead_from, place.ahead_to)
    return f"{say('Risk of leaving')}: {risk} · {say('Would bring if they stay')}: {ahead}"


def _risk(say: Language, low: float, high: float) -> str:
    return say("{low} to {high}", low=say.trimmed(100 * low, 1), high=say.percent(high, int(high < RISKS[2])))


def _together(there: Sequence[tuple[str, str]]) -> str:
    """How many of each, with their words."""
    told = {f"n{place}": count for place, (count, _words) in enumerate(there)}
    words = (f"{{n{place}}} {words[:1].lower()}{words[1:]}" for place, (_count, words) in enumerate(there))
    return filled(", ".join(words), **told)


def _column(answer: TableAnswer, say: Language, low: int | None, high: int | None) -> str:
    if low is None:
        return say("nothing")
    least = say.money(low, answer.currency)
    if high is None:
        return say("more than {amount}", amount=least)
    return say("up to {amount}", amount=say.money(high, answer.currency))
