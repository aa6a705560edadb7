"""The organisation: its name, days and money, who is a customer, and what another choice would do to the numbers."""

from __future__ import annotations

import threading
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from stamm.answers.ask import Answers
from stamm.app.changing import ChangedError, Difference, change, differences, last_change, put_back, stamp, weighed
from stamm.app.project import Project
from stamm.app.proposal import CANDIDATES
from stamm.app.refreshing import kept_current
from stamm.app.retelling import retell
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES, Language
from stamm.lang.money import exponent
from stamm.lang.organisation import Organisation
from stamm.lang.window import zone_named
from stamm.people.roles import EXPORTS, OWNERS
from stamm.reports.consequences import KEYS, Consequences, consequences_of
from stamm.reports.figures import Figures
from stamm.reports.wording import Words
from stamm.web.access import Asked, Entry, page
from stamm.web.frame import LANGUAGES

RULES = ("orders", "subscriptions", "activity")
HISTORIES = ("cut", "complete")
KEEPS = ("month", "week", "never")
#: settings that say who is a customer, and since when that is known
WHO = {"spell_rule", "lapse_days", "history"}
#: a page of usual choices asks for all of them at once, and other pages are to be served meanwhile
_ONE_AT_A_TIME = threading.Lock()
#: usual lengths of silence shown on either side of the one that is chosen
BESIDE = 2


class Choice(forms.Form):
    """What somebody wants the settings to be."""

    name = forms.CharField(max_length=200, required=False)
    zone = forms.CharField(max_length=100)
    currency = forms.CharField()
    language = forms.ChoiceField(choices=[("", ""), *((code, code) for code in CODES)], required=False)
    spell_rule = forms.ChoiceField(choices=[(rule, rule) for rule in RULES])
    lapse_days = forms.IntegerField(min_value=1, max_value=36_500)
    history = forms.ChoiceField(choices=[(history, history) for history in HISTORIES])
    session_minutes = forms.IntegerField(min_value=1, max_value=36_500)
    keep_predictions = forms.ChoiceField(choices=[(each, each) for each in KEEPS])
    reason_en = forms.CharField(max_length=500, required=False)
    reason_de = forms.CharField(max_length=500, required=False)

    def __init__(self, now: Organisation, asked: Any, say: Language, *, zone_is_fixed: bool) -> None:
        super().__init__({**_values(now), **{name: asked[name] for name in self.base_fields if name in asked}})
        self.now, self._say, self.zone_is_fixed = now, say, zone_is_fixed

    def clean_zone(self) -> str:
        """A zone that there is; the same one where days were already cut."""
        zone: str = self.cleaned_data["zone"]
        if self.zone_is_fixed and zone != self.now.zone:
            raise ValidationError(
                self._say("Days are cut in {zone} already; import into a new project.", zone=self.now.zone)
            )
        return self._known(zone, zone_named)

    def clean_currency(self) -> str:
        """Three capitals that there are."""
        currency: str = self.cleaned_data["currency"].upper()
        return self._known(currency, exponent)

    def _known(self, value: str, check: Any) -> str:
        try:
            check(value)
        except UsageError as error:
            told = (retell(error.what, self._say), retell(error.remedy, self._say))
            raise ValidationError(" ".join(told).strip()) from error
        return value

    @property
    def organisation(self) -> Organisation:
        """The settings chosen. A reason given for another rule or silence does not speak of these, and goes."""
        said = self.cleaned_data
        plain = {one.name: said[one.name] for one in fields(Organisation) if one.name in said}
        found = replace(
            self.now, **plain, reasons={code: said[f"reason_{code}"] for code in CODES if said[f"reason_{code}"]}
        )
        rule_is_new = (found.spell_rule, found.lapse_days) != (self.now.spell_rule, self.now.lapse_days)
        return replace(found, reasons={}) if rule_is_new and found.reasons == self.now.reasons else found


@page("settings/", may=OWNERS, methods=("GET", "POST"), entry=Entry("Settings", "Organisation", 10))
def settings_organisation(request: Asked) -> HttpResponse:
    """The settings as they are or as somebody thinks of them; they are written when they are confirmed."""
    project = Project.open(settings.STAMM_PROJECT)
    form = _form(project, request.POST if request.method == "POST" else request.GET, request.say)
    if request.method == "POST" and form.is_valid():
        try:
            change(
                project.directory,
                form.organisation,
                seen=request.POST.get("seen", ""),
                who=request.user.email,
                now=datetime.now(UTC),
            )
        except ChangedError as error:
            return _page(request, project, form, 409, told=error)
        return redirect(f"{reverse('settings_organisation')}?saved")
    return _page(request, project, form, 200 if form.is_valid() else 422)


@page("settings/undo/", may=OWNERS, methods=("POST",))
def settings_undo(request: Asked) -> HttpResponse:
    """What stood there before the last change; once more brings that change back."""
    put_back(settings.STAMM_PROJECT, who=request.user.email, now=datetime.now(UTC))
    return redirect(f"{reverse('settings_organisation')}?saved")


@page("settings/preview/", may=OWNERS)
def settings_preview(request: Asked) -> HttpResponse:
    """A piece of the page: the last whole months under the settings as they are, and under a choice."""
    project = Project.open(settings.STAMM_PROJECT)
    form = _form(project, request.GET, request.say)
    if not form.is_valid():
        return render(request, "settings/preview.html.j2", {"found": None, "one": False}, status=422)
    found = _weighed(project, form.organisation, request.say)
    one = "one" in request.GET
    changed = differences(project.organisation, replace(form.organisation, reasons=project.organisation.reasons))
    told = told_changes(changed, request.say) if one else ()
    content = {"found": found, "one": one, "told": told, "choose": urlencode(_values(form.organisation))}
    return render(request, "settings/preview.html.j2", content)


