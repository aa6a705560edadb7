"""What pages are made of: one snapshot a page, and parts that take longer come later.

`desk().kept(what, make)` makes something of the snapshot once and keeps it. What may take more than a moment is asked
for with `soon(what, make)`: the page says that it is being counted (`progress.html.j2`) and asks again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from pathlib import Path
from typing import TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.http import HttpResponseClientRefresh
from django_htmx.middleware import HtmxDetails

from stamm.app.desk import Desk, Opened
from stamm.lang.errors import LakeError

__all__ = ["Desk", "Opened", "desk", "of_one_snapshot", "soon"]

Made = TypeVar("Made")
View = Callable[..., HttpResponseBase]
#: a page that is not whole by then is shown without what it lacks
WITHIN_SECONDS = 0.12
#: by which a part that comes later says of which snapshot the page is
SNAPSHOT = "Stamm-Snapshot"
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


def of_one_snapshot(view: View) -> View:
    """A view that asks one snapshot from the first number to the last, also for parts that come later.

    A part whose snapshot is gone lets the browser load the whole page anew.
    """

    @wraps(view)
    def respond(request: HttpRequest, *arguments: object, **more: object) -> HttpResponseBase:
        name = _name_of_page(request)
        with desk().one(name) as there:
            if not there:
                return cast(HttpResponse, HttpResponseClientRefresh())
            try:
                return view(request, *arguments, **more)
            except LakeError:
                opened = desk().of_page()
                if opened is None or request.method not in ("GET", "HEAD"):
                    raise
                desk().forget(opened)
        if name:
            return cast(HttpResponse, HttpResponseClientRefresh())
        with desk().one():
            return view(request, *arguments, **more)

    return respond


def _name_of_page(request: HttpRequest) -> str:
    """The snapshot of the page that a part is for; empty where the whole page is asked for."""
    htmx = cast(HtmxDetails, getattr(request, "htmx", None))
    return "" if not htmx or htmx.target in (None, WHOLE) else request.headers.get(SNAPSHOT, "")
