"""The page of a customer who was sent a link: a survey, page by page, without signing in, a cookie or a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.intake.words import said
from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.surveys.answering import (
    Found,
    Look,
    MissingError,
    NotTakenError,
    Sent,
    found_by,
    next_page,
    shut_gate,
    take_answers,
)
from stamm.surveys.asking import fresh_token
from stamm.surveys.keeping import Survey
from stamm.surveys.letters import ANSWER
from stamm.surveys.plan import Page, Plan
from stamm.surveys.sheets import Sheet
from stamm.web.access import ANYBODY, Asked, page
from stamm.web.survey_look import look_of

#: what a form says beside its answers, under names that no question has
PAGE, REVISION, LANGUAGE, TRAP = "-page", "-revision", "-language", "-website"
#: statuses of a page that takes no answer
STATUS = {"unknown": 404, "used": 409, "not_open": 403, "resting": 403}
GONE = 410


@page("ask/<str:token>/", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def ask(request: Asked, token: str) -> HttpResponseBase:
    """What is asked next, or why nothing is asked; whoever opens it has answered nothing yet."""
    secret, now = secret_of(Project.open(settings.STAMM_PROJECT)), datetime.now(UTC)
    if request.method == "POST":
        return unlisted(_sent(request, token, secret, now))
    found = found_by(run, token, secret)
    if found is None:
        return unlisted(_told(request, None, "unknown"))
    gate = shut_gate(Look(run, found, now))
    if gate:
        return unlisted(_told(request, found, gate))
    plan, answers = found.survey.plan, found.sheet.answers if found.sheet else {}
    way = plan.way(answers)
    wanted = next((each for each in way if each.key == request.GET.get("page", "")), None)
    if wanted is None and found.sheet is not None and found.sheet.finished_at is not None:
        return unlisted(_told(request, found, "thanks"))
    asked = wanted or next_page(plan, answers) or way[0]
    action = fresh_token(found.token.link, secret) if found.token.is_open else token
    return unlisted(_form(request, found, asked, action, {**_clicked(request, asked, plan), **answers}))


def _sent(request: Asked, token: str, secret: str, now: datetime) -> HttpResponse:
    sent = sent_by(request)
    try:
        with transaction.atomic():
            sheet = take_answers(run, token, sent, secret=secret, now=now)
    except NotTakenError as error:
        return _told(request, found_by(run, token, secret), error.gate)
    except MissingError as error:
        found = found_by(run, token, secret)
        assert found is not None
        asked = next(each for each in found.survey.plan.pages if each.key == sent.page)
        return _form(request, found, asked, token, {}, sent=sent, missing=error.questions)
    found = found_by(run, token, secret)
    assert found is not None
    after = page_after(found.survey.plan, sheet, sent.page)
    query = {name: value for name, value in (("page", after), ("lang", request.POST.get(LANGUAGE, ""))) if value}
    there = HttpResponseRedirect(f"{reverse('ask', args=[token])}{'?' if query else ''}{urlencode(query)}")
    there.status_code = 303
    return there


def sent_by(request: Asked) -> Sent:
    """What a form says, whichever page it came from."""
    posted = request.POST
    revision = posted.get(REVISION, "")
    return Sent(
        page=posted.get(PAGE, ""),
        fields={name: posted.getlist(name) for name in posted},
        revision=int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 10 else -1,
        address=request.META.get("REMOTE_ADDR", ""),
        trap=posted.get(TRAP, ""),
    )


def _clicked(request: Asked, asked: Page, plan: Plan) -> dict[str, Any]:
    """The answer to the first question that a link in a mail carries: chosen in the form, and kept once it is sent."""
    given, first = request.GET.get(ANSWER, ""), plan.pages[0].questions[0]
    return {first.key: given} if given and first.scale and asked is plan.pages[0] else {}


def page_after(plan: Plan, sheet: Sheet, sent: str) -> str:
    """The page that follows on somebody's way; empty after the last one."""
    keys = [each.key for each in plan.way(sheet.answers)]
    place = keys.index(sent) + 1
    return keys[place] if place < len(keys) else ""