@page("settings/renewal/", may=EXPORTS)
def settings_renewal(request: Asked) -> HttpResponse:
    """A piece of pages: how far what is kept at hand has been made anew."""
    return render(request, "settings/renewal.html.j2", renewal(Project.open(settings.STAMM_PROJECT)))


def renewal(project: Project) -> dict[str, Any]:
    """How much of what is kept at hand fits the newest snapshot and the settings."""
    made, whole = kept_current(project)
    return {"made": made, "whole": whole}


def _form(project: Project, asked: Any, say: Language) -> Choice:
    fixed = project.reads_database or bool(project.lake().snapshot().kinds())
    return Choice(project.organisation, asked, say, zone_is_fixed=fixed)


def _page(
    request: Asked, project: Project, form: Choice, status: int, told: ChangedError | None = None
) -> HttpResponse:
    say, now = request.say, project.organisation
    choice = form.organisation if form.is_valid() else now
    changed = differences(now, choice)
    last = last_change(project.directory)
    content = {
        "form": form,
        "seen": stamp(project.directory),
        "told": told and (retell(told.what, say), retell(told.remedy, say)),
        "changed": told_changes(changed, say),
        "weighs": bool({each.name for each in changed} & WHO),
        "query": urlencode(_values(choice)),
        "saved": "saved" in request.GET,
        "last": last
        and {
            "who": last.who,
            "at": say.moment(last.at.astimezone(ZoneInfo(now.zone))),
            "changes": told_changes(last.differences, say),
        },
        "rules": _rules(say),
        "histories": _histories(say),
        "keeps": _keeps(say),
        "zones": sorted(available_timezones()) if not form.zone_is_fixed else (),
        "zone_is_fixed": form.zone_is_fixed,
        "heads": [project.metrics[key].title(say.code) for key in KEYS],
        "others": [urlencode(_values(other)) for other in _others(choice)] if "compare" in request.GET else None,
        **renewal(project),
    }
    return render(request, "settings/organisation.html.j2", content, status=status)


def _weighed(project: Project, choice: Organisation, say: Language) -> Consequences | None:
    with _ONE_AT_A_TIME, weighed(project, choice) as (now, then):
        if not now.coverage:
            return None
        before, after = (
            Figures(Answers(world), world.organisation, None, keys=frozenset(KEYS)) for world in (now, then)
        )
        return consequences_of(before, after, Words(say, now))


def _others(choice: Organisation) -> list[Organisation]:
    """The other rules, and usual lengths of silence on either side of the one chosen."""
    shorter = [days for days in CANDIDATES if days < choice.lapse_days][-BESIDE:]
    longer = [days for days in CANDIDATES if days > choice.lapse_days][:BESIDE]
    lapses = (
        [replace(choice, lapse_days=days) for days in (*shorter, *longer)]
        if choice.spell_rule != "subscriptions"
        else []
    )
    return [*lapses, *(replace(choice, spell_rule=rule) for rule in RULES if rule != choice.spell_rule)]  # type: ignore[arg-type]


# -- in words ------------------------------------------------------------------------------------------------
def _values(organisation: Organisation) -> dict[str, Any]:
    """What stands in the form for these settings."""
    plain = {name: getattr(organisation, name) for name in Choice.base_fields if not name.startswith("reason_")}
    return {**plain, **{f"reason_{code}": organisation.reasons.get(code, "") for code in CODES}}


def _rules(say: Language) -> dict[str, str]:
    return {
        "orders": say("who orders"),
        "subscriptions": say("who has a running subscription"),
        "activity": say("who does anything"),
    }


def _histories(say: Language) -> dict[str, str]:
    return {"cut": say("in mid-life"), "complete": say("with the first customer")}


def _keeps(say: Language) -> dict[str, str]:
    return {"month": say("each month"), "week": say("each week"), "never": say("never")}


def told_changes(changed: tuple[Difference, ...], say: Language) -> list[tuple[str, str, str]]:
    """Each setting that is another: its name, and its value before and after."""
    names = {
        "name": say("Name"),
        "zone": say("Time zone"),
        "currency": say("Currency"),
        "language": say("Language of reports"),
        "spell_rule": say("Who is a customer"),
        "lapse_days": say("Days of silence"),
        "history": say("Where the data begin"),
        "session_minutes": say("Minutes between visits"),
        "keep_predictions": say("Predictions are kept"),
        "reasons": say("Reason"),
    }
    return [
        (names.get(one.name, one.name), _value(one.name, one.before, say), _value(one.name, one.after, say))
        for one in changed
    ]


def _value(name: str, value: Any, say: Language) -> str:
    if name == "spell_rule":
        return _rules(say)[value]
    if name == "history":
        return _histories(say)[value]
    if name == "keep_predictions":
        return _keeps(say)[value]
    if name == "reasons":
        return value.get(say.code) or next(iter(value.values()), "") or say("no reason")
    if name == "language":
        return dict(LANGUAGES).get(value, say("the reader’s own"))
    if isinstance(value, int):
        return say.number(value)
    return str(value) or say("nothing")
