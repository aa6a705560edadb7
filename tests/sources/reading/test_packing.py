"""Packed files, whole and damaged, and what is no file at all."""

import bz2
import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stamm.sources.reading import Reading, format_of, open_rows, packing
from tests.sources.reading.whole import read, refusal, written

CONTENT = b"id;name\n" + b"".join(b"%d;K\xc3\xb6ln\n" % row for row in range(5000))
CELLS = [{"id": str(row), "name": "Köln"} for row in range(5000)]


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda content: pa.compress(content, "zstd", asbytes=True),
    "zip": lambda content: zipped({"any.csv": content}),
}
TOLD = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd", "zip": "zip"}


@pytest.mark.parametrize("ending", PACKERS)
@pytest.mark.parametrize("named", [True, False])
def test_packed_files_are_unpacked_as_they_are_read(tmp_path: Path, ending: str, named: bool) -> None:
    """By what they are, whether their name says it or not."""
    path = written(tmp_path, PACKERS[ending](CONTENT), f"any.csv.{ending}" if named else "any.csv")
    assert read(path).cells == CELLS


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst"])
def test_packed_one_after_the_other(tmp_path: Path, ending: str) -> None:
    half = len(CONTENT) // 2
    path = written(tmp_path, PACKERS[ending](CONTENT[:half]) + PACKERS[ending](CONTENT[half:]), f"any.csv.{ending}")
    assert read(path).cells == CELLS


@pytest.mark.parametrize("ending", PACKERS)
def test_what_is_not_whole_is_refused(tmp_path: Path, ending: str) -> None:
    packed = PACKERS[ending](CONTENT)
    middle = len(packed) // 2
    cut = [b"not packed at all", packed[:-12], packed[:middle], packed[:5]]
    broken = [packed[:middle] + bytes(16) + packed[middle + 16 :]]  # Arrow's zstd has no check sum
    for content in cut if ending == "zst" else cut + broken:
        assert refusal(written(tmp_path, content, f"any.csv.{ending}")) == (
            f"any.csv.{ending}: The file is not a whole {TOLD[ending]} file. "
            "Copy or pack it again; it seems cut off or damaged."
        )


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_nothing_packed_is_nothing(tmp_path: Path, ending: str) -> None:
    assert refusal(written(tmp_path, b"", f"any.csv.{ending}")) == (
        f"any.csv.{ending}: The file is empty. Its first line must name the columns."
    )


# -- archives ------------------------------------------------------------------------------------------------
def test_what_a_system_leaves_in_archives_does_not_count(tmp_path: Path) -> None:
    content = zipped({"any.csv": CONTENT, "__MACOSX/any.csv": b"x", "folder/": b"", "folder/.DS_Store": b"x"})
    assert read(written(tmp_path, content, "any.csv.zip")).cells == CELLS


def test_several_files_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, zipped({"a.csv": b"x\n1\n", "b/c.csv": b"x\n2\n"}), "any.csv.zip")
    assert refusal(path) == (
        "any.csv.zip: The archive holds 2 files, not one. Unpack it, or name one of them as `member`: a.csv, b/c.csv."
    )
    assert read(path, Reading(member="b/c.csv")).cells == [{"x": "2"}]
    assert refusal(path, Reading(member="c.csv")) == (
        "any.csv.zip: The archive holds no file c.csv. Files in it: a.csv, b/c.csv."
    )


def test_an_archive_of_nothing(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, zipped({}), "any.csv.zip")).startswith("any.csv.zip: The archive holds 0 files")


def test_a_password_is_told(tmp_path: Path) -> None:
    content = bytearray(zipped({"any.csv": b"x\n1\n"}))
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(sign) + flags] |= 1
    assert refusal(written(tmp_path, bytes(content), "any.csv.zip")) == (
        "any.csv.zip: The archive is protected by a password. Pack it without one."
    )


def test_a_workbook_with_the_name_of_text_is_told(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, zipped({"xl/workbook.xml": b"<x/>"}), "any.csv")) == (
        "any.csv: The file is a workbook. Let its name end with .xlsx, .xlsb or .ods."
    )


