"""Where a page cannot be shown there is a whole page all the same: what it is, in both languages, and a way on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., Any]
SECRET = "a text that nobody is to read"


def broken(*_: object, **__: object) -> None:
    raise RuntimeError(SECRET)


#: how each is met: what is asked, and in which role
MET: dict[int, tuple[str, str, str, str]] = {
    400: ("POST", "/account/password/", "owner", "This cannot be understood|Das ist nicht zu verstehen"),
    403: ("GET", "/settings/", "viewer", "This page is not for your role|Diese Seite ist nicht für Ihre Rolle"),
    404: ("GET", "/no-such-page/", "viewer", "There is nothing here|Hier ist nichts"),
    405: ("GET", "/customers/care/", "support", "There is nothing to look at here|Hier gibt es nichts anzusehen"),
    422: ("GET", "/customers/?first=-5", "support", "is no number|ist keine Zahl"),
    500: ("GET", "/account/", "viewer", "Something went wrong here|Hier ist etwas schiefgegangen"),
}


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("status", MET)
def test_what_cannot_be_shown_is_a_whole_page_with_a_way_on(
    signed_in: Make, monkeypatch: pytest.MonkeyPatch, status: int, language: str
) -> None:
    from django.conf import settings

    from stamm.web.pages import account

    method, address, role, words = MET[status]
    browser = signed_in(role)
    browser.raise_request_exception = False
    monkeypatch.setattr(settings, "DATA_UPLOAD_MAX_NUMBER_FIELDS", 3)
    if status == 500:
        monkeypatch.setattr(account, "render", broken)
    form = {f"field{number}": "" for number in range(5)} if method == "POST" else {}
    told = browser.generic(
        method,
        address,
        "&".join(f"{name}=" for name in form),
        "application/x-www-form-urlencoded",
        headers={"Accept-Language": language},
    )
    page = told.content.decode()
    assert told.status_code == status
    assert told.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.startswith("<!doctype html>")
    assert f'<html lang="{language}"' in page
    assert page.rstrip().endswith("</html>")
    main = page.partition("<main")[2]
    assert re.search(rf"<h1[^>]*>[^<]*({words.split('|')[language == 'de']})", main), main
    assert 'href="/"' in page
    assert "<nav" in page
    for trace in (SECRET, "RuntimeError", "Traceback", "stamm/web", "django"):
        assert trace not in page
    assert "default-src 'none'" in told.headers["Content-Security-Policy"]
    if status == 405:
        assert told.headers["Allow"] == "POST"


@pytest.mark.parametrize("role", ["", "owner"])
@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("OPTIONS", "/ask/o1-00/widget", 405),
        ("GET", "/ask/o1-00/widget?touchpoint=%00", 422),
        ("GET", "/ask/logo/x", 404),
        ("GET", "/ask/look/x.css", 404),
        ("PUT", "/mail/stop/x/", 405),
    ],
)
def test_what_customers_cannot_be_shown_sets_no_cookie(
    client: Any, signed_in: Make, role: str, method: str, address: str, status: int
) -> None:
    """Whoever looks: there is no form on the page either, for which one would be needed."""
    told = (signed_in(role) if role else client).generic(method, address)
    assert (told.status_code, dict(told.cookies)) == (status, {})
    assert "<form" not in told.content.decode()
    assert 'href="/"' in told.content.decode()


def test_an_address_of_nothing_sets_a_cookie_only_for_whoever_is_signed_in(client: Any, signed_in: Make) -> None:
    """A link in a mail of which the end was lost leads there, too."""
    for address in ("/ask/o1-00", "/no-such-page/"):
        told = client.get(address)
        assert (told.status_code, dict(told.cookies)) == (404, {})
    assert "<nav" in signed_in("viewer").get("/no-such-page/").content.decode()
