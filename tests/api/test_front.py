"""/api/v1/ shows a person what programs ask: every address, with an example that works as it stands."""

from __future__ import annotations

import base64
import hashlib
import html
import re

import pytest

from stamm.api.openapi import document, sample
from stamm.api.places import PLACES, Place
from stamm.people import Scope
from tests.api.conftest import Asking


@pytest.mark.parametrize("path", ["", "/"])
def test_a_person_without_a_key_reads_every_address_with_its_example(asking: Asking, path: str) -> None:
    page = asking.get(path, None)
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    text = html.unescape(re.sub(r"<[^>]+>", "", page.text))
    for address, place in document()["paths"].items():
        assert address in text
        assert place["get"]["summary"].replace("`", "") in text
        assert place["get"]["x-codeSamples"][0]["source"] in text
    assert "STAMM=http://testserver" in text


def test_it_is_told_in_german_too(asking: Asking) -> None:
    page = asking.get("/", None, headers={"Accept-Language": "de-AT"})
    assert '<html lang="de">' in page.text
    for english in (*(place.says for place in PLACES), *(each.says for place in PLACES for each in place.parameters)):
        assert html.escape(english, quote=False) not in page.text, english


def test_it_asks_nothing_else_and_only_its_own_style_holds(asking: Asking) -> None:
    page = asking.get("/", None)
    style = re.search(r"<style>(.*?)</style>", page.text, re.DOTALL)
    assert style is not None
    known = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    rule = page.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{known}'" in rule
    assert "script-src" not in rule
    assert "<script" not in page.text
    assert set(re.findall(r'(?:src|href)="([^"#]+)"', page.text)) == {
        "/", "/settings/keys/", "openapi.json", "data:,",
    }  # fmt: skip


def test_a_host_is_text_and_a_key_in_the_address_is_refused(asking: Asking) -> None:
    page = asking.get("/", None, headers={"Host": '"><script>alert(1)</script>'})
    assert "<script>alert" not in page.text
    assert asking.get("/?token=x", None).status_code == 400


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.tool)
def test_every_example_works(asking: Asking, place: Place) -> None:
    """The address as it stands between the quotes, which is what curl asks."""
    address = re.search(r'"\$STAMM/api/v1([^"]*)"', sample(place))
    assert address is not None
    answer = asking.get(address[1], place.scope)
    assert answer.status_code == 200, answer.text
    assert answer.content
    if place.scope is Scope.CUSTOMERS:
        assert asking.get(address[1], Scope.READ).status_code == 403
