"""Bringing data in: files are dropped, looked at, changed in what they become, taken in, and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from stamm.app.bringing import work
from stamm.app.bringing.about_made import count_written, made_customers
from stamm.app.bringing.bundles import Bundle, State, bundle_named, bundles, new_bundle, sweep
from stamm.app.bringing.demo import Making, has_made_rows, take_demo_out
from stamm.app.bringing.guesses import Guesses, tried
from stamm.app.bringing.taking import Taking, take_bundle_back
from stamm.app.project import Project
from stamm.lang.errors import BusyError, UsageError
from stamm.lang.language import Language
from stamm.people.roles import EXPORTS
from stamm.reports.cards import candidate_keys, card_of, headline_figures
from stamm.reports.trends import Trends
from stamm.reports.wording import Words
from stamm.reports.workings import Workings
from stamm.web.access import Asked, Entry, page
from stamm.web.brought import failure, lately, looked_at, outcome, removed_words, underway
from stamm.web.desk import Opened, desk, soon
from stamm.web.filters import Period
from stamm.web.mapping_form import choices_of
from stamm.web.uploading import PATH, ToBundle

#: imports that the page lists, and numbers that are shown after one
SHOWN, FIRST = 10, 3

_guesses = Guesses()


@page("bring/", may=EXPORTS, entry=Entry("Settings", "Bring data", 15))
def bring(request: Asked) -> HttpResponse:
    """Where files are dropped, what was brought lately, other ways in, and the made-up shop."""
    project, now = _project(), datetime.now(UTC)
    sweep(project.directory, now)
    removed = request.GET.get("removed", "")
    told = {"removed": removed_words(int(removed), request.say) if removed.isdecimal() and len(removed) < 12 else ""}
    return render(request, "bring.html.j2", shop_context(project) | told | {"lately": _lately(project, request)})


@page(PATH.removeprefix("/"), may=EXPORTS, methods=("POST",))
@csrf_exempt  # it is looked at in `_received`, once it is settled where the body goes
def bring_files(request: Asked) -> HttpResponseBase:
    """Files come in: all of them, or none."""
    bundle = new_bundle(settings.STAMM_PROJECT, who=request.user.email, now=datetime.now(UTC))
    handler = ToBundle(bundle)
    request.upload_handlers = [handler]
    response: HttpResponseBase | None = None
    try:
        response = _received(request, bundle, handler)
    finally:
        handler.upload_interrupted()
        if response is None or response.status_code != 302:
            bundle.throw_away()
    return response


@csrf_protect
def _received(request: Asked, bundle: Bundle, handler: ToBundle) -> HttpResponseBase:
    request.FILES  # noqa: B018 - they are read now
    if handler.refused is not None:
        raise handler.refused
    if not handler.took:
        raise UsageError("No file came.", remedy="Go back, choose one or several, and send them again.")
    names, sizes = zip(*sorted(handler.took), strict=True)
    bundle.write(replace(bundle.state(), names=names, sizes=sizes))
    return redirect("bring_bundle", bundle.name)


@page("bring/demo/", may=EXPORTS, methods=("POST",))
def bring_demo(request: Asked) -> HttpResponseBase:
    """The made-up shop, where nothing else is there."""
    project = _project()
    if project.lake().snapshot().kinds():
        raise UsageError(
            "There are facts here already, and made ones beside them would change the numbers.",
            remedy="Begin another project with `stamm init` to look around in.",
        )
    bundle = new_bundle(project.directory, who=request.user.email, now=datetime.now(UTC), what="demo")
    work.begin(bundle, Making(project.directory, bundle, request.user.email))
    return redirect("bring_bundle", bundle.name)


@page("bring/demo/remove/", may=EXPORTS, methods=("POST",))
def bring_demo_remove(request: Asked) -> HttpResponseBase:
    """Every made row out."""
    project = _project()
    made = [bundle for bundle, state in bundles(project.directory) if state.what == "demo"]
    rows = take_demo_out(project, made[0] if made else None, request.user.email)
    desk().show_newest()
    for bundle in made[1:]:
        if not bundle.is_worked_on:
            bundle.throw_away()
    return redirect(f"/bring/?removed={rows}")


@page("bring/<slug:bundle>/", may=EXPORTS)
def bring_bundle(request: Asked, bundle: str) -> HttpResponse:
    """One bundle: what it is taken for, how far it is, or what became of it."""
    project, found = _project(), _bundle(bundle)
    state, say = found.state(), request.say
    content: dict[str, Any] = {"bundle": found.name, "state": state, "files": state.names, "looked": None}
    if state.phase == "importing" and not found.is_worked_on:
        state = found.state()  # it may have ended between the two looks
        if state.phase == "importing":
            state = replace(state, phase="stopped", error=_interrupted())
        content["state"] = state
    if state.phase == "importing":
        return render(request, "bundle.html.j2", content | {"underway": underway(state, datetime.now(UTC), say)})
    if state.phase in ("done", "back"):
        content["outcome"] = outcome(state, say)
        if state.phase == "done":
            content |= _first_numbers(state.report.get("snapshot"), say)
        return render(request, "bundle.html.j2", content)
    content["failure"] = failure(state, say)
    if state.what == "files" and "looked" in request.GET:
        guess = _guesses.of(found, project)
        proposals = guess.chosen(state.choices)
        attempt = tried(guess, proposals, project, datetime.now(UTC))
        content["looked"] = looked_at(guess, proposals, attempt, state.choices, project, say)
    return render(request, "bundle.html.j2", content)


@page("bring/<slug:bundle>/mapping/", may=EXPORTS, methods=("POST",))
def bring_mapping(request: Asked, bundle: str) -> HttpResponseBase:
    """What somebody chose in what the files become."""
    project, found = _project(), _bundle(bundle)
    guess = _guesses.of(found, project)
    with found.held():
        state = _waiting(found)
        found.write(replace(state, choices=choices_of(cast(Any, request.POST.dict()), guess.proposals)))
    return redirect(f"/bring/{found.name}/?looked")


@page("bring/<slug:bundle>/import/", may=EXPORTS, methods=("POST",))
def bring_import(request: Asked, bundle: str) -> HttpResponseBase:
    """Take it in, beside the pages. Who presses twice, or after somebody else, sees how far it is."""
    project, found = _project(), _bundle(bundle)
    try:
        with found.held():
            state = _waiting(found)
    except BusyError:
        return redirect("bring_bundle", found.name)
    task: work.Task = Taking(project.directory, found, _guesses, request.user.email, request.say)
    if state.what == "demo":
        task = Making(project.directory, found, request.user.email)
    work.begin(found, task)
    return redirect("bring_bundle", found.name)


@page("bring/<slug:bundle>/stop/", may=EXPORTS, methods=("POST",))
def bring_stop(request: Asked, bundle: str) -> HttpResponseBase:  # noqa: ARG001 - every page gets it
    """Give up what is under way; nothing of it is in the lake then."""
    found = _bundle(bundle)
    found.ask_to_stop()
    return redirect("bring_bundle", found.name)


@page("bring/<slug:bundle>/away/", may=EXPORTS, methods=("POST",))
def bring_away(request: Asked, bundle: str) -> HttpResponseBase:  # noqa: ARG001 - every page gets it
    """Throw the files away, as long as they were not taken in."""
    found = _bundle(bundle)
    with found.held():
        _waiting(found)
        _guesses.forget(found)
        found.throw_away()
    return redirect("bring")


@page("bring/<slug:bundle>/back/", may=EXPORTS, methods=("POST",))
def bring_back(request: Asked, bundle: str) -> HttpResponseBase:
    """Undo its import as one piece."""
    found = _bundle(bundle)
    take_bundle_back(_project(), found, request.user.email)
    desk().show_newest()
    return redirect("bring_bundle", found.name)


def shop_context(project: Project) -> dict[str, Any]:
    """What is there already, as pages where data are brought in need it."""
    snapshot = project.lake().snapshot()
    made = [bundle for bundle, state in bundles(project.directory) if state.what == "demo"]
    made_up = has_made_rows(snapshot)
    return {
        "empty": not snapshot.kinds(),
        "made_up": made_up,
        "written": count_written(project, made_customers(project, snapshot)) if made_up else 0,
        "demo": made[0].name if made else "",
        "project": project,
        "upload": PATH,
    }


def _first_numbers(snapshot: int | None, say: Language) -> dict[str, Any]:
    """The first numbers that Today shows, from the snapshot of the import, of which all pages speak from now on."""
    desk().show_newest()
    if desk().opened().answers.world.snapshot < (snapshot or 0):
        return {"shown": False, "first": None}
    return {"shown": True, "first": soon(("first numbers", say.code), lambda opened: _counted(opened, say))}


def _counted(opened: Opened, say: Language) -> dict[str, Any]:
    figures = opened.figures(candidate_keys(opened.answers.world), Period())
    months = figures.months
    if months is None:
        return {"cards": (), "now": ""}
    trends = Trends(Workings(figures, months, Words(say, opened.answers.world)))
    cards = tuple(card_of(figure, trends) for figure in headline_figures(figures, FIRST))
    return {"cards": cards, "now": say.month(months.now.start)}


def _lately(project: Project, request: Asked) -> Any:
    return lately(bundles(project.directory)[:SHOWN], request.say, project.organisation.zone)


def _waiting(bundle: Bundle) -> State:
    """Its state, where it can still be taken in or thrown away."""
    state = bundle.state()
    if state.phase in ("done", "back"):
        raise UsageError("This was taken in already.", remedy="Go back, and load the page anew.")
    return state


def _interrupted() -> tuple[str, str, str]:
    return ("The server was ended before this was done, so nothing was taken in.", "", "Take it in again.")


def _project() -> Project:
    return Project.open(settings.STAMM_PROJECT)


def _bundle(name: str) -> Bundle:
    found = bundle_named(settings.STAMM_PROJECT, name)
    if found is None:
        raise Http404
    return found
