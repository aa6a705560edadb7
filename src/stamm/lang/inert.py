"""Text on its way into a CSV file: a spreadsheet that opens it must not run it.

A cell that begins with one of a few signs is a formula to a spreadsheet, whoever wrote it: a customer may be called
`=HYPERLINK(...)`. As OWASP advises (CSV Injection), an apostrophe before it makes it text. Numbers stay numbers.
"""

from __future__ import annotations

import re
from typing import TypeVar

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d+)?")

Cell = TypeVar("Cell")


def inert(cell: Cell) -> Cell | str:
    """The cell, with an apostrophe before it where it is text that a spreadsheet would run."""
    if not isinstance(cell, str) or not _FORMULA.match(cell) or _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}"
