"""Words that carry their numbers to the last digit; of what answer these are says `exact.py`."""

from __future__ import annotations

from typing import Self

from markupsafe import Markup, escape

from stamm.lang.language import Language


class Marked(str):
    """Words with numbers in them: marked where a page prints them, and plain in all other places.

    So labels of pictures, paper and comparisons take them for the text that they are.
    """

    __slots__ = ("markup",)

    markup: Markup

    def __new__(cls, text: str, markup: Markup) -> Self:
        found = super().__new__(cls, text)
        found.markup = markup
        return found

    def __html__(self) -> Markup:
        return self.markup


def filled(pattern: str, **words: str) -> Marked:
    """A sentence with `{name}` filled in, in which numbers stay marked."""
    return Marked(pattern.format(**words), escape(pattern).format(**words))


def interval(low: str, high: str, say: Language) -> Marked:
    """91.4% to 92.9%, both marked."""
    return filled("{low} {to} {high}", low=low, to=say("to"), high=high)


def exactly(number: float, text: str) -> Marked:
    """A number that no answer has by itself, such as the amount of one order."""
    return Marked(text, Markup('<data value="{}">{}</data>').format(number, text))
