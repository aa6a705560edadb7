"""A page as it stands in the browser: readable, alone, quiet, within its width, and nothing serious by axe."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from tests.browser.chromium import Tab
from tests.browser.test_report_page import CONTRAST

WIDTHS = (390, 768, 1200, 1440, 2560)
OVERFLOW = """[document.documentElement.scrollWidth - window.innerWidth,
  ...[...document.querySelectorAll('.change, .range, .value, .state, td, th, .pairs dd, summary, .button, .side a, h1')]
  .filter(e => e.offsetParent && !e.closest('.scroll') && e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
  .map(e => e.className + ': ' + e.textContent.trim().slice(0, 60))]"""
#: what is wrong by axe, of those that keep somebody out
AXE = """axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}).then(found =>
  [found.passes.length, ...found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
  .map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))])"""


def check_looks(
    tab: Tab, address: str, *, axe: bool = True, refused: bool = False, widths: Sequence[int] = WIDTHS
) -> None:
    """The page that the tab shows, in both themes and at every width; where it is `refused`, the browser may say so."""
    over: dict[str, Any] = {}
    for theme, width in (("light", 1440), ("dark", 390)):
        tab.resize(width)
        tab.dress(theme)
        count, *unreadable = tab.eval(CONTRAST)
        assert count > 2
        assert unreadable == []
    for width in widths:
        tab.resize(width)
        sideways, *cut = tab.eval(OVERFLOW)
        if sideways > 0 or cut:
            over[str(width)] = [sideways, *cut]
    assert over == {}
    elsewhere = [url for url in tab.requests if not url.startswith((address, "data:"))]
    assert elsewhere == []
    expected = "the server responded with a status of" if refused else "nothing"
    assert [complaint for complaint in tab.complaints if expected not in complaint] == []
    if axe:
        tab.resize(1200)
        tab.eval(files("axe_core_python").joinpath("axe.min.js").read_text("utf-8") + "; 0")
        passed, *found = tab.eval(AXE)
        assert passed > 10
        assert found == []
