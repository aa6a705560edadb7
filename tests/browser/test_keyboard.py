"""What people do here, done from beginning to end by the keyboard alone; each page is walked in test_web_pages.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.chromium import Tab
from tests.browser.keyboard import ENTER, reach, typed, walked
from tests.browser.served import Served
from tests.browser.test_web_pages import server

__all__ = ["server"]

FAULTY = """<!doctype html><style>.bare:focus {{ outline: none }} .hand {{ cursor: pointer }}</style>
<a class="skip" href="#main">skip</a><main id="main"><a href="#a">first</a><button class="bare">bare</button>
<p class="hand">only for a mouse</p><div style="position: absolute; left: -900px"><a href="#b">far away</a></div>
<p><a href="#c" tabindex="1">early</a></p>
<div style="display: flex; flex-direction: column-reverse"><a href="#d">lower</a>
<a href="#e">upper</a></div></main>{}"""
TRAP = """<input id="trap"><script>onkeydown = event => { if (event.target.id) event.preventDefault(); }</script>"""


def test_a_walk_sees_what_is_wrong(tab: Tab, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(FAULTY.format(""), "utf-8")
    tab.open(page, 1440)
    found = walked(tab)
    assert set(found) == {"ringless", "mouse", "unseen", "order"}
    for kind, word in (
        ("ringless", "bare"),
        ("mouse", "only for a mouse"),
        ("unseen", "far away"),
        ("order", "early"),
        ("order", "upper"),
    ):
        assert [line for line in found[kind] if word in line], found[kind]
    page.write_text(FAULTY.format(TRAP), "utf-8")
    tab.open(page, 1440)
    with pytest.raises(AssertionError, match="a trap"):
        walked(tab)


@pytest.mark.long
def test_a_filter_is_changed_and_the_customers_behind_a_point_are_opened(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "support", "en")
    tab.open(server.address + "/metrics/customer_retention_rate", 1440)
    reach(tab, "[name=window]")
    before = tab.eval("document.activeElement.value")
    tab.press("ArrowDown", 40)
    tab.wait("location.search.includes('window=') && !document.querySelector('.htmx-request, .counting')")
    after = tab.eval("document.querySelector('[name=window]').value")
    assert after != before
    reach(tab, "main a[href*='/customers?']")
    tab.press(*ENTER)
    assert tab.wait("location.pathname.endsWith('/customers') && document.querySelectorAll('tbody tr').length") > 0
    reach(tab, "tbody a[href^='/customers/of/']")
    tab.press(*ENTER)
    assert tab.wait("location.pathname.startsWith('/customers/of/')")


@pytest.mark.long
def test_a_customer_is_found_and_a_note_and_a_task_are_written(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "support", "de")
    server.fetched("/customers/", "support")  # by then the book of customers is made
    tab.open(server.address + "/", 1440)
    tab.press("/", 191)
    typed(tab, "c77")
    tab.wait("!!document.querySelector('#found a[href$=c77]')")
    tab.press("ArrowDown", 40)
    tab.press(*ENTER)
    tab.wait("location.pathname === '/customers/of/c77' && document.readyState === 'complete'")
    for does, words in (("note", "Ruft lieber an, als zu schreiben"), ("task", "Nach der Mühle fragen")):
        reach(tab, f"details:has(button[value={does}]) > summary")
        tab.press(*ENTER)
        reach(tab, f"#{does}-told")
        typed(tab, words)
        reach(tab, f"button[value={does}]")
        tab.press(*ENTER)
        tab.wait(f"document.readyState === 'complete' && document.querySelector('main').innerText.includes('{words}')")
    tab.open(server.address + "/tasks/", 390)
    assert "Nach der Mühle fragen" in tab.eval("document.querySelector('main').innerText")


@pytest.mark.long
def test_a_goal_and_a_segment_are_made(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "analyst", "en")
    tab.open(server.address + "/goals/new", 390)
    reach(tab, "#f-name")
    typed(tab, "More in June")
    reach(tab, "#f-target")
    typed(tab, "12000")
    tab.press(*ENTER)
    tab.wait("location.pathname !== '/goals/new' && document.readyState === 'complete'")
    assert tab.eval("document.querySelector('h1').innerText") == "More in June"
    tab.open(server.address + "/segments/", 390)
    reach(tab, "textarea[name=rule]")
    typed(tab, "who ordered at least 2 times")
    reach(tab, "form.seek .button.primary")
    tab.press(*ENTER)
    tab.wait("!!document.querySelector('#segment .figure')")
    assert "at least 2 times" in tab.eval("document.querySelector('.rule').innerText")


@pytest.mark.long
def test_a_widget_is_placed_and_a_setting_is_changed_and_put_back(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "owner", "en")
    tab.open(server.address + "/boards/1/widgets/new?kind=number", 1440)
    reach(tab, "main form .button.primary")
    tab.press(*ENTER)
    order = "[...document.querySelectorAll('.board > .widget')].map(w => w.id).join(' ')"
    before = tab.wait(f"location.pathname.endsWith('/edit') && document.readyState === 'complete' && {order}").split()
    last = before[-1]
    reach(tab, f"#{last}-earlier")
    tab.press(*ENTER)
    assert tab.wait(f"({order}) !== '{' '.join(before)}' && ({order})").split()[-2] == last
    tab.open(server.address + "/settings/", 1440)
    reach(tab, "#f-lapse_days")
    days = tab.eval("document.activeElement.value")
    tab.eval("document.activeElement.select()")
    typed(tab, "45")
    tab.press(*ENTER)
    tab.wait("location.search.includes('lapse_days=45') && !!document.querySelector('#changes')")
    reach(tab, "form[method=post] > .actions > .button.primary")
    tab.press(*ENTER)
    tab.wait("!!document.querySelector('.notice[role=status]')")
    assert tab.eval("document.querySelector('#f-lapse_days').value") == "45"
    reach(tab, "form[action='/settings/undo/'] button")
    tab.press(*ENTER)
    assert tab.wait(f"document.querySelector('#f-lapse_days')?.value === '{days}'")


@pytest.mark.long
def test_somebody_signs_in_and_out_again(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "", "de")
    tab.open(server.address + "/account/", 390)
    assert tab.eval("location.pathname") == "/sign-in/"
    for password, stays in (("falsch", True), ("drei Kannen Tee", False)):
        reach(tab, "[name=login]")
        tab.eval("document.activeElement.select()")
        typed(tab, "owner@example.com")
        reach(tab, "[name=password]")
        typed(tab, password)
        tab.press(*ENTER)
        told = (
            "document.querySelector('.problem, [aria-invalid=true]')" if stays else "location.pathname === '/account/'"
        )
        assert tab.wait(f"document.readyState === 'complete' && !!({told})")
    reach(tab, "[popovertarget]")  # the menu of a narrow screen
    tab.press(*ENTER)
    reach(tab, "form[action='/sign-out/'] button")
    tab.press(*ENTER)
    tab.wait("location.pathname === '/sign-in/' && document.readyState === 'complete'")
    tab.visit(server.address + "/account/")
    assert tab.eval("location.pathname") == "/sign-in/"


@pytest.mark.long
def test_of_two_tabs_the_second_is_told_and_nothing_is_lost(tab: Tab, server: Served) -> None:
    """One person thinks of two other settings in two tabs, and confirms both."""
    server.sign_in(tab, "owner", "en")
    with tab.others() as other:
        tabs = []
        for days in (45, 75):
            tabs.append(other())
            tab.open(f"{server.address}/settings/?lapse_days={days}", 1440)
        confirm = "document.querySelector('form[method=post] > .actions > .button.primary').click()"
        heard = dict[str, str]()
        for turn_to, words in zip(tabs, ("role=status", "role=alert"), strict=True):
            turn_to()
            tab.eval(confirm)
            heard[words] = tab.wait(f"document.querySelector('[{words}]')?.innerText")
        assert "Somebody has changed the settings" in heard["role=alert"]
        assert tab.eval("document.querySelector('#f-lapse_days').value") == "75", "what was wanted still stands there"
        tab.visit(server.address + "/settings/")
        assert tab.eval("document.querySelector('#f-lapse_days').value") == "45"
        tab.eval("document.querySelector('form[action=\"/settings/undo/\"] button').click()")
        tab.wait("document.querySelector('#f-lapse_days')?.value === '28'")
