"""Sending a survey by mail: whom it would ask and whom not, in which words, and one press that plans all of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.app.sending import Knowing
from stamm.app.surveying import Wanted, candidates, chosen, ready_to_send
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.reports.marked import exactly
from stamm.surveys.keeping import OPEN, Survey
from stamm.surveys.letters import Words, checked_words, languages_of, letter_of
from stamm.surveys.mailing import MOST_AT_ONCE, PURPOSE, Chosen, send_survey
from stamm.web.access import Asked, page
from stamm.web.desk import desk
from stamm.web.pages.surveys import EDITORS, reasons, survey_or_missing
from stamm.web.reading import whole_number
from stamm.web.segments import saved_rules, titles

#: what the form calls whom to ask, and whom its numbers were about
WHOM = ("segment", "sample", "seed", "purpose")
NAMES = {"de": "Deutsch", "en": "English"}


@page("surveys/<int:survey>/send", may=EDITORS, methods=("GET", "POST"))
def survey_send(request: Asked, survey: int) -> HttpResponseBase:
    """How many would be asked, and why others would not; the same form sends it to those who were counted."""
    found, say, problem = survey_or_missing(survey), request.say, ""
    given = request.POST.dict() if request.method == "POST" else {}
    project, now, would = Project.open(settings.STAMM_PROJECT), datetime.now(UTC), Chosen((), {}, more=False)
    try:
        words, wanted = _words(found, given), _wanted(given)
        among = candidates(project, desk().opened().answers.world, saved_rules(), wanted, now)
        would = chosen(run, project, survey, among, wanted, now)
        ready_to_send(project)
        if given.get("do") == "send" and _seen(given) != given.get("seen"):
            raise UsageError(
                "Whom to ask was changed since the customers were counted.",
                remedy="Look at how many it is now, and send it then.",
            )
        if given.get("do") == "send":
            with transaction.atomic():
                would = chosen(run, project, survey, among, wanted, now)
                who = request.user.email
                send_survey(run, survey, would.customers, words, purpose=wanted.purpose, who=who, now=now)
            return redirect(f"{reverse('survey', args=[survey])}?told=sent#mails")
    except StammError as error:
        problem = " ".join(retell(text, say) for text in (error.what, error.remedy) if text)
    content = {
        **_form(found, given, project, say),
        "survey": found,
        "is_open": found.state == OPEN and not found.is_closed(now),
        "count": exactly(len(would.customers), say.number(len(would.customers))),
        "can_send": bool(would.customers) and project.settings.mail is not None and bool(project.settings.address),
        "left_out": reasons(would.left_out, say),
        "more": say.number(MOST_AT_ONCE) if would.more else "",
        "problem": problem,
    }
    return render(request, "survey_send.html.j2", content, status=422 if problem and given else 200)


def _wanted(given: Mapping[str, str]) -> Wanted:
    """Whom the form means; raises UsageError."""
    sample = given.get("sample", "").strip()
    return Wanted(
        given.get("segment", ""),
        whole_number(sample) if sample else 0,
        given.get("seed", "").strip(),
        given.get("purpose", PURPOSE).strip(),
    ).checked()


def _words(found: Survey, given: Mapping[str, str]) -> Words:
    codes = languages_of(found.plan)
    told = ({code: given.get(f"{name}-{code}", "") for code in codes} for name in ("subject", "sentence"))
    return checked_words(found.plan, *told)


def _seen(given: Mapping[str, str]) -> str:
    """Whom a form means in one line: a browser sends another end of a line than it got."""
    return urlencode({name: given.get(name, "").strip() for name in WHOM})


def _form(found: Survey, given: Mapping[str, str], project: Project, say: Language) -> dict[str, Any]:
    try:
        words = _words(found, given)
    except UsageError:
        words = _words(found, {})
    purposes = sorted({PURPOSE, *Knowing(project.directory).purposes()})
    whom = {"segment": "", "sample": "", "seed": str(found.id), "purpose": PURPOSE, **given}
    return {
        "given": whom,
        "seen": _seen(whom),
        "segments": [("", say("Everybody")), *titles(say).items()],
        "purposes": purposes,
        "most": MOST_AT_ONCE,
        "texts": [
            (
                code,
                NAMES.get(code, code),
                given.get(f"subject-{code}", words.subject[code]),
                given.get(f"sentence-{code}", words.sentence[code]),
            )
            for code in languages_of(found.plan)
        ],
        "plain": letter_of(found.plan, words, say.code, f"{project.settings.address or 'https://…'}/ask/…/").text(),
        "subject": letter_of(found.plan, words, say.code, "").subject,
    }