# -- bombs ---------------------------------------------------------------------------------------------------
def test_what_unpacks_to_very_much_stays_bounded(tmp_path: Path) -> None:
    """A gigabyte of one sign without a line end is given up after the longest line."""
    block = gzip.compress(b"x" * (1 << 24))
    path = written(tmp_path, gzip.compress(b"a,b\n") + block * 64, "any.csv.gz")
    assert path.stat().st_size < 2_000_000
    assert refusal(path).startswith("any.csv.gz, line 2: The line that begins here is longer than 16 MB.")


def test_what_is_unpacked_to_the_disk_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "UNPACKED", 1 << 24)
    path = written(tmp_path, gzip.compress(b"\0" * (1 << 24)) * 2, "any.parquet.gz")
    assert refusal(path) == (
        "any.parquet.gz: The file is larger than 16 MB when unpacked. Unpack it yourself, if it is what you expect."
    )


def test_other_formats_are_unpacked_too(tmp_path: Path) -> None:
    table = io.BytesIO()
    pq.write_table(pa.table({"id": [1]}), table)
    for ending, pack in PACKERS.items():
        assert read(written(tmp_path, pack(table.getvalue()), f"any.parquet.{ending}")).cells == [{"id": 1}]
        assert read(written(tmp_path, pack(b'{"id": 1}\n'), f"any.ndjson.{ending}")).cells == [{"id": "1"}]


# -- names ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("a.csv", "csv"),
        ("A.CSV.GZ", "csv"),
        ("a.b.tsv.zst", "csv"),
        ("a.txt", "csv"),
        ("a.xlsx", "excel"),
        ("a.xls.zip", "excel"),
        ("a.ods", "excel"),
        ("a.jsonl", "ndjson"),
        ("a.json.xz", "ndjson"),
        ("a.parquet", "parquet"),
        ("a", None),
        ("a.gz", None),
        ("csv", None),
        ("a.pdf", None),
    ],
)
def test_the_name_says_the_format(name: str, format_: str | None) -> None:
    assert format_of(Path("some.csv") / name) == format_


def test_a_name_that_says_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n", "export.dat")
    assert refusal(path).startswith(
        "export.dat: The name of the file does not say what it holds. Let it end with .csv,"
    )
    assert read(path, Reading(format="csv")).cells == [{"a": "1", "b": "2"}]


# -- no files ------------------------------------------------------------------------------------------------
def test_a_folder_a_pipe_a_device_and_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    folder, pipe, nothing = (tmp_path / f"{name}.csv" for name in ("folder", "pipe", "nothing"))
    assert refusal(folder) == f"{folder}: It is a folder, not a file. Give the files in it."
    assert refusal(nothing) == f"{nothing}: There is no such file. Check the name and the folder."
    no_file = "It is no regular file. Save what it gives to a file first."
    assert refusal(pipe) == f"{pipe}: {no_file}"
    assert refusal(Path("/dev/zero"), Reading(format="csv")) == f"/dev/zero: {no_file}"


def test_a_file_nobody_may_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a,b\n", "any.csv")
    path.chmod(0)

    def refuse(*_: object) -> None:  # root may read anything
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert refusal(path) == "any.csv: The file cannot be read: Permission denied. Check its name and permissions."


def test_a_disk_that_fails_while_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, CONTENT, "any.csv")

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 8:
                raise OSError(5, "Input/output error")
            return super().read(min(size or 0, 100))

    monkeypatch.setattr(Path, "open", lambda *_: Failing(CONTENT))
    assert refusal(path) == "any.csv: The file cannot be read: Input/output error. Check its name and permissions."


def test_an_error_of_who_reads_stays_what_it_is(tmp_path: Path) -> None:
    """A full disk on the other side must not be told as a file that cannot be read."""
    path = written(tmp_path, gzip.compress(CONTENT), "any.csv.gz")

    def full(path: Path) -> None:
        with open_rows(path) as rows:
            for _ in rows.chunks():
                raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        full(path)
