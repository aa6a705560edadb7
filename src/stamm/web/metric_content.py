"""What the page of one metric shows, in words and pictures."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from stamm.answers.reach import kinds_needed
from stamm.lang.language import CODES, Language
from stamm.lang.window import Window
from stamm.reports.catalogue import topic_words
from stamm.reports.chapters import chapter_of
from stamm.reports.differences import Family, family_of
from stamm.reports.splits import dimensions_for, split_of, splits_by_segment
from stamm.reports.trends import Trends
from stamm.reports.wording import Words
from stamm.reports.workings import Workings
from stamm.web.desk import Opened
from stamm.web.filters import Choice, Period, against_choices, window_choices
from stamm.web.metric_question import MetricQuestion
from stamm.web.settings_form import settings_form


def head_of(opened: Opened, asked: MetricQuestion, say: Language, *, named: bool) -> dict[str, Any]:
    """What the page says without counting; who may be `named` decides what it can be split by."""
    made, grain, world = asked.metric(opened), asked.period.grain, opened.answers.world
    months, newest = asked.months(opened), opened.figures(frozenset(), Period(grain))
    words = Words(say, world)
    return {
        "key": asked.key,
        "name": made.title(say.code),
        "also": made.also,
        "sentence": made.sentence(say.code),
        "other": tuple((code, made.title(code), made.sentence(code)) for code in CODES if code != say.code),
        "cited": made.cited,
        "topic": (made.topic(), topic_words(made.topic(), say)),
        "grains": tuple(Choice(each, named_, each == grain) for each, named_ in _grains(say).items()),
        "choices": window_choices(newest.months, asked.period, say),
        "against": against_choices(months, asked.against, say) if months else (),
        "dimensions": tuple(
            Choice(name, words.dimension(name), name == asked.by) for name in dimensions_for(made, personal=named)
        ),
        "by_segment": splits_by_segment(made),
        "by_words": words.dimension(asked.by) if asked.by else "",
        "kept_to": tuple((condition.told(say), asked.without(condition)) for condition in asked.where),
        "form": settings_form(type(made), dict(asked.settings), say),
        "simulated": say("Simulated data") if world.simulated.intersection(kinds_needed(made, world)) else "",
        "months": months,
        "now": say.period(months.now) if months else "",
        "now_short": say.period(months.now, short=True, year=False) if months else "",
        "before_short": say.period(months.before, short=True, year=months.far) if months and months.before else "",
    }


def body_of(opened: Opened, asked: MetricQuestion, say: Language, *, named: bool) -> dict[str, Any]:
    """What has to be counted, nothing where no data are; `named` also decides where a point leads."""
    key, figures = asked.key, asked.figures(opened)
    months, figure, words = figures.months, figures[key], Words(say, opened.answers.world)
    if months is None:
        return {}  # there were some in the snapshot that the page was of
    assert figure is not None  # it was asked for
    trends = Trends(Workings(figures, months, words))
    known = figure.value is not None
    counted = known and named and asked.counts_customers(opened)
    names = {each.key: each.name for each in asked.segments} or None
    place = reverse("metric_customers" if counted else "metric", args=[key])

    def leads(window: Window) -> str:
        return f"{place}?{asked.query(window=window.name)}"

    return {
        "chapter": chapter_of(figure, trends, leads) if known else None,
        "reason": "" if known else words.reason(figure, figure.row),
        "title": trends.title(figure),
        "split": split_of(figure, asked.by, trends, names) if asked.by and known else None,
        "related": len(asked.kin(opened)) > 1 and known,
        "leads": {window.name: leads(window) for window in months.windows},
        "counted": counted,
    }


def kin_of(opened: Opened, asked: MetricQuestion, say: Language, *, named: bool) -> Family | None:
    """Its family side by side, for a metric that has one; None where one or none of them can be told."""
    figures = asked.figures(opened)
    if figures.months is None:
        return None  # there were some in the snapshot that the page was of
    words = Words(say, opened.answers.world)
    kin = family_of(asked.metric(opened).family, figures, figures.months, words, all_of_them=named)
    return kin if len(kin.definitions) > 1 else None


def _grains(say: Language) -> dict[str, str]:
    return {
        "day": say("Day"),
        "week": say("Week"),
        "month": say("Month"),
        "quarter": say("Quarter"),
        "year": say("Year"),
    }
