"""The events of a batch of which one is broken: each by itself, so that the others are not lost with it.

A parser gives up at the first fault. Here only what tells one event from the next is looked at: texts, brackets and
commas. It takes time and memory in proportion to the body, whatever stands in it.
"""

from __future__ import annotations

import re

#: a text (an unfinished one ends with the body), or one sign
_TOKEN = re.compile(rb'"[^"\\]*(?:\\(?:.|\Z)[^"\\]*)*(?:"|\Z)|[\[\]{},:]', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"


def split_batch(body: bytes, name: bytes = b'"batch"') -> tuple[list[bytes], bytes] | None:
    """The elements of the list called `name` in the outermost object, and the body with an empty list in its place.

    None where there is no such list, or it has no end.
    """
    depth = 0
    before = (b"", b"")
    events: list[bytes] = []
    start = opened = -1
    for token in _TOKEN.finditer(body):
        sign = token[0]
        if opened >= 0 and depth == 2 and sign in (b",", b"]"):
            event = body[start : token.start()].strip()
            if event or sign == b",":
                events.append(event)
            start = token.end()
            if sign == b"]":
                return events, body[:opened] + b"[]" + body[token.end() :]
        elif sign in _OPENING:
            if opened < 0 and depth == 1 and sign == b"[" and before == (name, b":"):
                opened, start = token.start(), token.end()
            depth += 1
        elif sign in _CLOSING:
            depth -= 1
        before = (before[1], sign)
    return None
