"""Cells that are wrong whatever they should be: their row can be told apart, so the fault has its column."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from stamm.sources.cells import mask_of
from stamm.sources.checking import Raw

NUL = "holds a NUL character, which no text has; the file may be damaged or in another encoding"


def without_nul(raw: Raw) -> Raw:
    """Rows whose cells of text hold no NUL: those that did are flaws."""
    columns, flaws = dict(raw.columns), list(raw.flaws)
    for name, column in raw.columns.items():
        rows = mask_of(pc.match_substring(column, "\0"))
        if rows.any():
            columns[name] = pc.if_else(pa.array(rows), None, column)
            flaws.append((name, rows, NUL))
    return replace(raw, columns=columns, flaws=tuple(flaws)) if flaws else raw
