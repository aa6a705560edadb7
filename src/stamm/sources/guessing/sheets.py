"""Where the names of the columns stand in a sheet: below a title, a date, an empty row or two."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pyarrow as pa

from stamm.sources.guessing.layouts import Layout, filled, names_columns
from stamm.sources.guessing.reason import say
from stamm.sources.reading import open_rows

#: rows above the heading at most, and rows that are looked at
_PREAMBLE, _ROWS = 12, 60


def sheet_layout(path: Path, layout: Layout) -> Layout:
    """The layout of a workbook, with its heading. Raises InputError where it cannot be read."""
    reading = layout.reading
    with open_rows(path, reading) as rows:
        first = rows.reading.heading or 1
        piece = next(rows.chunks()).raw
        columns = [piece.columns[name].slice(0, _ROWS).cast(pa.string()).to_pylist() for name in rows.names]
        heading, name_count = list(rows.heading), len(rows.names)
    lines = [first, *(int(line) for line in piece.lines[:_ROWS])]
    grid = [heading, *([cell or "" for cell in row] for row in zip(*columns, strict=True))]
    width = max((filled(row) for row in grid[1:]), default=name_count)
    if filled(grid[0]) * 2 >= width:
        return layout
    for place, row in islice(enumerate(grid), 1, _PREAMBLE):
        if filled(row) * 2 >= width and names_columns(row, grid[place + 1 :]):
            reason = say("the lines above it have fewer cells")
            return Layout(replace(reading, heading=lines[place]), {**layout.reasons, "heading": reason})
    return layout
