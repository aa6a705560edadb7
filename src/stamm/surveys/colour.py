"""The colour of a shop on what customers see of a survey: whatever it is, what stands on it and in it can be read.

The colour itself fills buttons and what was chosen, and what is written on it is white or black, whichever can be read
(WCAG 2.2 AA). Links and frames are lines on the page: for them it is darkened or lightened until they can be seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from stamm.lang.errors import UsageError

#: the least contrast of text (WCAG 2.2, 1.4.3)
READABLE = 4.5
#: what customers see lies on these, by day and by night
LIGHT, DARK = "#ffffff", "#17191c"
WHITE, BLACK = "#ffffff", "#000000"
_COLOUR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_STEPS = 20
#: how much of the line's colour lies on a page below what a pointer is above
_WASH_LIGHT, _WASH_DARK = 0.1, 0.2
Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Shades:
    """A colour as it is used, each as #rrggbb: the fill, the words on it, and by day and night lines and a wash."""

    fill: str
    words: str
    light: str
    dark: str
    light_wash: str
    dark_wash: str


def checked_colour(text: str) -> str:
    """A colour in its one written form, #rrggbb; empty where none is named. Raises UsageError."""
    if not text.strip():
        return ""
    found = _COLOUR.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text[:50]!r} is no colour.", remedy="Write it as #0b5a6b.")
    digits = found[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def shades(colour: str) -> Shades:
    """What is drawn in a colour (#rrggbb)."""
    words = WHITE if contrast(colour, WHITE) >= READABLE else BLACK
    light, dark = _seen_on(colour, LIGHT, BLACK), _seen_on(colour, DARK, WHITE)
    return Shades(colour, words, light, dark, _mixed(LIGHT, light, _WASH_LIGHT), _mixed(DARK, dark, _WASH_DARK))


def contrast(one: str, other: str) -> float:
    """How much two colours differ in luminance, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _seen_on(colour: str, ground: str, towards: str) -> str:
    """The colour itself, or as little nearer to another as it takes to be read on a ground."""
    steps = (_mixed(colour, towards, step / _STEPS) for step in range(_STEPS + 1))
    return next(each for each in steps if contrast(each, ground) >= READABLE)


def _luminance(colour: str) -> float:
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mixed(one: str, other: str, share: float) -> str:
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(255 * (a + share * (b - a))):02x}" for a, b in pairs)


def _parts(colour: str) -> Rgb:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue
