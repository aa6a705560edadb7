"""What pages are made of: one snapshot a page, and what takes longer than a moment comes later.

`desk().kept(what, make)` makes something of the snapshot once and keeps it. Where that is not there within a moment,
the page says that it is being counted (`counting.html.j2`), and comes by itself. A page that is worth seeing without
one of its parts asks for that part with `soon`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial, wraps
from pathlib import Path
from typing import TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from stamm.app.desk import Desk, Opened
from stamm.app.making import StillMaking
from stamm.lang.errors import LakeError

__all__ = ["Desk", "Opened", "desk", "of_one_snapshot", "soon"]

Made = TypeVar("Made")
View = Callable[..., HttpResponseBase]
#: a page that is not whole by then is shown without what it lacks
WITHIN_SECONDS = 0.08
#: by which a part that comes later says of which snapshot the page is
SNAPSHOT = "Stamm-Snapshot"
#: by which a page that is being counted asks for itself: "page" for its numbers alone, "document" for all of it
WAITING = "Stamm-Waiting"
#: the part of a document that is all of its numbers
WHOLE = "page"

_desks: dict[Path, Desk] = {}


def desk() -> Desk:
    """The desk of the project that this process serves."""
    return _desks.setdefault(settings.STAMM_PROJECT, Desk(settings.STAMM_PROJECT))


def soon(what: Hashable, make: Callable[[Opened], Made]) -> Made | None:
    """What `make` gives, which is never None; or None where that takes longer than a moment.

    It goes on being made, and is kept, under the name `what`. The template shows the part where it is there, and else
    `progress.counting`, which asks for the page again until it is:

        content = soon(("paths", period, say.code), lambda opened: _paths(opened, period, say))
        return render(request, "paths.html.j2", {"title": ..., "content": content})

        {% import "progress.html.j2" as progress %}
        {% if content %}<section id="paths">...</section>{% else %}
        {{ progress.counting("paths", say("Paths are being counted …"), here, say) }}{% endif %}

    A page may have several such parts, each with an id of its own. `make` asks the snapshot that it is given and
    nothing else: not the request, and not the database of people, which is for the thread of the request.
    """
    return desk().soon(what, make, WITHIN_SECONDS)


def of_one_snapshot(view: View, *, waits: bool) -> View:
    """A view that asks one snapshot from the first number to the last, also for parts that come later.

    A page that takes longer than a moment says so; a file (`waits`) is waited for, and so is a part, in whose place
    something says already that it is counted. A part whose snapshot is gone lets the browser load the whole page anew.
    """

    @wraps(view)
    def respond(request: HttpRequest, *arguments: object, **more: object) -> HttpResponseBase:
        asks, name = request.method in ("GET", "HEAD"), _name_of_page(request)
        within = WITHIN_SECONDS if asks and not waits and not name else None
        try:
            with desk().one(name, within) as there:
                return _answer(request, partial(view, request, *arguments, **more)) if there else _anew()
        except LakeError:
            if not asks:
                raise
        if name:
            return _anew()
        with desk().one(within=within):
            return _answer(request, partial(view, request, *arguments, **more))

    return respond


def _answer(request: HttpRequest, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The page, or that it is being counted: the browser asks again for all of it, after a filter for the numbers."""
    waiting = request.headers.get(WAITING, "")
    try:
        found = view()
    except StillMaking:
        if waiting:
            return HttpResponse(status=204)
        waiting = "page" if getattr(request, "htmx", None) else "document"
        return render(request, "counting.html.j2", {"waiting_header": WAITING, "waiting": waiting})
    except LakeError:
        if (opened := desk().of_page()) is not None:
            desk().forget(opened)
        raise
    return _anew() if waiting == "document" else found


def _anew() -> HttpResponse:
    return cast(HttpResponse, HttpResponseClientRefresh())


def _name_of_page(request: HttpRequest) -> str:
    """The snapshot of the page that a part is for; empty where the whole page is asked for."""
    htmx = cast(HtmxDetails, getattr(request, "htmx", None))
    return "" if not htmx or htmx.target in (None, WHOLE) else request.headers.get(SNAPSHOT, "")
