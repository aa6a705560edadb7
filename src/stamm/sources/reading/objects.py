"""JSON objects as rows: nested ones flattened to `a.b`, numbers kept as they are written.

An object inside another stands under its own name as JSON, and its parts under `name.part`; a list stands as JSON.
Only the columns asked for are judged: what is wrong elsewhere in an object does no harm.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

#: of a row
NO_JSON = "the line is not JSON; write one object on each line"
NO_OBJECT = "this is no JSON object but a single value or a list"
NAME_DOUBLED = "a name stands in the object twice"
OBJECT_TOO_DEEP = "the object is nested too deeply"
#: of a cell
DOUBLED = "stands in the object twice"
TOO_DEEP = "is nested too deeply"
NO_NUMBER = "is NaN or Infinity, which JSON does not have; write null where there is no value"
NO_TEXT = "holds half a character, which no text has"

#: objects inside objects that are flattened; what lies deeper stands as JSON
_DEPTH = 20
#: numbers with more digits than these keep their exponent
_DIGITS = 40


class UnsoundError(ValueError):
    """A row that cannot be told apart into cells; its text is the reason."""


@dataclass(frozen=True)
class Flaw:
    """Stands where a value is wrong, so that the rest can be read."""

    reason: str


#: what is no text in the file, a number or a flag, is bytes: as exact, told apart, and made faster than any class
Cell = str | bytes | Flaw | None
Row = dict[str, Cell]
_PLAIN = {str, bytes, type(None)}


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any] | Flaw:
    """An object of its names and values, unless a name stands in it twice."""
    found = dict(pairs)
    return found if len(found) == len(pairs) else Flaw(DOUBLED)


DECODER = json.JSONDecoder(
    object_pairs_hook=object_of, parse_float=str.encode, parse_int=str.encode, parse_constant=lambda _: Flaw(NO_NUMBER)
)
#: for the names alone; whatever the numbers are
SURVEYOR = json.JSONDecoder(parse_int=float)


def parsed(text: str, decoder: json.JSONDecoder = DECODER) -> Any:
    """The value on a line, without white space before it; raises UnsoundError where it is not JSON."""
    try:
        value, end = decoder.raw_decode(text)
    except RecursionError as error:
        raise UnsoundError(OBJECT_TOO_DEEP) from error
    except json.JSONDecodeError as error:
        raise UnsoundError(NO_JSON) from error
    if end != len(text) and not text[end:].isspace():
        raise UnsoundError(NO_JSON)
    return value


def gather(value: Any, names: dict[str, None]) -> None:
    """Add the names under which something of an object stands; raises UnsoundError where it is none."""
    _gather(_checked(value), "", names, 0)


def _gather(value: dict[str, Any], before: str, names: dict[str, None], depth: int) -> None:
    if before or not value.keys() <= names.keys():
        for key in value:
            name = before + key
            if name not in names and "\0" not in name and is_text(name):
                names[name] = None
    if depth < _DEPTH:
        for key, part in value.items():
            if type(part) is dict:
                _gather(part, f"{before}{key}.", names, depth + 1)


def flat(value: Any, wanted: Container[str]) -> Row:
    """The cells of these columns, of those that the object has; raises UnsoundError where it is none."""
    cells: Row = {}
    _flatten(_checked(value), "", wanted, cells, 0)
    return cells


def _checked(value: Any) -> dict[str, Any]:
    if isinstance(value, UnsoundError):
        raise value
    if isinstance(value, Flaw) and value.reason == DOUBLED:
        raise UnsoundError(NAME_DOUBLED)
    if not isinstance(value, dict):
        raise UnsoundError(NO_OBJECT)
    return value


def _flatten(value: dict[str, Any], before: str, wanted: Container[str], cells: Row, depth: int) -> None:
    for key, part in value.items():
        name = before + key if before else key
        kind = type(part)
        if name in wanted:
            whole = part if kind in _PLAIN else _cell(part)
            cells[name] = Flaw(DOUBLED) if name in cells else whole
        if kind is dict and depth < _DEPTH:
            _flatten(part, f"{name}.", wanted, cells, depth + 1)


def _cell(value: Any) -> Cell:
    """What is neither text nor a number in a cell."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, Flaw):
        return value
    try:
        return "".join(_written(value))
    except UnsoundError as error:
        return Flaw(str(error))
    except RecursionError:
        return Flaw(TOO_DEEP)


def plain(number: str) -> str:
    """A number without an exponent, exactly, unless that is very long."""
    try:
        value = Decimal(number)
    except InvalidOperation:
        return number
    return f"{value:f}" if abs(value.adjusted()) <= _DIGITS else number


def is_text(value: str) -> bool:
    """Whether it can be written down: half a character of a pair cannot."""
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _written(value: Any) -> Iterator[str]:
    """JSON, with numbers as they were written."""
    if isinstance(value, Flaw):
        raise UnsoundError(value.reason)
    if isinstance(value, dict):
        yield "{"
        for place, (key, part) in enumerate(value.items()):
            yield f"{', ' if place else ''}{json.dumps(key, ensure_ascii=False)}: "
            yield from _written(part)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for place, part in enumerate(value):
            yield ", " if place else ""
            yield from _written(part)
        yield "]"
    else:
        yield value.decode() if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False)
