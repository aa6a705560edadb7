"""Answers that are tables: a chapter for each analysis that the data support, asked without settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from stamm.analyses import ANALYSES, Analysis
from stamm.analyses.kind import Column
from stamm.answers.ask import Answers
from stamm.answers.table import TableAnswer
from stamm.lang.errors import StammError
from stamm.lang.language import Language
from stamm.lang.phrase import Phrase
from stamm.lang.reasons import BEGINS_BEFORE, NOT_OVER, OUTSIDE, ZERO
from stamm.lang.window import Window
from stamm.reports.analysis_curves import charts_of
from stamm.reports.commands import command_of
from stamm.reports.exact import Told
from stamm.reports.marked import filled
from stamm.reports.workings import Pair, Workings, table_pairs

#: months that an analysis looks at which does not cut its span; and rows of a table that is shown at once
MONTHS, MOST = 3, 20
WORDS = ("text", "window", "flag")


@dataclass(frozen=True)
class Line:
    """One row in words: what it is about, its cells (text, and whether it is a number), why it lacks something."""

    head: str
    cells: tuple[tuple[str, bool], ...]
    note: str


@dataclass(frozen=True)
class Table:
    """One table of an analysis; `long` ones are folded."""

    heads: tuple[tuple[str, bool], ...]
    lines: tuple[Line, ...]
    #: rows of which nothing can be told, by the reason
    untold: tuple[str, ...]
    long: bool


@dataclass(frozen=True)
class Chapter:
    """One analysis: what it answers, its tables, its picture where it is a curve, and how it came about."""

    key: str
    name: str
    sentence: str
    tables: tuple[Table, ...]
    charts: tuple[Markup, ...]
    pairs: tuple[Pair, ...]
    command: tuple[str, ...]
    simulated: bool


def analyses_of(workings: Workings) -> tuple[Chapter, ...]:
    """The analyses with something to show; those that are matrices have chapters of their own."""
    asked = (analysis() for analysis in ANALYSES if analysis.matrix is None)
    found = [(analysis, _answer(analysis, workings)) for analysis in asked]
    return tuple(_chapter(answer, workings) for _, answer in found if answer is not None)


def _answer(analysis: Analysis, workings: Workings) -> TableAnswer | None:
    """The answer over the months shown, or the last of them; None where nothing can be told."""
    figures, months = workings.figures, workings.months
    whole = Window(months.windows[0].start, months.now.end)
    last = Window(months.windows[max(months.current - MONTHS + 1, 0)].start, months.now.end)
    end = figures.world.day_start(months.now.end)
    cut = figures.until is not None and figures.as_of is not None and end < figures.as_of
    answers = Answers(replace(figures.world, as_of=end)) if cut else figures.answers
    try:
        answer = answers.analyse(analysis, whole if len(analysis.windows(whole)) > 1 else last, where=figures.where)
    except StammError:
        return None
    columns = [column for column in analysis.columns() if not column.key and column.unit not in WORDS]
    known = any(getattr(row, column.name) for row in answer.rows for column in columns)
    return answer if known else None


def _chapter(answer: TableAnswer, workings: Workings) -> Chapter:
    analysis, say = answer.analysis, workings.say
    tables = (table_of(answer, name, say) for name, rows in answer.tables.items() if rows)
    return Chapter(
        key=analysis.key,
        name=analysis.title(say.code),
        sentence=analysis.sentence(say.code),
        tables=tuple(tables),
        charts=charts_of(answer, say),
        pairs=table_pairs(answer, workings.words),
        command=command_of("analyse", analysis.key, answer.span, where=answer.where),
        simulated=answer.simulated,
    )


# -- tables --------------------------------------------------------------------------------------------------
def table_of(answer: TableAnswer, name: str, say: Language) -> Table:
    """The columns that say something; both ends of an interval are one."""
    rows, declared = answer.tables[name], answer.analysis.columns(name)
    columns = [column for column in declared if _is_shown(column, rows)]
    ends = {column.name for column in columns if _other_end(column, declared)}
    columns = [column for column in columns if not column.name.endswith("high") or column.name not in ends]
    first, *others = columns
    lines = []
    for row in rows:
        told = Told(answer, row, say, name)
        cells = [
            (_interval(told, column) if column.name in ends else _cell(told, column), column.unit not in WORDS)
            for column in others
        ]  # fmt: skip
        reason = getattr(row, "reason", "")
        lines.append(
            Line(text_of(row, first, answer, say), tuple(cells), why_not(reason, answer, say) if reason else "")
        )
    heads = [say("95% interval") if column.name in ends else column.words.of(say.code) for column in columns]
    shown = [line for line in lines if any(text for text, _ in line.cells)]
    untold: dict[str, list[str]] = {}
    for line in lines:
        if line not in shown:
            untold.setdefault(line.note, []).append(line.head)
    return Table(
        heads=tuple((head[:1].upper() + head[1:], c.unit not in WORDS) for head, c in zip(heads, columns, strict=True)),
        lines=tuple(shown),
        untold=tuple(f"{note[:1].upper()}{note[1:]}: {', '.join(names)}." for note, names in untold.items()),
        long=len(shown) > MOST,
    )


def why_not(reason: str, answer: TableAnswer, say: Language) -> str:
    """Why a row has no numbers, or not its last ones."""
    own = answer.analysis.reasons.get(reason)
    shared = {
        NOT_OVER: say("not over yet"),
        BEGINS_BEFORE: say("begins before the data"),
        OUTSIDE: say("outside the days that the data cover"),
        ZERO: say("nothing to divide by"),
    }
    return own.of(say.code) if own else shared.get(reason, say("not known"))


def _is_shown(column: Column, rows: Sequence[Any]) -> bool:
    told = any(getattr(row, column.name) not in (None, "") for row in rows)
    return told and not column.detail and column.name not in ("reason", "complete")


def _other_end(column: Column, columns: Sequence[Column]) -> bool:
    names = {each.name for each in columns}
    low, high = column.name.removesuffix("low") + "high", column.name.removesuffix("high") + "low"
    return (column.name.endswith("low") and low in names) or (column.name.endswith("high") and high in names)


def _interval(told: Told, column: Column) -> str:
    stem = column.name.removesuffix("low")
    low, high = f"{stem}low", f"{stem}high"
    if getattr(told.row, high) is None and getattr(told.row, low) is not None:
        return filled(told.say("{low} or more"), low=told(low))
    return told.interval(low, high)


def _cell(told: Told, column: Column) -> str:
    """A cell in words; a number says what it is exactly."""
    text, value = text_of(told.row, column, told.answer, told.say), getattr(told.row, column.name)
    numeric = isinstance(value, int | float) and not isinstance(value, bool) and not column.key
    return told(column.name, text) if numeric else text


def text_of(row: Any, column: Column, answer: TableAnswer, say: Language) -> str:
    """A cell in words; empty where nothing is known."""
    value = getattr(row, column.name)
    if value is None:
        return say("unknown") if column.key else ""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if isinstance(value, Window):
        return say.window(value, short=True)
    if isinstance(value, Phrase):
        return value.of(say.code)
    if isinstance(value, int | float):
        unit = row.unit if column.unit == "own" else column.unit
        return say.value(value, unit, answer.currency, digits=1 if unit == "days" else None)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
