"""How a file is laid out: encoding, the sign between cells, quotes, the line that names the columns."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from stamm.sources.guessing.encodings import encoding_of
from stamm.sources.guessing.naming import named
from stamm.sources.guessing.reason import Reason, Share, say
from stamm.sources.reading import Reading, format_of, refuse_no_file
from stamm.sources.reading.kind import Format
from stamm.sources.reading.packing import open_bytes

#: bytes in which the encoding is looked for, and the layout
LOOKED_AT, BEGIN = 20_000_000, 256_000
_LINES, _PREAMBLE = 200, 30
#: cells by which a line is taken for a heading
_CELLS = 200
_SIGNS = {";": "semicolon", ",": "comma", "\t": "tab", "|": "bar", "^": "circumflex"}
_MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_VALUE = re.compile(r"[-+(]?[\d.,:/\s€$£%-]*\d[\d.,:/\s€$£%)TZ-]*")

Rows = list[list[str]]


@dataclass(frozen=True)
class Layout:
    """A reading, and why each of its settings is so."""

    reading: Reading
    reasons: Mapping[str, Reason] = field(default_factory=dict)


def layout_of(path: Path) -> Layout:
    """How a file is laid out. Raises InputError where it cannot be opened or unpacked."""
    refuse_no_file(path)
    format_, why = _format(path)
    reasons: dict[str, Reason] = {"format": why} if why else {}
    named_format = format_ if why else None
    if format_ not in {None, "csv"}:
        return Layout(Reading(format=named_format), reasons)
    with open_bytes(path) as stream:
        begin = stream.read(LOOKED_AT)
    encoding, reason = encoding_of(begin)
    if reason:
        reasons["encoding"] = reason
    text = _decoded(begin[:BEGIN], encoding)
    found = text_layout(text)
    reasons.update(found.reasons)
    reading = Reading(
        format=named_format,
        encoding=encoding,
        delimiter=found.reading.delimiter,
        quote=found.reading.quote,
        heading=found.reading.heading,
        columns=found.reading.columns,
    )
    return Layout(reading, reasons)


def _format(path: Path) -> tuple[Format | None, Reason | None]:
    """The format by the name, else by how the file begins (then with the reason)."""
    known = format_of(path)
    if known or not path.is_file():
        return known, None
    with open_bytes(path) as stream:
        begin = stream.read(4096)
    if begin.startswith(b"PAR1"):
        return "parquet", say("it begins as such files do")
    if begin.startswith((b"\xd0\xcf\x11\xe0", b"[Content_Types]")):
        return "excel", say("it begins as such files do")
    if begin.lstrip().startswith(b"{"):
        return "ndjson", say("it begins as such files do")
    return "csv", say("the name does not say it; it begins like text")


def _decoded(begin: bytes, encoding: str | None) -> str:
    mark = next((mark for mark in _MARKS if begin.startswith(mark)), b"")
    return begin[len(mark) :].decode(encoding or _MARKS.get(mark, "utf-8"), "ignore")


# -- the sign between cells ----------------------------------------------------------------------------------
def text_layout(text: str) -> Layout:
    """The layout of delimited text by its first lines."""
    lines = list(islice(io.StringIO(text, newline=""), _LINES))
    if len(lines) < _LINES and len(text) >= BEGIN // 4 and len(lines) > 1:
        lines.pop()  # it may be cut off
    reasons: dict[str, Reason] = {}
    quote = '"'
    found = _separated(lines, quote)
    if _wrong_quotes(lines, found[1]):
        without = _separated(lines, "")
        if without[0] >= found[0]:
            quote, found = "", without
            reasons["quote"] = say("quotes stand in the cells as they are, and not around them")
    elif _separated(lines, "'")[0] > found[0] and any(line.startswith("'") for line in lines):
        quote, found = "'", _separated(lines, "'")
        reasons["quote"] = say("they stand around cells")
    fit, sign, rows = found
    if not sign:
        return Layout(Reading(quote=quote), reasons)
    width = _width(rows)
    told = say("{share} of {count} lines have {cells} cells with it", share=Share(fit), count=len(rows), cells=width)
    if sign != ",":
        reasons["delimiter"] = told.doubted(fit < 0.9)
    heading, columns = _heading(rows, width, reasons, lines, sign, quote)
    return Layout(
        Reading(delimiter=None if sign == "," else sign, quote=quote, heading=heading, columns=columns), reasons
    )


def _separated(lines: Sequence[str], quote: str) -> tuple[float, str, Rows]:
    """How well the best sign cuts the lines into rows of one width, which it is, and the rows."""
    found: list[tuple[float, int, str, Rows]] = []
    for sign in _SIGNS:
        rows = _cut(lines, sign, quote)
        width = _width(rows)
        if width > 1:
            fit = sum(len(row) == width for row in rows) / len(rows)
            found.append((fit, width, sign, rows))
    if not found:
        return 0.0, "", _cut(lines, ",", quote)
    fit, _, sign, rows = max(found, key=lambda one: (round(one[0], 1), one[1]))
    return fit, sign, rows


def _cut(lines: Sequence[str], sign: str, quote: str) -> Rows:
    quoting = {"quotechar": quote} if quote else {"quotechar": None, "quoting": csv.QUOTE_NONE}
    reader = csv.reader((line.replace("\0", "") for line in lines), delimiter=sign, **quoting)
    rows: Rows = []
    try:
        rows += (row for row in reader if row)
    except csv.Error:
        return rows
    return rows


def _width(rows: Rows) -> int:
    """The most frequent number of cells; of several the greatest."""
    counts = Counter(len(row) for row in rows)
    return max(counts, key=lambda width: (counts[width], width), default=0)


def _wrong_quotes(lines: Sequence[str], sign: str) -> bool:
    """Whether more cells go on behind their closing quote than end with it."""
    cells = [cell.strip() for line in lines for cell in line.rstrip("\r\n").split(sign or ",")]
    begun = [cell for cell in cells if cell.startswith('"') and '"' in cell[1:]]
    return sum(not cell.endswith('"') for cell in begun) * 2 > len(begun)


# -- the heading ---------------------------------------------------------------------------------------------
def _heading(
    rows: Rows, width: int, reasons: dict[str, Reason], lines: Sequence[str], sign: str, quote: str
) -> tuple[int | None, tuple[str, ...]]:
    """On which line the names stand, where not on the first; or made names, where they stand on none."""
    place = next(
        (place for place, row in enumerate(rows[:_PREAMBLE]) if len(row) == width and filled(row) * 2 >= width), 0
    )
    names = rows[place]
    if not names_columns(names, [row for row in rows[place + 1 :] if len(row) == width]):
        reasons["columns"] = say("the first line holds values, no names").doubted()
        return None, tuple(f"column {number}" for number in range(1, width + 1))
    if place:
        line = _line_of(names, lines, sign, quote)
        reasons["heading"] = say("the lines above it have fewer cells")
        return line, ()
    return None, ()


def filled(row: Sequence[str]) -> int:
    """How many of its cells hold something."""
    return sum(bool(cell.strip()) for cell in row)


def names_columns(row: Sequence[str], below: Rows) -> bool:
    """Whether a row names columns: words that are known as names, or words above values."""
    cells = [cell.strip() for cell in row[:_CELLS]]
    if sum(bool(named(cell, slips=False)) for cell in cells) * 3 >= len(cells):
        return True
    if any(_VALUE.fullmatch(cell) for cell in cells if cell):
        return False
    valued = [
        place
        for place in range(len(cells))
        if any(len(row) > place and _VALUE.fullmatch(row[place].strip()) for row in below[:20])
    ]
    return bool(valued) or len(set(cells)) == len(cells)


def _line_of(names: Sequence[str], lines: Sequence[str], sign: str, quote: str) -> int:
    """The line on which a row begins, from 1."""
    for number, line in enumerate(lines, start=1):
        if _cut([line], sign, quote)[:1] == [list(names)]:
            return number
    return 1
