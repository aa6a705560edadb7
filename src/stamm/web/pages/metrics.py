"""Every metric: all of them in one table, each on a page of its own, its rows as CSV, and the customers behind it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from stamm.answers.ask import Answers
from stamm.answers.people import People
from stamm.answers.written import as_csv, csv_of
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.phrase import Phrase
from stamm.metrics import Metric, family
from stamm.metrics.operands import operands_of
from stamm.people.roles import EVERYONE, EXPORTS, NAMES
from stamm.reports.catalogue import topics_of
from stamm.reports.chapters import chapter_of
from stamm.reports.differences import family_of
from stamm.reports.figures import Figures, Months
from stamm.reports.simulated import simulated_words
from stamm.reports.splits import dimensions_for, split_of
from stamm.reports.trends import Trends
from stamm.reports.wording import Words
from stamm.reports.workings import Workings
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import Opened, desk
from stamm.web.filters import Choice, Period, window_choices

#: customers on one page
MOST = 50


@page("metrics/", may=EVERYONE, entry=Entry("See", "Metrics", 2))
def metrics(request: Asked) -> HttpResponse:
    """All metrics; names and meanings at once, the numbers as soon as they are there."""
    say = request.say
    if "values" not in request.GET:
        return render(request, "metrics.html.j2", {"topics": None, "names": _names(desk().opened(), say)})
    content = desk().kept(("metrics", say.code), lambda opened: _catalogue(opened, say))
    return render(request, "metrics.html.j2", content)


@page("metrics/<slug:key>", may=EVERYONE)
def metric(request: Asked, key: str) -> HttpResponse:
    """One metric: its trend, how it came about, its family, and its groups."""
    period, by = Period.of(request.GET), request.GET.get("by", "")
    opened = desk().opened()
    _known(opened, key)
    say = request.say
    named = request.user.may in NAMES
    content = desk().kept(
        ("metric", key, period, by, named, say.code),
        lambda opened: _metric(opened, key, period, by, say, named=named),
    )
    return render(request, "metric.html.j2", {**content, "named": named})


@page("metrics/<slug:key>.csv", may=EVERYONE)
def metric_csv(request: Asked, key: str) -> HttpResponse:
    """The rows of its page, as `stamm metric --format csv` gives them."""
    period, by = Period.of(request.GET), request.GET.get("by", "")
    _known(desk().opened(), key)
    named = request.user.may in NAMES

    def rows(opened: Opened) -> str:
        if by:
            _check_dimension(opened.answers.world.metrics[key](), by, named=named)
        months = opened.figures(frozenset({key}), period).months
        if months is None:
            return ""
        return as_csv(opened.answers.ask(key, months.windows, by=by or None))

    return _download(desk().kept(("csv", key, period, by, named), rows), f"{key}.csv")


@page("metrics/<slug:key>/customers", may=NAMES)
def metric_customers(request: Asked, key: str) -> HttpResponse:
    """The customers that a metric counted in a window, by what they were counted as."""
    period, part = Period.of(request.GET), _number(request.GET.get("part", "0"))
    first = _number(request.GET.get("first", "0"))
    _known(desk().opened(), key)
    content = _customers(key, period, part, request.say)
    shown = content["customers"][first : first + MOST]
    more = {"shown": shown, "first": first, "next": first + MOST, "may_export": request.user.may in EXPORTS}
    return render(request, "metric_customers.html.j2", {**content, **more})


@page("metrics/<slug:key>/customers.csv", may=EXPORTS)
def metric_customers_csv(request: Asked, key: str) -> HttpResponse:
    """The same customers, to take away."""
    period, part = Period.of(request.GET), _number(request.GET.get("part", "0"))
    _known(desk().opened(), key)
    content = _customers(key, period, part, request.say)
    rows = ({"customer_id": customer} for customer in content["customers"])
    return _download(csv_of(["customer_id"], rows), f"{key}-customers.csv")


# -- what they show ------------------------------------------------------------------------------------------
def _names(opened: Opened, say: Language) -> list[tuple[str, str, str]]:
    known = [metric() for metric in opened.answers.world.metrics]
    told = [(each.key, each.title(say.code), each.sentence(say.code)) for each in known]
    return sorted(told, key=lambda line: line[1].casefold())


def _catalogue(opened: Opened, say: Language) -> dict[str, Any]:
    figures = opened.figures(None, Period())
    words = Words(say, opened.answers.world)
    months = figures.months
    now = "" if months is None else say.month(months.now.start)
    return {
        "topics": topics_of(figures, words, frozenset(figures.all)),
        "now": now,
        "simulated": simulated_words(figures.all.values(), say),
    }


def _metric(opened: Opened, key: str, period: Period, by: str, say: Language, *, named: bool) -> dict[str, Any]:
    made, kin = opened.answers.world.metrics[key](), _kin(opened.answers, key)
    keys = frozenset({key, *kin})
    figures, newest = opened.figures(keys, period), opened.figures(keys, Period(period.grain))
    months, figure = figures.months, figures[key]
    assert figure is not None  # it was asked for
    shared = {
        "key": key,
        "name": made.title(say.code),
        "also": made.also,
        "sentence": made.sentence(say.code),
        "grains": tuple(Choice(grain, words, grain == period.grain) for grain, words in _grains(say).items()),
        "grain": period.grain,
        "by": by,
        "choices": window_choices(newest.months, period, say),
        "simulated": simulated_words([figure], say),
        "query": _query(period, months),
    }
    if months is None:
        return {**shared, "months": None, "chapter": None, "reason": "", "split": None}
    words = Words(say, opened.answers.world)
    trends = Trends(Workings(figures, months, words))
    known = figure.value is not None
    dimensions = dimensions_for(made, personal=named)
    if by:
        _check_dimension(made, by, named=named)
    return {
        **shared,
        "months": months,
        "now": say.period(months.now),
        "now_short": say.period(months.now, short=True, year=False),
        "before_short": say.period(months.before, short=True, year=False) if months.before else "",
        "chapter": chapter_of(figure, trends) if known else None,
        "reason": "" if known else words.reason(figure, figure.row),
        "title": trends.title(figure),
        "dimensions": tuple(Choice(name, words.dimension(name), name == by) for name in dimensions),
        "split": split_of(figure, by, trends) if by and known else None,
        "family": family_of(made.family, figures, months, words, all_of_them=named) if len(kin) > 1 and known else None,
        "counted": known and any(part.person for part in operands_of(made)[0].values()),
    }


def _customers(key: str, period: Period, part: int, say: Language) -> dict[str, Any]:
    figures, months, parts = desk().kept(("customers", key, period), lambda opened: _counted(opened, key, period))
    figure = figures[key]
    assert figure is not None  # it was asked for
    if not parts:
        raise UsageError(f"{key} counts nobody one by one.", remedy="Look at a metric that counts customers.")
    chosen = min(part, len(parts) - 1)
    return {
        "key": key,
        "name": figure.metric.title(say.code),
        "now": say.period(months.now),
        "query": _query(period, months),
        "counts": tuple((phrase.of(say.code), say.number(len(who))) for phrase, who in parts),
        "part": chosen,
        "customers": parts[chosen][1],
        "count": say.number(len(parts[chosen][1])),
        "simulated": simulated_words([figure], say),
    }


def _counted(opened: Opened, key: str, period: Period) -> tuple[Figures, Months, list[tuple[Phrase, list[str]]]]:
    """The customers that a metric counted in its current window, by what they were counted as."""
    figures = opened.figures(frozenset({key}), period)
    if figures.months is None:
        raise UsageError(f"There is no data yet to compute {key} from.", remedy="Bring some in with `stamm import`.")
    world = opened.answers.world
    behind = People(world).memberships(world.metrics[key](), figures.months.now)
    return figures, figures.months, [(phrase, sorted(who)) for phrase, who in behind.items()]


# -- what an address says ------------------------------------------------------------------------------------
def _known(opened: Opened, key: str) -> None:
    if key not in opened.answers.world.metrics:
        raise Http404


def _check_dimension(made: Metric, by: str, *, named: bool) -> None:
    """Raises UsageError for what the metric cannot be split by, or not for somebody who may not see names."""
    dimensions = dimensions_for(made, personal=named)
    if by not in dimensions:
        remedy = f"Split by one of {', '.join(dimensions)}." if dimensions else "Ask without --by."
        raise UsageError(f"{made.key} cannot be split by {by}.", remedy=remedy)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise UsageError(f"{text!r} is no number.", remedy="Go back, and follow the link again.")
    return int(text)


def _query(period: Period, months: Months | None) -> str:
    """What leads back to the window shown, also when there is a newer one."""
    window = "" if months is None else f"&window={months.now.name}"
    return f"grain={period.grain}{window}"


def _grains(say: Language) -> dict[str, str]:
    return {
        "day": say("Day"),
        "week": say("Week"),
        "month": say("Month"),
        "quarter": say("Quarter"),
        "year": say("Year"),
    }


def _kin(answers: Answers, key: str) -> tuple[str, ...]:
    """The keys of its family, itself among them."""
    metrics = answers.world.metrics
    name = metrics[key].family
    return tuple(member.key for member in family(name, metrics)) if name else (key,)


def _download(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text + "\n" if text else "", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
