"""A survey in a box on a shop's page of another origin, in a real browser: asked, answered, closed, and not shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.surveys.sheets import Sheet, sheets_where
from tests.browser.chromium import Tab
from tests.browser.looks import AXE
from tests.browser.served import Served, served
from tests.browser.site import Site, open_site

pytestmark = pytest.mark.long
#: the root of the box, where it is shown
ROOT = "[...document.body.children].find(each => each.shadowRoot)?.shadowRoot"
QUIET = 0.5


@dataclass
class Shop:
    """A site that a survey may be shown on, a browser there, and what Stamm keeps."""

    tab: Tab
    stamm: Served
    folder: Path
    site: Site
    line: str

    def says(self, more: str = 'data-delay="0"') -> None:
        """From now on its pages have the line, with this added."""
        self.site.head = self.line.replace("></script>", f" {more}></script>")

    def visit(self, path: str = "/") -> None:
        self.tab.visit(self.site.origin + path)

    def box(self, expression: str = "true") -> object:
        """What an expression says of the box as soon as it is shown and that is true."""
        return self.tab.wait(f"(root => root && ({expression}))({ROOT})")

    def is_shown(self, after: float = QUIET) -> bool:
        self.tab.eval(f"new Promise(done => setTimeout(done, {1000 * after}))")
        return bool(self.tab.eval(f"!!{ROOT}"))

    def stored(self) -> list[str]:
        found: list[str] = json.loads(self.tab.eval("JSON.stringify(Object.keys(localStorage))"))
        return found

    def asked(self) -> list[str]:
        return [url for url in self.tab.requests if "/widget" in url]

    def kept(self) -> list[Sheet]:
        with closing(Project.open(self.folder).people()) as database, database.transaction() as run:
            return sheets_where(run, "id > 0", ())


def stamm(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, ["--project", str(folder), "survey", *words])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    place = tmp_path_factory.mktemp("stamm")
    lines = (("init", str(place / "shop"), "--name", "Lindenhof Kaffee", "--time-zone", "UTC", "--currency", "EUR"),)
    with served(place, lines, answered=False) as found:
        yield found, place / "shop"


@pytest.fixture
def shop(tab: Tab, running: tuple[Served, Path]) -> Iterator[Shop]:
    """Of an origin of its own, so that nothing is stored yet."""
    server, folder = running
    with open_site(Site()) as site:
        told = json.loads(stamm(folder, "widget", "1", "--origin", site.origin, "--format", "json"))
        line = told["snippet"].replace("http://localhost:8000", server.address)
        # as strict as a page can be: nothing from elsewhere but this, no style in the page, no text read as code
        site.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src {server.address}; connect-src {server.address}; "
            "require-trusted-types-for 'script'"
        )
        server.sign_in(tab, "", "en")
        tab.dress("light")
        found = Shop(tab, server, folder, site, line)
        found.says()
        yield found
        tab.visit("about:blank")
        with closing(Project.open(folder).people()) as database, database.transaction() as run:
            run("DELETE FROM survey_sheet", ())


def test_it_is_answered_by_the_keyboard_and_then_asks_no_more(shop: Shop) -> None:
    shop.visit()
    told = shop.box("root.querySelector('legend').textContent")
    assert told == "How likely are you to recommend us to a friend or colleague?"
    # it takes the keyboard from nobody, and tells those who listen
    assert shop.tab.eval("document.activeElement === document.body")
    assert shop.box("root.querySelector('[role=status]').textContent") == told
    assert shop.tab.eval(f"{ROOT}.querySelector('textarea').offsetParent") is None
    assert (shop.stored(), shop.kept(), shop.tab.eval("document.cookie")) == ([], [], "")
    shop.tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
    shop.tab.eval(f"{ROOT}.querySelector('[value=\"8\"]').focus()")
    shop.tab.press("ArrowRight", 39)
    shop.box("root.querySelector(':checked').value === '9'")
    shop.tab.eval(f"{ROOT}.querySelector('textarea').focus()")
    shop.tab.call("Input.insertText", text="<b>Good</b> tea")
    shop.tab.eval(f"{ROOT}.querySelector('form button').focus()")
    shop.tab.press("Enter", 13)
    assert shop.box("root.querySelector('form') ? '' : root.querySelector('.told').textContent") == (
        "Thank you. We read every answer."
    )
    assert shop.tab.eval(f"{ROOT}.activeElement.className") == "lines told"
    shop.tab.call("Emulation.setFocusEmulationEnabled", enabled=False)
    (sheet,) = shop.kept()
    assert (sheet.customer, sheet.touchpoint, dict(sheet.answers)) == (
        None,
        "widget",
        {"recommend": 9, "why": "<b>Good</b> tea"},
    )
    assert shop.stored() == ["stamm-survey"]
    shop.visit("/tea")
    assert not shop.is_shown()
    assert (shop.asked(), shop.tab.complaints, shop.tab.eval("document.cookie")) == ([], [], "")


def test_it_is_answered_in_german_at_a_place_that_the_page_names(shop: Shop) -> None:
    shop.stamm.sign_in(shop.tab, "", "de-AT")
    shop.says('data-by-hand data-touchpoint="An der Theke"')
    shop.visit()
    assert not shop.is_shown()
    assert shop.asked() == []
    shop.tab.eval("stammSurvey.open(); stammSurvey.open()")
    assert "Wie wahrscheinlich ist es" in str(shop.box("root.querySelector('legend').textContent"))
    assert shop.tab.eval(f"{ROOT}.querySelector('section').lang") == "de"
    assert len(shop.asked()) == 1
    shop.tab.eval(f"{ROOT}.querySelector('[value=\"3\"]').click()")
    shop.tab.eval(f"{ROOT}.querySelector('form button').click()")
    shop.box("root.querySelector('.told').textContent.startsWith('Danke')")
    (sheet,) = shop.kept()
    assert (sheet.touchpoint, dict(sheet.answers)) == ("An der Theke", {"recommend": 3, "why": None})
    assert shop.tab.complaints == []


def test_whoever_closes_it_is_left_alone_until_they_ask_for_it(shop: Shop) -> None:
    shop.visit()
    shop.box()
    shop.tab.eval(f"{ROOT}.querySelector('.close').click()")
    assert not shop.is_shown(0)
    assert shop.stored() == ["stamm-survey"]
    for path in ("/tea", "/cups"):
        shop.visit(path)
        assert not shop.is_shown()
        assert shop.asked() == []
    shop.tab.eval("stammSurvey.open()")
    assert not shop.is_shown()
    shop.tab.eval("stammSurvey.open(true)")
    shop.box("root.activeElement === root.querySelector('section')")
    shop.tab.press("Escape", 27)
    assert not shop.is_shown(0)
    assert (shop.kept(), shop.tab.complaints) == ([], [])


def test_it_waits_until_so_much_of_the_page_was_seen(shop: Shop) -> None:
    shop.says('data-scroll="50"')
    shop.tab.resize(390, 600)
    shop.visit()
    shop.tab.eval(f"{ROOT}?.host.remove()")
    shop.site.files["/long"] = shop.site.page("/long").replace("<body>", "<body>" + "<p>tea</p>" * 100)
    shop.tab.eval("localStorage.clear()")
    shop.visit("/long")
    assert not shop.is_shown()
    shop.tab.eval("scrollTo(0, document.documentElement.scrollHeight / 2)")
    shop.box()
    assert shop.tab.complaints == []


def test_a_site_that_is_not_named_shows_nothing_and_no_script_fails(shop: Shop) -> None:
    with open_site(Site(shop.site.head)) as other:
        shop.tab.visit(other.origin)
        assert not shop.is_shown(1)
        assert len(shop.asked()) == 1
        # the browser's own words alone
        assert [told for told in shop.tab.complaints if "CORS" not in told and "Failed to load" not in told] == []


def test_a_closed_survey_is_not_shown_and_nobody_complains(shop: Shop) -> None:
    stamm(shop.folder, "close", "1")
    try:
        shop.visit()
        assert not shop.is_shown(1)
        assert (len(shop.asked()), shop.tab.complaints, shop.stored()) == (1, [], [])
    finally:
        stamm(shop.folder, "open", "1")


def test_where_the_server_cannot_be_reached_nobody_is_asked_and_nothing_is_lost(shop: Shop) -> None:
    shop.tab.call("Network.setBlockedURLs", urls=["*/widget*"])
    shop.visit()
    assert not shop.is_shown(1)
    assert [told for told in shop.tab.complaints if "Failed to load" not in told] == []
    shop.tab.call("Network.setBlockedURLs", urls=[])
    shop.visit()
    shop.box()
    shop.tab.call("Network.setBlockedURLs", urls=["*/widget*"])
    shop.tab.eval(f"{ROOT}.querySelector('[value=\"9\"]').click()")
    shop.tab.eval(f"{ROOT}.querySelector('form button').click()")
    shop.box("root.querySelector('.problem').textContent === 'It could not be sent. Please try again.'")
    assert (shop.kept(), shop.stored()) == ([], [])
    shop.tab.call("Network.setBlockedURLs", urls=[])
    shop.tab.eval(f"{ROOT}.querySelector('form button').click()")
    shop.box("!root.querySelector('form')")
    assert len(shop.kept()) == 1


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_it_fits_keeps_still_for_whoever_wishes_so_and_axe_finds_nothing(shop: Shop, theme: str, width: int) -> None:
    shop.site.headers.clear()
    shop.site.head += '<meta name="color-scheme" content="light dark">'
    shop.tab.resize(width, 700)
    wish = [
        {"name": "prefers-color-scheme", "value": theme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    shop.tab.call("Emulation.setEmulatedMedia", features=wish)
    shop.visit()
    shop.box()
    shop.tab.eval(f"{ROOT}.querySelector('[value=\"9\"]').click()")
    assert shop.tab.eval(f"{ROOT}.getAnimations().length") == 0
    left, top, right, bottom = json.loads(
        shop.tab.eval(f"(b => JSON.stringify([b.left, b.top, b.right, b.bottom]))({ROOT}.host.getBoundingClientRect())")
    )
    assert left >= 0
    assert top >= 0
    assert right <= width
    assert bottom <= 700
    assert shop.tab.eval(f"(s => s.scrollWidth - s.clientWidth)({ROOT}.querySelector('section'))") <= 0
    shop.tab.eval(files("axe_core_python").joinpath("axe.min.js").read_text("utf-8") + "; 0")
    _, *found = shop.tab.eval(AXE)
    assert found == []


def test_the_page_of_the_shop_changes_nothing_in_the_box(shop: Shop) -> None:
    """And the box nothing on the page."""
    shop.site.headers.clear()
    shop.site.head += (
        "<style>html { font-size: 62.5%; visibility: hidden }"
        "div, section, button, label { display: none !important; color: red !important; opacity: 0 }</style>"
    )
    shop.tab.resize(1440, 900)
    shop.visit()
    shop.box("root.querySelector('label').offsetWidth > 20")
    told = shop.tab.eval(
        "(root => JSON.stringify([root.host.offsetWidth, root.querySelector('.close').offsetHeight, "
        "getComputedStyle(root.host).opacity, getComputedStyle(root.querySelector('label')).visibility, "
        f"getComputedStyle(root.querySelector('label')).color]))({ROOT})"
    )
    assert json.loads(told) == [384, 44, "1", "visible", "rgb(23, 25, 27)"]


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ("", [10_000]),
        ('data-delay="abc"', [10_000]),
        ("data-delay", [10_000]),
        ('data-scroll="abc"', [10_000]),
        ('data-delay="2.5"', [2_500]),
        ('data-delay="9" data-scroll="100"', [9_000]),
        ('data-scroll="100" data-delay="soon"', []),
        ('data-delay="1e99"', [2**31 - 1]),
        ("data-by-hand", []),
    ],
)
def test_what_is_no_number_counts_as_not_said(shop: Shop, more: str, waits: list[int]) -> None:
    shop.says(more)
    shop.site.files["/long"] = shop.site.page("/long").replace("<body>", "<body>" + "<p>tea</p>" * 200)
    listening = (
        "window.waits = []; const real = setTimeout; window.setTimeout = (does, ms) => real(does, waits.push(ms) && ms)"
    )
    script = shop.tab.call("Page.addScriptToEvaluateOnNewDocument", source=listening)
    try:
        shop.visit("/long")
        assert json.loads(shop.tab.eval("JSON.stringify(window.waits)")) == waits
        assert shop.asked() == []
    finally:
        shop.tab.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script["identifier"])
