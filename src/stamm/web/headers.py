"""What every response tells the browser: where things may come from, and that nobody frames or keeps a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

#: everything from here, nothing written into the page; pictures of codes are data
SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{what} {where}" for what, where in SOURCES.items()),
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
#: of a file that a stranger sent: whatever opens it runs nothing of it
INERT = "default-src 'none'; sandbox"
_POLICY = "Content-Security-Policy"
Next = Callable[[HttpRequest], HttpResponseBase]


def guarded(get_response: Next) -> Next:
    """The headers on every response, failures too."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        kept = response.headers.get(_POLICY) == INERT
        for name, value in HEADERS.items():
            if not (kept and name == _POLICY):
                response.headers[name] = value
        return response

    return respond


def known_host(get_response: Next) -> Next:
    """No page for a host that is not ours, so that another name for this address gains nothing (DNS rebinding)."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        request.get_host()  # raises DisallowedHost
        return get_response(request)

    return respond
