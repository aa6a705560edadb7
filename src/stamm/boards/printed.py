"""A board on paper (PDF) and as one picture (PNG), set by Typst from data: what people write is never markup to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import typst
from markupsafe import Markup

from stamm.boards.content import COLUMNS
from stamm.boards.drawn import Aimed, Block, Drawn, Figured, Heated, Pictured, Tabled, Unknown, Written
from stamm.boards.ink import inked, token
from stamm.lang.language import Language
from stamm.reports.heat import RAMP, HeatRow

SHEET = files("stamm.boards").joinpath("sheet.typ")
#: dots an inch of a picture
DOTS = 144.0
#: lines from which on a table may go on over a page
LONG = 12
_COLOURS = ("ink", "ink-2", "ink-3", "line", "line-2", "accent", "better", "worse")
_MARK = re.compile(r"<[^>]*>")
_HEARD = re.compile(r'aria-label="([^"]*)"')


def printed(
    name: str,
    over: str,
    widgets: Sequence[tuple[int, Drawn]],
    *,
    organisation: str,
    say: Language,
    now: datetime,
    form: Literal["pdf", "png"],
) -> bytes:
    """The board, its widgets with their widths in columns, as a document or a picture in one language.

    `over` stands above its name: the window, and what it is kept to. Whose it is, and the day of `now` in its zone,
    stand below.
    """
    told = _sheet(name, over, widgets, organisation, say, now.date(), picture=form == "png")
    made = typst.compile(
        SHEET.read_bytes(),
        font_paths=_fonts(),
        format=form,
        ppi=DOTS,
        sys_inputs=told,
        timestamp=now.astimezone(UTC).replace(microsecond=0),  # of a zone with summer time it takes none
    )
    assert isinstance(made, bytes)  # a picture is one page
    return made


def _sheet(
    name: str,
    over: str,
    widgets: Sequence[tuple[int, Drawn]],
    organisation: str,
    say: Language,
    today: date,
    *,
    picture: bool,
) -> dict[str, str]:
    """What the sheet is told: everything as data."""
    told = {
        "name": name,
        "over": over,
        "organisation": organisation or "Stamm",
        "foot": " · ".join(text for text in (organisation, name, say("made on {day}", day=say.day(today))) if text),
        "page": say("Page"),
        "of": say("of"),
        "language": say.code,
        "picture": picture,
        "colours": {colour: token(f"--{colour}") for colour in _COLOURS} | {"": token("--ink-2")},
        "ramp": {f"h{step}": (token(f"--h{step}"), token(f"--h{step}-t")) for step in range(RAMP)},
        "rows": [
            {
                "widgets": [_widget(span, drawn, say) for span, drawn in row],
                "free": COLUMNS - sum(span for span, _ in row),
            }
            for row in _rows(widgets)
        ],
    }
    return {"board": json.dumps(_plain(told))}


@lru_cache
def _fonts() -> typst.Fonts:
    """The font of the sheet, which comes with us; those of the machine for letters that it has not."""
    return typst.Fonts(font_paths=[Path(str(files("font_roboto"))) / "files"])


def _rows(widgets: Iterable[tuple[int, Drawn]]) -> list[list[tuple[int, Drawn]]]:
    """Widgets in rows of twelve columns, as the grid of the page puts them."""
    rows: list[list[tuple[int, Drawn]]] = []
    for span, drawn in widgets:
        if not rows or sum(width for width, _ in rows[-1]) + span > COLUMNS:
            rows.append([])
        rows[-1].append((span, drawn))
    return rows


# -- widgets as data -----------------------------------------------------------------------------------------
def _widget(span: int, drawn: Drawn, say: Language) -> dict[str, Any]:
    made = " · ".join(text for text in (drawn.about, say("Simulated") if drawn.simulated else "") if text)
    long = any(isinstance(block, Tabled) and len(block.lines) > LONG for block in drawn.blocks)
    blocks = [{"block": block.block, **_block(block, span, say)} for block in drawn.blocks]
    return {"span": span, "title": drawn.title, "about": made, "long": long, "blocks": blocks}


def _block(block: Block, span: int, say: Language) -> dict[str, Any]:
    match block:
        case Figured():
            return _figured(block)
        case Pictured():
            return _pictured(block, span, say)
        case Tabled():
            return _tabled(block)
        case Heated():
            return _heated(block, say)
        case Written():
            return {"paragraphs": block.paragraphs}
        case Aimed():
            return _aimed(block)
        case Unknown():
            return {"why": block.why.replace("`", "")}


def _figured(block: Figured) -> dict[str, Any]:
    card = block.card
    change = card.change
    return {
        "value": card.value,
        "long": card.long,
        "looks": change.looks if change else "",
        "arrow": change.arrow if change else "",
        "change": change.text if change else "",
        "beside": change.beside if change else card.no_change,
        "range": card.range,
        "spark": inked(card.spark, fine=True),
        "heard": _heard(card.spark),
        "ends": card.spark_ends,
    }


def _aimed(block: Aimed) -> dict[str, Any]:
    return {
        "line": block.line,
        "bar": inked(block.bar),
        "heard": _heard(block.bar),
        "axis": block.axis or (),
        "looks": block.looks,
        "pace": block.pace,
        "forecast": block.forecast,
    }


def _pictured(block: Pictured, span: int, say: Language) -> dict[str, Any]:
    chart = block.charts[0 if span >= 8 else 1 if span >= 6 else 2]
    about = (say("value and 95% interval") if block.banded else say("value"),)
    hatched = (say("hatched: not over or not whole"),) if block.hatched else ()
    axis = (block.axis,) if block.axis else ()
    return {"chart": inked(chart), "heard": _heard(chart), "about": " · ".join((*about, *hatched, *axis))}


def _tabled(block: Tabled) -> dict[str, Any]:
    drawn = {place for line in block.lines for place, cell in enumerate(line.cells, start=1) if cell.drawn}
    return {
        "heads": [
            {"text": text, "counted": counted, "wide": place in drawn}
            for place, (text, counted) in enumerate(block.heads)
        ],
        "lines": [
            {
                "head": line.head,
                "note": line.note,
                "why": line.why,
                "cells": [
                    {
                        "text": cell.text,
                        "drawn": inked(cell.drawn) if cell.drawn else "",
                        "heard": _heard(cell.drawn) if cell.drawn else "",
                    }
                    for cell in line.cells
                ],
            }
            for line in block.lines
        ],
        "notes": block.notes,
    }


def _heated(block: Heated, say: Language) -> dict[str, Any]:
    heat, heads = block.heat, block.heads

    def row(line: HeatRow) -> dict[str, Any]:
        cells = [{"text": cell.text, "looks": cell.looks.partition(" ")[0]} for cell in line.cells]
        return {"name": line.name, "size": line.size, "base": line.base, "cells": cells}

    return {
        "begun": heads.begun,
        "customers": say("Customers"),
        "share": f"{heads.share} · {heads.after}",
        "steps": heat.steps,
        "empty": f"{say('empty')}: {heat.empty}" if heat.empty else "",
        "periods": heat.periods,
        "rows": [row(line) for line in heat.rows],
        "pooled": row(heat.pooled),
        "counted": heat.counted,
    }


def _plain(value: Any) -> Any:
    """All texts without the marks that a page has around its numbers."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return unescape(_MARK.sub("", value)) if isinstance(value, Markup) else value


def _heard(svg: str) -> str:
    """What a picture says to somebody who does not see it."""
    found = _HEARD.search(svg)
    return unescape(found[1]) if found else ""
