"""Today: what changed, the numbers that matter, and how far the data reach."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from stamm.lang.language import CODES, Language
from stamm.lang.window import day_of
from stamm.people.roles import EVERYONE
from stamm.reports.cards import CANDIDATES, card_of, headline_figures
from stamm.reports.contributions import explained
from stamm.reports.figures import RETENTION
from stamm.reports.lacking import lacking_in_short
from stamm.reports.lead import lead_of
from stamm.reports.ledger import LEDGER, ledger_of
from stamm.reports.simulated import simulated_words
from stamm.reports.trends import Trends
from stamm.reports.wording import Words
from stamm.reports.workings import Workings
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import Opened, desk
from stamm.web.filters import Period, window_choices

#: how many numbers are shown, and months of who came and who went
NUMBERS, LEDGER_MONTHS = 6, 6
KEYS = frozenset({LEDGER, *(key for keys in CANDIDATES for key in keys)})


@page("", may=EVERYONE, entry=Entry("See", "Today", 1))
def today(request: Asked) -> HttpResponse:
    """The first page: at the last whole month, or at the one chosen."""
    period = Period.of({"window": request.GET.get("window", "")})
    return render(request, "today.html.j2", _kept(period, request.say))


def ready() -> None:
    """Make the page in both languages before anybody asks for it."""
    for code in CODES:
        _kept(Period(), Language(code))


def _kept(period: Period, say: Language) -> dict[str, Any]:
    return desk().kept(("today", period, say.code), lambda opened: _content(opened, period, say))


def _content(opened: Opened, period: Period, say: Language) -> dict[str, Any]:
    world = opened.answers.world
    figures, newest = opened.figures(KEYS, period), opened.figures(KEYS, Period())
    months = figures.months
    if months is None:
        return {"months": None}
    words = Words(say, world)
    trends = Trends(Workings(figures, months, words))
    shown = headline_figures(figures, NUMBERS)
    first = figures[RETENTION]
    assert figures.as_of is not None  # there are months
    last = day_of(figures.as_of - timedelta(microseconds=1), world.organisation.zone)
    return {
        "months": months,
        "choices": window_choices(newest.months, period, say),
        "now": say.month(months.now.start),
        "data_until": say("data to the end of {day}", day=say.day(last)),
        "snapshot": say.number(world.snapshot),
        "simulated": simulated_words(shown, say),
        "lead": lead_of(figures, months, shown, words),
        "explained": explained(first, trends) if first is not None else None,
        "before_short": say.period(months.before, short=True, year=False) if months.before else "",
        "now_short": say.period(months.now, short=True, year=False),
        "cards": tuple(card_of(figure, trends) for figure in shown),
        "ledger": ledger_of(figures[LEDGER], trends.workings, LEDGER_MONTHS),
        "lacking": lacking_in_short(figures, months, trends.workings),
    }
