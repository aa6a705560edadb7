"""A form in a real browser: filled in on a phone by the keyboard, with the work done meanwhile, and counted."""

from __future__ import annotations

import re
import time

import pytest

from tests.browser.chromium import Tab
from tests.browser.looks import check_looks
from tests.browser.served import Served
from tests.browser.test_web_pages import server

__all__ = ["server"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "thanks", "held"),
    [("de", "Ihr Platz ist gebucht", "Es ist bei uns"), ("en", "Your place is booked", "It has reached us")],
)
def test_a_place_is_booked_on_a_phone(tab: Tab, server: Served, language: str, thanks: str, held: str) -> None:
    link = re.search(r"/form/[^/\"]+/", server.fetched("/forms/1/", "owner")[1])
    assert link is not None
    server.sign_in(tab, "", language)
    tab.open(server.address + link[0], 390)
    opened = time.monotonic()
    assert tab.eval("document.documentElement.lang") == language
    assert tab.eval("document.cookie.length") == 0
    # the work is done while the page is read, though the page may run nothing but its own script
    tab.wait("document.querySelector('[name=\"-nonce\"]').value !== ''")
    assert tab.eval("[...document.scripts].map(s => new URL(s.src).host === location.host)") == [True]
    check_looks(tab, server.address)
    tab.resize(390)
    assert tab.eval("document.querySelector('[name=newsletter]').checked") is False
    for name, text in (("name", "Ida"), ("email", f"ida.{language}@example.com")):
        tab.eval(f"document.querySelector('[name={name}]').value = '{text}'")
    time.sleep(max(0, 3.5 - (time.monotonic() - opened)))
    tab.focus("document.querySelector('button[type=submit]')")
    tab.press("Enter", 13)
    told = tab.wait(f"['{thanks}', '{held}'].find(words => document.querySelector('main').textContent.includes(words))")
    assert told == thanks
    check_looks(tab, server.address)
    # without the work nothing is lost, and nothing counts
    tab.open(server.address + link[0], 390)
    for name, text in (("name", "Udo"), ("email", f"udo.{language}@example.com")):
        tab.eval(f"document.querySelector('[name={name}]').value = '{text}'")
    tab.eval(
        "(() => { const f = document.querySelector('form.fill'); f.elements['-nonce'].value = ''; f.submit(); })()"
    )
    tab.wait(f"document.querySelector('main').textContent.includes('{held}')")
    page = server.fetched("/forms/1/", "owner")[1]
    assert f"ida.{language}@example.com" in page.partition('id="received"')[2]
    assert f"udo.{language}@example.com" not in page.partition('id="received"')[2]
    assert f"udo.{language}@example.com" in page


#: a photograph of 12 million pixels, as a telephone takes it, chosen in the field for files
PHOTOGRAPH = """(async () => {
  const canvas = new OffscreenCanvas(4000, 3000), drawn = canvas.getContext('2d');
  const row = drawn.createImageData(4000, 50);
  for (let i = 0; i < row.data.length; i += 65536) crypto.getRandomValues(row.data.subarray(i, i + 65536));
  for (let i = 3; i < row.data.length; i += 4) row.data[i] = 255;
  for (let y = 0; y < 3000; y += 50) drawn.putImageData(row, 0, y);
  const blob = await canvas.convertToBlob({type: 'image/jpeg', quality: 0.9}), chosen = new DataTransfer();
  chosen.items.add(new File([blob], 'IMG_0001.jpg', {type: 'image/jpeg'}));
  const field = document.querySelector('input[type=file]');
  field.files = chosen.files;
  field.dispatchEvent(new Event('change', {bubbles: true}));
  return blob.size;
})()"""


@pytest.mark.long
def test_a_photograph_comes_with_a_request_made_smaller(tab: Tab, server: Served) -> None:
    link = re.search(r"/form/[^/\"]+/", server.fetched("/forms/2/", "owner")[1])
    assert link is not None
    server.sign_in(tab, "", "de")
    tab.open(server.address + link[0], 390)
    opened = time.monotonic()
    check_looks(tab, server.address)
    tab.resize(390)
    before = tab.eval(PHOTOGRAPH)
    after = tab.wait(
        "(f => f && f.name === 'picture.jpg' && f.size)(document.querySelector('input[type=file]').files[0])"
    )
    assert before > 5_000_000
    assert after < 1_800_000
    tab.eval("document.querySelector('[name=email]').value = 'foto@example.com'")
    tab.eval("document.querySelector('[name=topic]').click()")
    tab.eval("document.querySelector('[name=request]').value = 'Die Tasse kam so an.'")
    time.sleep(max(0, 3.5 - (time.monotonic() - opened)))
    tab.focus("document.querySelector('button[type=submit]')")
    tab.press("Enter", 13)
    tab.wait("document.querySelector('main').textContent.includes('Wir melden uns')")
    page = server.fetched("/forms/2/", "owner")[1].partition('id="received"')[2]
    assert re.search(r"request-\d+-1\.jpg", page)


@pytest.mark.long
def test_a_consent_is_confirmed_on_a_phone(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "", "en")
    tab.open(server.address + server.confirm, 390)
    assert (tab.eval("document.documentElement.lang"), tab.eval("document.cookie.length")) == ("de", 0)
    assert tab.eval("document.scripts.length") == 0
    check_looks(tab, server.address)
    tab.resize(390)
    assert "wartet auf Bestätigung" in server.fetched("/forms/1/", "owner")[1]
    tab.focus("document.querySelector('button[type=submit]')")
    tab.press("Enter", 13)
    tab.wait("document.querySelector('h1').textContent === 'Es ist bestätigt'")
    check_looks(tab, server.address)
    assert "bestätigt am" in server.fetched("/forms/1/", "owner")[1]
