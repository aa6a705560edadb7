"""One word, several definitions: a family side by side, and the customers who make the difference."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from stamm.analyses.compare_definitions import GAPS, WHOLE, CompareDefinitions
from stamm.answers.answer import Answer, Row
from stamm.answers.ask import Answers
from stamm.answers.people import NotCountedError, fraction_of
from stamm.answers.working import Working, working_of_row
from stamm.facts.filter import Asked
from stamm.lang.formula import weights_of
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.metrics import Metric


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


def compare_family(answers: Answers, name: str, window: Window, language: Language, *, where: Asked = ()) -> Comparison:
    """All definitions of a family over one window, within a filter; raises UsageError for an unknown family."""
    analysis = CompareDefinitions(family=name, grain=WHOLE).knowing(answers.world.metrics)
    compared = answers.analyse(analysis, window, where=where)
    gaps: dict[str, list[Gap]] = defaultdict(list)
    for gap in compared.tables[GAPS]:
        told = Gap(gap.customers, gap.above, gap.below, gap.who.of(language.code), gap.examples)
        gaps[gap.definition].append(told)
    members = []
    for metric, row in zip(analysis.members, compared.rows, strict=True):
        answer = answers.ask(metric, [window], where=where)
        working = working_of_row(answer, answer.rows[0], language, digits=2)
        nobody = row.value is not None and not row.named and metric is not analysis.members[0]
        members.append(Member(metric, answer, answer.rows[0], working, None if nobody else tuple(gaps[metric.key])))
    return Comparison(analysis.members[0].family, window, tuple(members))


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
