"""Files in Stamm's own format: CSV or Parquet, named after the fact kind they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stamm.facts import imported
from stamm.facts.kind import Imported
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources.checking import Layout, Raw
from stamm.sources.kind import Chunk, Source
from stamm.sources.reading import Reading, open_rows

BATCH = 100_000
_SUFFIXES = re.compile(r"(\.csv|\.csv\.gz|\.parquet)$", re.IGNORECASE)


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
        remedy=f"Name it after one of {', '.join(kinds)}; more may follow a hyphen (orders-2024.csv).{hint}",
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


class _Canonical(Source):
    """A file in Stamm's own format."""

    abstract = True
    suffixes: tuple[str, ...] = ()

    def recognises(self, what: Path | str) -> bool:
        return str(what).lower().endswith(self.suffixes)

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
        if not path.is_file():
            raise InputError("There is no such file.", where=str(path), remedy="Check the name and the folder.")
        return (path,)


class Csv(_Canonical):
    """Comma-separated text (UTF-8), named after the fact kind it holds, also packed with gzip."""

    en = "CSV"
    de = "CSV"
    sentence_de = "Kommagetrennter Text (UTF-8), benannt nach der Art der Fakten, auch mit gzip gepackt."
    suffixes = (".csv", ".csv.gz")

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        (path,) = self.files(what)
        fact = fact_of(path)
        with open_rows(path, Reading(format="csv")) as rows:
            layout = Layout(fact, rows.heading, path.name, organisation)
            remarks = (*rows.found, *layout.remarks)
            for piece in rows.chunks(layout.taken.values()):
                table, rejects = layout.check(piece.raw)
                both = tuple(sorted((*piece.rejects, *rejects), key=lambda reject: reject.line))
                yield Chunk(fact.key, table, piece.rows_read, both, rows.bytes_read, rows.bytes_total, remarks=remarks)


class Parquet(_Canonical):
    """Apache Parquet, named after the fact kind it holds."""

    en = "Parquet"
    de = "Parquet"
    sentence_de = "Apache Parquet, benannt nach der Art der Fakten."
    suffixes = (".parquet",)

    def read(self, what: Path | str, *, organisation: Organisation) -> Iterator[Chunk]:
        (path,) = self.files(what)
        fact = fact_of(path)
        total, done = path.stat().st_size, 0
        try:
            with pq.ParquetFile(path) as file:
                layout = Layout(fact, file.schema_arrow.names, path.name, organisation)
                whole = file.metadata.num_rows
                if not whole:
                    nothing = Raw(_empty(layout), np.zeros(0, dtype=np.int64))
                    yield Chunk(fact.key, layout.check(nothing)[0], 0, (), total, total, None, layout.remarks)
                for batch in file.iter_batches(BATCH, columns=sorted(layout.taken.values())):
                    batch.validate(full=True)
                    columns = {name: batch.column(name) for name in batch.schema.names}
                    lines = np.arange(done + 1, done + batch.num_rows + 1, dtype=np.int64)
                    table, rejects = layout.check(Raw(columns, lines))
                    done += batch.num_rows
                    yield Chunk(
                        fact.key,
                        table,
                        batch.num_rows,
                        rejects,
                        total * done // whole,
                        total,
                        remarks=layout.remarks,
                    )
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                "The file is not sound Parquet.",
                where=path.name,
                remedy="Write or copy it again; it seems damaged.",
            ) from error


def _empty(layout: Layout) -> dict[str, pa.Array]:
    return {name: pa.array([], pa.string()) for name in layout.taken.values()}
