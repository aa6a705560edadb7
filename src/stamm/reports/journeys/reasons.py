"""Why customers left, in words: by window and by who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from stamm.analyses.reasons_for_leaving import SOURCES, Reason
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.marked import filled


@dataclass(frozen=True)
class Line:
    """One reason: in words, how many ended so, their share with its interval, and how the row is named."""

    why: str
    n: str
    share: str
    interval: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """All that one source says of one window and group, and how many it is silent of."""

    name: str
    told: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Part:
    """One window, of one group where the answer is split, and what each source says."""

    name: str
    sources: tuple[Source, ...]


def reasons_told(answer: TableAnswer, say: Language) -> tuple[Part, ...]:
    """Each window and group of which something is told."""
    rows = [row for row in answer.rows if row.n is not None]
    several = len({row.window for row in answer.rows}) > 1
    found = []
    for (window, group), mine in groupby(rows, key=lambda row: (row.window, row.group)):
        names = [say.window(window)] if several or not answer.by else []
        if answer.by:
            names.append(group or say("unknown"))
        sources = tuple(
            _source(answer, name, list(lines), say) for name, lines in groupby(mine, key=lambda r: r.source)
        )
        found.append(Part(" · ".join(names), sources))
    return tuple(found)


def sentence_of(answer: TableAnswer, say: Language) -> str:
    """The reason given most often in the newest window of which something is told."""
    rows = [row for row in answer.rows if row.n is not None]
    if not rows:
        return ""
    newest = [row for row in rows if row.window == rows[-1].window]
    first = next((row for row in newest if row.source in SOURCES), newest[0])
    told = Told(answer, first, say)
    return filled(
        say("Most often: {why} ({share} of {known} of whom it is told)."),
        why=first.why.of(say.code),
        share=told("share"),
        known=told("known"),
    )


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why nothing is told."""
    return why_not(answer.rows[-1].reason, answer, say)


def _source(answer: TableAnswer, name: str, rows: Sequence[Reason], say: Language) -> Source:
    told = Told(answer, rows[0], say)
    words = SOURCES.get(name)
    return Source(
        name=words.of(say.code) if words else name,
        told=filled(
            say("Told of {known} of {ended} that ended; asked and not told: {untold}."),
            known=told("known"),
            ended=told("ended"),
            untold=told("untold"),
        ),
        lines=tuple(_line(answer, row, say) for row in rows),
    )


def _line(answer: TableAnswer, row: Reason, say: Language) -> Line:
    told = Told(answer, row, say)
    return Line(
        why=row.why.of(say.code) if row.why else row.answer,
        n=told("n"),
        share=told("share"),
        interval=told.interval(),
        who=tuple(f"{name}={value}" for name, value in answer.name_of(row).items()),
    )
