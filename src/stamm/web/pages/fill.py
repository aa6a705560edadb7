"""The page of a form, for whoever has its address: without signing in and without a cookie."""

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

from stamm.app.form_confirming import can_ask
from stamm.app.framework import secret_of
from stamm.app.project import Project
from stamm.forms.confirming import confirmations_of
from stamm.forms.files import ENDINGS, MOST_BYTES, MOST_FILES
from stamm.forms.plan import BIRTHDAY, Field, Plan
from stamm.forms.submitting import (
    MOST_LONG,
    MOST_SHORT,
    ChangedError,
    Found,
    Look,
    NotTakenError,
    Sent,
    WrongError,
    found_by,
    fresh_token,
    shut_gate,
    take_submission,
)
from stamm.intake.spam import BITS
from stamm.intake.words import said
from stamm.lang.language import Language
from stamm.people.accounts import run
from stamm.web.access import ANYBODY, Asked, page
from stamm.web.pages.ask import GONE, LANGUAGE, REVISION, TRAP, unlisted

#: the work that the page's script did, under a name that no field has
NONCE = "-nonce"
STATUS = {"unknown": 404, "used": 409, "not_open": 403, "crowded": 429, "thanks": 200, "held": 200}
_TYPES = {"email": "email", "phone": "tel", "date": "date"}
_FILLED_IN_AS = {"email": "email", "phone": "tel", "name": "name", "company": "organization"}


@page("form/<str:token>/", may=ANYBODY, methods=("GET", "POST"), guarded=False)
def fill(request: Asked, token: str) -> HttpResponseBase:
    """The form, or why it takes nothing; whoever opens it has sent nothing yet."""
    secret, now = secret_of(Project.open(settings.STAMM_PROJECT)), datetime.now(UTC)
    if request.method == "POST":
        return unlisted(_sent(request, token, secret, now))
    found = found_by(run, token, secret)
    if found is None:
        return unlisted(_told(request, None, "unknown"))
    if found.submission is not None:
        return unlisted(_told(request, found, "held" if found.submission.held else "thanks"))
    gate = shut_gate(Look(run, found, now))
    if gate:
        return unlisted(_told(request, found, gate))
    return unlisted(_form(request, found, fresh_token(found.form.id, secret, now), {}))


def _sent(request: Asked, token: str, secret: str, now: datetime) -> HttpResponse:
    posted = request.POST
    revision = posted.get(REVISION, "")
    sent = Sent(
        fields={name: posted.getlist(name) for name in posted},
        address=request.META.get("REMOTE_ADDR", ""),
        language=posted.get(LANGUAGE, ""),
        trap=posted.get(TRAP, ""),
        nonce=posted.get(NONCE, ""),
        files={name: [each.read(MOST_BYTES + 1) for each in request.FILES.getlist(name)] for name in request.FILES},
        revision=int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 10 else -1,
    )
    try:
        with transaction.atomic():
            take_submission(run, token, sent, secret=secret, now=now)
    except NotTakenError as error:
        return _told(request, found_by(run, token, secret), error.gate)
    except ChangedError as error:
        found = found_by(run, token, secret)
        assert found is not None
        typed = {name: texts for name, texts in sent.fields.items() if name not in error.anew}
        return _form(request, found, token, typed, changed=True)
    except WrongError as error:
        found = found_by(run, token, secret)
        assert found is not None
        return _form(request, found, token, sent.fields, wrong=error.fields)
    query = f"?{urlencode({'lang': sent.language})}" if sent.language else ""
    there = HttpResponseRedirect(f"{reverse('fill', args=[token])}{query}")
    there.status_code = 303
    return there


# -- what is shown -------------------------------------------------------------------------------------------
def _form(
    request: Asked,
    found: Found,
    token: str,
    given: Mapping[str, Sequence[str]],
    wrong: Sequence[str] = (),
    *,
    changed: bool = False,
) -> HttpResponse:
    plan, code = found.form.plan, language_of(request, found.form.plan)
    about = {
        **form_content(request, plan, code, given, wrong),
        "action": reverse("fill", args=[token]),
        "challenge": token,
        "bits": BITS,
        "preview": False,
        "changed": changed,
        "hidden": {LANGUAGE: code, REVISION: found.form.revision},
    }
    return render(request, "fill.html.j2", about, status=409 if changed else 422 if wrong else 200)


