"""The script for pages in a real browser, on pages of another origin: what it sends, when, and what comes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.cli.main import cli
from tests.browser.chromium import Tab
from tests.browser.shop import PERSON, Shop, name_of, open_shop
from tests.browser.site import PROXIED
from tests.docs.reading import blocks
from tests.ingest.server import Server

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "measure-a-site.md"
#: seconds after which nothing more arrives
QUIET = 0.6


@pytest.fixture(scope="module")
def stamm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server.of_new_project(tmp_path_factory.mktemp("stamm")).start()
    yield found
    found.end()


@pytest.fixture
def shop(tab: Tab, stamm: Server) -> Iterator[Shop]:
    """A shop with a key and an origin of its own, so that nothing is stored yet; the browser passes for a person's."""
    with open_shop(tab, stamm) as found:
        yield found


# -- consent ------------------------------------------------------------------------------------------------------
def test_before_consent_nothing_is_sent_and_nothing_stored(shop: Shop) -> None:
    shop.visit()
    shop.tab.eval("stamm.track('Looked'); stamm.identify('anna', {email: 'anna@shop.example'}); stamm.page('again')")
    shop.wait(QUIET)
    assert len(shop.calls("stamm.js")) == 1
    assert shop.calls("/v1/") == []
    assert shop.stored() == {}
    assert shop.tab.eval("document.cookie") == ""
    shop.visit("/tea")
    shop.wait(QUIET)
    assert shop.told() == []


@pytest.mark.long
def test_what_happened_on_the_page_before_consent_is_told_with_it(shop: Shop) -> None:
    """Else nobody would know where a visitor came from."""
    early = "(window.stamm = window.stamm || []).push(['track', 'Looked', {shelf: 3}])"
    shop.site.head = f"<script>{early}</script>{shop.tag()}"
    shop.visit("/?utm_campaign=spring&utm_medium=cpc&email=anna")
    shop.wait(0.1)
    shop.tab.eval("stamm.consent(true); stamm.identify('anna', {plan: 'pro'}); stamm.track('Bought')")
    page, looked, identified, bought = shop.wait_for("/", "Looked", "identify", "Bought")
    assert page["context"]["page"] == {"path": "/", "url": shop.site.origin + "/", "title": "home", "referrer": ""}
    assert page["context"]["campaign"] == {"name": "spring", "medium": "cpc"}
    assert looked["properties"] == {"shelf": 3}
    assert "userId" not in looked
    assert identified["traits"] == {"plan": "pro"}
    assert identified["context"]["timezone"]
    assert (identified["userId"], bought["userId"]) == ("anna", "anna")
    assert len({said["anonymousId"] for said in (page, looked, identified, bought)}) == 1
    assert shop.tab.complaints == []


def test_consent_is_remembered_until_it_is_withdrawn(shop: Shop) -> None:
    shop.agree()
    shop.wait_for("/")
    shop.visit("/tea")
    told = shop.wait_for("/", "Page Seen", "/tea")
    assert len({said["anonymousId"] for said in told}) == 1
    assert list(shop.stored()) == ["stamm"]
    shop.tab.eval("stamm.consent(false); stamm.track('Looked')")
    assert shop.stored() == {}
    shop.visit("/cups")
    shop.wait(QUIET)
    assert len(shop.told()) == 3
    # whoever agrees anew is somebody new
    shop.tab.eval("stamm.consent(true)")
    told = shop.wait_for("/", "Page Seen", "/tea", "/cups")
    assert told[-1]["anonymousId"] != told[0]["anonymousId"]


@pytest.mark.long
def test_who_refuses_and_then_agrees_is_on_the_page(shop: Shop) -> None:
    shop.visit()
    shop.tab.eval("stamm.consent(false); stamm.track('Looked'); stamm.consent(true)")
    shop.wait_for("/")


@pytest.mark.long
def test_consent_holds_in_all_tabs(shop: Shop) -> None:
    shop.agree()
    shop.wait_for("/")
    frame = "document.body.append(Object.assign(document.createElement('iframe'), {src: '/tea'}))"
    shop.tab.eval(f"new Promise(done => {{ {frame}; document.querySelector('iframe').onload = done }})")
    shop.wait_for("/", "/tea")
    heard = (
        "new Promise(done => { addEventListener('storage', () => setTimeout(done)); frames[0].stamm.consent(false) })"
    )
    shop.tab.eval(heard)
    shop.tab.eval("stamm.track('Looked')")
    shop.wait(QUIET)
    assert [name_of(said) for said in shop.told()] == ["/", "/tea"]
    assert shop.stored() == {}


