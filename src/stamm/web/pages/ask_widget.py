"""A survey in a box on the shop's pages: what the box shows, and the answers that it sends, across origins.

The same answers by the same way in as from the page of a survey; here as data, and only for the sites that the survey
names. No cookie is read or set, so that a site can do nothing in the name of whoever looks at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, JsonResponse

from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.intake.words import said
from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.surveys.answering import Found, Look, MissingError, NotTakenError, found_by, shut_gate, take_answers
from stamm.surveys.asking import fresh_token
from stamm.surveys.colour import shades
from stamm.surveys.plan import Page
from stamm.surveys.widget import link_at
from stamm.web.access import ANYBODY, Asked, page
from stamm.web.frame import organisation_name
from stamm.web.pages.ask import (
    GONE,
    LANGUAGE,
    PAGE,
    REVISION,
    STATUS,
    TRAP,
    is_last,
    language_of,
    page_after,
    sent_by,
    shown,
    title_of,
    unlisted,
)

#: ours, where a survey has none of its own
COLOUR = "#0b5a6b"


@page("ask/<str:token>/widget", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def ask_widget(request: Asked, token: str) -> HttpResponse:
    """What a box asks first, nothing where a gate is shut; and what comes after an answer that it sent."""
    secret = secret_of(Project.open(settings.STAMM_PROJECT))
    found, origin = found_by(run, token, secret), request.headers.get("Origin", "")
    if found is None or found.link is None or found.token.is_open != (request.method != "POST"):
        return unlisted(HttpResponse(status=404))
    if origin not in found.survey.plan.origins:
        return unlisted(HttpResponse(status=403))
    code = language_of(request, found.survey.plan)
    say = Language("de" if code == "de" else "en")
    answer = (
        _sent(request, token, secret, code, say)
        if request.method == "POST"
        else _first(request, found, secret, code, say)
    )
    answer.headers["Access-Control-Allow-Origin"] = origin
    answer.headers["Vary"] = "Origin"
    return unlisted(answer)


def _first(request: Asked, found: Found, secret: str, code: str, say: Language) -> HttpResponse:
    assert found.link is not None
    if shut_gate(Look(run, found, datetime.now(UTC))):
        return HttpResponse(status=204)
    link = link_at(run, found.link, request.GET.get("touchpoint", ""))
    plan, token, shop = found.survey.plan, fresh_token(link.id, secret), organisation_name()
    words = {
        "title": say("A question from {shop}", shop=shop) if shop else say("One question for you"),
        "close": say("Close"),
        "send": say("Send answer"),
        "next": say("Continue"),
        "empty": say("Leave this empty"),
        "missing": say("Please answer this question."),
        "failed": say("It could not be sent. Please try again."),
    }
    return JsonResponse(
        {
            "code": code,
            "words": words,
            "colours": asdict(shades(plan.colour or COLOUR)),
            "rest": plan.rest_days,
            "trap": TRAP,
            "page": _page(found, plan.pages[0], token, {}, 0, code),
        }
    )


def _sent(request: Asked, token: str, secret: str, code: str, say: Language) -> HttpResponse:
    sent = sent_by(request)
    try:
        with transaction.atomic():
            sheet = take_answers(run, token, sent, secret=secret, now=datetime.now(UTC))
    except NotTakenError as error:
        return JsonResponse({"told": title_of(error.gate, say)}, status=STATUS.get(error.gate, GONE))
    except MissingError as error:
        return JsonResponse({"missing": list(error.questions)}, status=422)
    found = found_by(run, token, secret)
    assert found is not None
    plan = found.survey.plan
    after = next((each for each in plan.pages if each.key == page_after(plan, sheet, sent.page)), None)
    if after is None:
        return JsonResponse({"told": said(plan.thanks, code) or title_of("thanks", say)})
    return JsonResponse(_page(found, after, token, sheet.answers, sheet.revision, code))


def _page(
    found: Found, asked: Page, token: str, answers: Mapping[str, Any], revision: int, code: str
) -> dict[str, Any]:
    """A page of a survey as the box draws it."""
    plan = found.survey.plan
    return {
        "token": token,
        "hidden": {PAGE: asked.key, REVISION: revision, LANGUAGE: code},
        "intro": said(plan.intro, code) if asked is plan.pages[0] else "",
        "questions": [shown(each, answers.get(each.key), code) for each in asked.questions],
        "is_last": is_last(plan, asked, answers),
    }
