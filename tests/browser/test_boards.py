"""Boards in a real browser: placed by dragging and by keyboard, on a wall, and read by whoever has a link."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.chromium import Tab
from tests.browser.served import Served, served


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("boards")) as running:
        yield running


@pytest.mark.long
def test_a_widget_is_placed_by_dragging_and_by_keyboard(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "owner", "en")
    order = "[...document.querySelectorAll('.board > .widget')].map(w => w.id).join(' ')"
    tab.open(server.address + "/boards/1/edit", 1440, 1600)
    assert tab.wait(f"document.querySelectorAll('.counting').length === 0 && {order}") == "w1 w2 w3 w4 w5 w6"
    tab.focus("document.getElementById('w1-later')")
    tab.press("Enter", 13)
    assert tab.wait(f"({order}).startsWith('w2 w1')")
    assert tab.wait("document.activeElement.id === 'w1-later'")  # so that it can be pressed again
    tab.press("Enter", 13)
    assert tab.wait(f"({order}).startsWith('w2 w3 w1')")
    assert tab.wait("!!document.querySelector('.board.dragging')")  # only then have widgets a grip
    tab.drawn()
    places = "(e => [e.x + e.width / 2, e.y + e.height / 2])(document.querySelector('{}').getBoundingClientRect())"
    (from_x, from_y), (to_x, to_y) = (tab.eval(places.format(what)) for what in ("#w1 .grip", "#w2"))
    for kind, x, y in (("mousePressed", from_x, from_y), ("mouseMoved", to_x, to_y), ("mouseReleased", to_x, to_y)):
        tab.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=1, clickCount=1)
    assert tab.wait(f"({order}).startsWith('w1 w2 w3')")
    assert tab.complaints == []
    tab.eval("document.getElementById('w6-narrower').click()")
    assert tab.wait("document.getElementById('w6').classList.contains('span-8')")
    tab.visit(server.address + "/boards/1/")
    assert tab.wait("document.getElementById('w6').classList.contains('span-8')")


@pytest.mark.long
def test_a_board_on_the_wall_renews_itself_and_a_link_is_over_at_once(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "owner", "en")
    tab.open(server.address + "/boards/1/share", 1440)
    tab.eval("document.querySelector('[name=action][value=link]').click()")
    link = tab.wait("document.querySelector('.command code')?.textContent")
    server.sign_in(tab, "", "de")
    tab.open(link, 1440)
    assert (
        tab.wait("document.querySelectorAll('.counting').length === 0 && document.querySelectorAll('.widget').length")
        == 6
    )
    ways = tab.eval("[...document.querySelectorAll('a')].map(a => a.getAttribute('href')).join()")
    assert ways == "#main,?whole"  # to the numbers, and for readers without scripts to all of them
    assert tab.eval("document.querySelector('meta[name=robots]').content") == "noindex"
    # asked again: nothing newer, so the page stays as it is
    tab.eval("document.getElementById('w1').dataset.stays = 'yes'; htmx.trigger('#page', 'every')")
    same = tab.eval("fetch(document.getElementById('page').getAttribute('hx-get')).then(reply => reply.status)")
    assert same == 204
    assert tab.eval("document.getElementById('w1').dataset.stays") == "yes"
    assert tab.complaints == []
