"""Formats of dates: which directives a mapping may use, and what they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: directive -> what it reads; numbers may have fewer digits than usual (5.1.2024), but for the year
DIRECTIVES = {
    "Y": "year, four digits",
    "y": "year, two digits: 69 to 99 are in the last century",
    "m": "month, a number",
    "b": "month, its name or the usual abbreviation, English or German",
    "d": "day of the month",
    "H": "hour, 0 to 23",
    "I": "hour, 1 to 12, with %p",
    "p": "AM or PM",
    "M": "minute",
    "S": "second",
    "f": "fraction of a second",
    "z": "distance from UTC, such as +01:00, or Z",
}
#: numbers that stand for a moment, named in place of a format
SERIALS = {
    "excel": "days of a workbook, such as 45332.604",
    "excel-1904": "days of a workbook that counts from 1904, as old ones from a Mac do",
    "unix": "seconds since 1970 in UTC",
    "unix-ms": "milliseconds since 1970 in UTC",
}
_PIECE = re.compile(r"%(.?)|[^%]+", re.DOTALL)
_DAY = ({"Y", "y"}, {"m", "b"}, {"d"})


@dataclass(frozen=True)
class DateFormat:
    """A format in pieces: text as it stands, or a directive (one letter); or the name of one of `SERIALS`.

    Raises ValueError, with a sentence that says what is wrong, for a format that does not say a day.
    """

    text: str

    def __post_init__(self) -> None:
        if self.text in SERIALS:
            return
        found = [piece for piece, is_directive in self.pieces if is_directive]
        for piece in found:
            if piece not in DIRECTIVES:
                raise ValueError(f"%{piece} is not known; known are {', '.join('%' + known for known in DIRECTIVES)}.")
            if found.count(piece) > 1:
                raise ValueError(f"%{piece} stands in it twice.")
        if any(len(one.intersection(found)) != 1 for one in _DAY):
            raise ValueError("A year (%Y or %y), a month (%m or %b) and a day (%d) are needed, each once.")
        if ("I" in found) != ("p" in found) or {"H", "I"} <= set(found):
            raise ValueError("Hours are %H, or %I together with %p.")
        for finer, coarser in (("M", "HI"), ("S", "M"), ("f", "S"), ("z", "HI")):
            if finer in found and not set(coarser) & set(found):
                raise ValueError(f"%{finer} needs %{coarser[0]} too.")

    @property
    def pieces(self) -> tuple[tuple[str, bool], ...]:
        """Text as it stands (False) and directives (True), in their order; none of a serial number."""
        if self.text in SERIALS:
            return ()
        found = [(match[0], match[1]) for match in _PIECE.finditer(self.text)]
        whole = [
            ("%", False) if letter == "%" else (letter, True) if text[0] == "%" else (text, False)
            for text, letter in found
        ]
        return tuple(whole)

    @property
    def has_time(self) -> bool:
        """Whether it says a time of the day."""
        return self.text in SERIALS or any(is_directive and piece in "HI" for piece, is_directive in self.pieces)
