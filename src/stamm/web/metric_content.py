"""What the page of one metric shows, in words and pictures."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from stamm.lang.language import CODES, Language
from stamm.lang.window import Window
from stamm.reports.catalogue import topic_words
from stamm.reports.chapters import chapter_of
from stamm.reports.differences import family_of
from stamm.reports.figures import BACK, Months
from stamm.reports.simulated import simulated_words
from stamm.reports.splits import dimensions_for, split_of
from stamm.reports.trends import Trends
from stamm.reports.wording import Words
from stamm.reports.workings import Workings
from stamm.web.desk import Opened
from stamm.web.filters import Choice, Period, window_choices
from stamm.web.metric_question import YEAR, MetricQuestion
from stamm.web.settings_form import settings_form


def metric_content(opened: Opened, asked: MetricQuestion, say: Language, *, named: bool) -> dict[str, Any]:
    """All that the page says; who may be `named` decides what it is split by and where a point of it leads."""
    key, made, grain = asked.key, asked.metric(opened), asked.period.grain
    figures, newest = asked.figures(opened), opened.figures(frozenset(), Period(grain))
    months, figure, words = figures.months, figures[key], Words(say, opened.answers.world)
    assert figure is not None  # it was asked for
    shared = {
        "key": key,
        "name": made.title(say.code),
        "also": made.also,
        "sentence": made.sentence(say.code),
        "other": tuple((code, made.title(code), made.sentence(code)) for code in CODES if code != say.code),
        "cited": made.cited,
        "topic": (made.topic(), topic_words(made.topic(), say)),
        "grains": tuple(Choice(each, words_, each == grain) for each, words_ in _grains(say).items()),
        "choices": window_choices(newest.months, asked.period, say),
        "kept_to": tuple((condition.told(say), asked.without(condition)) for condition in asked.where),
        "form": settings_form(type(made), dict(asked.settings), say),
        "simulated": simulated_words([figure], say),
    }
    if months is None:
        return {**shared, "months": None, "chapter": None, "reason": "", "split": None}
    trends = Trends(Workings(figures, months, words))
    known = figure.value is not None
    counted = known and named and asked.counts_customers(opened)
    place = reverse("metric_customers" if counted else "metric", args=[key])

    def leads(window: Window) -> str:
        return f"{place}?{asked.query(window=window.name)}"

    dimensions = dimensions_for(made, personal=named)
    related = len(asked.kin(opened)) > 1 and known
    return {
        **shared,
        "months": months,
        "against": _against(months, asked.against, say),
        "now": say.period(months.now),
        "now_short": say.period(months.now, short=True, year=False),
        "before_short": say.period(months.before, short=True, year=months.far) if months.before else "",
        "chapter": chapter_of(figure, trends, leads) if known else None,
        "reason": "" if known else words.reason(figure, figure.row),
        "title": trends.title(figure),
        "dimensions": tuple(Choice(name, words.dimension(name), name == asked.by) for name in dimensions),
        "split": split_of(figure, asked.by, trends) if asked.by and known else None,
        "family": family_of(made.family, figures, months, words, all_of_them=named) if related else None,
        "leads": {window.name: leads(window) for window in months.windows},
        "counted": counted,
    }


def _against(months: Months, chosen: str, say: Language) -> tuple[Choice, ...]:
    """What the window can be compared with: the one before, and the one a year before (of a day, a week before)."""
    backs = {"": 1, **({YEAR: BACK[months.grain]} if months.grain in BACK else {})}
    windows = {name: months.now.moved(months.grain, -back) for name, back in backs.items()}
    return tuple(Choice(name, say.period(window), name == chosen) for name, window in windows.items())


def _grains(say: Language) -> dict[str, str]:
    return {
        "day": say("Day"),
        "week": say("Week"),
        "month": say("Month"),
        "quarter": say("Quarter"),
        "year": say("Year"),
    }
