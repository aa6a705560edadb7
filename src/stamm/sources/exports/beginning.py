"""How a file begins: the names of its columns, or its first object. Looked at once, however many sources ask."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from stamm.lang.errors import InputError
from stamm.sources.exports.records import records
from stamm.sources.reading import Reading, format_of, open_rows
from stamm.sources.reading.objects import UnsoundError

Stamp = tuple[int, int]


def heading_of(what: Path | str, line: int | None = None) -> frozenset[str]:
    """The names of the columns of delimited text, in a line or in the first; none for anything else."""
    path = Path(what)
    if format_of(path) != "csv" or not path.is_file():
        return frozenset()
    return _heading(path, _stamp(path), line)


def first_of(what: Path | str) -> Any:
    """The first value of a JSON file, numbers as decimals; nothing for anything else."""
    path = Path(what)
    if format_of(path) != "ndjson" or not path.is_file():
        return None
    return _first(path, _stamp(path))


def _stamp(path: Path) -> Stamp:
    about = path.stat()
    return about.st_mtime_ns, about.st_size


@lru_cache(maxsize=256)
def _heading(path: Path, stamp: Stamp, line: int | None) -> frozenset[str]:
    del stamp  # another one is another file
    try:
        with open_rows(path, Reading(heading=line)) as rows:
            return frozenset(rows.names)
    except InputError:  # whoever reads it says what is wrong with it
        return frozenset()


@lru_cache(maxsize=256)
def _first(path: Path, stamp: Stamp) -> Any:
    del stamp
    try:
        record = next(records(path), None)
    except InputError:  # whoever reads it says what is wrong with it
        return None
    return None if record is None or isinstance(record.value, UnsoundError) else record.value


def columns_of(what: Path | str) -> frozenset[str]:
    """The names of the columns of a Parquet file; none for anything else."""
    path = Path(what)
    if format_of(path) != "parquet" or not path.is_file():
        return frozenset()
    return _heading(path, _stamp(path), None)
