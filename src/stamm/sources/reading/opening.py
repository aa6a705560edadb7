"""Opening a file for reading: what it is, by its name or as told; nothing is guessed from its cells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stamm.lang.errors import InputError
from stamm.sources.reading.delimited import Delimited
from stamm.sources.reading.kind import Format, Reading, Rows
from stamm.sources.reading.ndjson import Ndjson
from stamm.sources.reading.packing import PACKED, open_bytes, unpacked_file
from stamm.sources.reading.parquet import Parquet
from stamm.sources.reading.workbook import Workbook

#: endings of names (without what packs them), and the format they stand for
ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".txt": "csv",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xlsb": "excel",
    ".xls": "excel",
    ".ods": "excel",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".parquet": "parquet",
}


def format_of(path: Path) -> Format | None:
    """The format a file's name stands for, packed or not: `Invoices.csv.gz` -> csv; None for other names."""
    name = path.name.lower()
    for ending in PACKED:
        name = name.removesuffix(ending)
    return ENDINGS.get(Path(name).suffix)


@contextmanager
def open_rows(path: Path, reading: Reading | None = None) -> Iterator[Rows]:
    """The rows of a file, unpacked as they are read; memory stays bounded whatever its size.

    Raises InputError with place and remedy where it cannot be read as the reading says.
    """
    reading = reading or Reading()
    refuse_no_file(path)
    format_ = reading.format or format_of(path)
    if format_ is None:
        raise InputError(
            "The name of the file does not say what it holds.",
            where=path.name,
            remedy=f"Let it end with {', '.join(ENDINGS)}, or name its format in a mapping.",
        )
    total = path.stat().st_size
    with ExitStack() as stack:
        yield _opened(path, format_, reading, total, stack)


def _opened(path: Path, format_: Format, reading: Reading, total: int, stack: ExitStack) -> Rows:
    if format_ == "csv":
        return Delimited(stack.enter_context(open_bytes(path, reading.member)), reading, total)
    if format_ == "ndjson":
        return Ndjson(lambda: open_bytes(path, reading.member), reading, path.name, total)
    whole = stack.enter_context(unpacked_file(path, reading.member))
    if format_ == "excel":
        return Workbook(whole, path.name, reading, total, stack)
    return Parquet(whole, path.name, reading, total, stack)


def refuse_no_file(path: Path) -> None:
    """Raises InputError for what is not a regular file: a pipe can be read once and may never end."""
    if path.is_dir():
        raise InputError("It is a folder, not a file.", where=str(path), remedy="Give the files in it.")
    if not path.exists():
        raise InputError("There is no such file.", where=str(path), remedy="Check the name and the folder.")
    if not path.is_file():
        raise InputError("It is no regular file.", where=str(path), remedy="Save what it gives to a file first.")
