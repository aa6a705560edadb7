"""Pictures for paper: the classes of a drawing, which take their looks from the sheet, as that looks in light."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

#: what a rule has to be about to matter to a drawing
_ABOUT = re.compile(r"\.(c-|s[2-6]\b|t1\b|strong\b|label\b)|^svg text$")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TOKEN = re.compile(r"(--[a-z0-9-]+):\s*((?:[^;()]|\([^()]*\))+);")
_LIGHT = re.compile(r"light-dark\(\s*([^,]+),[^)]*\)")
_VAR = re.compile(r"var\((--[a-z0-9-]+)\)")
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
#: what only a browser understands, and would be told about
_BROWSERS = ("font:", "font-variant-numeric", "vector-effect")
FONT = "Roboto"


def inked(svg: str, *, fine: bool = False) -> str:
    """A picture of the page with its looks inside, as a document of its own; its texts stay text.

    `fine` draws thinner lines, for what is drawn larger on paper than on the page.
    """
    size = _SIZE.search(svg)
    assert size is not None  # charts draw no other
    opened = (
        str(svg)
        .replace(' preserveAspectRatio="none"', "")
        .replace("<svg ", f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[1]}" height="{size[2]}" ', 1)
    )
    head, _, rest = opened.partition(">")
    looks = _looks() + (_FINE if fine else "")
    return f"{head}><style>{looks}</style><defs>{_HATCH}</defs>{rest}"


def token(name: str) -> str:
    """What a token of the sheet is in light: `--ink` is a colour."""
    value = _LIGHT.sub(lambda found: found[1].strip(), _tokens()[name]).strip()
    return _VAR.sub(lambda found: token(found[1]), value)


_HATCH = (
    '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line class="c-hatchline" x1="0" y1="0" x2="0" y2="5"/></pattern>'
)


_FINE = (
    " .c-line { stroke-width: 1.25 } .c-dot { stroke-width: 4 } .c-dot.halo { stroke-width: 7 }"
    " .c-dot.hollow { stroke-width: 2 }"
)


@lru_cache
def _sheet() -> str:
    """The sheet of reports and of pages, without its remarks."""
    sheet = files("stamm.reports").joinpath("stamm.css").read_text("utf-8")
    return re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)


@lru_cache
def _tokens() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _TOKEN.findall(_sheet()):
        found.setdefault(name, value)
    return found


@lru_cache
def _looks() -> str:
    """The rules that a drawing needs, every token told; what bars have is the pages' own."""
    rules = [
        ("svg text", f"font-family: {FONT}; font-size: 12px; fill: {token('--ink-3')}"),
        (".c-bar", f"fill: {token('--accent')}"),
        (".c-bar.calm", f"fill: {token('--h4')}"),
        (".c-zero", f"stroke: {token('--ink-2')}; stroke-width: 1"),
        (".track", f"fill: {token('--line')}"),
        (".fill", f"fill: {token('--accent')}"),
        (".fill.behind", f"fill: {token('--worse')}"),
        (".tick", f"stroke: {token('--ink')}; stroke-width: 1"),
    ]
    rules += [
        (selector.strip(), _told(body))
        for selectors, body in _RULE.findall(_sheet())
        for selector in selectors.split(",")
        if _ABOUT.search(selector.strip()) and not set(selector) & {":", "@"}
    ]
    return " ".join(f"{selector} {{ {body} }}" for selector, body in rules if body)


def _told(body: str) -> str:
    declarations = (line.strip() for line in body.split(";"))
    kept = (line for line in declarations if line and not line.startswith(_BROWSERS))
    return "; ".join(_VAR.sub(lambda found: token(found[1]), line) for line in kept)
