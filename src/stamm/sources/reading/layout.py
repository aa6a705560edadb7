"""Delimited text that is laid out as it should be: where its rows end, found without parsing it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stamm.sources.local_time import Whole

_BREAK, _RETURN = 10, 13
_MARK = "\ufeff".encode()

Codes = npt.NDArray[np.uint8]


def breaks_in(text: bytes) -> int:
    """How many line feeds there are; numpy counts many of them several times faster than `bytes` does."""
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == _BREAK))


@dataclass(frozen=True)
class Laid:
    """Rows of a text: up to which byte they reach, on which line each begins (from 0), how many lines they take."""

    end: int
    lines: Whole
    taken: int


def laid_out(text: bytes, delimiter: str, quote: str) -> Laid | None:
    r"""The rows of a text in UTF-8 that ends with a line; None where something is odd.

    Odd are quotes that stand neither around a cell nor doubled inside one, blank lines, line ends other than \n and
    \r\n, NUL, and a mark in the beginning. A last row whose quote is still open is left out.
    """
    if b"\0" in text or text.startswith(_MARK) or (b"\r" in text and text.count(b"\r") != text.count(b"\r\n")):
        return None
    codes = np.frombuffer(text, np.uint8)
    behind = np.flatnonzero(codes == _BREAK) + 1
    if not text.endswith(b"\n"):
        behind = np.append(behind, len(text))
    numbers = np.arange(1, len(behind) + 1, dtype=np.int64)
    if quote and quote.encode() in text:
        quotes = np.flatnonzero(codes == ord(quote))
        if not _sound(codes, quotes, ord(delimiter)):
            return None
        outside = np.searchsorted(quotes, behind) % 2 == 0
        behind, numbers = behind[outside], numbers[outside]
    if not len(behind):
        return None
    begins = codes[np.concatenate(([0], behind[:-1]))]
    if ((begins == _BREAK) | (begins == _RETURN)).any():
        return None
    return Laid(int(behind[-1]), np.concatenate(([0], numbers[:-1])), int(numbers[-1]))


def _sound(codes: Codes, quotes: Whole, delimiter: int) -> bool:
    """Whether each quote opens a cell, closes one, or is one of two in the middle."""
    opening, closing = quotes[::2], quotes[1::2]
    doubled = closing[: len(opening) - 1] + 1 == opening[1:]
    before = codes[opening - 1]
    opens = (before == delimiter) | (before == _BREAK) | (opening == 0)
    opens[1:] |= doubled
    behind = codes[np.minimum(closing + 1, len(codes) - 1)]
    closes = (behind == delimiter) | (behind == _BREAK) | (behind == _RETURN) | (closing == len(codes) - 1)
    closes[: len(doubled)] |= doubled
    return bool(opens.all() and closes.all())
