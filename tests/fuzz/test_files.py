"""Whatever a file holds: rows and rejects that add up, or a refusal with place and remedy."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import strategies as st

from stamm.lang.errors import InputError
from stamm.sources import Chunk, Source
from stamm.sources.mapped import Mapped
from tests.fuzz.spoiling import PIECES, SECONDS, for_seconds, other_bytes, spoilt_json
from tests.sources.mapped.made import mapping_of
from tests.sources.reading.workbooks import xlsx
from tests.sources.recorded import BERLIN, exports, recorded, source_of

Check = Callable[[bytes], None]
MAPPING = """
files = "shop*"
[orders]
each = "No"
order_id = "No"
customer_id = { column = "Who", words = { Guest = "" } }
ordered_at = { column = "When", take = "lowest" }
amount = { product = ["Pieces", "Price"], take = "sum" }
currency = "Money"
[events]
event_id = "No"
customer_id = "Who"
happened_at = "When"
kind = { constant = "page" }
value = "Price"
currency = "Money"
"""
ROWS = [
    {"No": "1", "Who": "anna", "When": "2024-02-10", "Pieces": 2, "Price": "12.30", "Money": "EUR"},
    {"No": "1", "Who": "anna", "When": "2024-02-11T10:00:00Z", "Pieces": 1, "Price": "3", "Money": "EUR"},
    {"No": "2", "Who": "Guest", "When": "2024-03-31T02:30:00", "Pieces": -1, "Price": "0.05", "Money": "JPY"},
]


def csv(sign: str = ",") -> bytes:
    return "\n".join([sign.join(ROWS[0]), *(sign.join(map(str, row.values())) for row in ROWS)]).encode()


def ndjson() -> bytes:
    return b"\n".join(json.dumps(row).encode() for row in ROWS)


def parquet(compression: str) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), sink, compression=compression)
    return sink.getvalue()


def sheet() -> bytes:
    """The rows of a sheet in XML."""
    lines = [list(ROWS[0]), *([str(value) for value in row.values()] for row in ROWS)]
    cells = ["".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in line) for line in lines]
    return "".join(f"<row>{row}</row>" for row in cells).encode()


def book() -> bytes:
    """The same as a whole workbook."""
    with TemporaryDirectory() as folder:
        return xlsx(Path(folder) / "shop.xlsx", sheet().decode()).read_bytes()


def zipped() -> bytes:
    """The same as text in an archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shop.csv", csv())
    return made.getvalue()


def take(source: Source, path: Path, together: str = "") -> None:
    """Read a file: all that is read is accounted for, or it is refused with place and remedy.

    Of the fact called `together`, several rows make one.
    """
    refused: InputError | None = None
    chunks: list[Chunk] = []
    try:
        chunks += source.read(path, organisation=BERLIN)
    except InputError as error:
        refused = error
    assert refused is None or (refused.what and refused.where and refused.remedy)
    for chunk in chunks:
        chunk.table.validate(full=True)
        told = chunk.table.num_rows + len(chunk.rejects) + chunk.left_out
        assert chunk.fact == together or chunk.rows_read == told
        assert 0 <= chunk.bytes_read <= chunk.bytes_total
        assert all(reject.reason for reject in chunk.rejects)


def mapped(name: str) -> Callable[[Path], Check]:
    """A check of files of that name, read by a mapping."""

    def made(folder: Path) -> Check:
        source, path = Mapped(mapping_of(MAPPING), folder), folder / name

        def check(content: bytes) -> None:
            path.write_bytes(content)
            take(source, path, "orders")

        return check

    return made


def rows_of_a_workbook(folder: Path) -> Check:
    """A check of what stands in the sheet of a workbook that is whole otherwise."""
    source, path = Mapped(mapping_of(MAPPING), folder), folder / "shop.xlsx"

    def check(content: bytes) -> None:
        take(source, xlsx(path, content.decode("utf-8", "replace")), "orders")

    return check


def exported(folder: Path) -> Check:
    """A check of whatever a source recognises by its beginning."""

    def check(content: bytes) -> None:
        for ending in (".csv", ".json", ".ndjson"):
            path = folder / f"export{ending}"
            path.write_bytes(content)
            for kind in exports():
                if kind().recognises(path):
                    take(kind(), path)

    return check


def of_export(key: str) -> st.SearchStrategy[bytes]:
    """What was recorded of a source, spoilt."""
    found = {path: path.read_bytes() for path in recorded() if source_of(path).key == key}
    json_ones = [content for path, content in found.items() if path.suffix in (".json", ".ndjson")]
    others = [content for path, content in found.items() if path.suffix not in (".json", ".ndjson")]
    kinds = [spoilt_json(json_ones)] * bool(json_ones) + [other_bytes(others, (*PIECES, *CELLS))] * bool(others)
    return st.one_of(*kinds)


CELLS = (b",", b",,", b"-5", b"31.02.2024", b"1e9", b"1.234,56", b"EUR", b'","', b"9999-12-31")
WORKBOOK = (
    b"<row>",
    b"</row>",
    b"<c",
    b"</c>",
    b' t="s"',
    b' t="e"',
    b"<v>1e400</v>",
    b' r="XFD1048576"',
    b"&#0;",
    b"&a;",
)
#: what is read, and how it is spoilt
PARSERS: dict[str, tuple[st.SearchStrategy[bytes], Callable[[Path], Check]]] = {
    **{f"export of {kind.key}": (of_export(kind.key), exported) for kind in exports()},
    "mapped csv": (other_bytes([csv(), csv(";"), csv("\t")], (*PIECES, *CELLS)), mapped("shop.csv")),
    "mapped ndjson": (spoilt_json([ndjson()]), mapped("shop.ndjson")),
    "mapped json": (spoilt_json([json.dumps(ROWS).encode()]), mapped("shop.json")),
    "mapped parquet": (other_bytes([parquet("none"), parquet("snappy")]), mapped("shop.parquet")),
    "mapped sheet": (other_bytes([sheet()], (*PIECES, *WORKBOOK)), rows_of_a_workbook),
    "mapped workbook": (other_bytes([book()]), mapped("shop.xlsx")),
    "mapped and packed": (other_bytes([gzip.compress(csv()), zipped()]), mapped("shop.csv.gz")),
}


@pytest.mark.parametrize("name", PARSERS)
def test_any_file_is_read_or_refused(name: str, tmp_path: Path) -> None:
    spoilt, check = PARSERS[name]
    for_seconds(0.05, spoilt, check(tmp_path), turns=10)


@pytest.mark.long
@pytest.mark.parametrize("name", PARSERS)
def test_any_file_is_read_or_refused_for_a_while(name: str, tmp_path: Path) -> None:
    spoilt, check = PARSERS[name]
    assert for_seconds(SECONDS / len(PARSERS), spoilt, check(tmp_path)) > 10


def test_what_is_spoilt_was_sound(tmp_path: Path) -> None:
    """Else it would be refused at once, and nothing behind that tried."""
    made = {
        "csv": csv(),
        "ndjson": ndjson(),
        "parquet": parquet("none"),
        "xlsx": book(),
        "csv.gz": gzip.compress(csv()),
    }
    for ending, content in made.items():
        path = tmp_path / f"shop.{ending}"
        path.write_bytes(content)
        chunks = list(Mapped(mapping_of(MAPPING), tmp_path).read(path, organisation=BERLIN))
        assert sum(chunk.table.num_rows for chunk in chunks if chunk.fact == "events") == 2, ending
        assert sum(len(chunk.rejects) for chunk in chunks if chunk.fact == "events") == 1, ending
