"""The two editions of the report: what a manager needs, and everything."""

from __future__ import annotations

from typing import Any

from stamm.reports.analyses import analyses_of
from stamm.reports.cards import card_of, headline_figures
from stamm.reports.catalogue import topics_of
from stamm.reports.chapters import chapter_of, meaning_of, worked
from stamm.reports.cohorts import cohorts_of
from stamm.reports.commands import command_of, within
from stamm.reports.differences import FIRST, families_of
from stamm.reports.figures import Figure, Figures, Months
from stamm.reports.lacking import lacking_in_short, lacking_of
from stamm.reports.lead import lead_of
from stamm.reports.ledger import LEDGER, ledger_of
from stamm.reports.readers import Reader
from stamm.reports.trends import Trends
from stamm.reports.wording import Words
from stamm.reports.workings import Workings

#: headline numbers, and months of the ledger, by reader
NUMBERS = {"manager": 6, "analyst": 8}
LEDGER_MONTHS = {"manager": 6, "analyst": 14}

Content = dict[str, Any]


def content_of(reader: Reader, figures: Figures, months: Months, words: Words) -> Content:
    """What the page of that reader shows."""
    trends = Trends(Workings(figures, months, words))
    shown = headline_figures(figures, NUMBERS[reader])
    make = _for_manager if reader == "manager" else _for_analyst
    return {**_for_both(reader, figures, months, shown, trends), **make(figures, months, shown, trends)}


def figures_in(reader: Reader, figures: Figures) -> tuple[Figure, ...]:
    """The figures with a value in an edition: all for an analyst; for a manager the headlines and first families."""
    valued = tuple(figure for figure in figures.all.values() if figure.value is not None)
    if reader == "analyst":
        return valued
    headlines = {figure.metric.key for figure in headline_figures(figures, NUMBERS[reader])}
    return tuple(f for f in valued if f.metric.key in headlines or f.metric.family in FIRST)


def _for_both(reader: Reader, figures: Figures, months: Months, shown: tuple[Figure, ...], trends: Trends) -> Content:
    words, say = trends.words, trends.say
    return {
        "months": months,
        "now": say.month(months.now.start),
        "now_short": say.month(months.now.start, short=True, year=False),
        "before_short": say.month(months.before.start, short=True, year=False) if months.before else "",
        "lead": lead_of(figures, months, shown, words),
        "cards": tuple(card_of(figure, trends) for figure in shown),
        "ledger": ledger_of(figures[LEDGER], trends.workings, LEDGER_MONTHS[reader]),
        "cohorts": cohorts_of(figures, months, words, money=reader == "analyst"),
        "families": families_of(figures, months, words, all_of_them=reader == "analyst"),
    }


def _for_manager(figures: Figures, months: Months, shown: tuple[Figure, ...], trends: Trends) -> Content:
    return {
        "trend": trends.picture(shown[0], table=False) if shown else None,
        "meanings": tuple(meaning_of(figure, trends) for figure in shown),
        "lacking": lacking_in_short(figures, months, trends.workings),
    }


def _for_analyst(figures: Figures, months: Months, shown: tuple[Figure, ...], trends: Trends) -> Content:
    ledger = figures[LEDGER]
    return {
        "analyses": analyses_of(trends.workings),
        "chapters": tuple(chapter_of(figure, trends) for figure in shown),
        "lacking": lacking_of(figures, months, trends.workings),
        "topics": topics_of(figures, trends.words, frozenset(figure.metric.key for figure in shown)),
        "ledger_worked": worked(ledger, trends) if ledger and ledger.value is not None else "",
        "ledger_command": command_of("metric", LEDGER, months.span, where=figures.where),
        "any_command": " ".join([f"stamm metric KEY --window {months.now.start:%Y-%m}", *within(figures.where)]),
    }
