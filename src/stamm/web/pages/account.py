"""Somebody's own account: name, language, appearance, password."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters

from stamm.lang.language import CODES
from stamm.people.accounts import acted, forget_links
from stamm.people.links import SOON
from stamm.people.models import THEMES, Person
from stamm.people.roles import EVERYONE
from stamm.web.access import ANYBODY, Asked, Entry, page
from stamm.web.pages.entering import BY_LINK
from stamm.web.speaking import COOKIE


@page("account/", may=EVERYONE, entry=Entry("Settings", "Your account", 90))
def account(request: Asked) -> HttpResponse:
    """What is known of the person, and where to change it."""
    return render(request, "account.html.j2", {"changed": "changed" in request.GET})


@page("account/password/", may=EVERYONE, methods=("GET", "POST"))
@sensitive_post_parameters()
def account_change_password(request: Asked) -> HttpResponse:
    """A new password; every other session of the person is over then."""
    person = request.user
    by_link = time.time() - request.session.get(BY_LINK, 0.0) < SOON.total_seconds()
    form_class: Any = PasswordChangeForm if person.has_usable_password() and not by_link else SetPasswordForm
    form = form_class(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        forget_links(person)
        request.session.pop(BY_LINK, None)
        update_session_auth_hash(request, person)
        acted(person.email, "password_changed", person.email)
        return redirect(f"{reverse('account')}?changed")
    return render(request, "password.html.j2", {"form": form}, status=422 if form.errors else 200)


@page("preferences/", may=ANYBODY, methods=("POST",))
def preferences(request: HttpRequest) -> HttpResponse:
    """Language and appearance: kept with the person, or for somebody signed out in a cookie; back to where one was."""
    back = request.POST.get("back", "")
    known = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = HttpResponseRedirect(back if known else reverse("today"))
    language, theme = request.POST.get("language"), request.POST.get("theme")
    if isinstance(request.user, Person):
        changed = []
        if language in CODES:
            request.user.language = language
            changed.append("language")
        if theme in ("", *THEMES):
            request.user.theme = theme
            changed.append("theme")
        request.user.save(update_fields=changed)
    if language in CODES:
        response.set_cookie(
            COOKIE, language, max_age=31_536_000, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response