@pytest.mark.long
def test_a_page_that_is_shown_again_heeds_what_was_said_meanwhile(shop: Shop) -> None:
    """Out of the browser's memory, as it was left: in other browsers than this one it has heard of nothing."""
    deaf = "addEventListener('storage', event => event.stopImmediatePropagation())"
    shop.site.head = f"<script>{deaf}</script>{shop.tag()}"
    shop.agree()
    shop.tab.eval("window.left = true")
    shop.wait_for("/")
    shop.visit("/tea")
    shop.wait_for("/", "Page Seen", "/tea")
    shop.tab.eval("stamm.consent(false); history.back()")
    shop.wait_until(lambda: bool(shop.tab.eval("location.pathname === '/' && document.readyState === 'complete'")))
    assert shop.tab.eval("window.left"), "the page was loaded anew"
    shop.tab.eval("stamm.track('Looked')")
    shop.wait(QUIET)
    assert shop.stored() == {}
    shop.wait_for("/", "Page Seen", "/tea")


def test_whoever_signs_out_is_another_visitor(shop: Shop) -> None:
    shop.agree()
    shop.tab.eval("stamm.identify('anna')")
    shop.visit("/tea")
    shop.tab.eval("stamm.identify(null); stamm.track('Looked')")
    told = shop.wait_for("/", "identify", "Page Seen", "/tea", "Looked")
    assert [said.get("userId") for said in told] == [None, "anna", "anna", "anna", None]
    assert len({said["anonymousId"] for said in told[:4]}) == 1
    assert told[4]["anonymousId"] != told[3]["anonymousId"]


@pytest.mark.parametrize("wish", ["doNotTrack: {value: '1'}", "globalPrivacyControl: {value: true}", "webdriver"])
def test_who_wishes_not_to_be_tracked_is_not_and_neither_is_a_robot(shop: Shop, wish: str) -> None:
    """Whatever was agreed to: not even with consent, and what an earlier one stored is gone."""
    shop.agree()
    shop.wait_for("/")
    script = f"Object.defineProperties(navigator, {{{wish}}})" if wish != "webdriver" else ""
    shop.tab.call("Emulation.setAutomationOverride", enabled=wish == "webdriver")
    added = shop.tab.call("Page.addScriptToEvaluateOnNewDocument", source=script)["identifier"]
    try:
        shop.visit("/tea")
        shop.tab.eval("stamm.consent(true); stamm.track('Looked'); stamm.identify('anna'); stamm.page()")
        shop.wait(QUIET)
    finally:
        shop.tab.call("Page.removeScriptToEvaluateOnNewDocument", identifier=added)
        shop.tab.call("Emulation.setAutomationOverride", enabled=False)
    shop.wait_for("/", "Page Seen")
    assert shop.stored() == {}


# -- pages and how long they are seen -------------------------------------------------------------------------------
@pytest.mark.long
def test_pages_of_an_application_count_as_pages(shop: Shop) -> None:
    shop.agree()
    for step in (
        "history.pushState({}, '', '/cart'); document.title = 'Your cart'",
        "history.replaceState({}, '', '/cart?q=t'); history.replaceState({}, '', '/cart?q=tea')",
        "history.pushState({}, '', '/cart?q=tea#top'); location.hash = 'end'",
        "history.replaceState({}, '', '/pay'); stamm.track('Paid')",
    ):
        shop.tab.eval(step)
        shop.wait(0.2)
    shop.tab.eval("setTimeout(() => history.go(-2))")  # the answer comes before the page may move
    told = shop.wait_for("/", "Page Seen", "/cart", "Page Seen", "/pay", "Paid", "Page Seen", "/cart")
    pages = [said["context"]["page"] for said in told]
    assert [page["title"] for page in pages[2:5]] == ["Your cart", "Your cart", "Your cart"]
    assert [page["path"] for page in pages] == ["/", "/", "/cart", "/cart", "/pay", "/pay", "/pay", "/cart"]
    assert pages[2]["referrer"] == shop.site.origin + "/"


