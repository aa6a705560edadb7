"""The pages in a real browser, signed in as each role: quiet, alone, within their width, and usable without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.browser.chromium import Tab
from tests.browser.keyboard import folded, walked
from tests.browser.looks import check_looks
from tests.browser.served import Served, served
from tests.thorough import one_in

FUNNEL = "from=2024-03-01&to=2024-06-01&steps=order+%3E+order&within_hours=336"
#: pages of settings, all of them an owner's
SETTINGS = (
    "/settings/?lapse_days=60&compare",
    "/settings/?lapse_days=0",
    "/settings/keys/",
    "/settings/keys/new/",
    "/settings/people/",
    "/settings/people/1/",
    "/settings/people/invite/",
    "/settings/acts/",
    "/settings/data/",
    "/settings/jobs/",
    "/settings/reports/",
    "/settings/webhooks/",
    "/settings/mail/",
    "/settings/reminders/",
    "/settings/alerts/",
    "/settings/alerts/new/?metric=order_count&one_in=20&side=both",
    "/settings/sources/",
    "/settings/sources/failed/",
)
#: a board that is ready, shown to viewers, and all that changes it
BOARDS = (
    "/boards/",
    "/boards/1/edit",
    "/boards/1/share",
    "/boards/1/versions",
    "/boards/1/widgets/new?kind=bars",
    "/boards/1/widgets/6/settings",
)
BRINGING = ("/start/", "/start/?data", "/bring/")
#: by who may open them; a link is good once, so it is not among them
PAGES = {
    "viewer": (
        "/",
        "/metrics/",
        "/metrics/customer_retention_rate",
        "/account/",
        "/no-such-page/",
        "/boards/1/",
        "/boards/1/wall",
        "/goals/",
        "/goals/1/",
        "/surveys/",
        "/surveys/1/",
        "/forms/",
        "/forms/1/",
        "/ideas/",
        "/predictions/",
        "/predictions/came-out/",
    ),
    "support": (
        "/surveys/1/?told=open",
        "/forms/1/?told=left",
        "/forms/2/",
        "/surveys/1/comments/?sort=worth",
        "/ideas/1/waiting",
        "/metrics/customer_retention_rate/customers?window=2024-05",
        "/customers/?state=left&sort=orders",
        "/customers/of/c7",
        "/tasks/",
        "/segments/",
        "/segments/lapsed/",
        "/segments/personas/",
        "/segments/lapsed/overlaps/",
        f"/analyses/funnel/customers?{FUNNEL}&who=step%3D2",
    ),
    "analyst": (
        "/goals/new",
        "/surveys/new",
        "/forms/new",
        "/forms/1/edit",
        "/forms/1/?told=open",
        "/surveys/1/edit",
        "/surveys/1/send",
        "/surveys/1/by-itself",
        "/surveys/1/look",
        "/surveys/1/widget",
        "/ideas/new",
        "/ideas/1/edit",
        "/ideas/1/links",
        "/ideas/1/?sort=at_risk",
        "/ideas/1/1/",
        "/goals/2/",
        "/metrics/order_count?grain=week&by=channel",
        "/metrics/net_promoter_score",
        "/metrics/customer_retention_rate?by=country&window=2024-04&where=country%3DAT",
        "/metrics/loyal_customers?days=60&orders=5&against=year",
        "/search?q=NPS",
        f"/funnel/?{FUNNEL}&by=country",
        "/lifecycle/?by=country",
        "/paths/",
        "/drivers/?by=country&window=2024-05",
        "/themes/?from=2023-10-01&to=2024-11-01",
        "/reasons-for-leaving/?by=country",
        "/before-leaving/",
        "/worth/",
        "/leaving/?by=no_order_risk",
        "/leaving/",
        "/predictions/no_order_risk/",
        "/recommendations/",
        "/rfm/?by=country&earlier=2024-03-01&from=2024-03-01&to=2024-06-01&money=gross_revenue",
        "/funnel/",
        "/retention/?cell=2024-01.4&line=2024-01",
        "/retention/?by=country&of=gross_revenue&denominator=customers",
        "/retention/how-long/?by=country",
        "/retention/concentration/?of=revenue",
        "/segments/?rule=die+mindestens+2-mal+bestellten+und+deren+letzte+Bestellung+h%C3%B6chstens+400+Tage+her+ist",
        "/segments/?rule=who+orderd",
        "/segments/?rule=who+ordered+at+least+once+and+whose+country+is+DE&at=1",
        "/segments/?rule=who+ordered+at+least+once&at=whole&add=any",
    ),
    "owner": ("/account/password/", "/account/codes/", "/?window=2024-04", *SETTINGS, *BOARDS, *BRINGING),
    "": ("/sign-in/", "/in/abc:def/"),
}
#: the first page in German is walked at every run, all others in the long one
FIRST = ("viewer", "/")
EVERY = [(role, path) for role, paths in PAGES.items() for path in paths]
#: a page in German, with what axe finds; one in three in English as well, by the keyboard alone
WALKED = [
    pytest.param(*one, language, marks=() if (one, language) == (FIRST, "de") else pytest.mark.long)
    for language, walked in (("de", EVERY), ("en", one_in(3, EVERY)))
    for one in walked
]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.mark.parametrize(("role", "path", "language"), WALKED)
def test_a_page_is_quiet_alone_and_within_its_width(
    tab: Tab, server: Served, role: str, path: str, language: str
) -> None:
    check_walked(tab, server, role, path, language)


@pytest.mark.long
def test_no_role_sees_what_was_not_walked(tab: Tab, server: Served) -> None:
    """Each page as each role; where one has a line that stands on no page walked above, the browser walks it, too."""
    seen = {line for role, path in EVERY for line in lines_of(server.fetched(path, role)[1])}
    new = []
    for path in dict.fromkeys(path for _, path in EVERY):
        for role in PAGES:
            status, page = server.fetched(path, role)
            assert status in (200, 403, 404, 410, 422), (role, path, status)
            if lines_of(page) - seen:
                new.append((role, path))
                seen |= lines_of(page)
    for role, path in new:
        check_walked(tab, server, role, path, "de")


def lines_of(page: str) -> set[str]:
    """The lines of a document as they look: without tokens, addresses, numbers and who is signed in."""
    plain = re.sub(
        r"hx-headers='[^']*'|[-a-z]+=\"[^\"]*(?:[/?&]|\d)[^\"]*\"|(?:value|data-token)=\"[^\"]*\"|\d+", "", page
    )
    for role in PAGES:
        if role:
            plain = plain.replace(f"{role}@example.com", "").replace(role.capitalize(), "")
    return {line.strip() for line in plain.splitlines()}


def check_walked(tab: Tab, server: Served, role: str, path: str, language: str) -> None:
    """One page in both themes and at every width: themes and widths change without a reload, as they do for people.

    In one language as it comes, in the other unfolded and gone through by the keyboard alone, wide and narrow.
    """
    server.sign_in(tab, role, language)
    tab.open(server.address + path, 1440)
    if language == "en":
        for width in (1440, 390):
            tab.resize(width)
            assert folded(tab) == []
            assert walked(tab) == {}
    assert tab.eval("document.documentElement.lang") == language
    assert tab.eval("document.title").endswith("Stamm")
    status, _ = server.fetched(path, role)
    check_looks(tab, server.address, axe=language == "de", refused=status >= 400)


def test_a_filter_changes_the_page_without_loading_it_anew(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "viewer", "en")
    tab.open(server.address + "/", 1440)
    tab.requests.clear()
    tab.eval("window.stays = true")
    tab.focus("document.querySelector('[name=window]')")
    tab.eval(
        "(() => { const s = document.querySelector('[name=window]'); s.value = '2024-03';"
        " s.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    sentence = tab.wait("document.querySelector('.lead')?.textContent.startsWith('In March') && location.search")
    assert "window=2024-03" in sentence
    assert tab.eval("window.stays") is True
    assert tab.eval("document.activeElement.name") == "window"
    assert [url for url in tab.requests if "/static/" in url] == []


def test_all_metrics_come_by_themselves(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "viewer", "en")
    tab.open(server.address + "/metrics/", 1440)
    assert tab.wait("document.querySelectorAll('.catalogue td.n').length") > 20


def test_the_keyboard_alone_is_enough(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "owner", "en")
    tab.open(server.address + "/", 390)
    tab.press("Tab", 9)
    assert tab.eval("document.activeElement.className") == "skip"
    tab.press("Tab", 9)
    assert tab.eval("document.activeElement.textContent") == "Menu"
    assert tab.eval("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.press("Enter", 13)
    assert tab.eval("document.getElementById('nav').matches(':popover-open')") is True
    tab.press("Escape", 27)
    assert tab.eval("document.getElementById('nav').matches(':popover-open')") is False
    wanted = tab.eval(
        "(() => { window.passed = new Set(); document.addEventListener('focusin', e => passed.add(e.target));"
        " window.wanted = [...document.querySelectorAll('main a[href], main summary, main [tabindex=\"0\"]')]"
        ".filter(e => e.getClientRects().length); return wanted.length; })()"
    )
    for _ in range(wanted + 20):
        tab.press("Tab", 9)
    assert tab.eval("wanted.filter(e => !passed.has(e)).map(e => e.outerHTML)") == []


@pytest.mark.long
def test_arrow_keys_move_between_the_cells_of_a_heatmap(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "analyst", "en")
    tab.open(server.address + "/retention/?from=2024-01-01&to=2024-06-01", 1440)
    assert tab.wait("document.querySelectorAll('.heat td > a[tabindex=\"0\"]').length") == 1
    at = "(() => { const a = document.activeElement; return [a.closest('tr').rowIndex, a.closest('td').cellIndex]; })()"
    tab.focus("document.querySelector('.heat td > a[tabindex=\"0\"]')")
    assert tab.eval(at) == [2, 5]
    for key, code, place in (
        ("ArrowLeft", 37, [2, 4]), ("Home", 36, [2, 3]), ("End", 35, [2, 6]), ("ArrowRight", 39, [2, 6]),
        # the months between have nobody: their cells are empty
        ("ArrowDown", 40, [7, 6]), ("PageUp", 33, [2, 6]), ("PageDown", 34, [7, 6]), ("ArrowUp", 38, [2, 6]),
    ):  # fmt: skip
        tab.press(key, code)
        assert tab.eval(at) == place, key
    assert tab.eval("document.querySelectorAll('.heat td > a[tabindex=\"0\"]').length") == 1
    tab.press("Enter", 13)
    assert tab.wait("document.querySelector('#cell h2').textContent === 'January 2024, month 4' && location.search")
    assert tab.eval(at) == [2, 6]
    assert tab.eval("document.querySelector('.heat td > a[aria-current]') === document.activeElement") is True
    assert "cell=2024-01.4" in tab.eval("location.search")


@pytest.mark.long
def test_the_steps_of_a_funnel_are_edited_by_keyboard_alone(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "viewer", "en")
    tab.open(f"{server.address}/funnel/?{FUNNEL}", 1440)
    tab.wait("document.querySelectorAll('ol.funnel').length")
    tab.eval("window.stays = true")
    names = "[...document.querySelectorAll('#steps select')].map(e => e.value).join()"
    for act, steps, focused in (
        ("add", "order,order,page", "add"),
        ("up-2", "order,page,order", "up-1"),
        ("up-1", "page,order,order", "down-0"),
        ("remove-0", "order,order", "add"),
    ):
        tab.focus(f"document.querySelector('#steps [value={act}]')")
        tab.press("Enter", 13)
        tab.wait(f"{names} === '{steps}' && !document.querySelector('.htmx-request, .htmx-settling')")
        # whoever moves a step goes with it, and nobody loses the keyboard's place
        tab.wait(f"document.activeElement.value === '{focused}'")
    # nothing was counted meanwhile; the enter key in a field asks
    assert "do=" not in tab.eval("location.search")
    tab.eval("document.querySelector('#settings [name=within_hours]').value = '48'")
    tab.focus("document.querySelector('[name=what]')")
    tab.press("Enter", 13)
    address = tab.wait("location.search.includes('within_hours=48') && location.search")
    assert "steps=order+%3E+order" in address
    assert tab.eval("window.stays") is True


def test_the_theme_is_the_systems_until_somebody_chooses(tab: Tab, server: Served) -> None:
    ground = "getComputedStyle(document.querySelector('main')).backgroundColor"
    server.sign_in(tab, "support", "en")
    seen = {}
    for theme in ("light", "dark"):
        tab.open(server.address + "/account/", 1440, theme=theme)
        seen[theme] = tab.eval(ground)
    assert seen["light"] != seen["dark"]
    tab.eval("document.querySelector('[name=theme][value=light]').click()")
    assert tab.wait("document.documentElement.dataset.theme") == "light"
    assert tab.wait(ground) == seen["light"]
    tab.eval("document.querySelector('[name=theme][value=\"\"]').click()")
    assert tab.wait("document.readyState === 'complete' && !document.documentElement.dataset.theme")


def test_what_comes_over_the_wire_is_small(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "viewer", "en")
    tab.call("Network.clearBrowserCache")
    tab.open(server.address + "/", 1440)
    sizes = "performance.getEntries().filter(e => 'transferSize' in e).reduce((sum, e) => sum + e.transferSize, 0)"
    assert 20_000 < tab.eval(sizes) < 120_000


@pytest.mark.long
def test_search_by_the_keyboard_alone(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "viewer", "de")
    tab.open(server.address + "/metrics/order_count", 1440)
    tab.press("/", 191)
    assert tab.eval("document.activeElement.id") == "find"
    tab.call("Input.insertText", text="nps")
    assert tab.wait("document.querySelector('#found a')?.getAttribute('href')") == "/metrics/net_promoter_score"
    tab.press("ArrowDown", 40)
    assert tab.eval("document.activeElement.getAttribute('href')") == "/metrics/net_promoter_score"
    tab.press("Escape", 27)
    assert tab.eval("document.getElementById('found').children.length") == 0
    tab.press("/", 191)
    tab.call("Input.insertText", text="nps")
    assert tab.wait("document.querySelector('#found a')?.getAttribute('href')")
    tab.press("ArrowDown", 40)
    tab.press("Enter", 13)
    assert tab.wait("location.pathname") == "/metrics/net_promoter_score"
    assert tab.complaints == []


@pytest.mark.long
def test_a_point_of_a_chart_leads_to_who_is_behind_it_and_tables_are_sorted(tab: Tab, server: Served) -> None:
    server.sign_in(tab, "support", "en")
    tab.open(server.address + "/metrics/customer_retention_rate?by=country", 1440)
    assert tab.wait("document.querySelectorAll('.when-wide .c-lead').length") == 6
    order = "[...document.querySelectorAll('[data-sort=on] tbody th')].map(e => e.textContent.trim()).join()"
    first = tab.wait(order)
    tab.eval("document.querySelectorAll('[data-sort] .sort')[0].click()")
    assert tab.eval(order) == "AT,CH,DE"
    tab.eval("document.querySelectorAll('[data-sort] .sort')[0].click()")
    assert tab.eval(order) == "DE,CH,AT"
    assert first
    # what is counted meanwhile may take its place: they scroll until it is there
    scrolled = "(scrollTo(0, 0), document.querySelector('#people')?.scrollIntoView())"
    assert tab.wait(f"({scrolled}, document.querySelectorAll('#people tbody tr').length)") == 50
    tab.eval(
        "document.querySelectorAll('.when-wide .c-lead')[3].dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    assert (
        tab.wait("location.pathname.endsWith('/customers') && location.search")
        == "?grain=month&window=2024-04&by=country"
    )
    assert tab.complaints == []
