"""Files in Stamm's own format: CSV, Excel, NDJSON or Parquet, named after the fact kind they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import ClassVar

from stamm.facts import imported
from stamm.facts.kind import Imported
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources.checking import Layout
from stamm.sources.kind import Chunk, Source
from stamm.sources.reading import Reading, Rows, format_of, open_rows, refuse_no_file
from stamm.sources.reading.kind import Format
from stamm.sources.reading.packing import PACKED

#: endings of canonical files; any of them may be packed
_ENDINGS = ("csv", "tsv", "xlsx", "xlsm", "xlsb", "xls", "ods", "ndjson", "jsonl", "json", "parquet")
_SUFFIXES = re.compile(rf"\.({'|'.join(_ENDINGS)})({'|'.join(map(re.escape, PACKED))})?$", re.IGNORECASE)


def stem_of(path: Path) -> str:
    """The file's name without its suffix: `orders-2024.csv.gz` -> `orders-2024`."""
    return _SUFFIXES.sub("", path.name)


def fact_of(path: Path) -> type[Imported]:
    """The fact kind a file is named after: `orders.csv`, `orders-2024.parquet` -> orders."""
    kinds = imported()
    word = re.split(r"[-. ]", stem_of(path), maxsplit=1)[0].lower()
    if word in kinds:
        return kinds[word]
    near = get_close_matches(stem_of(path).lower(), kinds, n=1, cutoff=0.5) or get_close_matches(
        word, kinds, n=1, cutoff=0.5
    )
    hint = f" Perhaps {near[0]}{path.name[len(stem_of(path)) :]}?" if near else ""
    raise InputError(
        "The file is not named after a fact kind.",
        where=path.name,
        remedy=f"`stamm import --guess` proposes how to read it. Or name it after one of {', '.join(kinds)}; "
        f"more may follow a hyphen (orders-2024.csv).{hint}",
    )


@dataclass(frozen=True)
class Folder:
    """The canonical files of a folder in the order of their names, and the other files in it."""

    files: tuple[Path, ...]
    others: tuple[Path, ...]


def look_into(folder: Path) -> Folder:
    """Which files of a folder (not of folders in it) are canonical; hidden ones are passed over."""
    try:
        found = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"The folder cannot be read: {error.strerror or error}.", where=str(folder)) from error
    files: list[Path] = []
    others: list[Path] = []
    for path in found:
        word = re.split(r"[-. ]", stem_of(path), maxsplit=1)[0].lower()
        (files if _SUFFIXES.search(path.name) and word in imported() else others).append(path)
    return Folder(tuple(files), tuple(others))


class Canonical(Source):
    """A file in Stamm's own format, named after the fact kind it holds."""

    abstract = True
    format: ClassVar[Format]

    def recognises(self, what: Path | str) -> bool:
        return format_of(Path(what)) == self.format and bool(_SUFFIXES.search(str(what)))

    def reads_as(self, what: Path | str) -> str:
        return f"{super().reads_as(what)} {fact_of(Path(what)).key}"

    def files(self, what: Path | str) -> tuple[Path, ...]:
        path = Path(what)
        if path.is_dir():
            raise InputError(
                "It is a folder with the name of a file.",
                where=str(path),
                remedy="Give the files in it, named after their fact kind (orders-1.parquet).",
            )
        refuse_no_file(path)
        return (path,)

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        (path,) = self.files(what)
        fact = fact_of(path)
        with open_rows(path, Reading(format=self.format)) as rows:
            yield from rows_of_fact(fact, rows, organisation)


def rows_of_fact(fact: type[Imported], rows: Rows, organisation: Organisation) -> Iterator[Chunk]:
    """The facts in rows whose columns are called as those of the fact."""
    names = [name for name in rows.heading if name not in rows.inner]
    layout = Layout(fact, names, rows.file, organisation)
    remarks = (*rows.found, *layout.remarks)
    for piece in rows.chunks(layout.taken.values()):
        table, rejects = layout.check(piece.raw)
        both = tuple(sorted((*piece.rejects, *rejects), key=lambda reject: reject.line))
        yield Chunk(fact.key, table, piece.rows_read, both, rows.bytes_read, rows.bytes_total, remarks=remarks)


class Csv(Canonical):
    """Text with commas between the columns (UTF-8), named after the fact kind it holds, also packed."""

    en = "CSV"
    de = "CSV"
    reading = 2  # a NUL in a cell sets its row aside
    sentence_de = "Text mit Kommas zwischen den Spalten (UTF-8), benannt nach der Art der Fakten, auch gepackt."
    format = "csv"


class Excel(Canonical):
    """A workbook whose first sheet holds the fact kind it is named after."""

    en = "Excel"
    de = "Excel"
    sentence_de = "Eine Arbeitsmappe, deren erstes Blatt die Art von Fakten enthält, nach der sie benannt ist."
    format = "excel"


class Ndjson(Canonical):
    """JSON with an object on each line, named after the fact kind it holds, also packed."""

    en = "NDJSON"
    de = "NDJSON"
    sentence_de = "JSON mit einem Objekt je Zeile, benannt nach der Art der Fakten, auch gepackt."
    format = "ndjson"


class Parquet(Canonical):
    """Apache Parquet, named after the fact kind it holds."""

    en = "Parquet"
    de = "Parquet"
    sentence_de = "Apache Parquet, benannt nach der Art der Fakten."
    format = "parquet"
