"""The report in a real browser: quiet, alone, within its width, readable in both themes, usable by keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser.chromium import Tab

WIDTHS = (320, 390, 768, 1000, 1200, 1440, 1920)
NAMES = ("en", "de", "empty")

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
def test_every_text_can_be_read(tab: Tab, pages: dict[str, Path], theme: str) -> None:
    tab.open(pages["de"], 1440, theme=theme)
    count, *bad = tab.eval(CONTRAST)
    assert count > 300
    assert bad == []


def test_the_theme_follows_the_system_and_the_choice(tab: Tab, pages: dict[str, Path]) -> None:
    seen = {}
    for theme in ("light", "dark"):
        tab.open(pages["en"], 1440, theme=theme)
        seen[theme] = tab.eval(GROUND), tab.eval(BAND)
        other = "dark" if theme == "light" else "light"
        tab.eval(f"document.getElementById('theme-{other}').click()")
        seen[f"{theme}, {other} chosen"] = tab.eval(GROUND), tab.eval(BAND)
    assert seen["light"] != seen["dark"]
    assert seen["light, dark chosen"] == seen["dark"]
    assert seen["dark, light chosen"] == seen["light"]


def test_one_picture_of_the_three_is_shown(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["en"], 1440)
    trends = tab.eval("document.querySelectorAll('.trend').length")
    for width, kind in ((1440, "when-wide"), (600, "when-middle"), (390, "when-narrow")):
        tab.resize(width)
        assert tab.eval(f"{SHOWN}.map(s => s.getAttribute('class'))") == [kind] * trends


def test_text_in_pictures_is_about_as_large_as_other_notes(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["en"], 1440)
    scales = f"{SHOWN}.map(s => s.getBoundingClientRect().width / s.viewBox.baseVal.width)"
    for width in (360, 390, 500, 768, 1000, 1200, 1440, 1920):
        tab.resize(width)
        assert all(0.83 <= scale <= 1.2 for scale in tab.eval(scales)), width


def test_it_can_be_used_by_keyboard(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["en"], 1440)
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


def test_it_prints_with_everything_unfolded(tab: Tab, pages: dict[str, Path]) -> None:
    tab.open(pages["en"], 1440, theme="dark")
    pdf = tab.pdf()
    assert pdf.startswith(b"%PDF")
    assert 5 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 25
    tab.call("Emulation.setEmulatedMedia", media="print", features=[])
    try:
        bodies = "[...document.querySelectorAll('details .working-body')]"
        assert tab.eval(f"{bodies}.filter(e => !e.checkVisibility({{contentVisibilityAuto: true}})).length") == 0
        assert tab.eval(GROUND) == "rgb(255, 255, 255)"
    finally:
        tab.call("Emulation.setEmulatedMedia", media="", features=[])
