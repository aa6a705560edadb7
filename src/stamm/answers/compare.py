"""One word, several definitions: a family side by side, and the customers who make the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from stamm.answers.answer import Answer, Row
from stamm.answers.ask import Answers, operands_of
from stamm.answers.people import Customers, NotCountedError, People, fraction_of
from stamm.answers.working import Working, working_of_row
from stamm.lang.errors import UsageError
from stamm.lang.formula import weights_of
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.metrics import METRICS, Metric, families, family


@dataclass(frozen=True)
class Gap:
    """Customers whom one definition counts differently from the default.

    `numerator` and `denominator` say how much more each of them adds to either side (-1: counted by the default
    alone). `words` singles them out by what the definitions counted them as. `examples` are the first ids.
    """

    customers: int
    numerator: float
    denominator: float
    words: str
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One side of a fraction: the default's count, what each gap adds to it (in their order), and the sum."""

    default: float
    added: tuple[float, ...]
    total: float


@dataclass(frozen=True)
class Member:
    """One definition: its answer over the window, the working, and who makes the gap to the default.

    `gaps` is None where nobody can be named, because the definition does not count customers.
    """

    metric: Metric
    answer: Answer
    row: Row
    working: Working
    gaps: tuple[Gap, ...] | None

    def way_from(self, leader: Member) -> tuple[Side, Side] | None:
        """From the default's fraction to this one, above and below the line, adding up exactly.

        None where one of the two is no single fraction of counted customers.
        """
        here, there = _fraction(self), _fraction(leader)
        if not self.gaps or here is None or there is None:
            return None
        steps = ([gap.customers * gap.numerator for gap in self.gaps], [g.customers * g.denominator for g in self.gaps])
        top, bottom = (Side(there[i], tuple(steps[i]), there[i] + sum(steps[i])) for i in (0, 1))
        return (top, bottom) if (top.total, bottom.total) == here else None


@dataclass(frozen=True)
class Comparison:
    """A family over one window, the default first."""

    family: str
    window: Window
    members: tuple[Member, ...]


def compare_family(answers: Answers, name: str, window: Window, language: Language) -> Comparison:
    """All definitions of a family over one window; raises UsageError for an unknown family."""
    metrics = [metric() for metric in _members(name)]
    leader, people = metrics[0], People(answers.world)
    answers.prepare(metrics, [window])
    people.know((each for metric in metrics for each in operands_of(metric)[0].values()), [window])
    members = []
    for metric in metrics:
        answer = answers.ask(metric, [window])
        row = answer.rows[0]
        gaps = () if metric is leader or row.value is None else _gaps(people, leader, metric, window, language)
        members.append(Member(metric, answer, row, working_of_row(answer, row, language, digits=2), gaps))
    return Comparison(leader.family, window, tuple(members))


def _members(name: str) -> tuple[type[Metric], ...]:
    found = family(name)
    if not found and name in METRICS:
        found = family(METRICS[name].family)
    if len(found) < 2:
        near = get_close_matches(name, families(), n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"There is no family of definitions named {name!r}.", remedy=f"{hint}Families: {', '.join(families())}."
        )
    return found


def _gaps(people: People, leader: Metric, metric: Metric, window: Window, language: Language) -> tuple[Gap, ...] | None:
    try:
        own, default = (people.weights(asked, [window])[window] for asked in (metric, leader))
    except NotCountedError:
        return None
    groups: dict[tuple[float, float, tuple[bool, ...]], list[str]] = defaultdict(list)
    sets = {**people.memberships(metric, window, language), **people.memberships(leader, window, language)}
    for customer in sorted(set().union(*own, *default)):
        numerator = own[0].get(customer, 0.0) - default[0].get(customer, 0.0)
        denominator = own[1].get(customer, 0.0) - default[1].get(customer, 0.0) if own[1] else 0.0
        if numerator or denominator:
            groups[numerator, denominator, tuple(customer in counted for counted in sets.values())].append(customer)
    gaps = [
        Gap(len(customers), numerator, denominator, _described(sets, marks, language), tuple(customers[:5]))
        for (numerator, denominator, marks), customers in groups.items()
    ]
    return tuple(sorted(gaps, key=lambda gap: (-gap.customers, gap.words)))


def _fraction(member: Member) -> tuple[float, float] | None:
    """Numerator and denominator in numbers; None where the formula is no fraction of sums of its parts."""
    try:
        sides = [weights_of(side) for side in fraction_of(member.metric)]
    except (NotCountedError, ValueError):
        return None
    known = [[(weight, member.row.parts.get(name)) for name, weight in side.items()] for side in sides]
    if not all(known) or any(part is None for side in known for _, part in side):
        return None
    top, bottom = (sum(weight * (part or 0) for weight, part in side) for side in known)
    return top, bottom


def _described(sets: Mapping[str, Customers], marks: Sequence[bool], language: Language) -> str:
    """The fewest of the marks that still single these customers out: “here at the end”, but not “new”."""
    yes = [words for words, mark in zip(sets, marks, strict=True) if mark]
    no = [words for words, mark in zip(sets, marks, strict=True) if not mark]
    meant = _singled_out(sets, yes, no)
    for words in sorted(no, key=lambda words: len(sets[words])):
        fewer = [other for other in no if other != words]
        no = fewer if _singled_out(sets, yes, fewer) == meant else no
    for words in sorted(yes, key=lambda words: -len(sets[words])):
        fewer = [other for other in yes if other != words]
        yes = fewer if fewer and _singled_out(sets, fewer, no) == meant else yes
    who = language.listed([language.quoted(words) for words in yes], language("and"))
    what = language.listed([language.quoted(words) for words in no], language("or"))
    return language("{who}, but not {what}", who=who, what=what) if no else who


def _singled_out(sets: Mapping[str, Customers], yes: Sequence[str], no: Sequence[str]) -> Customers:
    inside = frozenset.intersection(*(sets[words] for words in yes))
    return inside.difference(*(sets[words] for words in no))
