"""Words in several languages, and words that strangers send."""

from __future__ import annotations

#: a text by the code of its language, the first one for everybody else
Told = dict[str, str]


def said(told: Told, code: str) -> str:
    """A text in a language, else in the first one it has; empty where there is none."""
    return told.get(code) or next(iter(told.values()), "")


def plain(text: str) -> str:
    """A text without signs that nobody sees; lines stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in lines if sign.isprintable() or sign == "\n")
