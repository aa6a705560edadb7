"""Today: what changed, the numbers that matter, who may be leaving, and how far the data reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from stamm.answers.arrivals import arrivals
from stamm.answers.foretold import leaving
from stamm.answers.in_short import in_short
from stamm.facts.predictions import CHURN, CONTRACT
from stamm.lang.language import CODES, Language
from stamm.lang.window import Window, last_day
from stamm.people.roles import EVERYONE, EXPORTS, NAMES
from stamm.predictions import PREDICTIONS
from stamm.reports.exact import of_customer
from stamm.reports.figures import BACK, Figures
from stamm.reports.freshness import freshness_of
from stamm.reports.goal_words import GoalWords, beside_number
from stamm.reports.marked import exactly
from stamm.reports.simulated import simulated_words
from stamm.reports.today import counted_today, keys_of_today
from stamm.reports.wording import Words
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import Opened, desk, soon
from stamm.web.filters import YEAR, Period, against_choices, window_choices
from stamm.web.frame import read_templates
from stamm.web.goals import goals_now, standings
from stamm.web.goals import today as today_here
from stamm.web.pages.bring import shop_context
from stamm.web.reading import one_of

#: how many customers who may be leaving are shown, and how many goals
LEAVING, GOALS = 6, 5
#: what was due stays so long; time ends where the data do
GOALS_STAY = timedelta(days=31)


@dataclass(frozen=True)
class Looked:
    """What the page is kept to: a month, and what it is compared with."""

    period: Period
    against: str

    @property
    def back(self) -> int:
        """By how many months what it is compared with lies before."""
        return BACK["month"] if self.against else 1


@page("", may=EVERYONE, entry=Entry("See", "Today", 1))
def today(request: Asked) -> HttpResponse:
    """The first page: at the last whole month, or at the one chosen."""
    period = Period.of({"window": request.GET.get("window", "")})
    looked = Looked(period, one_of(request.GET, "against", (YEAR,)))
    say, named = request.say, request.user.may in NAMES
    head = _kept_head(looked, say)
    body = soon(("today", looked, say.code), lambda opened: _body(opened, looked, say)) if head["months"] else None
    people = _kept_leaving(say) if named and body else None
    # where nothing is, the made-up shop is one click away
    shop = shop_context(desk().opened().project) if not head["months"] and request.user.may in EXPORTS else None
    more = {"body": body, "named": named, "leaving": people, "shop": shop, **_aims(say)}
    return render(request, "today.html.j2", {**head, **more})


def _aims(say: Language) -> dict[str, Any]:
    """Goals that are not over: beside their numbers, and the first of them with how far they are."""
    pursued, world = goals_now(), desk().opened().answers.world
    known = max((last for _, last in world.coverage.values()), default=today_here())
    pursued = tuple(goal for goal in pursued if goal.aim.due >= min(known, today_here()) - GOALS_STAY)
    if not pursued:
        return {"aims": {}, "goals": ()}
    shown = pursued[:GOALS]
    beside = [(each.aim.metric, beside_number(each, world, say), reverse("goal", args=[each.id])) for each in pursued]
    aims = {metric: (words, place) for metric, words, place in reversed(beside) if words}
    made = standings(shown)
    return {"aims": aims, "goals": made and tuple(GoalWords(each, say) for each in made)}


def ready() -> None:
    """Have all templates at hand, and make the page in both languages, before anybody asks for it."""
    read_templates()
    for code in CODES:
        _ready(Looked(Period(), ""), Language(code))


def _ready(looked: Looked, say: Language) -> None:
    if _kept_head(looked, say)["months"]:
        desk().kept(("today", looked, say.code), lambda opened: _body(opened, looked, say))
        _kept_leaving(say)


def _kept_head(looked: Looked, say: Language) -> dict[str, Any]:
    return desk().kept(("today head", looked, say.code), lambda opened: _head(opened, looked, say))


def _kept_leaving(say: Language) -> dict[str, Any]:
    return desk().kept(("leaving", say.code), lambda opened: _leaving(opened, say))


def _figures(opened: Opened, looked: Looked, keys: frozenset[str]) -> Figures:
    return opened.kept(
        ("today figures", looked, keys),
        lambda opened: Figures(
            opened.answers, opened.project.organisation, looked.period.until, keys=keys, back=looked.back
        ),
    )


def _head(opened: Opened, looked: Looked, say: Language) -> dict[str, Any]:
    """What is known without counting."""
    figures, newest = _figures(opened, looked, frozenset()), opened.figures(frozenset(), Period())
    months, world = figures.months, opened.answers.world
    if months is None:
        return {"months": None}
    assert figures.as_of is not None  # there are months
    last = last_day(figures.as_of, world.organisation.zone)
    made = [kind in world.simulated for kind in world.coverage]
    return {
        "months": months,
        "choices": window_choices(newest.months, looked.period, say),
        "against": against_choices(months, looked.against, say),
        "now": say.month(months.now.start),
        "data_until": say("data to the end of {day}", day=say.day(last)),
        "snapshot": say.number(world.snapshot),
        "simulated": simulated_words((), say, *made),
        "nobody": world.organisation.spell_rule == "orders"
        and {"orders", "subscriptions"} - world.coverage.keys() == {"orders"},
    }


def _body(opened: Opened, looked: Looked, say: Language) -> dict[str, Any]:
    """What has to be counted."""
    figures = _figures(opened, looked, keys_of_today(opened.answers.world))
    months, words = figures.months, Words(say, opened.answers.world)
    if months is None:  # all facts were taken back meanwhile, and the head of the page says so
        return {}
    sources = opened.kept(("arrivals",), lambda opened: arrivals(opened.answers.world))
    return {
        **counted_today(figures, words),
        "before_short": say.period(months.before, short=True, year=months.far) if months.before else "",
        "now_short": say.period(months.now, short=True, year=False),
        "fresh": freshness_of(sources, words, today_here()),
    }


def _leaving(opened: Opened, say: Language) -> dict[str, Any]:
    """Who may be leaving, from the prediction that was kept last; without one, that there is none."""
    world = opened.answers.world
    found = leaving(world, LEAVING)
    if found is None:
        known = [key for key in ("orders", "subscriptions") if key in world.coverage]
        return {"found": None, "keeps": (CONTRACT if known == ["subscriptions"] else CHURN) if known else ""}
    asked = PREDICTIONS[found.key]
    who = in_short(world, [each.customer_id for each in found.first], Window(found.on - timedelta(days=1), found.on))
    return {
        "found": found,
        "name": asked.title(say.code),
        "says": asked.sentence(say.code),
        "on": say.day(found.on),
        "rows": tuple(
            {
                "id": each.customer_id,
                "name": one.name,
                "of_hundred": of_customer(each.customer_id, "risk", each.risk, say.number(100 * each.risk)),
                "orders": exactly(each.orders, say.number(each.orders)),
                "last": say.short_day(each.last_on) if each.last_on else "",
                "revenue": exactly(each.revenue_minor, say.money(each.revenue_minor, world.organisation.currency)),
            }
            for each, one in zip(found.first, who, strict=True)
        ),
        "counts": (say.number(found.tenth), say.number(found.foretold), say.number(found.horizon_days)),
        "keeps": found.key,
    }
