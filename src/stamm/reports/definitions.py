"""One word, several definitions: the members of each family side by side."""

from __future__ import annotations

from dataclasses import dataclass

from stamm.answers.working import working_of_row
from stamm.metrics import families, family
from stamm.reports.figures import Figure, Figures
from stamm.reports.wording import Words


@dataclass(frozen=True)
class DefinitionRow:
    """One definition in one month."""

    key: str
    name: str
    formula: str
    filled_in: str
    value: str
    known: bool
    before: str
    difference: str
    note: str
    default: bool


@dataclass(frozen=True)
class FamilyTable:
    """All definitions of one word."""

    key: str
    title: str
    rows: tuple[DefinitionRow, ...]


def family_tables(figures: Figures, words: Words) -> tuple[FamilyTable, ...]:
    """A table for each family of which at least one member has a value in the current month, retention first."""
    order = sorted(families(), key=lambda name: ({"retention": 0, "churn": 1, "repeat_purchase": 2}.get(name, 3), name))
    tables = []
    for name in order:
        members = [figure for metric in family(name) if (figure := figures[metric.key]) is not None]
        if len(members) > 1 and any(figure.value is not None for figure in members):
            tables.append(_table(name, members, words))
    return tuple(tables)


def _table(name: str, members: list[Figure], words: Words) -> FamilyTable:
    leader = members[0]
    title = leader.metric.title(words.language.code)
    return FamilyTable(name, title, tuple(_row(figure, leader, words) for figure in members))


def _row(figure: Figure, leader: Figure, words: Words) -> DefinitionRow:
    say, metric, row, before = words.language, figure.metric, figure.row, figure.before
    known = row is not None and row.value is not None
    formula = filled = ""
    if figure.answer is not None and row is not None:
        working = working_of_row(figure.answer, row, say)
        formula, filled = working.in_words, working.in_numbers if known else ""
    return DefinitionRow(
        key=metric.key,
        name=metric.title(say.code),
        formula=formula,
        filled_in=filled,
        value=words.value(figure.value, metric, figure.money),
        known=known,
        before="" if before is None or before.value is None else words.value(before.value, metric, figure.money),
        difference=_difference(figure, leader, words),
        note=metric.sentence(say.code) if known else words.reason(figure, row),
        default=metric.leads,
    )


def _difference(figure: Figure, leader: Figure, words: Words) -> str:
    say = words.language
    if figure.metric.leads:
        return say("the default")
    if figure.value is None or leader.value is None:
        return ""
    if figure.metric.unit != leader.metric.unit:
        return say("a ratio, not a share") if figure.metric.unit == "ratio" else say("in another unit")
    if figure.value == leader.value:
        return say("the same")
    return say.change(figure.value - leader.value, figure.metric.unit, figure.money)