@pytest.mark.long
def test_pages_may_be_told_by_hand(shop: Shop) -> None:
    shop.site.head = shop.tag(more='data-pages="by-hand"')
    shop.agree()
    shop.tab.eval("stamm.track('Looked'); stamm.page('Shelf', {cups: 3}); history.pushState({}, '', '/cart')")
    told = shop.wait_for("Looked", "/", "Page Seen")
    assert (told[1]["name"], told[1]["properties"]) == ("Shelf", {"cups": 3})


@pytest.mark.long
def test_the_clock_stands_while_the_page_is_hidden(shop: Shop) -> None:
    shop.agree()
    shop.wait(0.4)
    other = shop.tab.call("Target.createTarget", url="about:blank")["targetId"]
    try:
        first = shop.wait_for("/", "Page Seen")[1]  # sent as it is hidden: nobody knows whether it is ever seen again
        time.sleep(1.5)
        shop.show(shop.tab.target)
        shop.wait(0.4)
    finally:
        shop.tab.call("Target.closeTarget", targetId=other)
    shop.tab.visit("about:blank")
    page, _, second = shop.wait_for("/", "Page Seen", "Page Seen")
    seen = [said["properties"]["seconds"] for said in (first, second)]
    assert all(seconds >= 0.4 for seconds in seen), seen
    moments = [datetime.fromisoformat(said["timestamp"]) for said in (page, second)]
    assert (moments[1] - moments[0]).total_seconds() > sum(seen) + 1


@pytest.mark.long
def test_a_page_that_is_left_open_is_seen_for_25_minutes_at_most(shop: Shop) -> None:
    """Then whoever comes back within half an hour goes on with the visit, and later begins another."""
    shop.visit()
    shop.tab.eval("Date.real = Date.now; Date.later = 0; Date.now = () => Date.real() + Date.later * 60000")
    shop.tab.eval("stamm.consent(true); stamm.track('Looked')")
    hidden = shop.tab.call("Target.createTarget", url="about:blank")["targetId"]
    try:
        shop.show(hidden)
        for minutes, place in ((100, shop.tab.target), (110, hidden), (120, shop.tab.target), (121, hidden)):
            shop.tab.eval(f"Date.later = {minutes}")
            shop.show(place)
            shop.wait(0.2)  # a page that is there again has its title a moment later
    finally:
        shop.tab.call("Target.closeTarget", targetId=hidden)
    seen = "Page Seen"
    told = shop.wait_for("/", "Looked", seen, "/", seen, seen, seen)
    minutes = [round(said["properties"]["seconds"] / 60) for said in told if name_of(said) == seen]
    assert minutes == [0, 10, 0, 1]


# -- nothing lost, nothing twice --------------------------------------------------------------------------------------
@pytest.mark.long
def test_what_a_server_that_is_down_could_not_take_comes_later(shop: Shop) -> None:
    shop.agree()
    shop.wait_for("/")
    shop.stamm.end()
    shop.tab.eval("stamm.track('First')")
    shop.wait(QUIET)
    shop.tab.eval("stamm.track('Second')")
    shop.stamm.start()
    shop.tab.eval("dispatchEvent(new Event('online'))")  # it would try again by itself, a little later
    shop.wait_for("/", "First", "Second")
    shop.wait(QUIET)
    assert list(shop.stored()) == ["stamm"]


@pytest.mark.long
def test_what_a_page_could_not_send_the_next_one_does(shop: Shop) -> None:
    place = f"{shop.site.origin}{PROXIED}"[:-1]
    shop.site.head = shop.tag(place)
    shop.agree()
    shop.wait_for("/")
    shop.site.cut_off = True
    shop.tab.eval("stamm.track('First')")
    shop.wait(QUIET)
    shop.visit("/tea")
    shop.site.cut_off = False
    shop.visit("/cups")
    shop.wait_for("/", "First", "Page Seen", "/tea", "Page Seen", "/cups")


def test_what_was_taken_counts_once_though_the_answer_was_lost(shop: Shop) -> None:
    """Through a proxy of the shop's own host, below a path."""
    shop.site.losing = 2
    shop.site.head = shop.tag(f"{shop.site.origin}{PROXIED}"[:-1])
    shop.agree()
    shop.tab.eval("stamm.track('Looked')")
    shop.wait_for("/", "Looked")
    shop.wait_until(lambda: list(shop.stored()) == ["stamm"])
    log = shop.stamm.project.log()
    counters = log.counters()[shop.source]
    log.close()
    assert (counters.accepted, counters.conflict, counters.failed) == (2, 0, 0)
    assert counters.duplicate >= 1
    shop.wait_for("/", "Looked")


