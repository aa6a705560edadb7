"""What every page about an analysis says: how its answer came about, its tables, and what is missing for it."""

from __future__ import annotations

from dataclasses import dataclass

from stamm.analyses import Analysis
from stamm.answers.plan import read_for
from stamm.answers.reach import kinds_needed
from stamm.answers.table import TableAnswer
from stamm.answers.world import World
from stamm.facts.filter import Filter
from stamm.lang.language import Language
from stamm.reports.analyses import Table, table_of
from stamm.reports.commands import command_of
from stamm.reports.wording import Words
from stamm.reports.workings import Pair, table_pairs


@dataclass(frozen=True)
class About:
    """How an answer came about: who counts, over which days, from which data; and the command that gives it."""

    pairs: tuple[Pair, ...]
    command: tuple[str, ...]
    tables: dict[str, Table]


@dataclass(frozen=True)
class Missing:
    """A kind of facts that is needed and was never imported, and the command that brings it in."""

    name: str
    command: str


def about_of(answer: TableAnswer, world: World, say: Language) -> About:
    """The same of any analysis."""
    analysis = answer.analysis
    return About(
        pairs=table_pairs(answer, Words(say, world)),
        command=command_of(
            "analyse", analysis.key, answer.span, analysis.unusual, where=answer.where, by=answer.by or ""
        ),
        tables={name: table_of(answer, name, say) for name, rows in answer.tables.items() if rows},
    )


def simulated_for(analysis: Analysis, by: str, where: Filter, world: World, say: Language) -> str:
    """What a page says of itself where facts of its answer were made and not measured."""
    read = read_for((*analysis.facts(), *analysis.beside()), by or None, where, world)
    return "" if world.simulated.isdisjoint(read) else say("Simulated data")


def missing_for(analysis: Analysis, world: World, say: Language) -> tuple[Missing, ...]:
    """What has to be imported before anything can be told."""
    words = Words(say, world)
    kinds = (kind for kind in kinds_needed(analysis, world) if kind not in world.coverage)
    return tuple(Missing(words.kind_title(kind), f"stamm import {kind}.csv") for kind in kinds)
