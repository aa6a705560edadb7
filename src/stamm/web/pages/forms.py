"""Forms: all of them, one with what it received, how it looks to whoever fills it in, and all of it as CSV."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
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
from stamm.forms import keeping
from stamm.forms.confirming import confirmations_of
from stamm.forms.files import file_of, files_of
from stamm.forms.keeping import Form
from stamm.forms.plan import USES, Field, Plan
from stamm.forms.records import LISTED, columns_of, record_of, submission_records, told
from stamm.forms.submissions import TWICE, Submission, counted, held_count, sent_by_form
from stamm.forms.submitting import open_token
from stamm.intake.spam import FLOOD, TIMING, TRAP, WORK
from stamm.intake.words import said
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people.accounts import acted, people, run
from stamm.people.roles import EVERYONE, EXPORTS, NAMES, Role
from stamm.reports.marked import exactly
from stamm.web.access import Asked, Entry, page
from stamm.web.form_consents import state_words, why_not_asked
from stamm.web.headers import INERT
from stamm.web.pages.ask import unlisted
from stamm.web.pages.fill import form_content, language_of, when_of
from stamm.web.pages.surveys import csv_response

#: who makes forms, changes them, and looks at what is held
EDITORS = frozenset({Role.OWNER, Role.ANALYST})
#: submissions on the page of a form; all of them are in its CSV
MOST = 50


@page("forms/", may=EVERYONE, entry=Entry("Ask", "Forms", 15))
def forms(request: Asked) -> HttpResponse:
    """All forms, the newest first."""
    say = request.say
    lines = [{"form": each, "use": use_of(each.plan, say), **_numbers(each, say)} for each in keeping.forms(run)]
    content = {"lines": lines, "may_change": request.user.may in EDITORS, "uses": [use_words(say)[use] for use in USES]}
    return render(request, "forms.html.j2", content)


@page("forms.csv", may=EVERYONE)
def forms_csv(_: Asked) -> HttpResponse:
    """All forms, and how much each received."""
    rows = [record_of(each, counted(run, each.id), held_count(run, each.id)) for each in keeping.forms(run)]
    return csv_response("forms", csv_of(LISTED, rows))


@page("forms/<int:form>/", may=EVERYONE)
def form(request: Asked, form: int) -> HttpResponse:
    """One form: its link, what it received, what waits to be looked at, and how it became what it is."""
    found, say, role = form_or_missing(form), request.say, request.user.may
    zone, names = ZoneInfo(_project().organisation.zone), {person.email: str(person) for person in people()}
    shows = role in NAMES
    content = {
        "form": found,
        "plan": found.plan,
        "use": use_of(found.plan, say),
        "when": when_of(found.plan, say),
        "ends": _ends(found, say),
        **_numbers(found, say),
        "address": _address(request, form) if role in EDITORS else "",
        "sent": _lines(found, zone, say, held=False) if shows else None,
        "waiting": _lines(found, zone, say, held=True) if shows else None,
        "unheard": why_not_asked(_project(), say) if found.plan.of_kind("consent") else "",
        "most": say.number(MOST),
        "may_change": role in EDITORS,
        "may_take": role in EXPORTS,
        "versions": [
            {
                "who": names.get(each.who, each.who),
                "at": say.moment(each.at.astimezone(zone)),
                "did": _did(each.what, say),
            }
            for each in keeping.versions_of(run, form)
        ],
        "told": request.GET.get("told", ""),
        "simulated": "",
    }
    return render(request, "form.html.j2", content)


@page("forms/<int:form>.csv", may=EXPORTS)
def form_csv(request: Asked, form: int) -> HttpResponse:
    """All that it received, held or not, to take away."""
    form_or_missing(form)
    sent = [*sent_by_form(run, form, held=True), *sent_by_form(run, form, held=False)]
    ticked = confirmations_of(run, [each.id for each in sent])
    fields = keeping.all_fields(run, form)
    rows = submission_records(fields, sorted(sent, key=lambda each: each.id), ticked, request.say.code)
    acted(request.user.email, "customers_read", f"form {form}, {len(rows)} rows")
    return csv_response(f"form-{form}", csv_of(columns_of(fields), rows))


@page("forms/<int:form>/preview", may=EVERYONE)
def form_preview(request: Asked, form: int) -> HttpResponse:
    """How it looks to whoever fills it in; nothing can be sent from here."""
    plan = form_or_missing(form).plan
    content = {
        **form_content(request, plan, language_of(request, plan), {}),
        "action": request.path,
        "preview": True,
        "back": reverse("form", args=[form]),
    }
    return unlisted(render(request, "fill.html.j2", content))


@page("forms/<int:form>/link.svg", may=EDITORS)
def form_code(request: Asked, form: int) -> HttpResponse:
    """Its link as a QR code, to be printed."""
    form_or_missing(form)
    drawn = io.BytesIO()
    qrcode.make(_address(request, form), image_factory=SvgPathFillImage, border=4).save(drawn)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = f'attachment; filename="form-{form}.svg"'
    return response


@page("forms/<int:form>/files/<int:file>", may=NAMES)
def form_file(_: Asked, form: int, file: int) -> HttpResponse:
    """A file that came with a request: to be saved, and shown by no page."""
    found = file_of(run, form, file)
    if found is None:
        raise Http404
    kept, content = found
    response = HttpResponse(content, content_type=kept.kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{kept.name}"'
    response.headers["Content-Security-Policy"] = INERT
    return response


# -- what pages share ----------------------------------------------------------------------------------------
def form_or_missing(number: int) -> Form:
    """One form; raises Http404 where there is none."""
    try:
        return keeping.form_of(run, number)
    except UsageError as error:
        raise Http404 from error


def use_words(say: Language) -> dict[str, str]:
    """What each use is called."""
    return {
        "lead": say("Lead"),
        "registration": say("Registration"),
        "booking": say("Booking of a gathering"),
        "support": say("Support request"),
    }


def use_of(plan: Plan, say: Language) -> str:
    """What a form is for."""
    return use_words(say)[plan.use]


def _numbers(found: Form, say: Language) -> dict[str, Any]:
    count, held, quota = counted(run, found.id), held_count(run, found.id), found.plan.quota
    state = say("closed") if found.is_closed(datetime.now(UTC)) else say("open")
    return {
        "state": say("draft") if found.state == keeping.DRAFT else state,
        "counted": exactly(count, say.number(count)),
        "held": exactly(held, say.number(held)),
        "held_there": held,
        "quota": exactly(quota, say.number(quota)) if quota else "",
        "left": exactly(max(0, quota - count), say.number(max(0, quota - count))) if quota else "",
    }


def _ends(found: Form, say: Language) -> str:
    at = found.plan.closes_at
    zone = ZoneInfo(_project().organisation.zone)
    return say("until {moment}", moment=say.moment(at.astimezone(zone))) if at else ""


def _lines(found: Form, zone: ZoneInfo, say: Language, *, held: bool) -> list[dict[str, Any]]:
    """The newest submissions in words."""
    sent, now = sent_by_form(run, found.id, held=held, most=MOST), datetime.now(UTC)
    ticked, project = confirmations_of(run, [each.id for each in sent]), _project()
    consents = {
        each.id: say("yes, {what}", what=state_words(ticked[each.id], each, project, say, now))
        for each in sent
        if each.id in ticked
    }
    fields = keeping.all_fields(run, found.id)
    return [_shown(fields, each, zone, say, consents.get(each.id, "")) for each in sent]


def _shown(fields: Sequence[Field], sent: Submission, zone: ZoneInfo, say: Language, consent: str) -> dict[str, Any]:
    """A submission in words."""
    cells, has_files = [], any(each.kind == "files" for each in fields)
    for field in fields:
        if field.kind == "files":
            continue
        given = told(field, sent.content.get(field.key), say.code)
        if given not in (None, False):
            yes = consent if consent and field.kind == "consent" else say("yes")
            cells.append((said(field.told, say.code), yes if given is True else str(given)))
    return {
        "id": sent.id,
        "at": say.moment(sent.sent_at.astimezone(zone)),
        "customer": sent.customer,
        "email": sent.email,
        "cells": cells,
        "files": [(each.id, each.name) for each in files_of(run, [sent.id])] if has_files else [],
        "why": why_held(sent.held, say),
    }


def why_held(held: str, say: Language) -> str:
    """Why something waits to be looked at."""
    return {
        FLOOD: say("came with many others from one address"),
        TRAP: say("filled in a field that nobody sees"),
        TIMING: say("sent too fast, or a day after the page was opened"),
        WORK: say("sent without JavaScript"),
        TWICE: say("this e-mail address has a place already"),
    }.get(held, "")


def _did(what: str, say: Language) -> str:
    return {
        keeping.MADE: say("made the form"),
        keeping.CHANGED: say("changed the form"),
        keeping.OPENED: say("opened it"),
        keeping.SHUT: say("closed it"),
    }.get(what, what)


def _address(request: Asked, form: int) -> str:
    path = reverse("fill", args=[open_token(form, secret_of(_project()))])
    return f"{settings.STAMM_ADDRESS}{path}" if settings.STAMM_ADDRESS else request.build_absolute_uri(path)


def _project() -> Project:
    return Project.open(settings.STAMM_PROJECT)
