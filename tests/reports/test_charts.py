"""Sparklines and trends: what is joined, what is hollow, what is left out, and what the axis says."""

from __future__ import annotations

import itertools
import re

import pytest

from stamm.charts.curves import Curve, Curves, curves_svg
from stamm.charts.placing import LETTER, LINE, label_places, place_of
from stamm.charts.points import Point, extent_of, runs_of
from stamm.charts.scale import Scale, scale_of
from stamm.charts.sparkline import sparkline
from stamm.charts.trend import Trend, trend_svg
from stamm.lang.language import NO_BREAK, Language

EN, DE = Language("en"), Language("de")
GAPPY = [
    Point(None),
    Point(0.5, 0.4, 0.6),
    Point(0.6, 0.5, 0.7),
    Point(None),
    Point(0.7, 0.6, 0.8),
    Point(0.9, complete=False),
]


def drawn(points: list[Point], marked: str = "70%", note: str = "so far") -> str:
    scale = scale_of(*extent_of(points), "share", EN)
    labels = [("Jan", "2024")] * len(points)
    return trend_svg(Trend(points, labels, scale, marked, note), 540, 270, label="what it shows", kind="when-middle")


def test_runs_stop_at_gaps_and_at_open_windows() -> None:
    assert runs_of(GAPPY) == [[1, 2], [4]]
    assert runs_of([Point(None)]) == []


def test_sparkline_joins_nothing_across_a_gap() -> None:
    svg = sparkline(GAPPY, "label")
    (line,) = re.findall(r'class="c-line" d="([^"]+)"', svg)
    assert line.count("L") == 1
    assert svg.count("c-hatch") == 1
    assert svg.count("hollow") == 1
    assert 'width="40"' in svg


def test_sparkline_of_equal_values_is_a_line_in_the_middle() -> None:
    svg = sparkline([Point(3.0), Point(3.0)], "label")
    assert 'd="M60 22 L180 22"' in svg


def test_sparkline_without_values_is_empty() -> None:
    svg = sparkline([Point(None), Point(None)], "nothing")
    assert "<path" not in svg


def test_sparkline_label_is_escaped() -> None:
    assert 'aria-label="&lt;a&gt; &quot;b&quot;"' in sparkline([Point(1.0)], '<a> "b"')


def test_trend_draws_what_is_known_and_hatches_what_is_not_over() -> None:
    svg = drawn(GAPPY)
    assert svg.count('class="c-line"') == 1
    assert svg.count('class="c-band"') == 1
    assert svg.count('class="c-whisker"') == 1  # a lone month has no band
    assert svg.count('class="c-point"') == 3
    assert svg.count('class="c-point hollow"') == 1
    assert svg.count('class="c-hatch" fill="url(#hatch)"') == 1
    assert ">so far<" in svg
    assert 'class="strong"' in svg


def test_trend_carries_no_looks_of_vega() -> None:
    svg = drawn(GAPPY)
    assert not re.search(r'font-|stroke=|opacity|style=|id=|fill="(?!url\(#hatch\))', svg)


def test_trend_escapes_its_words() -> None:
    svg = drawn(GAPPY, marked="<b>", note="a & 'b' \\ c")
    assert "&lt;b&gt;" in svg
    assert "<b>" not in svg
    assert "a &amp; &#x27;b&#x27; \\ c" in svg


def test_trend_of_one_point_and_of_none() -> None:
    assert drawn([Point(0.5)]).count('class="c-point"') == 1
    assert "c-point" not in drawn([Point(None), Point(None)])


@pytest.mark.parametrize(
    ("low", "high", "unit", "ticks", "words"),
    [
        (0.91, 0.96, "share", (0.9, 0.92, 0.94, 0.96), ("90%", "92%", "94%", "96%")),
        (0.2, 0.9, "share", (0.0, 0.25, 0.5, 0.75, 1.0), ("0%", "25%", "50%", "75%", "100%")),
        (0.991, 0.999, "share", (0.99, 0.992, 0.994, 0.996, 0.998, 1.0), None),
        (0, 3, "count", (0, 1, 2, 3), ("0", "1", "2", "3")),
        (1900, 2100, "count", (1900, 1950, 2000, 2050, 2100), ("1,900", "1,950", "2,000", "2,050", "2,100")),
        (-12, 30, "points", (-20, 0, 20, 40), ("−20", "0", "20", "40")),
    ],
)
def test_axis(low: float, high: float, unit: str, ticks: tuple[float, ...], words: tuple[str, ...] | None) -> None:
    scale = scale_of(low, high, unit, EN)
    assert scale.ticks == pytest.approx(ticks)
    assert scale.low <= low <= high <= scale.high
    if words is not None:
        assert scale.words == words


