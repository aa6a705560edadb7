"""Recorded exports: recognised by themselves, read as worked out by hand, and never twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stamm.app.importing import Importing
from stamm.facts import imported
from stamm.sources import Chunk
from stamm.store import Lake
from tests.sources.recorded import BERLIN, expected, exports, facts_of, recorded, source_of

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
named = pytest.mark.parametrize("path", recorded(), ids=lambda path: f"{path.parent.parent.name}/{path.name}")


@named
def test_facts_are_as_worked_out_by_hand(path: Path) -> None:
    _, facts = facts_of(path)
    assert {fact: rows for fact, rows in facts.items() if rows} == expected(path)


def test_each_source_has_something_recorded() -> None:
    assert {source_of(path).key for path in recorded()} == {kind.key for kind in exports()}


def test_all_sentences_are_there() -> None:
    for kind in exports():
        assert kind.de
        assert kind.sentence("de").endswith(".")
        assert kind.cited.startswith("https://")
        assert set(kind.makes) <= set(imported())


@named
def test_each_row_is_counted_once(path: Path) -> None:
    count(list(source_of(path).read(path, organisation=BERLIN)))


def count(chunks: list[Chunk]) -> None:
    for chunk in chunks:
        assert chunk.rows_read == chunk.table.num_rows + len(chunk.rejects) + chunk.left_out
    steps = [chunk.bytes_read for chunk in chunks]
    assert all(0 <= step <= chunk.bytes_total for step, chunk in zip(steps, chunks, strict=True))


@pytest.mark.long
def test_a_folder_of_all_is_taken_in_by_itself_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for path in recorded():
        (folder / f"{path.parent.parent.name}-{path.name}").write_bytes(path.read_bytes())
    lake = Lake.create(tmp_path / "lake", BERLIN.zone)
    importing = Importing(lake, BERLIN, tmp_path / "rejects")
    report = importing.take([folder], now=NOW)
    assert report.others == []
    assert {row.file for row in report.rows} == {path.name for path in folder.iterdir()}
    number = lake.snapshot().number
    again = importing.take([folder], now=NOW + timedelta(days=40))
    assert (again.rows, lake.snapshot().number) == ([], number)
    for path in folder.iterdir():  # the same things in other bytes
        if path.suffix != ".parquet":
            path.write_bytes(path.read_bytes() + b"\n")
    later = importing.take([folder], now=NOW + timedelta(days=41))
    assert {row.new for row in later.rows} == {0}
