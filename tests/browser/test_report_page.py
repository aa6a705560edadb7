"""The report in a real browser: quiet, alone, within its width, readable in both themes, usable by keyboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Tab

#: the pages that are served are looked at in every run
pytestmark = pytest.mark.long

WIDTHS = (320, 390, 768, 1000, 1200, 1440, 1920)
NAMES = ("analyst-en", "analyst-de", "manager-en", "manager-de", "empty")
REPORTS = NAMES[:4]

OVERFLOW = """[document.documentElement.scrollWidth - window.innerWidth,
  ...[...document.querySelectorAll('.change, .range, .beside, .legend, .value, .state, td, th, .pairs dd, summary')]
  .filter(e => e.offsetParent && !e.closest('.scroll') && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
  .map(e => e.className + ': ' + e.textContent.trim().slice(0, 60))]"""

# every text on its own ground: contrast by WCAG's formula; colours are read back from a canvas as plain RGB
CONTRAST = """(() => {
  const context = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = colour => { context.clearRect(0, 0, 1, 1); context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data]; };
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) {
    const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255, 255]; };
  const bad = [], seen = {count: 0};
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.getClientRects().length || e.closest('.sr, .skip, style')) continue;
    const style = getComputedStyle(e), inside = e instanceof SVGElement;
    const a = light(rgb(inside ? style.fill : style.color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    seen.count += 1;
    if (ratio < 4.5) bad.push([ratio.toFixed(2), e.tagName, e.className, e.textContent.slice(0, 40)].join());
  }
  return [seen.count, ...bad]; })()"""

LIGHTNESS = """(() => { const [r, g, b] = getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number);
  return Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b); })()"""
#: what A4 leaves between its margins, in CSS pixels
PAPER = 695
SHOWN = "[...document.querySelectorAll('.chart svg')].filter(s => s.getClientRects().length)"
GROUND = "getComputedStyle(document.querySelector('main')).backgroundColor"
BAND = "getComputedStyle(document.querySelector('.c-line')).stroke"


@pytest.mark.parametrize("name", NAMES)
def test_it_is_quiet_and_asks_for_nothing_else(tab: Tab, pages: dict[str, Path], name: str) -> None:
    tab.open(pages[name], 1440)
    assert tab.eval("document.title").endswith("Stamm")
    assert [url for url in tab.requests if not url.startswith("data:")] == [pages[name].as_uri()]
    assert tab.complaints == []


def test_its_policy_stops_what_somebody_writes_into_it(tab: Tab, pages: dict[str, Path], tmp_path: Path) -> None:
    """Shows that the test above would see a request, and that the page's own policy forbids it."""
    file = tmp_path / "meddled.html"
    added = '<img src="https://example.invalid/a.png"><script>document.title = "run"</script></body>'
    file.write_text(pages["empty"].read_text(encoding="utf-8").replace("</body>", added), encoding="utf-8")
    tab.open(file, 1440)
    assert tab.eval("document.title") != "run"
    assert len(tab.complaints) == 2
    assert all("Content Security Policy" in complaint for complaint in tab.complaints)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_runs_over_at_any_width(tab: Tab, pages: dict[str, Path], name: str) -> None:
    tab.open(pages[name], 1440)
    over = {}
    for width in WIDTHS:
        tab.resize(width)
        sideways, *cells = tab.eval(OVERFLOW)
        if sideways > 0 or cells:
            over[width] = [sideways, *cells]
    assert over == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["analyst-de", "manager-en"])
def test_every_text_can_be_read(tab: Tab, pages: dict[str, Path], name: str, theme: str) -> None:
    tab.open(pages[name], 1440, theme=theme)
    count, *bad = tab.eval(CONTRAST)
    assert count > 150
    assert bad == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_step_of_the_ramp_can_be_read_and_told_apart(tab: Tab, pages: dict[str, Path], theme: str) -> None:
    """All nine steps, used or not; lighter to darker (in the dark theme the other way), as grey, too."""
    tab.open(pages["manager-en"], 1440, theme=theme)
    cells = "".join(f'<td class="h{step}"><span>{step}</span></td>' for step in range(9))
    tab.eval(f"document.querySelector('.heat tbody').innerHTML = '<tr>{cells}</tr>'")
    _, *bad = tab.eval(CONTRAST)
    assert bad == []
    light = tab.eval(f"[...document.querySelectorAll('.heat tbody td')].map(e => {LIGHTNESS})")
    assert light == sorted(light, reverse=theme == "light")
    assert len(set(light)) == 9


