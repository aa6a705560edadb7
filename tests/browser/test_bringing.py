"""A file brought in a real browser: dropped, seen, corrected by the keyboard, taken in, and taken back."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.browser.chromium import Tab
from tests.browser.looks import check_looks
from tests.browser.served import Served
from tests.browser.test_web_pages import server

__all__ = ["server"]

TILL = "Bon;Zeit;Kunde;Menge;Einzelpreis des Artikels;Filiale\n" + "".join(
    f"B{number // 2};{1 + number % 28:02}.{1 + number % 6:02}.2024 10:00;c{number % 9};{1 + number % 3};"
    f"1.0{number:02},50;Geschäft am Marktplatz mit einem langen Namen {number % 3}\n"
    for number in range(60)
)
#: lets the page have the file as if somebody had dropped it
DROP = """(() => { const carried = new DataTransfer();
  const bytes = Uint8Array.from(atob('%s'), sign => sign.charCodeAt(0));
  carried.items.add(new File([bytes], '%s.csv', {type: 'text/csv'}));
  document.querySelector('[data-drop]').dispatchEvent(new DragEvent('drop', {bubbles: true, dataTransfer: carried}));
})()"""


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_file_is_dropped_seen_corrected_taken_in_and_back(tab: Tab, server: Served, language: str) -> None:
    server.sign_in(tab, "analyst", language)
    tab.open(server.address + "/bring/", 1440)
    # a name of its own: once it is taken in, files of that name need no mapping
    tab.eval(DROP % (base64.b64encode(TILL.encode()).decode(), f"Kasse {language}"))
    tab.wait("location.pathname.length > 20 && document.querySelector('.mapping') !== null")
    check_looks(tab, server.address)
    tab.resize(1440)
    # another column, by the keyboard alone; what would come in follows
    tab.eval("window.slot = () => document.getElementById('0.orders.customer_id')")
    tab.focus("slot()")
    assert tab.eval("slot().value") == ""
    tab.press("ArrowDown", 40)
    tab.wait("slot()?.value.startsWith('column:') && !document.querySelector('.htmx-request')")
    tab.focus("document.querySelector('form[action$=\"/import/\"] button')")
    tab.press("Enter", 13)
    tab.wait("document.querySelectorAll('form[action$=\"/back/\"], #first-numbers .number').length > 1")
    check_looks(tab, server.address)
    tab.resize(1440)
    tab.eval("document.querySelector('form[action$=\"/back/\"] button').click()")
    tab.wait("!document.querySelector('form[action$=\"/back/\"]') && document.querySelectorAll('.notice').length === 1")
    assert Path(tab.eval("location.pathname")).name != "back"
