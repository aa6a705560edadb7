"""A board of ideas in a real browser: read on a phone, and voted on by the keyboard alone."""

from __future__ import annotations

import re

import pytest

from tests.browser.chromium import Tab
from tests.browser.looks import check_looks
from tests.browser.served import Served
from tests.browser.test_web_pages import server

__all__ = ["server"]


@pytest.mark.long
@pytest.mark.parametrize(("language", "thanks"), [("de", "Eine Mail mit Ihrem Link"), ("en", "A mail with your link")])
def test_a_board_of_ideas_is_read_and_voted_on_on_a_phone(tab: Tab, server: Served, language: str, thanks: str) -> None:
    link = re.search(r"/suggest/[^/\"]+/", server.fetched("/ideas/1/", "owner")[1])
    assert link is not None
    server.sign_in(tab, "", language)
    for path in ("", "new", "1/"):
        tab.open(server.address + link[0] + path, 390)
        assert tab.eval("document.documentElement.lang") == language
        assert tab.eval("document.scripts.length + document.cookie.length") == 0
        check_looks(tab, server.address)
        tab.resize(390)
    tab.focus("document.querySelector('#f-mail')")
    tab.call("Input.insertText", text=f"zoe-{language}@example.com")
    tab.focus("document.querySelector('[value=vote]')")
    tab.press("Enter", 13)
    tab.wait(f"document.querySelector('main').textContent.includes('{thanks}')")
    check_looks(tab, server.address)
