"""A customer's page in a real browser: a survey opened from its link on a phone, answered, and taken once."""

from __future__ import annotations

import csv
import html
import re
import time
from calendar import monthrange
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from msgspec.structs import replace

from stamm.surveys.ready import READY
from tests.browser.chromium import PATIENCE, Tab
from tests.browser.looks import check_looks
from tests.browser.served import Served, served
from tests.browser.test_web_pages import server
from tests.delivery.server import Taken, running

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


#: Today shows whole months: the answers of this one are said to be all
MONTH = f"{datetime.now(UTC):%Y-%m}"
LAST = monthrange(int(MONTH[:4]), int(MONTH[5:]))[1]
#: of 200 who are asked 10 do nothing, 20 send the page without a score, 170 give one
SCORES = (*(["10"] * 50), *(["9"] * 40), *(["8"] * 40), *(["6"] * 30), *(["0"] * 10), *([""] * 20), *([None] * 10))
#: 100 x (90 - 40) / 170. Of 95 % adjusted Wald (Bonett and Price 2012) with 90.75, 40.75 of 173: the middle is 28.902,
#: its half width 1.959964 x sqrt((131.5 / 173 - 0.28902^2) / 173) x 100 = 12.257
NPS, LOW, HIGH = 29.411765, 16.644680, 41.158788


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[tuple[Served, Taken]]:
    """A shop whose 200 customers, at noon where they are, have agreed to be asked; its mail goes over SMTP."""
    noon = 12 - datetime.now(UTC).hour  # in the zone Etc/GMT-3 it is three hours later
    zone = f"Etc/GMT{-noon:+}" if noon else "UTC"
    customers, consents = tmp_path / "customers.csv", tmp_path / "consents.csv"
    _write(customers, "customer_id,valid_from,email,language,time_zone", f"2024-01-01,p{{0}}@example.com,de,{zone}")
    _write(consents, "consent_id,customer_id,purpose,granted,recorded_at", "p{0},feedback,true,2024-01-01")
    first, *others = READY["nps"].pages
    score, why = first.questions
    plan = replace(READY["nps"], pages=(replace(first, questions=(replace(score, required=False), why)), *others))
    (tmp_path / "plan.json").write_text(plan.written(), "utf-8")
    shop = str(tmp_path / "shop")
    lines = (
        ("init", shop, "--name", "Lindenhof Kaffee", "--time-zone", "UTC", "--currency", "EUR"),
        ("import", str(customers), str(consents), "--project", shop),
        ("survey", "make", "Frühjahr", "--file", str(tmp_path / "plan.json"), "--project", shop),
    )
    with running() as (taken, mail), served(tmp_path, lines, answered=False, worker=True) as found:
        file, text = tmp_path / "shop" / "stamm.toml", (tmp_path / "shop" / "stamm.toml").read_text("utf-8")
        server_of = f'[mail]\nserver = "127.0.0.1"\nport = {mail.port}\nsecurity = "none"'
        for old, new in (
            ('[mail]\nserver = ""', server_of),
            ('sender = ""', 'sender = "shop@example.com"'),
            ('address = ""', f'address = "{found.address}"'),
            ("[coverage]", f'[coverage]\nresponses = "{MONTH}-01/{MONTH}-{LAST}"'),
        ):
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
        yield found, taken


def _write(file: Path, head: str, cells: str) -> None:
    rows = [(f"p{n}", *cells.format(n).split(",")) for n in range(len(SCORES))]
    with file.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([head.split(","), *rows])


def waited(is_so: str, looks: object) -> None:
    """Waits until a look finds something."""
    end = time.monotonic() + PATIENCE
    while not looks():  # type: ignore[operator]
        assert time.monotonic() < end, f"never so: {is_so}"
        time.sleep(0.1)


def marked(page: str) -> list[float]:
    """The numbers of a page."""
    return [float(each) for each in re.findall(r'<data value="(-?[\d.]+)"', page)]


def link_of(letter: EmailMessage, score: str | None) -> str:
    """Where a click in a mail leads: on a point, or to the page without one."""
    body = letter.get_body(("html" if score else "plain",))
    assert body is not None
    found = re.findall(r"http://[^\"\s]+/ask/[^\"\s]+", html.unescape(body.get_content()))
    return next(each for each in found if not score or each.endswith(f"answer={score}"))


def answered(place: int, letter: EmailMessage, score: str, times: int = 1) -> list[int]:
    """A customer opens the link and sends the form so many times, as a browser does; from an address of their own."""
    page, known = link_of(letter, score), {"X-Forwarded-For": f"203.0.113.{place}"}
    with urlopen(Request(page, headers=known)) as response:
        text = response.read().decode()
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text))
    fields |= dict(re.findall(r'name="(recommend)" value="(\d+)" checked', text))
    assert fields.get("recommend", "") == score
    action, statuses = re.findall(r'<form method="post" action="([^"]+)"', text)[0], list[int]()
    for _ in range(times):
        sent = Request(page.partition("/ask/")[0] + action, urlencode(fields).encode(), known)
        try:
            with urlopen(sent) as response:
                statuses.append(response.status)
        except HTTPError as error:
            statuses.append(error.code)
    return statuses


@pytest.mark.long
def test_200_customers_are_asked_by_mail_and_today_shows_their_nps(tab: Tab, asking: tuple[Served, Taken]) -> None:
    shop, taken = asking
    shop.sign_in(tab, "analyst", "en")
    tab.open(f"{shop.address}/surveys/1/send", 390)
    check_looks(tab, shop.address)
    assert '"200"' in tab.eval("JSON.stringify([...document.querySelectorAll('data')].map(each => each.value))")
    tab.focus("document.querySelector('button[value=send]')")
    tab.press("Enter", 13)
    tab.wait("!!document.querySelector('[aria-labelledby=mails]')")
    waited("200 mails came", lambda: len(taken.letters) == len(SCORES))
    letters = {to.partition("@")[0]: letter for to, letter in taken.letters}
    asked = [(place, letters[f"p{place}"], score) for place, score in enumerate(SCORES) if score is not None]
    # three on a phone: the click chooses, the press answers
    shop.sign_in(tab, "", "de")
    for _, letter, score in (asked[0], asked[60], asked[140]):
        tab.open(link_of(letter, score), 390)
        assert tab.eval("document.querySelector('[name=recommend]:checked').value") == score
        tab.focus("document.querySelector('button[type=submit]')")
        tab.press("Enter", 13)
        tab.wait("document.querySelector('main').textContent.includes('Danke.')")
    with ThreadPoolExecutor(4) as pool:
        others = [each for place, each in enumerate(asked) if place not in (0, 60, 140)]
        statuses = list(pool.map(lambda each: answered(*each, times=1 + (each[0] % 10 == 1)), others))  # type: ignore[misc]
    # the same form twice counts once
    assert {tuple(each) for each in statuses} == {(200,), (200, 409)}

    def shown() -> list[float]:
        return marked(shop.fetched(f"/?window={MONTH}", "analyst", "en")[1])

    def near(value: float, found: list[float]) -> bool:
        return any(abs(each - value) < 0.001 for each in found)

    waited("NPS on Today", lambda: near(NPS, shown()))
    assert [near(each, shown()) for each in (LOW, HIGH)] == [True, True]
    # of 200 who were sent a mail 190 have answered, with or without a score
    assert {0.95, 190.0, 170.0} <= set(marked(shop.fetched("/surveys/1/", "analyst", "en")[1]))
