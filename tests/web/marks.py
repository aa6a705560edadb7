"""Which numbers of a page say what they are exactly: all that stand in a cell for numbers, or are a value."""

from __future__ import annotations

import re
from html.parser import HTMLParser

#: elements that have no end
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
#: where an exact number has to stand beside its words
COUNTED = frozenset(("n", "size", "base", "value"))
#: cells that tell of days
DAYS = "days"
_DIGIT = re.compile(r"\d")


class _Cells(HTMLParser):
    """Gathers digits in cells for numbers that are outside of `data` and `time`, and marks in attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, frozenset[str]]] = []
        self.bare: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        assert not any("<data " in (text or "") for text in told.values()), (tag, attrs)
        if tag not in VOID:
            self.open.append((tag, frozenset((told.get("class") or "").split())))

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        names = {tag for tag, _ in self.open}
        looks = {look for tag, found in self.open if tag in ("td", "dd", "p", "strong") for look in found}
        if names & {"data", "time", "svg"} or not looks & COUNTED or DAYS in looks:
            return
        if _DIGIT.search(data):
            self.bare.append(data.strip())


def unmarked(page: str) -> str:
    """A page with the words of its numbers alone."""
    return re.sub(r"</?data\b[^>]*>", "", page)


def bare(page: str) -> list[str]:
    """Numbers in cells for numbers that do not say what they are."""
    cells = _Cells()
    cells.feed(page)
    return cells.bare


def check_all_marked(page: str, path: str) -> None:
    """Raises AssertionError naming those that are not."""
    assert bare(page) == [], (path, bare(page)[:20])
