"""The values in a JSON file, however it is laid out: on lines, in an array, or one document over many lines.

Numbers are decimals, exactly as they are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal, DecimalException
from itertools import chain
from pathlib import Path
from typing import Any

from stamm.facts.faults import TOO_LARGE
from stamm.lang.errors import InputError
from stamm.sources.reading.ndjson import Record, records_of
from stamm.sources.reading.objects import NO_NUMBER, Flaw, UnsoundError, object_of, parsed
from stamm.sources.reading.packing import open_bytes
from stamm.sources.reading.text import Text

#: bytes of a document that is not written line by line; it is read as a whole
LONGEST_DOCUMENT = 1 << 26


def _number(written: str) -> Decimal | Flaw:
    try:
        return Decimal(written)
    except DecimalException:
        return Flaw(TOO_LARGE)


EXACT = json.JSONDecoder(
    object_pairs_hook=object_of, parse_float=_number, parse_int=_number, parse_constant=lambda _: Flaw(NO_NUMBER)
)


def records(path: Path) -> Iterator[Record]:
    """The values in their order, each with its line; raises InputError where nothing can be read."""
    with open_bytes(path) as stream:
        found = records_of(Text(stream, None), EXACT)
        first = next(found, None)
        if first is None:
            raise InputError("The file is empty.", where=path.name, remedy="It must hold at least one JSON object.")
        if not isinstance(first.value, UnsoundError):
            yield from chain((first,), found)
            return
    whole = _whole(path)
    if whole is not None:
        yield Record(first.line, whole, path.stat().st_size)
        return
    with open_bytes(path) as stream:
        yield from records_of(Text(stream, None), EXACT)


def value_of(body: bytes) -> Any:
    """The value of a message; raises UnsoundError where it is no JSON."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnsoundError("the message is not UTF-8") from error
    return parsed(text.lstrip(), EXACT)


def _whole(path: Path) -> Any:
    """One document over many lines; nothing where the file is none. Raises InputError for one that is too long."""
    with open_bytes(path) as stream:
        pieces, size = [], 0
        for piece in Text(stream, None).characters():
            pieces.append(piece)
            size += len(piece)
            if size > LONGEST_DOCUMENT:
                raise InputError(
                    f"The first line holds no whole object, and the file is longer than {LONGEST_DOCUMENT >> 20} MB.",
                    where=f"{path.name}, line 1",
                    remedy="Write one object on each line (`jq -c` does it), or an array of objects.",
                )
    try:
        return value_of(b"".join(pieces))
    except UnsoundError:
        return None
