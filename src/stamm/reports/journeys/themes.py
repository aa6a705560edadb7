"""What customers write about, in words: each theme, how often, how content, who stayed, and sentences that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stamm.analyses.themes import BASIS, SENTENCES
from stamm.analyses.themes.tables import Theme
from stamm.answers.table import TableAnswer
from stamm.lang.language import Language
from stamm.reports.analyses import why_not
from stamm.reports.exact import Told
from stamm.reports.marked import filled


@dataclass(frozen=True)
class Number:
    """A number as it is told, and its interval or how many it is of below it."""

    text: str
    small: str = ""


@dataclass(frozen=True)
class OfTheme:
    """One theme: its name and all its words, numbers in the order of the table, sentences, and how it is named."""

    name: str
    words: str
    n: str
    numbers: tuple[Number, ...]
    note: str
    sentences: tuple[tuple[str, str, str], ...]
    who: tuple[str, ...]


@dataclass(frozen=True)
class OfLanguage:
    """The texts of one language: what it is called, how many there are, its themes, or why there is none."""

    name: str
    basis: str
    themes: tuple[OfTheme, ...]
    nothing: str


def themes_told(answer: TableAnswer, say: Language) -> tuple[OfLanguage, ...]:
    """Each language in which something was written, the one with the most texts first."""
    found = []
    for basis in sorted(answer.tables[BASIS], key=lambda each: -each.texts):
        rows: Sequence[Theme] = [row for row in answer.rows if row.language == basis.language and row.theme]
        told = Told(answer, basis, say, BASIS)
        found.append(
            OfLanguage(
                name=basis.language.of(say.code),
                basis=filled(
                    say("{texts} texts, of them {with_theme} with one of {themes} themes."),
                    texts=told("texts"),
                    with_theme=told("with_theme"),
                    themes=told("themes"),
                ),
                themes=tuple(_theme(answer, row, say) for row in rows),
                nothing="" if rows else why_not(basis.reason, answer, say),
            )
        )
    return tuple(found)


def sentence_of(answer: TableAnswer, say: Language) -> str:
    """The theme that is written of most, and the one of which it grew clearly."""
    rows: Sequence[Theme] = [row for row in answer.rows if row.theme]
    if not rows:
        return ""
    first = max(rows, key=lambda row: row.n or 0)
    told = Told(answer, first, say)
    most = filled(
        say("Most is written of: {theme} ({share} of {language} texts)."),
        theme=first.theme,
        share=told("share"),
        language=first.language.of(say.code),
    )
    grew = max((row for row in rows if (row.change_low or 0) > 0), key=lambda row: row.change or 0, default=None)
    if grew is None:
        return most
    points = Told(answer, grew, say)("change")
    more = filled(say("More than before: {theme} ({points} points)."), theme=grew.theme, points=points)
    return filled("{most} {more}", most=most, more=more)


def nothing_of(answer: TableAnswer, say: Language) -> str:
    """Why there is no theme at all."""
    return why_not(answer.rows[0].reason, answer, say)


def _theme(answer: TableAnswer, row: Theme, say: Language) -> OfTheme:
    told = Told(answer, row, say)
    lines = [each for each in answer.tables[SENTENCES] if (each.language, each.theme) == (row.language, row.theme)]
    known = bool(row.authors)
    return OfTheme(
        name=row.theme,
        words=row.words,
        n=told("n"),
        numbers=(
            Number(told("share"), told.interval()),
            Number(told("change"), told.interval("change_low", "change_high")),
            Number(told("nps"), told.interval("nps_low", "nps_high")) if row.n_nps else Number(""),
            Number(told("left_share"), filled("n {n}", n=told("authors"))) if known else Number(""),
            Number(told("difference"), told.interval("difference_low", "difference_high")),
        ),
        note=why_not(row.reason, answer, say) if row.reason and row.difference is None else "",
        sentences=tuple(
            (each.sentence, each.customer_id, say.day(date.fromisoformat(each.written_on)))
            for each in lines
            if each.sentence
        ),
        who=tuple(f"{name}={value}" for name, value in answer.name_of(row).items()),
    )
