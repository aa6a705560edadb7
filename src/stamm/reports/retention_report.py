"""The retention report: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from stamm.answers.ask import Answers
from stamm.facts.filter import Asked, filter_of
from stamm.lang.language import Language
from stamm.lang.organisation import Organisation
from stamm.lang.window import last_day
from stamm.reports.analyses import Chapter
from stamm.reports.editions import content_of, figures_in
from stamm.reports.figures import Figures, Months
from stamm.reports.readers import Reader
from stamm.reports.running_head import running_head
from stamm.reports.simulated import simulated_words
from stamm.reports.wording import Words


@dataclass(frozen=True)
class Frame:
    """What surrounds a page: whose it is, for whom, how far the data reach, whether any of it was made."""

    organisation: str
    title: str
    note: str
    #: which facts alone it looks at, in a sentence for each condition
    kept_to: str
    period: str
    data_until: str
    snapshot: str
    #: how much of what it shows was made: nothing is said where none was
    simulated: str

    @property
    def overline(self) -> str:
        """What stands above the sentence."""
        return " · ".join(text for text in (self.note, self.kept_to, self.period, self.data_until) if text)


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
    reader: Reader = "manager",
    until: date | None = None,
    note: str = "",
    where: Asked = (),
) -> str:
    """The report as the text of one HTML file, which asks no other file and no other host for anything.

    It shows up to 13 whole calendar months and the month that is not over: to a manager what changed and why, to an
    analyst everything. `until` is the first local day that no longer belongs: then only whole months before it are
    shown. `note` is written at its head. Only facts within `where` are looked at, as in `Answers.ask`. Name and
    reasons are taken from `organisation`, the rules that numbers depend on from the world asked. Raises UsageError
    where no month of data ends by `until`, and for a filter that fits no metric.
    """
    figures = Figures(answers, organisation, until, filter_of(where))
    months = figures.months
    page = _environment().get_template("empty.html.j2" if months is None else f"{reader}.html.j2")
    known = {} if months is None else content_of(reader, figures, months, Words(language, answers.world))
    analyses = known.get("analyses", ())
    frame = _frame(figures, months, organisation, language, reader, note, analyses)
    style = style_sheet() + running_head(frame.organisation, frame.title, frame.overline, language)
    return page.render(
        say=language,
        frame=frame,
        style=Markup(style),  # noqa: S704 - a file of this package, and strings that were escaped for it
        **known,
    )


def _frame(
    figures: Figures,
    months: Months | None,
    organisation: Organisation,
    say: Language,
    reader: Reader,
    note: str,
    analyses: Sequence[Chapter],
) -> Frame:
    period = data_until = ""
    if months is not None and figures.as_of is not None:
        first, last = months.windows[0].start, months.now.start
        period = say.month(last)
        if first != last:
            period = f"{say.month(first)} {say('to')} {say.month(last)}"
        last = last_day(figures.as_of, figures.world.organisation.zone)
        data_until = say("data to the end of {day}", day=say.day(last))
    return Frame(
        organisation=organisation.name,
        title=say("Retention report") if reader == "manager" else say("Retention report for analysts"),
        note=note,
        kept_to=" ".join(condition.told(say) for condition in figures.where),
        period=period,
        data_until=data_until,
        snapshot=say.number(figures.world.snapshot),
        simulated=simulated_words(figures_in(reader, figures), say, *(chapter.simulated for chapter in analyses)),
    )
