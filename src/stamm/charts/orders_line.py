"""One customer's orders on a line of time: each a dot, the silence since hatched, and what is expected of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

#: width in the units of the picture, and how far apart the names of months have to be
SIZES = {"wide": (1120.0, 64.0), "narrow": (370.0, 46.0)}
HEIGHT, MIDDLE, EDGE = 64, 34, 8.0
#: orders that are drawn, the newest ones
MOST = 60
#: how much of the line is left on both sides
BEFORE, AHEAD = 0.03, 0.08


@dataclass(frozen=True)
class OrdersLine:
    """Orders in time, until `now`, when the next was expected, and when they would count as lost.

    `words` has `label`, `now`, `expected` and `lapses`; `month` names a month. The page must define a pattern with
    the id `hatch`.
    """

    orders: Sequence[datetime]
    now: datetime
    expected: datetime | None
    lapses: datetime | None
    words: Mapping[str, str]
    month: Callable[[date], str]

    def drawn(self) -> dict[str, str]:
        """Two drawings: `wide`, and `narrow` for a phone."""
        return {name: _Drawing(self, name == "wide", *size).svg() for name, size in SIZES.items()}


class _Drawing:
    def __init__(self, line: OrdersLine, wide: bool, width: float, apart: float) -> None:
        self.line, self.wide, self.width, self.apart = line, wide, width, apart
        self.orders = sorted(line.orders)[-MOST:]
        now, first = line.now, self.orders[0]
        self.begins = first - max((now - first) * BEFORE, timedelta(days=1))
        self.lapses = line.lapses if line.lapses is not None and line.lapses > now else None
        self.ends = max(now + (now - self.begins) * AHEAD, self.lapses or now)
        self.late = line.expected if line.expected is not None and line.expected < now else None

    def x(self, at: datetime) -> float:
        return EDGE + (at - self.begins) / (self.ends - self.begins) * (self.width - 2 * EDGE)

    def svg(self) -> str:
        now = self.x(self.line.now)
        parts = [
            f'<path class="c-axis" d="M{EDGE:g} {MIDDLE} H{_at(now)}"/>',
            f'<path class="c-ref" d="M{_at(now)} {MIDDLE} H{_at(self.width - EDGE)}"/>',
        ]
        if self.late is not None:
            left = max(self.x(self.late), EDGE)
            where = f'x="{_at(left)}" y="24" width="{_at(now - left)}" height="20"'
            parts.append(f'<rect class="c-hatch" fill="url(#hatch)" {where}/>')
        for order in self.orders:
            place = _at(self.x(order))
            parts.append(f'<path class="c-zero" d="M{place} 24 V44"/><path class="c-dot" d="M{place} {MIDDLE} h0.01"/>')
        parts.append(f'<path class="c-whisker" d="M{_at(now)} 20 V48"/>')
        kind, label = ("wide" if self.wide else "narrow"), escape(self.line.words["label"])
        return (
            f'<svg class="when-{kind} long" viewBox="0 0 {self.width:g} {HEIGHT}" role="img" aria-label="{label}">'
            f"{''.join([*parts, *self._above(now), *self._months()])}</svg>"
        )

    def _above(self, now: float) -> Iterator[str]:
        """What stands above the line; a word that would lie upon another is left out."""
        words = self.line.words
        yield _text(min(max(now, 24.0), self.width - 24.0), words["now"], "strong middle")
        if self.lapses is not None:
            yield f'<path class="c-ref" d="M{_at(self.x(self.lapses))} 20 V48"/>'
            if self.width - now > 190:
                yield _text(self.width, words["lapses"], "end")
        if self.wide and self.late is not None and now - self.x(self.late) > 90 and self.x(self.late) > 60:
            yield _text(self.x(self.late), words["expected"], "middle")

    def _months(self) -> Iterator[str]:
        last, day = -self.apart, datetime(self.begins.year, self.begins.month, 1, tzinfo=self.begins.tzinfo)
        while day < self.ends:
            place = self.x(day)
            if EDGE <= place < self.width - 40 and place - last >= self.apart:
                named = str(day.year) if day.month == 1 else self.line.month(day.date())
                yield f'<path class="c-grid" d="M{_at(place)} 50 V62"/>{_text(place + 4, named, y=62)}'
                last = place
            day = (day + timedelta(days=32)).replace(day=1)


def _text(place: float, words: str, kind: str = "", y: int = 14) -> str:
    looks = f' class="{kind}"' if kind else ""
    return f'<text{looks} x="{_at(place)}" y="{y}">{escape(words)}</text>'


def _at(number: float) -> str:
    return f"{round(number, 1):g}"
