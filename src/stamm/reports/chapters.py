"""A chapter on each headline number: how it moved and how it came about."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from stamm.answers.working import working_of_row
from stamm.reports.cards import Card, card_of
from stamm.reports.commands import command_of
from stamm.reports.figures import Figure
from stamm.reports.formula_markup import formula_markup
from stamm.reports.trends import To, TrendPicture, Trends, TrendTable
from stamm.reports.workings import Pair


@dataclass(frozen=True)
class Chapter:
    """Everything there is to say of one number."""

    card: Card
    also: str
    sentence: str
    picture: TrendPicture | None
    table: TrendTable
    formula: Markup
    pairs: tuple[Pair, ...]
    command: tuple[str, ...]


def chapter_of(figure: Figure, trends: Trends, to: To | None = None) -> Chapter:
    """The chapter of a figure that has a value in the current month; `to` says where a point of it leads."""
    metric, workings = figure.metric, trends.workings
    figures = workings.figures
    return Chapter(
        card=card_of(figure, trends),
        also=metric.also,
        sentence=metric.sentence(workings.say.code),
        picture=trends.picture(figure, table=True, to=to),
        table=trends.table(figure),
        formula=worked(figure, trends),
        pairs=workings.pairs(figure),
        command=command_of(
            "metric",
            metric.key,
            workings.months.span,
            figures.settings.get(metric.key),
            where=figures.where,
            grain=workings.months.grain,
        ),
    )


def worked(figure: Figure, trends: Trends) -> Markup:
    """The formula of a figure with the numbers of the current month filled in."""
    assert figure.answer is not None  # there is a value
    assert figure.row is not None
    say = trends.say
    return formula_markup(working_of_row(figure.answer, figure.row, say), say)


@dataclass(frozen=True)
class Meaning:
    """What a number says and how it was calculated, in two lines."""

    key: str
    name: str
    also: str
    sentence: str
    formula: str
    filled_in: str
    value: str


def meaning_of(figure: Figure, trends: Trends) -> Meaning:
    """The short form of a chapter."""
    assert figure.answer is not None  # there is a value
    assert figure.row is not None
    say, metric = trends.say, figure.metric
    working = working_of_row(figure.answer, figure.row, say)
    plain = working.in_numbers == working.result
    return Meaning(
        key=metric.key,
        name=metric.title(say.code),
        also=metric.also,
        sentence=metric.sentence(say.code),
        formula=working.in_words,
        filled_in="" if plain else working.in_numbers,
        value=working.result,
    )
