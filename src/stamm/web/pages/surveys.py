"""Surveys: all of them, one with what came of it so far, how it looks to customers, and the numbers as CSV."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import qrcode
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from qrcode.image.svg import SvgPathFillImage

from stamm.answers.written import csv_of
from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.intake.words import said
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people.accounts import people, run
from stamm.people.roles import EVERYONE, NAMES, Role
from stamm.reports.marked import exactly
from stamm.reports.simulated import simulated_words
from stamm.reports.survey_words import QuestionWords, asks_words, response_words
from stamm.surveys import asking, keeping
from stamm.surveys.by_itself import asking_of
from stamm.surveys.keeping import Survey
from stamm.surveys.mailing import Progress, progress_of
from stamm.surveys.of_segments import LEAST
from stamm.surveys.plan import Plan
from stamm.surveys.records import LISTED, RESULTS, record_of, results_records
from stamm.surveys.results import Results
from stamm.surveys.widget import WIDGET
from stamm.web.access import Asked, Entry, page
from stamm.web.desk import desk
from stamm.web.pages.ask import PAGE, TRAP, language_of, shown, surrounding, unlisted
from stamm.web.survey_groups import groups_of
from stamm.web.survey_results import questions_here, results_here
from stamm.web.survey_themes import asked_of, themes_of
from stamm.web.survey_widget import snippet

#: who makes surveys, changes them, and asks customers
EDITORS = frozenset({Role.OWNER, Role.ANALYST})
#: comments on the page of a survey; all of them have a page of their own
MOST = 5


@page("surveys/", may=EVERYONE, entry=Entry("Ask", "Surveys", 14))
def surveys(request: Asked) -> HttpResponse:
    """All surveys, the newest first."""
    say = request.say
    lines = [
        {
            "survey": made.survey,
            "state": state_of(made.survey, say),
            **response_words(made, say),
            "scores": _scores(made, say),
        }
        for made in map(results_here, keeping.surveys(run))
    ]
    return render(request, "surveys.html.j2", {"lines": lines, "may_change": request.user.may in EDITORS})


@page("surveys.csv", may=EVERYONE)
def surveys_csv(_: Asked) -> HttpResponse:
    """All surveys and how many answered, as `stamm survey list --format csv`."""
    return csv_response("surveys", csv_of(LISTED, [record_of(results_here(each)) for each in keeping.surveys(run)]))


@page("surveys/<int:survey>/", may=EVERYONE)
def survey(request: Asked, survey: int) -> HttpResponse:
    """One survey: what came of it so far, its links, and what it was before."""
    found, say = survey_or_missing(survey), request.say
    asks, made, names = asking_of(run, survey), results_here(found), {person.email: str(person) for person in people()}
    questions = questions_here(found, say, _today())
    wrote = asked_of(made)
    zone, sees_names = ZoneInfo(_project().organisation.zone), request.user.may in NAMES
    content = {
        "survey": found,
        "plan": found.plan,
        "state": state_of(found, say),
        "ends": ends_of(found, say),
        "is_closed": found.is_closed(datetime.now(UTC)),
        "questions": questions,
        "groups": groups_of(made, questions, say),
        "least": say.number(LEAST),
        "simulated": simulated_here(say),
        "response": response_words(made, say),
        "made": made,
        "comments": [_comment(each, zone, say) for each in made.comments[:MOST]] if sees_names else None,
        "comments_there": len(made.comments),
        "writes": wrote is not None,
        "about_what": themes_of(wrote, say) if wrote else None,
        "links": _links(request, found) if request.user.may in EDITORS else (),
        "snippet": snippet_of(found, request.build_absolute_uri("/").rstrip("/")),
        "mails": progress_words(progress_of(run, survey), say),
        "may_change": request.user.may in EDITORS,
        "versions": [
            {
                "who": names.get(each.who, each.who),
                "at": say.moment(each.at.astimezone(zone)),
                "did": did(each.what, say),
            }
            for each in keeping.versions_of(run, survey)
        ],
        "told": request.GET.get("told", ""),
        "asks": asks.on,
        "by_itself": asks_words(asks, say),
    }
    return render(request, "survey.html.j2", content)


@page("surveys/<int:survey>.csv", may=EVERYONE)
def survey_csv(_: Asked, survey: int) -> HttpResponse:
    """What came of it, as `stamm survey results --format csv`."""
    return csv_response(f"survey-{survey}", csv_of(RESULTS, results_records(results_here(survey_or_missing(survey)))))


@page("surveys/<int:survey>/preview", may=EVERYONE)
def survey_preview(request: Asked, survey: int) -> HttpResponse:
    """A page of it as customers see it; nothing can be sent from here."""
    found = survey_or_missing(survey)
    plan, code = found.plan, language_of(request, found.plan)
    place = next((n for n, each in enumerate(plan.pages) if each.key == request.GET.get("page", "")), 0)
    asked = plan.pages[place]
    about = {
        **surrounding(request, found, code),
        "questions": [shown(each, None, code) for each in asked.questions],
        "intro": said(plan.intro, code) if place == 0 else "",
        "is_last": place == len(plan.pages) - 1,
        "action": request.path,
        "hidden": {PAGE: asked.key},
        "trap": TRAP,
        "own": False,
        "preview": True,
        "back": reverse("survey", args=[survey]),
        "look_page": reverse("survey_look", args=[survey]),
        "may_change": request.user.may in EDITORS,
        "pages": [(each.key, each is asked) for each in plan.pages],
    }
    return unlisted(render(request, "ask.html.j2", about))


@page("surveys/<int:survey>/links/<int:link>.svg", may=EDITORS)
def survey_code(request: Asked, survey: int, link: int) -> HttpResponse:
    """An open link as a QR code, to be printed."""
    found = next((each for each in asking.open_links(run, survey) if each.id == link), None)
    if found is None:
        raise Http404
    drawn = io.BytesIO()
    qrcode.make(_address(request, found.id), image_factory=SvgPathFillImage, border=4).save(drawn)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="survey-{survey}-{link}.svg"'
    return response


# -- what pages share ----------------------------------------------------------------------------------------
def survey_or_missing(number: int) -> Survey:
    """One survey; raises Http404 where there is none."""
    try:
        return keeping.survey_of(run, number)
    except UsageError as error:
        raise Http404 from error


def state_of(found: Survey, say: Language) -> str:
    """Draft, open or closed."""
    if found.is_closed(datetime.now(UTC)):
        return say("closed")
    return say("open") if found.state == keeping.OPEN else say("draft")


def ends_of(found: Survey, say: Language) -> str:
    """What ends it by itself."""
    plan: Plan = found.plan
    zone = ZoneInfo(_project().organisation.zone)
    told = []
    if plan.closes_at is not None:
        told.append(say("until {moment}", moment=say.moment(plan.closes_at.astimezone(zone))))
    if plan.quota:
        told.append(say("at most {count} answers", count=say.number(plan.quota)))
    return " · ".join(told)


def did(what: str, say: Language) -> str:
    """What somebody did with a survey."""
    return {
        keeping.MADE: say("made the survey"),
        keeping.CHANGED: say("changed what is asked"),
        keeping.OPENED: say("opened it"),
        keeping.SHUT: say("closed it"),
    }.get(what, what)


def progress_words(made: Progress, say: Language) -> dict[str, Any]:
    """How far the mails of a survey are, in numbers that are marked."""
    counts = {"planned": made.planned, "sent": made.sent, "waiting": made.waiting, "answered": made.answered}
    counts["held"] = sum(made.held.values())
    return {
        **{name: exactly(count, say.number(count)) for name, count in counts.items()},
        "any": bool(made.planned),
        "reasons": reasons(made.held, say),
    }


def reasons(left_out: Mapping[str, int], say: Language) -> list[tuple[str, Any]]:
    """Why some are not asked, and how many, the most first."""
    by_count = sorted(left_out.items(), key=lambda each: (-each[1], each[0]))
    return [(retell(why, say), exactly(count, say.number(count))) for why, count in by_count]


def simulated_here(say: Language) -> str:
    """That segments and predictions come of made facts, where they do."""
    world = desk().opened().answers.world
    return simulated_words((), say, *(kind in world.simulated for kind in world.coverage))


def _scores(made: Results, say: Language) -> list[tuple[str, str, str]]:
    """Name, value and interval of each score that there is."""
    words = [QuestionWords(each, say, _today()) for each in made.questions if each.score is not None and each.n]
    return [(each.name, each.value, each.between(each.of.score)) for each in words if each.of.score is not None]


def _comment(each: Any, zone: ZoneInfo, say: Language) -> dict[str, Any]:
    return {
        "customer": each.customer,
        "told": each.told,
        "at": say.moment(each.at.astimezone(zone)),
        "score": "" if each.score is None else say.number(each.score),
        "touchpoint": "" if each.customer else each.touchpoint,
    }


def _links(request: Asked, found: Survey) -> list[dict[str, Any]]:
    return [
        {"id": each.id, "touchpoint": each.touchpoint, "address": _address(request, each.id)}
        for each in asking.open_links(run, found.id)
    ]


def _address(request: Asked, link: int) -> str:
    path = reverse("ask", args=[asking.open_token(link, secret_of(_project()))])
    return f"{settings.STAMM_ADDRESS}{path}" if settings.STAMM_ADDRESS else request.build_absolute_uri(path)


def snippet_of(found: Survey, here: str) -> str:
    """The line that shows it on the pages of a shop; empty where no site may. `here` is where this server is asked."""
    link = next((each for each in asking.open_links(run, found.id) if each.touchpoint == WIDGET), None)
    if link is None or not found.plan.origins:
        return ""
    return snippet(settings.STAMM_ADDRESS or here, asking.open_token(link.id, secret_of(_project())))


def _today() -> date:
    return datetime.now(ZoneInfo(_project().organisation.zone)).date()


def _project() -> Project:
    return Project.open(settings.STAMM_PROJECT)


def csv_response(name: str, text: str) -> HttpResponse:
    """A table to take away."""
    response = HttpResponse(text + "\n", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