def test_axis_of_money_is_in_major_units() -> None:
    assert scale_of(0, 1_000_000, "money", DE, "EUR").words[-1] == f"10.000{NO_BREAK}€"
    assert scale_of(2900, 3100, "money", EN, "EUR").words[0] == "€29.00"
    assert scale_of(0, 4000, "money", EN, "JPY").words[-1] == "¥4,000"


@pytest.mark.parametrize("value", [0.0, 0.4, 1.0, 7.0, -3.0])
@pytest.mark.parametrize("unit", ["share", "count", "points", "number", "days"])
def test_axis_of_one_value_has_room(value: float, unit: str) -> None:
    value = min(max(value, 0.0), 1.0) if unit == "share" else value
    scale = scale_of(value, value, unit, EN)
    assert scale.low < scale.high
    assert scale.low <= value <= scale.high


def test_the_last_value_covers_no_point() -> None:
    points = [Point(v) for v in (10.0, 11.0, 10.5, 12.0, 9.0, 11.5)] + [Point(11.6, complete=False)]
    scale = Scale(8.0, 13.0, (), ())
    place = place_of("385.701,37 $", points, scale, 300, 180)
    assert place is not None
    x, y = 300 / 7 * 5.5 + place.right, (13.0 - place.value) * 36 + place.down
    half = len("385.701,37 $") * LETTER / 2
    for number, point in enumerate(points):
        at = 300 / 7 * (number + 0.5), (13.0 - (point.value or 0)) * 36
        assert abs(at[0] - x) > half or abs(at[1] - y) > LINE / 2
    assert x - half >= 0
    assert x + half <= 302
    assert place_of("1", [Point(None)], scale, 300, 180) is None


def test_names_of_lines_cover_neither_lines_nor_each_other() -> None:
    main = [Point(0.43 - 0.02 * place, 0.40 - 0.02 * place, 0.46 - 0.02 * place) for place in range(8)]
    near = [Point(0.44 - 0.02 * place) for place in range(6)] + [Point(None)] * 2
    low = [Point(0.30 - 0.01 * place) for place in range(7)] + [Point(None)]
    words = ["all, 29.0%", "Jan 2024", "Feb 2024"]
    scale = Scale(0.0, 0.5, (), ())
    labels = label_places([main, near, low], words, scale, 500, 200)
    boxes = []
    for label, text in zip(labels, words, strict=True):
        assert label is not None
        x, y = 500 / 8 * (label.at + 0.5) + label.right, (0.5 - label.value) * 400 + label.down
        half = len(text) * LETTER / 2
        assert x - half >= 0
        assert x + half <= 500
        for line in (main, near, low):
            for place, point in enumerate(line):
                if point.value is not None:
                    at = 500 / 8 * (place + 0.5), (0.5 - point.value) * 400
                    assert abs(at[0] - x) > half or abs(at[1] - y) > LINE / 2 - 2
        boxes.append((x, y, half))
    for (x, y, half), (other_x, other_y, other) in itertools.combinations(boxes, 2):
        assert abs(x - other_x) > half + other or abs(y - other_y) >= LINE
    assert label_places([[Point(None)]], ["nothing"], scale, 500, 200) == [None]


def test_curves_join_what_is_final_and_name_each_line() -> None:
    main = Curve("all, 30%", [Point(0.5, 0.4, 0.6), Point(0.3, 0.2, 0.4), Point(0.4, complete=False)])
    lone = Curve("Mar 2024", [Point(0.2), Point(None), Point(None)])
    curves = Curves(
        main,
        [Curve("Jan & Feb", [Point(0.6), Point(0.5), Point(None)]), lone],
        "123",
        "months",
        Scale(0, 1, (0, 1), ("0", "1")),
    )
    svg = curves_svg(curves, 540, 270, label="what it shows", kind="when-middle")
    assert svg.count('class="c-line"') == 1
    assert svg.count('class="c-line s2"') == 1
    assert svg.count('class="c-line s3"') == 0  # a lone point is a dot
    assert svg.count('class="c-point"') == 1
    assert svg.count('class="c-point hollow"') == 1
    assert svg.count('class="c-band"') == 1
    assert svg.count('class="c-axis"') == 1
    assert ">all, 30%<" in svg
    assert ">Jan &amp; Feb<" in svg
    assert not re.search(r'font-|stroke=|opacity|style=|id=|fill="(?!url\(#hatch\))', svg)
