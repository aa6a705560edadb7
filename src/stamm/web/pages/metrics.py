"""Every metric: all of them in one table, each on a page of its own, its rows to take away, the customers behind it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from stamm.answers.answer import Answer
from stamm.answers.arrow import as_arrow, parquet_of
from stamm.answers.in_short import in_short
from stamm.answers.people import People
from stamm.answers.reach import kinds_needed
from stamm.answers.written import as_csv, as_json, csv_of
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.phrase import Phrase
from stamm.people.roles import EVERYONE, EXPORTS, NAMES, OWNERS
from stamm.reports.catalogue import topics_of
from stamm.reports.differences import Family
from stamm.reports.figures import Figures, Months
from stamm.reports.simulated import simulated_words
from stamm.reports.wording import Words
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import Opened, desk, soon
from stamm.web.filters import Period
from stamm.web.metric_content import body_of, head_of, kin_of
from stamm.web.metric_question import MetricQuestion
from stamm.web.reading import number_in, some_from
from stamm.web.segments import saved_now

#: customers on one page
MOST = 50
#: customers by what they were counted as, and the windows that they were counted in
Parts = list[tuple[Phrase, list[str]]]
Counted = tuple[Figures, Months, Parts]


@page("metrics/", may=EVERYONE, entry=Entry("See", "Metrics", 2))
def metrics(request: Asked) -> HttpResponse:
    """All metrics; names and meanings at once, the numbers as soon as they are there."""
    say, opened = request.say, desk().opened()
    content = {"topics": None, "names": _names(opened, say), "empty": not opened.answers.world.coverage}
    if "values" in request.GET:
        content |= desk().kept(("metrics", say.code), lambda opened: _catalogue(opened, say))
    return render(request, "metrics.html.j2", content)


@page("metrics/<slug:key>", may=EVERYONE)
def metric(request: Asked, key: str) -> HttpResponse:
    """One metric: its trend, how it came about, its family, and its groups."""
    asked, say, named = _asked(request, key), request.say, request.user.may in NAMES
    what = (asked, named, say.code)
    head = desk().kept(("metric head", what), lambda opened: head_of(opened, asked, say, named=named))
    counted = None
    if head["months"]:
        counted = soon(("metric", what), lambda opened: body_of(opened, asked, say, named=named))
    kin: tuple[Family | None] | None = (None,)
    if counted and counted["related"]:
        kin = soon(("metric family", what), lambda opened: (kin_of(opened, asked, say, named=named),))
    alert = asked.alert_query() if request.user.may in OWNERS else ""
    more = {"body": counted, "kin": kin, "named": named, "asked": asked, "saved": saved_now(), "alert": alert}
    return render(request, "metric.html.j2", {**head, **more})


@page("metrics/<slug:key>.csv", may=EVERYONE)
def metric_csv(request: Asked, key: str) -> HttpResponse:
    """The rows of its page, as `stamm metric --format csv` gives them."""
    answer = _answer(request, key)
    text = as_csv(answer) + "\n" if answer else ""
    return _download(text, f"{key}.csv", "text/csv; charset=utf-8")


@page("metrics/<slug:key>.json", may=EVERYONE)
def metric_json(request: Asked, key: str) -> HttpResponse:
    """The same rows with all that holds for them, as `stamm metric --format json` gives them."""
    answer = _answer(request, key)
    return _download(as_json(answer) + "\n" if answer else "{}\n", f"{key}.json", "application/json")


@page("metrics/<slug:key>.parquet", may=EVERYONE)
def metric_parquet(request: Asked, key: str) -> HttpResponse:
    """The same rows for programs that reckon on; raises UsageError where there are none."""
    answer = _answer(request, key)
    if answer is None:
        raise UsageError(f"There is no data yet to compute {key} from.", remedy="Bring some in with `stamm import`.")
    return _download(parquet_of(as_arrow(answer)), f"{key}.parquet", "application/vnd.apache.parquet")


@page("metrics/<slug:key>/customers", may=NAMES)
def metric_customers(request: Asked, key: str) -> HttpResponse:
    """The customers that a metric counted in a window, by what they were counted as."""
    asked, first = _asked(request, key), number_in(request.GET, "first")
    part, say, opened = number_in(request.GET, "part"), request.say, desk().opened()
    head = {"asked": asked, "name": asked.metric(opened).title(say.code), "may_export": request.user.may in EXPORTS}
    made = opened.answers.world.simulated.intersection(kinds_needed(asked.metric(opened), opened.answers.world))
    found = soon(("customers", asked), lambda opened: _counted(opened, asked))
    content = _customers(asked, found, part, first, say) if found else {"counts": None}
    simulated = say("Simulated data") if made else ""
    return render(request, "metric_customers.html.j2", {**head, "simulated": simulated, **content})


@page("metrics/<slug:key>/customers.csv", may=EXPORTS)
def metric_customers_csv(request: Asked, key: str) -> HttpResponse:
    """The same customers, to take away."""
    asked, part = _asked(request, key), number_in(request.GET, "part")
    _, _, parts = desk().kept(("customers", asked), lambda opened: _counted(opened, asked))
    customers = _chosen(parts, part, key)[1][1]
    rows = csv_of(["customer_id"], ({"customer_id": customer} for customer in customers))
    return _download(rows + "\n", f"{key}-customers.csv", "text/csv; charset=utf-8")


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


def _customers(asked: MetricQuestion, found: Counted, part: int, first: int, say: Language) -> dict[str, Any]:
    figures, months, parts = found
    figure = figures[asked.key]
    assert figure is not None  # it was asked for
    chosen, (_, customers) = _chosen(parts, part, asked.key)
    some_from(first, len(customers))
    some = customers[first : first + MOST]
    shown = desk().kept(
        ("customers in short", asked, chosen, first),
        lambda opened: in_short(opened.answers.world, some, months.now),
    )
    return {
        "months": months,
        "now": say.period(months.now),
        "counts": tuple((phrase.of(say.code), say.number(len(who))) for phrase, who in parts),
        "part": chosen,
        "shown": shown,
        "first": first,
        "next": first + MOST if first + MOST < len(customers) else 0,
        "count": say.number(len(customers)),
        "currency": figures.organisation.currency,
    }


def _counted(opened: Opened, asked: MetricQuestion) -> Counted:
    """The customers that a metric counted in its current window, by what they were counted as."""
    figures = asked.figures(opened)
    if figures.months is None:
        remedy = "Bring some in with `stamm import`."
        raise UsageError(f"There is no data yet to compute {asked.key} from.", remedy=remedy)
    behind = People(opened.answers.world, asked.where).memberships(asked.metric(opened), figures.months.now)
    return figures, figures.months, [(phrase, sorted(who)) for phrase, who in behind.items()]


def _chosen(parts: Parts, part: int, key: str) -> tuple[int, tuple[Phrase, list[str]]]:
    """Which part, and who is in it; raises UsageError where the metric counts nobody."""
    if not parts:
        raise UsageError(f"{key} counts nobody one by one.", remedy="Look at a metric that counts customers.")
    chosen = min(part, len(parts) - 1)
    return chosen, parts[chosen]


# -- what an address says ------------------------------------------------------------------------------------
def _asked(request: Asked, key: str) -> MetricQuestion:
    return MetricQuestion.of(key, request.GET, desk().opened(), request.user.may)


def _answer(request: Asked, key: str) -> Answer | None:
    asked = _asked(request, key)
    return desk().kept(("answer", asked), asked.answer)


def _download(content: str | bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
