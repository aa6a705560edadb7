"""A board on paper: whole, in its language, and nothing that somebody wrote is markup to what sets it."""

from __future__ import annotations

import json
import re
import struct
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest
import typst
from markupsafe import Markup, escape

from stamm.boards import printed
from stamm.boards.drawn import Cell, Drawn, Line, Pictured, Tabled, Unknown, Written
from stamm.boards.ink import inked, token
from stamm.charts.bar import bar
from stamm.lang.language import Code, Language

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOSTILE = (
    '#import "@preview/x:1.0.0" #panic("read") #read("/etc/passwd") *bold* _slanted_ $x^2$ `raw` = head \\ </text>'
    '<script>alert(1)</script> <image href="file:///etc/passwd"/> // gone /* gone */ <label> @cite {{ 7*7 }} \u202e'
)


def board(text: str) -> list[tuple[int, Drawn]]:
    """Every block in which a text of somebody can stand."""
    drawn = Markup(bar(1.0, 0.0, 2.0, "calm", text))
    table = Tabled(
        ((text, False), ("wide", False), ("n", True)), (Line(text, (Cell("", drawn=drawn), Cell(text, True)), text),)
    )
    chart = (
        f'<svg class="x" viewBox="0 0 10 10" aria-label="{escape(text)}"><text x="1" y="9">{escape(text)}</text></svg>'
    )
    return [
        (4, Drawn(text, text, (Written(((text, text), (text,))),))),
        (8, Drawn(text, text, (table, Unknown(text)))),
        (12, Drawn(text, text, (Pictured((Markup(chart),) * 3),))),
    ]


def told(name: str, widgets: list[tuple[int, Drawn]], *, picture: bool = False) -> dict[str, str]:
    return printed._sheet(name, name, widgets, name, Language("de"), NOON.date(), picture=picture)


def texts_of(content: Any) -> str:
    """All that stands in a piece of what was set, in its order."""
    if isinstance(content, dict):
        return str(content["text"]) if content.get("func") == "text" else " ".join(map(texts_of, content.values()))
    return " ".join(map(texts_of, content)) if isinstance(content, list) else ""


def test_what_somebody_writes_is_set_as_it_is_written() -> None:
    given = told(HOSTILE, board(HOSTILE))
    found = typst.query(printed.SHEET.read_bytes(), "heading", sys_inputs=given, font_paths=printed._fonts())
    headings = [texts_of(heading["body"]).strip() for heading in json.loads(found)]
    assert headings == [HOSTILE] * 4
    for selector in ("strong", "emph", "raw", "math.equation", "link", "ref"):
        assert json.loads(typst.query(printed.SHEET.read_bytes(), selector, sys_inputs=given)) == [], selector


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_a_hostile_board_comes_whole(form: Literal["pdf", "png"]) -> None:
    made = printed.printed(
        HOSTILE, HOSTILE, board(HOSTILE), organisation=HOSTILE, say=Language("de"), now=NOON, form=form
    )
    if form == "pdf":
        assert made.startswith(b"%PDF-")
        plain = made + b"".join(_streams(made))
        assert b"/Lang" in plain
        assert b"(de)" in plain
        for active in (b"/JavaScript", b"/JS", b"/URI", b"/Launch", b"/EmbeddedFile", b"root:"):
            assert active not in plain, active
    else:
        width, height = struct.unpack(">II", made[16:24])
        assert made.startswith(b"\x89PNG")
        assert width == 1840
        assert height > 500


@pytest.mark.parametrize(("code", "foot"), [("en", "made on 2 March 2026"), ("de", "erstellt am 2. März 2026")])
def test_a_picture_says_whose_it_is_its_window_and_its_day(code: Code, foot: str) -> None:
    usual: dict[str, Any] = {"organisation": "Röstwerk", "say": Language(code), "now": NOON, "form": "png"}

    def picture(over: str = "February 2026", **other: Any) -> bytes:
        return printed.printed("Mornings", over, [], **{**usual, **other})

    others = picture("January 2026"), picture(organisation="Teehaus"), picture(now=NOON + timedelta(days=1))
    assert len({picture(), picture(), *others}) == 4, "each of the three can be seen"
    sheet = printed._sheet("Mornings", "", [], "Röstwerk", Language(code), NOON.date(), picture=False)
    assert json.loads(sheet["board"])["foot"] == f"Röstwerk · Mornings · {foot}"


def _streams(pdf: bytes) -> list[bytes]:
    """What a PDF holds packed, unpacked."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        unpacking = zlib.decompressobj()
        try:
            found.append(unpacking.decompress(match[1]))
        except zlib.error:
            continue  # packed otherwise, as fonts are
    return found


def test_widgets_stand_in_rows_as_on_the_page() -> None:
    def spans(*given: int) -> list[list[int]]:
        rows = printed._rows((span, Drawn("", "", ())) for span in given)
        return [[span for span, _ in row] for row in rows]

    assert spans(4, 4, 4, 8, 4, 12) == [[4, 4, 4], [8, 4], [12]]
    assert spans(8, 6, 6, 3) == [[8], [6, 6], [3]]


def test_a_drawing_has_its_looks_inside_and_its_numbers_no_marks() -> None:
    drawn = inked(bar(1.0, 0.0, 2.0, "calm", 'a "quoted" label & more', (0.5, 1.5)))
    assert f".c-bar.calm {{ fill: {token('--h4')} }}" in drawn
    assert token("--h4") == "#88b3be"
    assert token("--c1") == token("--accent") == "#0b5a6b"
    assert "var(" not in drawn
    assert "light-dark(" not in drawn
    marked = Markup('<data value="0.9">90.3%</data>')
    line = Line("x", (Cell(marked, counted=True),))
    data = json.loads(told("A", [(4, Drawn("", "", (Tabled((("x", False), ("y", True)), (line,)),)))])["board"])
    assert data["rows"][0]["widgets"][0]["blocks"][0]["lines"][0]["cells"][0]["text"] == "90.3%"
