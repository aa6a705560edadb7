"""The retention report: one HTML file that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stamm.answers.ask import Answers
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.lang.window import day_of
from stamm.reports.catalogue import topics_of
from stamm.reports.definitions import family_tables
from stamm.reports.figures import Figures, Months
from stamm.reports.headline import Headlines, headline_figures
from stamm.reports.lacking import lacking_of
from stamm.reports.lead import lead_of
from stamm.reports.wording import Words


@dataclass(frozen=True)
class Frame:
    """What surrounds a page: whose it is, how far the data reach, whether any of it was made."""

    organisation: str
    for_whom: str
    period: str
    data_until: str
    simulated: bool


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("stamm.reports", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style_sheet() -> str:
    """The sheet that every report carries."""
    return (files("stamm.reports") / "stamm.css").read_text(encoding="utf-8")


def write_report(
    answers: Answers,
    *,
    organisation: Organisation,
    language: Language,
    until: date | None = None,
    for_whom: str = "",
) -> str:
    """The report as the text of one HTML file, which asks no other file and no other host for anything.

    It shows up to 13 whole calendar months and the month that is not over. `until` is the first local day that
    no longer belongs: then only whole months before it are shown. `for_whom` is written beside the period.
    Name and reasons are taken from `organisation`, the rules that numbers depend on from the world asked.
    Raises UsageError where no month of data ends by `until`.
    """
    figures = Figures(answers, organisation, until)
    months = figures.months
    page = _environment().get_template("empty.html.j2" if months is None else "report.html.j2")
    words = Words(language, answers.world)
    known = {} if months is None else _content(figures, months, words)
    return page.render(
        say=language,
        frame=_frame(figures, months, organisation, language, for_whom),
        style=Markup(style_sheet()),  # noqa: S704 - a file of this package
        **known,
    )


def _content(figures: Figures, months: Months, words: Words) -> dict[str, object]:
    headlines = Headlines(figures, months, words)
    shown = headline_figures(figures)
    return {
        "months": months,
        "now": words.language.month(months.now.start),
        "now_short": words.language.month(months.now.start, short=True, year=False),
        "before_short": words.language.month(months.before.start, short=True, year=False) if months.before else "",
        "lead": lead_of(figures, months, shown, words),
        "numbers": tuple(headlines.number(figure) for figure in shown),
        "families": family_tables(figures, words),
        "lacking": lacking_of(figures, months, headlines, words),
        "topics": topics_of(figures, words, frozenset(figure.metric.key for figure in shown)),
    }


def _frame(
    figures: Figures, months: Months | None, organisation: Organisation, language: Language, for_whom: str
) -> Frame:
    period = data_until = ""
    if months is not None and figures.as_of is not None:
        first, last = months.windows[0].start, months.now.start
        period = language.month(last)
        if first != last:
            period = f"{language.month(first)} {language('to')} {language.month(last)}"
        last_day = day_of(figures.as_of - timedelta(microseconds=1), figures.world.organisation.zone)
        data_until = language("data to the end of {day}", day=language.day(last_day))
    return Frame(organisation.name, for_whom, period, data_until, bool(figures.world.simulated))