def test_the_theme_follows_the_system_and_the_choice(tab: Tab, pages: dict[str, Path]) -> None:
    seen = {}
    for theme in ("light", "dark"):
        tab.open(pages["analyst-en"], 1440, theme=theme)
        seen[theme] = tab.eval(GROUND), tab.eval(BAND)
        other = "dark" if theme == "light" else "light"
        tab.eval(f"document.getElementById('theme-{other}').click()")
        seen[f"{theme}, {other} chosen"] = tab.eval(GROUND), tab.eval(BAND)
    assert seen["light"] != seen["dark"]
    assert seen["light, dark chosen"] == seen["dark"]
    assert seen["dark, light chosen"] == seen["light"]


def test_one_picture_of_the_three_is_shown(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["analyst-en"], 1440)
    trends = tab.eval("document.querySelectorAll('.chart').length")
    for width, kind in ((1440, "when-wide"), (600, "when-middle"), (390, "when-narrow")):
        tab.resize(width)
        assert tab.eval(f"{SHOWN}.map(s => s.getAttribute('class'))") == [kind] * trends


def test_text_in_pictures_is_about_as_large_as_other_notes(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["analyst-en"], 1440)
    scales = f"{SHOWN}.map(s => s.getBoundingClientRect().width / s.viewBox.baseVal.width)"
    for width in (360, 390, 500, 768, 1000, 1200, 1440, 1920):
        tab.resize(width)
        assert all(0.83 <= scale <= 1.2 for scale in tab.eval(scales)), width


def test_it_can_be_used_by_keyboard(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["analyst-en"], 1440)
    tab.press("Tab", 9)
    assert tab.eval("document.activeElement.className") == "skip"
    for _ in range(40):
        tab.press("Tab", 9)
        if tab.eval("document.activeElement.tagName") == "SUMMARY":
            break
    assert tab.eval("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert not tab.eval("document.activeElement.parentElement.open")
    tab.press("Enter", 13)
    assert tab.eval("document.activeElement.parentElement.open")


# -- what is heard ------------------------------------------------------------------------------------------------
def heard(tab: Tab) -> list[dict[str, Any]]:
    """What a screen reader is given: role and name of each node, its parent, and whether it is passed over."""
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            "id": node["nodeId"],
            "parent": node.get("parentId", ""),
            "ignored": node["ignored"],
        }
        for node in tab.call("Accessibility.getFullAXTree")["nodes"]
    ]


def inside(nodes: list[dict[str, Any]], table: dict[str, Any], role: str) -> list[str]:
    """Names of the nodes of a role within a table."""
    parents = {node["id"]: node["parent"] for node in nodes}

    def within(place: str) -> bool:
        while place in parents:
            place = parents[place]
            if place == table["id"]:
                return True
        return False

    return [node["name"] for node in nodes if node["role"] == role and not node["ignored"] and within(node["id"])]


@pytest.mark.parametrize("width", [1440, 390])
def test_cohorts_are_heard_as_a_table(tab: Tab, pages: dict[str, Path], width: int) -> None:
    tab.open(pages["manager-en"], width)
    nodes = heard(tab)
    (table,) = [node for node in nodes if node["role"] == "table" and node["name"].startswith("Of those whose first")]
    assert inside(nodes, table, "rowheader") == [
        "Jan 2024",
        "Feb 2024",
        "Mar 2024",
        "Apr 2024",
        "May 2024",
        "All, pooled",
        "n",
    ]
    heads = [name for name in inside(nodes, table, "columnheader") if name.startswith("month")]
    assert heads[-4:] == ["month 1", "month 2", "month 3", "month 4"]
    assert "nobody began in this month" in inside(nodes, table, "cell")
    (region,) = [node for node in nodes if node["role"] == "region" and node["name"].startswith("Of those whose first")]
    assert region["name"].endswith("scrolls sideways")


