"""The first steps: who the organisation is, its data, and the first number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.money import exponent
from stamm.lang.window import zone_named
from stamm.people.roles import EXPORTS, OWNERS
from stamm.web.access import Asked, page
from stamm.web.pages.bring import shop_context


class OrganisationForm(forms.Form):
    """What has to be known before data come."""

    name = forms.CharField(max_length=200, required=False)
    zone = forms.CharField(max_length=64)
    currency = forms.CharField()

    def __init__(self, say: Language, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._say = say

    def clean_zone(self) -> str:
        """A zone that is known."""
        zone: str = self.cleaned_data["zone"]
        try:
            zone_named(zone)
        except UsageError as error:
            raise self._wrong(error) from error
        return zone

    def clean_currency(self) -> str:
        """A currency that is known."""
        code: str = self.cleaned_data["currency"].strip().upper()
        try:
            exponent(code)
        except UsageError as error:
            raise self._wrong(error) from error
        return code

    def _wrong(self, error: UsageError) -> ValidationError:
        return ValidationError(f"{retell(error.what, self._say)} {retell(error.remedy, self._say)}".strip())


@page("start/", may=EXPORTS, sends=OWNERS, methods=("GET", "POST"))
def start(request: Asked) -> HttpResponseBase:
    """The organisation first, which an owner says; then its data."""
    project = Project.open(settings.STAMM_PROJECT)
    context = shop_context(project)
    owner = request.user.may in OWNERS
    if request.method == "POST":
        return _said(request, project, context)
    if not owner or "data" in request.GET:
        return render(request, "start.html.j2", context | {"step": 2})
    organisation = project.organisation
    known = {"name": organisation.name, "zone": organisation.zone, "currency": organisation.currency}
    return _organisation(request, OrganisationForm(request.say, initial=known), context)


def _said(request: Asked, project: Project, context: dict[str, Any]) -> HttpResponseBase:
    form = OrganisationForm(request.say, request.POST)
    if not form.is_valid():
        return _organisation(request, form, context, status=422)
    told, organisation = form.cleaned_data, project.organisation
    zone = told["zone"] if context["empty"] else organisation.zone
    wanted = replace(organisation, name=told["name"], zone=zone, currency=told["currency"])
    if wanted != organisation:
        project.rewrite(wanted).lake()  # an empty one takes the zone
    return redirect(f"{reverse('start')}?data")


def _organisation(request: Asked, form: OrganisationForm, context: dict[str, Any], status: int = 200) -> HttpResponse:
    zones = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/"))
    )
    return render(request, "start.html.j2", context | {"step": 1, "form": form, "zones": zones}, status=status)
