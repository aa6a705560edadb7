"""What somebody sees where a page cannot be shown: what happened, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from stamm.app.retelling import retell
from stamm.lang.errors import StammError
from stamm.lang.language import Language
from stamm.people.models import Person
from stamm.web.speaking import language_of

Next = Callable[[HttpRequest], HttpResponseBase]
#: whichever part of a page was asked for, the whole page says why it cannot be shown
_INSTEAD = {"HX-Retarget": "#page", "HX-Reselect": "#page", "HX-Reswap": "outerHTML"}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request for another host, or one that cannot be understood."""
    say = _say(request)
    if not isinstance(exception, DisallowedHost):
        return _page(
            request, 400, say("This cannot be understood"), say("Go back, load the page anew, and send it again.")
        )
    return _page(
        request,
        400,
        say("This address is not known here"),
        say("The owner says in stamm.toml where this server is reached: [server] address."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Somebody who may not."""
    say = _say(request)
    return _page(
        request,
        403,
        say("This page is not for your role"),
        say("An owner can give you another role, under People."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django names it
    """A form that did not come from our page, or from one of long ago."""
    say = _say(request)
    return _page(request, 403, say("This form is too old"), say("Go back, load the page anew, and send it again."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django names it
    """An address with nothing behind it."""
    say = _say(request)
    return _page(request, 404, say("There is nothing here"), say("Perhaps the address was mistyped, or it has moved."))


def not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """An address that takes a form alone, opened as a page, or the other way round."""
    say = _say(request)
    response = _page(
        request,
        405,
        say("There is nothing to look at here"),
        say("Only a form is sent to this address. Open the page on which the form stands."),
    )
    response.headers["Allow"] = allowed
    return response


def slowed(request: HttpRequest) -> HttpResponse:
    """Somebody who tried too often."""
    say = _say(request)
    return _page(
        request,
        429,
        say("Too many tries"),
        say(
            "Wait five minutes. Who has forgotten the password asks an owner for a link"
            " (under People, or `stamm people link`)."
        ),
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Our own mistake."""
    say = _say(request)
    return _page(
        request, 500, say("Something went wrong here"), say("Nothing was lost. What it was stands in the server’s log.")
    )


def cannot(request: HttpRequest, error: StammError) -> HttpResponse:
    """A page that cannot be made, for a reason that somebody can mend."""
    say = _say(request)
    return _page(request, 422, retell(error.what, say), retell(error.remedy, say))


def telling(get_response: Next) -> Next:
    """A page that cannot be made for a reason that somebody can mend says the reason; so does a form opened as one."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        return not_allowed(request, response.headers["Allow"]) if response.status_code == 405 else response

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return cannot(request, error) if isinstance(error, StammError) else None

    respond.process_exception = process_exception  # type: ignore[attr-defined]
    return respond


def _say(request: HttpRequest) -> Language:
    return getattr(request, "say", None) or Language(language_of(request))


def _is_of_customers(request: HttpRequest) -> bool:
    """Whether it goes to an address of customers, or to none by whoever is not signed in: no form, so no cookie."""
    known = request.resolver_match
    if known is None:
        return not isinstance(getattr(request, "user", None), Person)
    return bool(getattr(known.func, "csrf_exempt", False))


def _page(request: HttpRequest, status: int, title: str, remedy: str) -> HttpResponse:
    # a request that fails before it is known whose it is gets the page without navigation
    whose: dict[str, Any] = {
        "say": _say(request),
        "title": title,
        "remedy": remedy,
        "status": status,
        "is_bare": _is_of_customers(request),
    }
    response = render(request, "failure.html.j2", whose, status=status)
    if getattr(request, "htmx", None):
        for name, value in _INSTEAD.items():
            response.headers[name] = value
    return response
