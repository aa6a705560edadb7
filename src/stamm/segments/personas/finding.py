"""From measures of customers to personas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stamm.analyses.one_thread import one_thread
from stamm.lang.phrase import Phrase
from stamm.segments.personas.measures import MEASURES
from stamm.segments.personas.rules import Flags, Leaves, learned, rule_of, who
from stamm.segments.personas.steady import NOWHERE, Labels, Reals, Tried, found_again, gap, grouped, jaccards
from stamm.segments.personas.traits import Trait, names_of, trait_of
from stamm.segments.rule import Rule

EVERYBODY = next(iter(MEASURES))
#: customers that there have to be, groups at most, and customers that are learned from
LEAST, MOST, LEARNED = 100, 7, 4000
#: a measure in which more than this part of all are equal tells nobody apart
MOSTLY = 0.9
TOO_FEW, ALL_ALIKE, NONE_HOLDS = "too_few_customers", "all_alike", "no_groups_hold"
REASONS: Mapping[str, Phrase] = {
    TOO_FEW: Phrase(f"fewer than {LEAST} customers ordered", f"weniger als {LEAST} Kunden bestellten"),
    ALL_ALIKE: Phrase("customers hardly differ", "die Kunden unterscheiden sich kaum"),
    NONE_HOLDS: Phrase("customers are one crowd, no groups hold", "die Kunden sind eine Menge, keine Gruppen halten"),
}


@dataclass(frozen=True)
class Measured:
    """Each measure of everybody with an order, in the order of their ids; NaN where a customer has none."""

    values: Mapping[str, Reals]
    days: int
    currency: str

    @property
    def customers(self) -> int:
        """How many they are."""
        return len(self.values[EVERYBODY])


@dataclass(frozen=True)
class Persona:
    """A group of customers: its name, the rule that says who, how many, and its traits, the strongest first.

    `leaves` are the rule in the units of measures, so that it can be asked of them.
    """

    name: Phrase
    rule: Rule
    leaves: Leaves
    customers: int
    traits: tuple[Trait, ...]


@dataclass(frozen=True)
class Found:
    """Personas, those who order most first; each number of groups that was tried; and why there are none."""

    personas: tuple[Persona, ...]
    tried: tuple[Tried, ...] = ()
    reason: str = ""

    @property
    def held(self) -> Tried | None:
        """What was found of so many groups as there are personas."""
        return next((each for each in self.tried if each.groups == len(self.personas)), None)

    def places(self, measured: Measured) -> Labels:
        """The number of each customer's persona, which may be measured of other days; NOWHERE of whom none holds."""
        found: Labels = np.full(measured.customers, NOWHERE, dtype=np.intp)
        for number, persona in enumerate(self.personas):
            found[who(persona.leaves, measured.values)] = number
        return found


def find(measured: Measured) -> Found:
    """The fewest personas that hold and have the largest gap, but for chance; equal measures give equal personas."""
    if measured.customers < LEAST:
        return Found((), reason=TOO_FEW)
    used = {metric: values for metric, values in measured.values.items() if _tells(values)}
    if not used:
        return Found((), reason=ALL_ALIKE)
    tried: list[Tried] = []
    rules: list[list[Leaves]] = []
    with one_thread():
        some = _some(used)
        points = np.column_stack([ranks(values) for values in some.values()])
        for groups in range(2, MOST + 1):
            labels = grouped(points, groups)
            rules.append(learned(some, labels, groups, measured.currency))
            tried.append(_tried(points, some, labels, rules[-1]))
    holding = [each for each in tried if each.holds]
    if not holding:
        return Found((), tuple(tried), NONE_HOLDS)
    largest = max(holding, key=lambda each: each.gap)
    best = next(each for each in holding if each.gap >= largest.gap - largest.error)
    return Found(_told(measured, rules[tried.index(best)]), tuple(tried))


def ranks(values: Reals) -> Reals:
    """Where each value lies among all, between 0 and 1; equal ones in the middle of their places."""
    ordered = np.sort(values)
    found: Reals = (
        (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2 / len(values)
    )
    return found


def _tells(values: Reals) -> bool:
    if np.isnan(values).any():
        return False
    return bool(np.unique(values, return_counts=True)[1].max() <= MOSTLY * len(values))


def _some(values: Mapping[str, Reals]) -> dict[str, Reals]:
    """Customers to learn from, evenly spread over all."""
    everybody = len(next(iter(values.values())))
    places = np.linspace(0, everybody - 1, min(everybody, LEARNED)).round().astype(np.intp)
    return {metric: each[places] for metric, each in values.items()}


def _tried(points: Reals, values: Mapping[str, Reals], labels: Labels, leaves: list[Leaves]) -> Tried:
    groups = len(leaves)
    inside: list[Flags] = [who(each, values) for each in leaves]
    told = min(float(jaccards(each, labels, groups)[group]) for group, each in enumerate(inside))
    smallest = min(float(each.mean()) for each in inside)
    return Tried(groups, found_again(points, labels, groups), told, smallest, *gap(points, groups))


def _told(measured: Measured, best: list[Leaves]) -> tuple[Persona, ...]:
    inside = [who(each, measured.values) for each in best]
    order = sorted(range(len(best)), key=lambda group: -float(ranks(measured.values[EVERYBODY])[inside[group]].mean()))
    traits = [
        tuple(
            sorted(
                (trait_of(MEASURES[metric], values, inside[group]) for metric, values in measured.values.items()),
                key=lambda each: -each.distance,
            )
        )
        for group in order
    ]
    names = names_of(traits)
    return tuple(
        Persona(
            names[place],
            rule_of(best[group], EVERYBODY, measured.days),
            best[group],
            int(inside[group].sum()),
            traits[place],
        )
        for place, group in enumerate(order)
    )
