"""What a survey looks like to customers: the form of its colour and its logo, and both as their pages fetch them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from msgspec.structs import replace

from stamm.app.retelling import retell
from stamm.lang.errors import StammError, UsageError
from stamm.people.accounts import run
from stamm.surveys.colour import WHITE, checked_colour, contrast, shades
from stamm.surveys.keeping import MeanwhileError, change_survey
from stamm.surveys.logo import MOST_BYTES, Logo, logo_digest, logo_named, read_logo, set_logo
from stamm.web.access import ANYBODY, Asked, page
from stamm.web.pages.surveys import EDITORS, survey_or_missing
from stamm.web.reading import whole_number
from stamm.web.survey_look import look_of, sheet_of


@page("surveys/<int:survey>/look", may=EDITORS, methods=("GET", "POST"))
def survey_look(request: Asked, survey: int) -> HttpResponseBase:
    """Its colour and its logo; the form changes both at once, or nothing, and nothing that it did not show."""
    found, say, problem, now = survey_or_missing(survey), request.say, "", datetime.now(UTC)
    given, seen = request.POST.get("colour", found.plan.colour), (found.revision, logo_digest(run, survey))
    if request.method == "POST":
        try:
            seen = whole_number(request.POST.get("revision", "")), request.POST.get("seen", "")
            plan = replace(found.plan, colour=given)
            logo = _sent(request)
            with transaction.atomic():
                change_survey(run, survey, plan, seen=seen[0], who=request.user.email, now=now)
                if logo is not None or request.POST.get("remove") == "yes":
                    set_logo(run, survey, logo, seen=seen[1], who=request.user.email, now=now)
            return redirect(f"{reverse('survey_look', args=[survey])}?told=saved")
        except StammError as error:
            problem = " ".join(retell(text, say) for text in (error.what, error.remedy) if text)
            if isinstance(error, MeanwhileError):  # the page tells it, and shows what it is now
                seen = found.revision, logo_digest(run, survey)
    colour = found.plan.colour
    drawn = shades(colour) if colour else None
    content = {
        "survey": found,
        "look": look_of(found),
        "seen": seen,
        "removed": request.POST.get("remove") == "yes",
        "colour": given,
        "problem": problem,
        "told": request.GET.get("told", ""),
        "most": MOST_BYTES // 1000,
        "drawn": drawn,
        "is_white": drawn is not None and drawn.words == WHITE,
        "contrast": say.number(contrast(drawn.fill, drawn.words), 1) if drawn else "",
    }
    return render(request, "survey_look.html.j2", content, status=422 if problem else 200)


@page("ask/look/<str:colour>.css", may=ANYBODY, guarded=False)
def ask_look(_: Asked, colour: str) -> HttpResponse:
    """The sheet of a colour; made of it alone, so that it tells nothing of any survey."""
    try:
        known = checked_colour(f"#{colour}")
    except UsageError as error:
        raise Http404 from error
    return HttpResponse(sheet_of(known), content_type="text/css; charset=utf-8")


@page("ask/logo/<str:digest>", may=ANYBODY, guarded=False)
def ask_logo(_: Asked, digest: str) -> HttpResponse:
    """A logo, as nothing but the picture that it was found to be."""
    logo = logo_named(run, digest)
    if logo is None:
        raise Http404
    return HttpResponse(logo.content, content_type=logo.kind)


def _sent(request: Asked) -> Logo | None:
    """The picture that came with the form, if one did; raises UsageError for what is none."""
    file = request.FILES.get("logo")
    return read_logo(file.read(MOST_BYTES + 1)) if file else None
