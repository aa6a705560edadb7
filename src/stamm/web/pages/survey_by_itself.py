"""A survey that asks by itself: how many days after what, in which words, and whom it would ask today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from msgspec.structs import replace

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.app.sending import Knowing
from stamm.app.surveying import Wanted, candidates_after, chosen, ready_to_send
from stamm.lang.errors import StammError, UsageError
from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.reports.marked import exactly
from stamm.reports.survey_words import asks_words
from stamm.surveys.by_itself import MOST_DAYS, Asking, ask_by_itself, asking_of
from stamm.surveys.keeping import OPEN, Survey
from stamm.surveys.letters import checked_words, languages_of, ready_words
from stamm.surveys.mailing import PURPOSE, Chosen
from stamm.web.access import Asked, page
from stamm.web.desk import desk
from stamm.web.frame import LANGUAGES
from stamm.web.pages.surveys import EDITORS, reasons, survey_or_missing
from stamm.web.reading import whole_number


@page("surveys/<int:survey>/by-itself", may=EDITORS, methods=("GET", "POST"))
def survey_by_itself(request: Asked, survey: int) -> HttpResponseBase:
    """What is chosen, and how many it would ask today; the form chooses anew."""
    found, say, problem = survey_or_missing(survey), request.say, ""
    project, now, about = Project.open(settings.STAMM_PROJECT), datetime.now(UTC), asking_of(run, survey)
    given = request.POST.dict() if request.method == "POST" else {}
    would = Chosen((), {}, more=False)
    try:
        if given:
            about = _wished(found, about, given)
        among = candidates_after(project, desk().opened().answers.world, about, now)
        would = chosen(run, project, survey, among, Wanted(purpose=about.purpose), now)
        if given.get("do") == "save":
            if about.on:
                ready_to_send(project)
            with transaction.atomic():
                zone = project.organisation.zone
                ask_by_itself(run, survey, about, zone=zone, who=request.user.email, now=now)
            return redirect(f"{reverse('survey', args=[survey])}?told=by_itself")
    except StammError as error:
        problem = " ".join(retell(text, say) for text in (error.what, error.remedy) if text)
    content = {
        **_form(found, about, given, project, say),
        "survey": found,
        "is_open": found.state == OPEN and not found.is_closed(now),
        "now": asks_words(asking_of(run, survey), say),
        "count": exactly(len(would.customers), say.number(len(would.customers))),
        "left_out": reasons(would.left_out, say),
        "problem": problem,
    }
    return render(request, "survey_by_itself.html.j2", content, status=422 if problem and given else 200)


def _wished(found: Survey, before: Asking, given: Mapping[str, str]) -> Asking:
    """What the form says; raises UsageError."""
    after = given.get("after", before.after)
    if after not in ("order", "delivery"):
        raise UsageError(f"A survey does not ask after {after!r}.", remedy="Choose one of the list.")
    texts = [
        {code: given[f"{name}-{code}"] for code in languages_of(found.plan) if f"{name}-{code}" in given}
        for name in ("subject", "sentence")
    ]
    return replace(
        before,
        on=given.get("on") == "yes",
        after=after,
        days=whole_number(given.get("days", "")),
        hour=whole_number(given.get("hour", "")),
        purpose=given.get("purpose", PURPOSE).strip(),
        words=checked_words(found.plan, *texts),
    ).checked()


def _form(found: Survey, about: Asking, given: Mapping[str, str], project: Project, say: Language) -> dict[str, Any]:
    words, names = about.words or ready_words(found.plan), dict(LANGUAGES)
    texts = [
        (
            code,
            names.get(code, code),
            given.get(f"subject-{code}", words.subject.get(code, "")),
            given.get(f"sentence-{code}", words.sentence.get(code, "")),
        )
        for code in languages_of(found.plan)
    ]
    return {
        "on": given.get("on") == "yes" if given else about.on,
        "given": {"after": about.after, "days": about.days, "hour": about.hour, "purpose": about.purpose, **given},
        "afters": [("order", say("an order")), ("delivery", say("a delivery"))],
        "purposes": sorted({PURPOSE, about.purpose, *Knowing(project.directory).purposes()}),
        "most": MOST_DAYS,
        "zone": project.organisation.zone,
        "texts": texts,
    }