def form_content(
    request: Asked, plan: Plan, code: str, given: Mapping[str, Sequence[str]], wrong: Sequence[str] = ()
) -> dict[str, Any]:
    """What the page of a form shows, sent or not."""
    around = surrounding(request, plan, code)
    return {
        **around,
        "title": said(plan.title, code),
        "intro": said(plan.intro, code),
        "when": when_of(plan, request.say),
        "button": said(plan.button, code) or request.say("Send"),
        "fields": [_shown(each, given.get(each.key, ()), code, each.key in wrong) for each in plan.fields],
        "wrong": len(wrong),
        "changed": False,
        "has_files": plan.of_kind("files") is not None,
        "accept": ",".join(f".{ending}" for ending in (*ENDINGS.values(), "jpeg")),
        "most_files": MOST_FILES,
        "most_bytes": MOST_BYTES,
        "about_files": request.say(
            "PDF, PNG, JPEG or WebP, at most {files}, {size} MB together.",
            files=request.say.number(MOST_FILES),
            size=request.say.number(MOST_BYTES / 1_000_000, 1),
        ),
        "hidden": {LANGUAGE: code},
        "nonce": NONCE,
        "trap": TRAP,
    }


def _shown(field: Field, given: Sequence[str], code: str, wrong: bool) -> dict[str, Any]:
    text = given[0] if given else ""
    return {
        "key": field.key,
        "kind": field.kind,
        "told": said(field.told, code),
        "hint": said(field.hint, code),
        "required": field.required,
        "options": [(each.key, said(each.told, code), each.key == text) for each in field.options],
        "type": _TYPES.get(field.kind, "text"),
        "autocomplete": "bday" if field.key == BIRTHDAY else _FILLED_IN_AS.get(field.kind, "off"),
        "most": MOST_LONG if field.kind == "text" else MOST_SHORT,
        "text": text,
        "wrong": wrong,
    }


def when_of(plan: Plan, say: Language) -> str:
    """When what is booked begins and ends; empty for other forms."""
    if plan.starts_at is None or plan.ends_at is None:
        return ""
    zone = ZoneInfo(Project.open(settings.STAMM_PROJECT).organisation.zone)
    starts, ends = plan.starts_at.astimezone(zone), plan.ends_at.astimezone(zone)
    end = f"{ends:%H:%M}" if ends.date() == starts.date() else say.moment(ends)
    return say("{start} to {end}", start=say.moment(starts), end=end)


def _told(request: Asked, found: Found | None, what: str) -> HttpResponse:
    """Why nothing is taken; or thanks."""
    plan = found.form.plan if found else None
    code = language_of(request, plan) if plan else request.say.code
    around = surrounding(request, plan, code)
    say = request.say
    title = {
        "thanks": say("Thank you"),
        "held": say("It has reached us"),
        "used": say("It has already reached us"),
        "closed": say("This form is closed"),
        "full": say("All places are taken") if plan and plan.use == "booking" else say("This form takes no more"),
        "not_open": say("This form is not open yet"),
        "crowded": say("Too much is coming in"),
    }.get(what, say("This link leads nowhere"))
    about = {
        **around,
        "what": what,
        "title": title,
        "thanks": said(plan.thanks, code) if plan else "",
        "when": when_of(plan, say) if plan else "",
        "mailed": found is not None and _is_mailed(found),
    }
    return render(request, "fill_told.html.j2", about, status=STATUS.get(what, GONE))


def _is_mailed(found: Found) -> bool:
    """Whether a mail asks for what was ticked; what became of it is said to nobody who may have typed any address."""
    sent = found.submission
    if sent is None or not sent.is_counted or not can_ask(Project.open(settings.STAMM_PROJECT)):
        return False
    return bool(confirmations_of(run, [sent.id]))


def surrounding(request: Asked, plan: Plan | None, code: str) -> dict[str, Any]:
    """What stands around each page for whoever has its address, in the language that it is shown in."""
    request.say = Language("de" if code == "de" else "en")
    others = [each for each in plan.languages if each != code] if plan else []
    return {
        "code": code,
        "others": [(each, f"?{urlencode({'lang': each})}") for each in others],
        "names": {"de": "Deutsch", "en": "English"},
        "look": {"sheet": "", "logo": ""},
    }


def language_of(request: Asked, plan: Plan) -> str:
    """The language that was chosen, else the first that the browser asks for and the form is said in."""
    wishes = [request.POST.get(LANGUAGE, ""), request.GET.get("lang", "")]
    wishes += [part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "")[:500].split(",")]
    for wish in wishes:
        found = next((each for each in plan.languages if wish and wish[:2].lower() == each[:2]), None)
        if found is not None:
            return found
    return plan.languages[0]
