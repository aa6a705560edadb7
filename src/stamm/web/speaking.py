"""The language of a page: the person's own, else that of the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from stamm.lang.language import CODES, Code, Language

#: what somebody chose who is signed out
COOKIE = "stamm_language"
Next = Callable[[HttpRequest], HttpResponseBase]


def spoken(get_response: Next) -> Next:
    """Gives each request its `say`, and Django and its packages the same language."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        code = language_of(request)
        request.say = Language(code)  # type: ignore[attr-defined]
        with translation.override(code):
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
            return response

    return respond


def language_of(request: HttpRequest) -> Code:
    """What the person chose, else what was chosen here, else the first that the browser asks for and there is."""
    own = getattr(getattr(request, "user", None), "language", "")
    for wish in (own, request.COOKIES.get(COOKIE, "")):
        if wish in CODES:
            return cast(Code, wish)
    return cast(Code, _accepted(request.headers.get("Accept-Language", "")))


def _accepted(header: str) -> str:
    """The known language with the highest weight, the earlier one where two weigh the same."""
    weighed = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        code = tag[:2].lower()
        if code in CODES:
            weighed.append((-_weight(weight), place, code))
    return min(weighed)[2] if weighed and min(weighed)[0] < 0 else CODES[0]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
