"""The sites whose pages may show a survey, as browsers name them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stamm.lang.errors import UsageError

MOST_ORIGINS = 20
_ORIGIN = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::([0-9]{1,5}))?/?")
_USUAL = {"http": "80", "https": "443"}


def checked_origins(origins: Iterable[str]) -> tuple[str, ...]:
    """Sites as a browser names them, each once; raises UsageError for what is no site."""
    found = []
    for text in origins:
        told = text.strip().lower()
        try:
            known = _ORIGIN.fullmatch(_plain(told))
        except UnicodeError:
            known = None
        if known is None or int(known[3] or 0) > 65_535:
            raise UsageError(f"{text.strip()[:80]!r} is no site.", remedy="Write it as https://shop.example.com.")
        scheme, host, port = known.groups()
        found.append(f"{scheme}://{host}" + (f":{int(port)}" if port and port != _USUAL[scheme] else ""))
    if len(set(found)) > MOST_ORIGINS:
        raise UsageError(f"A survey is shown on at most {MOST_ORIGINS} sites.", remedy="Name fewer.")
    return tuple(dict.fromkeys(found))


def _plain(told: str) -> str:
    """With the host as it is sent: an umlaut in it is written otherwise there."""
    scheme, sign, rest = told.partition("://")
    return scheme + sign + (rest if rest.isascii() else rest.encode("idna").decode())