@pytest.mark.long
def test_more_than_a_batch_holds_goes_in_several(shop: Shop) -> None:
    shop.agree()
    shop.tab.eval("for (let n = 0; n < 200; n++) stamm.track('n' + n, {text: 'ü'.repeat(500)})")
    shop.wait_until(lambda: len(shop.told()) >= 201)
    told = shop.told()
    assert len({said["messageId"] for said in told}) == len(told) == 201


# -- on strict pages, and to the numbers ------------------------------------------------------------------------------
@pytest.mark.long
def test_a_strict_policy_needs_two_words_for_it(shop: Shop) -> None:
    own, stamm = shop.site.origin, shop.stamm.address
    policy = f"default-src 'none'; script-src {stamm} {own}/shop.js; connect-src {stamm}; img-src data:"
    shop.site.headers = {"Content-Security-Policy": policy, "Cross-Origin-Embedder-Policy": "require-corp"}
    shop.site.files["/shop.js"] = "(window.stamm = window.stamm || []).push(['consent', true], ['track', 'Looked'])"
    shop.site.head = f'<script src="/shop.js"></script><link rel="icon" href="data:,">{shop.tag()}'
    shop.visit()
    shop.wait_for("/", "Looked")
    assert shop.tab.complaints == []


def test_the_page_on_it_does_what_it_says(shop: Shop) -> None:
    page = PAGE.read_text(encoding="utf-8").replace("https://stats.shop.example", shop.stamm.address)
    files = {block.file: block.text for block in blocks(page) if block.file}
    shop.site.files = {"/": files["index.html"].replace("stamm_w_...", shop.key), "/banner.js": files["banner.js"]}
    hidden = "document.querySelector('#banner').hidden"
    shop.visit()
    assert not shop.tab.eval(hidden)
    shop.tab.eval("document.querySelector('#no').click()")
    shop.visit()
    shop.wait(QUIET)
    assert shop.tab.eval(hidden)
    assert shop.stored() == {"may-count": "no"}
    shop.tab.eval("document.querySelector('#yes').click()")
    shop.wait_for("/")
    shop.visit()
    shop.wait_for("/", "Page Seen", "/")
    assert shop.tab.eval(hidden)
    assert shop.tab.complaints == []


@pytest.mark.long
def test_visits_become_numbers_and_a_robots_do_not(tab: Tab, tmp_path: Path) -> None:
    """Anna reads one page, ben two and does something; what reads all of them is a machine that says so."""
    server = Server.of_new_project(tmp_path).start()
    try:
        with open_shop(tab, server) as shop:
            shop.agree("/tea")
            shop.wait(2.0)
            next_visitor(shop)
            shop.agree("/")
            shop.tab.eval("history.pushState({}, '', '/tea'); stamm.track('Video Watched')")
            next_visitor(shop)
            shop.tab.call("Emulation.setUserAgentOverride", userAgent=PERSON.replace("Chrome/", "HeadlessChrome/"))
            shop.agree("/cups")
            next_visitor(shop)
            seen = "Page Seen"
            told = shop.wait_for("/tea", seen, "/", seen, "/tea", "Video Watched", seen, "/cups", seen)
    finally:
        server.end()
    project = server.project.directory
    run(project, "work", "--once")
    day = told[0]["timestamp"][:10]

    def number(metric: str) -> tuple[float, int]:
        (row,) = json.loads(run(project, "metric", metric, "--window", day, "--format", "json"))["rows"]
        return row["value"], row["n"]

    assert number("page_views")[0] == 3
    assert number("visitors")[0] == 2
    assert number("visits")[0] == 2
    assert number("bounce_rate") == (0.5, 2)
    assert number("sessions_not_engaged")[0] == 0.5
    assert number("session_duration")[0] == pytest.approx(
        sum(said["properties"]["seconds"] for said in told[:7] if name_of(said) == seen) / 2, abs=0.5
    )
    assert number("session_duration")[0] > 0.5


def next_visitor(shop: Shop) -> None:
    """Leave, and forget who that was."""
    shop.tab.visit("about:blank")
    shop.visit("/none")
    shop.tab.eval("stamm.consent(false)")
    shop.tab.visit("about:blank")


def run(project: Path, *words: str) -> str:
    result = CliRunner().invoke(cli, ["--project", str(project), *words], prog_name="stamm", catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output