# -- what is shown -------------------------------------------------------------------------------------------
def _form(
    request: Asked,
    found: Found,
    asked: Page,
    token: str,
    answers: Mapping[str, Any],
    *,
    sent: Sent | None = None,
    missing: Sequence[str] = (),
) -> HttpResponse:
    plan, code = found.survey.plan, language_of(request, found.survey.plan)
    about = {
        **surrounding(request, found.survey, code),
        "questions": [shown(each, answers.get(each.key), code, sent, missing) for each in asked.questions],
        "intro": said(plan.intro, code) if asked is plan.pages[0] else "",
        "is_last": is_last(plan, asked, answers),
        "action": reverse("ask", args=[token]),
        "hidden": {
            PAGE: asked.key,
            REVISION: sent.revision if sent else found.sheet.revision if found.sheet else 0,
            LANGUAGE: code,
        },
        "trap": TRAP,
        "own": found.sheet is not None and found.sheet.customer is not None,
        "preview": False,
    }
    return render(request, "ask.html.j2", about, status=422 if missing else 200)


def is_last(plan: Plan, asked: Page, answers: Mapping[str, Any]) -> bool:
    """Whether nothing more is asked after a page, whatever is answered on it."""
    return plan.way(answers)[-1] is asked and not asked.branches


def shown(question: Any, answer: Any, code: str, sent: Sent | None = None, missing: Sequence[str] = ()) -> Any:
    """A question as the page writes it: its words, and what can be chosen, with what was chosen before."""
    given = [str(each) for each in (answer if isinstance(answer, list) else [answer]) if each is not None]
    if sent is not None:
        given = list(sent.fields.get(question.key, ()))
    points = range(question.scale[0], question.scale[1] + 1) if question.scale else ()
    return {
        "key": question.key,
        "kind": question.kind,
        "told": said(question.told, code),
        "hint": said(question.hint, code),
        "ends": [said(end, code) for end in (question.low, question.high)],
        "points": [(str(point), str(point) in given) for point in points],
        "options": [(each.key, said(each.told, code), each.key in given) for each in question.options],
        "several": question.several,
        "required": question.required,
        "text": given[0] if given else "",
        "missing": question.key in missing,
    }


def _told(request: Asked, found: Found | None, what: str) -> HttpResponse:
    """Why nothing is asked; or thanks."""
    plan = found.survey.plan if found else None
    code = language_of(request, plan) if plan else request.say.code
    own = bool(found and found.sheet and found.sheet.begun_at)
    zone = ZoneInfo(Project.open(settings.STAMM_PROJECT).organisation.zone)
    first = found.survey.plan.pages[0].key if found else ""
    about = {
        **surrounding(request, found.survey if found else None, code),
        "what": what,
        "title": title_of(what, request.say),
        "thanks": said(plan.thanks, code) if plan else "",
        "change": f"?{urlencode({'page': first, 'lang': code})}" if own and what in ("thanks", "used") else "",
        "until": plan.closes_at.astimezone(zone) if plan and plan.closes_at else None,
    }
    status = 200 if what == "thanks" else STATUS.get(what, GONE)
    return render(request, "ask_told.html.j2", about, status=status)


def title_of(what: str, say: Language) -> str:
    """Why nothing is asked, in a few words; or thanks."""
    return {
        "thanks": say("Thank you"),
        "used": say("Your answer has already reached us"),
        "closed": say("This survey is closed"),
        "full": say("We have all the answers we need"),
        "not_open": say("This survey has not begun yet"),
        "resting": say("We asked you only recently"),
    }.get(what, say("This link leads nowhere"))


def surrounding(request: Asked, survey: Survey | None, code: str) -> dict[str, Any]:
    """What stands around every such page: its language, the others that it can be read in, and what it looks like."""
    request.say = Language("de" if code == "de" else "en")
    others = [each for each in survey.plan.languages if each != code] if survey else []
    kept = {name: request.GET[name] for name in ("page", ANSWER) if name in request.GET}
    return {
        "code": code,
        "others": [(each, f"?{urlencode({**kept, 'lang': each})}") for each in others],
        "names": {"de": "Deutsch", "en": "English"},
        "look": look_of(survey),
    }


def language_of(request: Asked, plan: Plan) -> str:
    """The language that was chosen, else the first that the browser asks for and the survey is said in."""
    known = plan.languages or tuple(plan.questions[0].told)
    wishes = [request.POST.get(LANGUAGE, ""), request.GET.get("lang", "")]
    wishes += [part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "")[:500].split(",")]
    for wish in wishes:
        found = next((each for each in known if wish and (wish == each or wish[:2].lower() == each[:2])), None)
        if found is not None:
            return found
    return known[0]


def unlisted(response: HttpResponse) -> HttpResponse:
    """No search engine lists it, and no address of it is told to others."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
