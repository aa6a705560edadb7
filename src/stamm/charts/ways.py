"""Ways that branch, as boxes beside the box they come from: what is tall is frequent, and no line crosses another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from stamm.charts.placing import LETTER, LINE

HEAD, GAP, EDGE = 22.0, 2.0, 6.0
#: of a list: the height of a line and of its bar, how far a place is set in; lines at most, and places deep
ROW, BAR, INDENT, MOST, MOST_DEEP = 34.0, 5.0, 14.0, 18, 6


@dataclass(frozen=True)
class Way:
    """One place reached by one way: its words, its share of all, and the places after it.

    What of it is neither `ended` nor at one of those places went on to others.
    """

    words: str
    told: str
    share: float
    ended: float
    after: Sequence[Way]


@dataclass(frozen=True)
class Ways:
    """All ways from the left, or with `back` from the right; a head a place, and the words for what is not shown."""

    first: Sequence[Way]
    heads: Sequence[str]
    others: str
    back: bool


def ways_svg(ways: Ways, width: int, height: int, *, label: str, kind: str) -> str:
    """The picture for one size; `label` says in words what it shows, `kind` is the class of the svg."""
    column = width / len(ways.heads)
    drawing = _Drawing(ways, column, height - HEAD)
    drawing.others(0, 0.0, 1.0, ways.first, 0.0)
    drawing.boxes(0, 0.0, ways.first)
    heads = "".join(
        f'<text x="{_short(drawing.left(depth) + EDGE)}" y="13">{escape(words)}</text>'
        for depth, words in enumerate(ways.heads)
    )
    inside = heads + "".join(drawing.drawn)
    return f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">{inside}</svg>'


def way_list_svg(ways: Ways, width: int, *, label: str, kind: str) -> str:
    """The same as a list for a narrow page: a line a place with its bar from zero, set in by how far it is."""
    lines = _largest(list(_flat(ways.first, 0)))
    drawn = []
    for number, (depth, way) in enumerate(lines):
        left, top = depth * INDENT, number * ROW
        letters = int((width - left) / LETTER) - len(way.told) - 2
        drawn.append(
            f'<text class="label" x="{_short(left)}" y="{_short(top + 14)}">{escape(_cut(way.words, letters))}</text>'
            f'<text class="end" x="{width}" y="{_short(top + 14)}">{escape(way.told)}</text>'
            f'<path class="c-grid" d="M{_short(left)} {_short(top + 20 + BAR)} H{width}"/>'
            f'<rect class="c-bar" x="{_short(left)}" y="{_short(top + 20)}" height="{_short(BAR)}" '
            f'width="{_short(max(way.share * (width - MOST_DEEP * INDENT), 0.5))}"/>'
        )
    tall, inside = int(len(lines) * ROW), "".join(drawn)
    return f'<svg class="{kind}" viewBox="0 0 {width} {tall}" role="img" aria-label="{escape(label)}">{inside}</svg>'


def _flat(ways: Sequence[Way], depth: int) -> Iterator[tuple[int, Way]]:
    for way in ways:
        yield depth, way
        yield from _flat(way.after, depth + 1)


def _largest(lines: list[tuple[int, Way]]) -> list[tuple[int, Way]]:
    """The most frequent places in their order, none farther than the page has room for."""
    near = [line for line in lines if line[0] < MOST_DEEP]
    kept = sorted(range(len(near)), key=lambda place: (-near[place][1].share, place))[:MOST]
    return [near[place] for place in sorted(kept)]


class _Drawing:
    """Boxes and words, column by column."""

    def __init__(self, ways: Ways, column: float, tall: float) -> None:
        self._ways, self._column, self._tall = ways, column, tall
        self.drawn: list[str] = []

    def left(self, depth: int) -> float:
        """Where a column begins."""
        return self._column * (len(self._ways.heads) - 1 - depth if self._ways.back else depth)

    def boxes(self, depth: int, top: float, ways: Sequence[Way]) -> None:
        """The places after one that begins at `top`, a share of the height, and all that follow them."""
        for way in ways:
            self._box(depth, top, way.share, way.words, way.told, "c-way")
            if depth + 1 < len(self._ways.heads):
                self.boxes(depth + 1, top, way.after)
                self.others(depth + 1, top, way.share, way.after, way.ended)
            top += way.share

    def others(self, depth: int, top: float, share: float, ways: Sequence[Way], ended: float) -> None:
        """What went on to places that are not shown; below it is empty, for whoever went no further."""
        shown = sum(way.share for way in ways)
        rest = share - shown - ended
        if rest > 1e-9:
            self._box(depth, top + shown, rest, self._ways.others, "", "c-way others")

    def _box(self, depth: int, top: float, share: float, words: str, told: str, looks: str) -> None:
        x, y, wide, tall = self.left(depth), HEAD + top * self._tall, self._column - GAP, share * self._tall
        self.drawn.append(
            f'<rect class="{looks}" x="{_short(x)}" y="{_short(y)}" width="{_short(wide)}" '
            f'height="{_short(max(tall - 1, 0.5))}"/>'
        )
        if tall < LINE + 1:
            return
        middle = _short(y + min(tall / 2, 24) + 4)
        letters = int((wide - 2 * EDGE) / LETTER)
        if len(told) + 4 < letters and told:
            self.drawn.append(f'<text class="end" x="{_short(x + wide - EDGE)}" y="{middle}">{escape(told)}</text>')
            letters -= len(told) + 1
        self.drawn.append(
            f'<text class="label" x="{_short(x + EDGE)}" y="{middle}">{escape(_cut(words, letters))}</text>'
        )


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else words[: max(letters - 1, 1)] + "…"


def _short(number: float) -> str:
    return f"{round(number, 1):g}"
