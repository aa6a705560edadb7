"""The sites whose pages may show a survey, as browsers name them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from stamm.lang.errors import UsageError

MOST_ORIGINS = 20
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(rf"(https?)://(?=[^:/]{{1,253}}(?:[:/]|$))({_LABEL}(?:\.{_LABEL})*)(?::([0-9]{{1,5}}))?/?")
_USUAL = {"http": "80", "https": "443"}


def checked_origins(origins: Iterable[str]) -> tuple[str, ...]:
    """Sites as a browser names them, each once; raises UsageError for what is no site."""
    found = []
    for text in origins:
        known = _ORIGIN.fullmatch(_plain(text))
        if known is None or int(known[3] or 0) > 65_535:
            raise UsageError(f"{text.strip()[:80]!r} is no site.", remedy="Write it as https://shop.example.com.")
        scheme, host, port = known.groups()
        found.append(f"{scheme}://{host}" + (f":{int(port)}" if port and port != _USUAL[scheme] else ""))
    if len(set(found)) > MOST_ORIGINS:
        raise UsageError(f"A survey is shown on at most {MOST_ORIGINS} sites.", remedy="Name fewer.")
    return tuple(dict.fromkeys(found))


def _plain(text: str) -> str:
    """With the host as it is sent: an umlaut in it is written otherwise there.

    Raises UsageError for letters of which Python makes others than browsers do (Python follows the rules of 2003, by
    which straße.de and strasse.de are one; for browsers they are two). So only letters are taken that stay what they
    are by both.
    """
    told = unicodedata.normalize("NFKC", text.strip().lower())
    scheme, sign, rest = told.partition("://")
    if rest.isascii():
        return told
    try:
        sent = rest.encode("idna")
        stays = sent.decode("idna") == rest
    except UnicodeError:
        return ""
    if not stays or not rest.isprintable() or unicodedata.normalize("NFKC", rest.casefold()) != rest:
        raise UsageError(
            f"Not every browser reads the letters of {text.strip()[:80]!r} alike.",
            remedy="Write it as the address bar of a browser gives it when it is copied, with xn--.",
        )
    return scheme + sign + sent.decode()
