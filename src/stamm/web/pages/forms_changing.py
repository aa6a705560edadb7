"""Making forms, changing them, opening and closing them, and looking at what is held for review."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.forms import keeping, reviewing
from stamm.forms.keeping import Form
from stamm.forms.plan import KINDS, USES
from stamm.forms.ready import READY, ready
from stamm.forms.submissions import sent_by_form
from stamm.intake.words import said
from stamm.lang.errors import StammError, UsageError
from stamm.people.accounts import run
from stamm.web.access import Asked, page
from stamm.web.form_fields import CODES, count_in, fields_of, plan_in
from stamm.web.pages.forms import EDITORS, form_or_missing, use_words
from stamm.web.reading import whole_number

#: what somebody may do with a form that is there
ACTS = ("open", "close", "count", "remove", "count_all", "remove_all")


@page("forms/new", may=EDITORS, methods=("GET", "POST"))
def form_new(request: Asked) -> HttpResponseBase:
    """What it is to be for, and its name."""
    say, problem, given = request.say, "", request.POST
    if request.method == "POST":
        now = datetime.now(UTC)
        try:
            with transaction.atomic():
                plan = ready(given.get("use", ""), given.get("name", ""), now)
                number = keeping.make_form(run, plan, who=request.user.email, now=now)
            return redirect("form_edit", number)
        except UsageError as error:
            problem = _told(error, request)
    about = {
        "lead": say("Whoever sends it is a customer from then on."),
        "registration": say("A customer, and that they registered."),
        "booking": say("A customer, and a place at the gathering."),
        "support": say("A ticket of the customer; what they wrote stays with the form."),
    }
    content = {
        "problem": problem,
        "given": given,
        "uses": [(use, use_words(say)[use], about[use], said(READY[use].title, say.code)) for use in USES],
    }
    return render(request, "form_new.html.j2", content, status=422 if problem else 200)


@page("forms/<int:form>/edit", may=EDITORS, methods=("GET", "POST"))
def form_edit(request: Asked, form: int) -> HttpResponseBase:
    """What it asks; each change is a version more."""
    found, problem, zone = form_or_missing(form), "", Project.open(settings.STAMM_PROJECT).organisation.zone
    fields = request.POST.dict() if request.method == "POST" else fields_of(found.plan, zone)
    seen = whole_number(fields.get("revision", "") or str(found.revision))
    if request.method == "POST" and fields.get("do") != "add":
        try:
            plan = plan_in(fields, zone, found.plan)
            with transaction.atomic():
                keeping.change_form(run, form, plan, seen=seen, who=request.user.email, now=datetime.now(UTC))
            return redirect(f"{reverse('form', args=[form])}?told=saved")
        except StammError as error:
            problem = _told(error, request)
    content = _content(request, found, fields, seen, problem)
    return render(request, "form_edit.html.j2", content, status=422 if problem else 200)


@page("forms/<int:form>/act", may=EDITORS, methods=("POST",))
def form_act(request: Asked, form: int) -> HttpResponseBase:
    """Opened, closed, or what it received counted or thrown away."""
    form_or_missing(form)
    does, who, now = request.POST.get("do", ""), request.user.email, datetime.now(UTC)
    if does not in ACTS:
        raise UsageError(f"Nothing here is called {does!r}.", remedy="Go back, and load the page anew.")
    told = does
    with transaction.atomic():
        if does == "open":
            keeping.open_form(run, form, who=who, now=now)
        elif does == "close":
            keeping.close_form(run, form, who=who, now=now)
        else:
            numbers = (
                [each.id for each in sent_by_form(run, form, held=True)]
                if does.endswith("_all")
                else [whole_number(request.POST.get("submission", ""))]
            )
            if does.startswith("count"):
                _, left = reviewing.accept(run, form, numbers, who=who, now=now)
                told = "left" if left else "count"
            else:
                reviewing.throw_away(run, form, numbers, who=who, now=now)
                told = "remove"
    return redirect(f"{reverse('form', args=[form])}?told={told}")


def _content(request: Asked, found: Form, fields: dict[str, str], seen: int, problem: str) -> dict[str, Any]:
    say = request.say
    count = count_in(fields) + (fields.get("do") == "add")
    kinds = {
        "email": say("e-mail address"),
        "name": say("name"),
        "phone": say("telephone"),
        "company": say("company"),
        "text": say("text"),
        "choice": say("choice"),
        "tick": say("tick"),
        "date": say("date"),
        "consent": say("consent"),
        "files": say("files"),
    }
    return {
        "form": found,
        "given": fields,
        "codes": CODES,
        "places": range(count),
        "count": count,
        "kinds": [(kind, kinds[kind]) for kind in KINDS],
        "revision": seen,
        "problem": problem,
        "fixed": found.state != keeping.DRAFT,
        "is_booking": found.plan.use == "booking",
    }


def _told(error: StammError, request: Asked) -> str:
    return " ".join(retell(text, request.say) for text in (error.what, error.remedy) if text)
