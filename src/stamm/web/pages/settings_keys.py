"""Keys of programs: which there are, a new one, and the end of one. A key is shown once."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

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
from stamm.people import Key, Scope, create_key, keys, revoke_key
from stamm.people.keys import MOST_PER_SECOND, PER_SECOND, SCOPES, makers, uses
from stamm.people.roles import OWNERS
from stamm.sources.hooks import HOOKS
from stamm.web.access import Asked, Entry, page


class New(forms.Form):
    """What a new key is to be good for."""

    source = forms.CharField(max_length=64)
    scope = forms.ChoiceField(choices=[(scope.value, scope.value) for scope in Scope])
    per_second = forms.IntegerField(min_value=1, max_value=MOST_PER_SECOND, required=False)


@page("settings/keys/", may=OWNERS, entry=Entry("Settings", "Keys", 50))
def settings_keys(request: Asked) -> HttpResponse:
    """All keys there ever were, those that hold first, and which hooks have a secret."""
    project = Project.open(settings.STAMM_PROJECT)
    with closing(project.people()) as database:
        every, used, made_by = keys(database), uses(database), makers(database)
    lines = [
        _line(key, used.get(key.id), made_by.get(key.id, ""), project.organisation.zone, request.say) for key in every
    ]
    content = {
        "lines": [line for line in lines if not line["revoked"]],
        "ended": [line for line in lines if line["revoked"]],
        "hooks": [(hook.key, bool(os.environ.get(f"STAMM_HOOK_{hook.key.upper()}"))) for hook in HOOKS],
        "revoked": request.GET.get("revoked", ""),
    }
    return render(request, "settings/keys.html.j2", content)


@page("settings/keys/new/", may=OWNERS, methods=("GET", "POST"), again=True)
def settings_key_new(request: Asked) -> HttpResponse:
    """A new key, shown in the answer and never again."""
    form = New(request.POST or None, initial={"scope": request.GET.get("scope", "write")})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with closing(Project.open(settings.STAMM_PROJECT).people()) as database:
            try:
                secret, key = create_key(
                    database,
                    said["source"],
                    Scope(said["scope"]),
                    who=request.user.email,
                    now=datetime.now(UTC),
                    per_second=said["per_second"],
                )
            except UsageError as error:
                form.add_error("source", ValidationError(_told(error, request.say)))
            else:
                return render(request, "settings/key_made.html.j2", {"secret": secret, "key": key})
    content = {
        "form": form,
        "scopes": {scope.value: request.say(words) for scope, words in SCOPES.items()},
        "usual": PER_SECOND,
    }
    return render(request, "settings/key_new.html.j2", content, status=422 if form.errors else 200)


@page("settings/keys/<int:number>/revoke/", may=OWNERS, methods=("GET", "POST"), again=True)
def settings_key_revoke(request: Asked, number: int) -> HttpResponse:
    """Ends a key, once it was said again that it is to end."""
    with closing(Project.open(settings.STAMM_PROJECT).people()) as database:
        key = next((key for key in keys(database) if key.id == number), None)
        if key is None:
            raise Http404
        if request.method == "POST":
            revoke_key(database, number, who=request.user.email, now=datetime.now(UTC))
            return redirect(f"{reverse('settings_keys')}?revoked={number}")
    return render(request, "settings/key_revoke.html.j2", {"key": key, "good_for": request.say(SCOPES[key.scope])})


def _line(key: Key, used: datetime | None, made_by: str, zone: str, say: Language) -> dict[str, Any]:
    def told(moment: datetime | None) -> str:
        return "" if moment is None else say.moment(moment.astimezone(ZoneInfo(zone)))

    return {
        "number": key.id,
        "source": key.source,
        "start": key.start,
        "scope": say(SCOPES[key.scope]),
        "per_second": say.number(key.per_second),
        "made": told(key.created_at),
        "made_by": made_by,
        "used": told(used),
        "revoked": told(key.revoked_at),
    }


def _told(error: UsageError, say: Language) -> str:
    return " ".join(retell(text, say) for text in (error.what, error.remedy) if text)