@pytest.mark.parametrize("width", [1440, 390])
def test_definitions_are_heard_as_tables(tab: Tab, pages: dict[str, Path], width: int) -> None:
    """On a phone their cells stand below each other and are cells all the same."""
    tab.open(pages["manager-de"], width)
    nodes = heard(tab)
    (table,) = [node for node in nodes if node["role"] == "table" and node["name"] == "Abwanderungsrate"]
    heads = ["Definition", "Mai", "Unterschied", "Wer anders gezählt wird"]
    assert inside(nodes, table, "columnheader") == heads
    rows = inside(nodes, table, "rowheader")
    assert rows[0].startswith("Abwanderungsrate am Ende fort / zu Beginn da")
    assert len(inside(nodes, table, "row")) == len(rows) + 1


@pytest.mark.parametrize("name", REPORTS)
def test_whatever_can_be_reached_has_a_name(tab: Tab, pages: dict[str, Path], name: str) -> None:
    tab.open(pages[name], 1440)
    roles = {"link", "image", "table", "region", "radio", "DisclosureTriangle", "math", "navigation", "complementary"}
    nodes = [node for node in heard(tab) if node["role"] in roles and not node["ignored"]]
    assert len(nodes) > 20
    assert [node for node in nodes if not node["name"]] == []
    regions = [node["name"] for node in nodes if node["role"] == "region"]
    assert sorted(regions) == sorted(set(regions))


def test_a_cohort_leads_to_its_cells_without_a_script(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["manager-en"], 1440)
    words = "document.getElementById('cohort-2024-01')"
    assert not tab.eval(f"{words}.closest('details').open")
    tab.eval("document.querySelector('a[href=\"#cohort-2024-01\"]').click()")
    assert tab.eval(f"{words}.closest('details').open")
    assert tab.eval(f"{words}.checkVisibility({{contentVisibilityAuto: true}})")


# -- on paper -----------------------------------------------------------------------------------------------------
def printed(tab: Tab) -> int:
    """How many sheets of A4."""
    pdf = tab.pdf()
    assert pdf.startswith(b"%PDF")
    boxes = set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", pdf))
    assert [[round(float(side)) for side in box.split()] for box in boxes] == [[0, 0, 595, 842]]
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize(("name", "least", "most"), [
    ("manager-en", 2, 3), ("manager-de", 2, 3), ("analyst-en", 8, 20), ("analyst-de", 8, 20), ("empty", 1, 1),
])  # fmt: skip
def test_it_prints_on_so_many_sheets(tab: Tab, pages: dict[str, Path], name: str, least: int, most: int) -> None:
    tab.open(pages[name], 1440, theme="dark")
    assert least <= printed(tab) <= most


@pytest.mark.parametrize("name", REPORTS)
def test_on_paper_it_is_light_unfolded_and_nothing_is_cut(tab: Tab, pages: dict[str, Path], name: str) -> None:
    tab.open(pages[name], PAPER, theme="dark")
    tab.call("Emulation.setEmulatedMedia", media="print", features=[])
    try:
        tab.drawn()
        bodies = "[...document.querySelectorAll('details:not(.on-screen) > .working-body')]"
        assert tab.eval(f"{bodies}.filter(e => !e.checkVisibility({{contentVisibilityAuto: true}})).length") == 0
        assert tab.eval("getComputedStyle(document.querySelector('.contents')).display") == "none"
        assert tab.eval(GROUND) == "rgb(255, 255, 255)"
        assert tab.eval("getComputedStyle(document.querySelector('.heat .h0, .heat .h4')).printColorAdjust") == "exact"
        whole = "getComputedStyle(document.querySelector('.heat')).breakInside"
        foot = "getComputedStyle(document.querySelector('.heat tfoot')).display"  # a footer proper stands on every page
        assert (tab.eval(whole), tab.eval(foot)) == ("avoid", "table-row-group")
        tables = "[...document.querySelectorAll('table')].map(e => e.getBoundingClientRect().right)"
        assert max(tab.eval(tables)) <= PAPER + 1
    finally:
        tab.call("Emulation.setEmulatedMedia", media="", features=[])
