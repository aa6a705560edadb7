"""Pages and who may open them. A page without a word on that cannot be written."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows, is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from stamm.lang.language import Language
from stamm.people.models import Person
from stamm.people.roles import Role
from stamm.web.desk import of_one_snapshot
from stamm.web.reading import refuse_signs

#: may be opened by whoever is not signed in
ANYBODY: Literal["anybody"] = "anybody"
View = Callable[..., HttpResponseBase]


class Asked(HttpRequest):
    """A request as a page gets it: of a person, in a language."""

    user: Person
    say: Language
    htmx: HtmxDetails


@dataclass(frozen=True)
class Entry:
    """Where a page stands in the navigation: its group, its name, and its place there."""

    group: str
    title: str
    step: int


@dataclass(frozen=True)
class Page:
    """One address: what answers there, who may ask, and its entry in the navigation if it has one."""

    path: str
    name: str
    view: View
    may: Collection[Role] | Literal["anybody"]
    entry: Entry | None
    #: who may send its form; nobody where it has none
    sends: Collection[Role] | Literal["anybody"]

    def open_to(self, role: Role) -> bool:
        """Whether that role may open it."""
        return self.may == ANYBODY or role in self.may


def page(
    path: str,
    *,
    may: Collection[Role] | Literal["anybody"],
    entry: Entry | None = None,
    methods: Collection[str] = ("GET",),
    sends: Collection[Role] | None = None,
    again: bool = False,
    guarded: bool = True,
) -> Callable[[View], Page]:
    """Makes a view the page at a path; its name is that of the function.

    Its form may be sent by those of `sends`, by default by whoever may open it; what is sent is not looked at before.
    Where `again`, whoever opens it shows first that it is them, unless they have within the last five minutes. What is
    not `guarded` sets no cookie, and may be sent from anywhere: its address is the proof.
    """

    posted: Collection[Role] | Literal["anybody"] = (may if sends is None else sends) if "POST" in methods else ()

    def make(view: View) -> Page:
        @wraps(view)
        def answer(request: Asked, *arguments: Any, **more: Any) -> HttpResponseBase:
            allowed_to = posted if request.method == "POST" else may
            if allowed_to != ANYBODY and request.user.may not in allowed_to:
                raise PermissionDenied
            refuse_signs(request.GET)
            if again and is_reauthentication_required(request, app="stamm"):
                if not get_reauthentication_flows(request.user):  # came by a link, and has nothing to show yet
                    return redirect("account_change_password")
                raise ReauthenticationRequired
            return of_one_snapshot(view, waits="." in path)(request, *arguments, **more)

        allowed = {"HEAD", *methods} if "GET" in methods else set(methods)
        limited: View = require_http_methods(sorted(allowed))(answer)
        limited = login_not_required(limited) if may == ANYBODY else limited
        limited = limited if guarded else csrf_exempt(limited)
        return Page(path, view.__name__, limited, may, entry, posted)

    return make


def pages() -> Iterator[Page]:
    """Every page: the modules of `stamm.web.pages` hold them, and nothing lists them."""
    from stamm.web import pages as package  # noqa: PLC0415 - its modules import this one

    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Page):
                yield value
