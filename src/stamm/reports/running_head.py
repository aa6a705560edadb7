"""What stands at the head and foot of every printed page."""

from __future__ import annotations

from stamm.lang.language import Language

_FONT = "font: 400 8pt/1.3 -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', Arial, sans-serif; color: #4a5056;"


def running_head(organisation: str, title: str, overline: str, language: Language) -> str:
    """A rule for the margins of pages: whose report it is, and of what; pages are numbered.

    The first page has its own head. Texts are written as strings of the sheet, with nothing in them left to read
    but letters and digits.
    """
    whose = " · ".join(text for text in (organisation, title) if text)
    before, between = (string_of(text) for text in (f"{language('Page')} ", f" {language('of')} "))
    of_all = f"{before} counter(page) {between} counter(pages)"
    corners = {"top-left": string_of(whose), "bottom-left": string_of(overline), "bottom-right": of_all}
    boxes = " ".join(f"@{corner} {{ content: {content}; {_FONT} }}" for corner, content in corners.items())
    return f"@page {{ {boxes} }}\n@page :first {{ @top-left {{ content: none; }} }}\n"


def string_of(text: str) -> str:
    """A text as a string of a style sheet: all but letters and digits of ASCII are escaped."""
    plain = "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in text)
    return f'"{plain}"'
