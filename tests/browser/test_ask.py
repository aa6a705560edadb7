"""A customer's page in a real browser: a survey opened from its link on a phone, answered, and taken once."""

from __future__ import annotations

import re

import pytest

from tests.browser.chromium import Tab
from tests.browser.looks import check_looks
from tests.browser.served import Served
from tests.browser.test_web_pages import server

__all__ = ["server"]


@pytest.mark.long
@pytest.mark.parametrize(("language", "thanks"), [("de", "Danke."), ("en", "Thank you.")])
def test_a_survey_is_answered_on_a_phone(tab: Tab, server: Served, language: str, thanks: str) -> None:
    link = re.search(r"/ask/[^/\"]+/", server.fetched("/surveys/1/", "owner")[1])
    assert link is not None
    server.sign_in(tab, "", language)
    tab.open(server.address + link[0], 390)
    assert tab.eval("document.documentElement.lang") == language
    assert tab.eval("document.scripts.length + document.cookie.length") == 0
    check_looks(tab, server.address)
    tab.resize(390)
    # by the keyboard alone: nine of ten, and sent
    tab.focus("document.querySelector('[name=recommend][value=\"8\"]')")
    tab.press("ArrowRight", 39)
    assert tab.eval("document.querySelector('[name=recommend]:checked').value") == "9"
    tab.focus("document.querySelector('button[type=submit]')")
    tab.press("Enter", 13)
    tab.wait(f"document.querySelector('main').textContent.includes('{thanks}')")
    check_looks(tab, server.address)
    # the link that came back leads to the same sheet: a correction, and no second answer
    answered = tab.eval("location.pathname")
    assert answered != link[0]
    tab.open(server.address + answered, 390)
    assert thanks in tab.eval("document.querySelector('main').textContent")
