"""People: who may come in, and as what. A new link is shown once, to be sent by whoever made it; no mail is sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.people.accounts import change_role, invite, people, remove, sign_out
from stamm.people.links import INVITED, SOON, make_link
from stamm.people.models import Person
from stamm.people.roles import OWNERS, ROLES, Role
from stamm.web.access import Asked, Entry, page


class Invited(forms.Form):
    """Who is to come in, and as what."""

    email = forms.CharField(max_length=254)
    name = forms.CharField(max_length=200, required=False)
    role = forms.ChoiceField(choices=[(role.value, role.value) for role in Role])


class Changed(forms.Form):
    """Another role."""

    role = forms.ChoiceField(choices=[(role.value, role.value) for role in Role])


@page("settings/people/", may=OWNERS, entry=Entry("Settings", "People", 40))
def settings_people(request: Asked) -> HttpResponse:
    """Everybody who may come in, and what each role may."""
    zone = Project.open(settings.STAMM_PROJECT).organisation.zone
    lines = [_line(person, zone, request.say) for person in people()]
    return render(request, "settings/people.html.j2", {"lines": lines, "done": _done(request)})


@page("settings/people/invite/", may=OWNERS, methods=("GET", "POST"), again=True)
def settings_invite(request: Asked) -> HttpResponse:
    """Somebody new; the link that lets them in is shown in the answer and never again."""
    form, now = Invited(request.POST or None, initial={"role": Role.VIEWER.value}), datetime.now(UTC)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            person = invite(said["email"], Role(said["role"]), who=request.user.email, now=now, name=said["name"])
        except UsageError as error:
            form.add_error("email", ValidationError(_told(error, request.say)))
        else:
            return _link(request, person, now, INVITED)
    content = {"form": form, "roles": _roles(request.say)}
    return render(request, "settings/invite.html.j2", content, status=422 if form.errors else 200)


@page("settings/people/<int:number>/", may=OWNERS, methods=("GET", "POST"), again=True)
def settings_person(request: Asked, number: int) -> HttpResponse:
    """One person: another role, a link, signed out everywhere, or out for good."""
    person = people().filter(pk=number).first()
    if person is None:
        raise Http404
    form, now, who = (
        Changed(request.POST if "role" in request.POST else None, initial={"role": person.role}),
        datetime.now(UTC),
        request.user.email,
    )
    does = request.POST.get("do", "")
    try:
        if does == "role" and form.is_valid():
            change_role(person, Role(form.cleaned_data["role"]), who=who, now=now)
            return redirect(f"{reverse('settings_people')}?done=role")
        if does == "link":
            return _link(request, person, now, SOON)
        if does == "sign_out":
            sign_out(person, who=who, now=now)
            return redirect(f"{reverse('settings_people')}?done=sign_out")
        if does == "remove":
            remove(person, who=who, now=now)
            return redirect(f"{reverse('settings_people')}?done=remove")
    except UsageError as error:
        form.add_error(None, ValidationError(_told(error, request.say))) if form.is_bound else None
        return _person(request, person, form, _told(error, request.say))
    return _person(request, person, form, "")


# -- what they show ------------------------------------------------------------------------------------------
def _person(request: Asked, person: Person, form: Changed, problem: str) -> HttpResponse:
    zone = Project.open(settings.STAMM_PROJECT).organisation.zone
    content = {
        "form": form,
        "line": _line(person, zone, request.say),
        "roles": _roles(request.say),
        "oneself": person.pk == request.user.pk,
        "problem": problem,
    }
    return render(request, "settings/person.html.j2", content, status=422 if problem else 200)


def _link(request: Asked, person: Person, now: datetime, good_for: timedelta) -> HttpResponse:
    token = make_link(person, who=request.user.email, now=now, good_for=good_for)
    address = settings.STAMM_ADDRESS or request.build_absolute_uri("/").rstrip("/")
    url = address + reverse("enter", args=[token])
    content = {"link": url, "invited": person, "days": good_for.days, "role": request.say(ROLES[person.may])}
    return render(request, "settings/link.html.j2", content)


def _line(person: Person, zone: str, say: Language) -> dict[str, Any]:
    seen = person.last_login
    return {
        "number": person.pk,
        "email": person.email,
        "name": person.name,
        "role": say(ROLES[person.may]),
        "password": person.has_usable_password(),
        "second": is_mfa_enabled(person),
        "seen": "" if seen is None else say.moment(seen.astimezone(ZoneInfo(zone))),
    }


def _roles(say: Language) -> dict[str, str]:
    return {role.value: say(words) for role, words in ROLES.items()}


def _done(request: Asked) -> str:
    say = request.say
    told = {
        "role": say("The role is changed; it holds from now on."),
        "sign_out": say("Signed out everywhere; links not used are over, too."),
        "remove": say("Out at once, wherever signed in."),
    }
    return told.get(request.GET.get("done", ""), "")


def _told(error: UsageError, say: Language) -> str:
    return " ".join(retell(text, say) for text in (error.what, error.remedy) if text)
