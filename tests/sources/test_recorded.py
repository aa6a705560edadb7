"""Recorded exports: recognised by themselves, read as worked out by hand, and never twice."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stamm.app.importing import Importing
from stamm.facts import imported
from stamm.lang.errors import InputError
from stamm.sources import Chunk
from stamm.sources.exports import Documents, Table
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


# -- whatever stands in them ---------------------------------------------------------------------------------
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.sampled_from(
        ["", " ", "x", "\0", "-5", "1e999", "NaN", "1e-30", "9999-12-31T23:59:59Z", "31.02.2024", "\ud800"]
    ),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["id", "amount", "x"]), st.integers(), max_size=2),
    st.just([[[[[[]]]]]]),
)


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if before:
        yield before
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*before, name))


def put(value: Any, place: tuple[Any, ...], junk: Any) -> None:
    for name in place[:-1]:
        value = value[name]
    value[place[-1]] = deepcopy(junk)


def read_whatever(path: Path, source: Any) -> None:
    try:
        chunks = list(source.read(path, organisation=BERLIN))
    except InputError as error:
        assert error.remedy  # noqa: PT017
        return
    count(chunks)


def documents() -> list[Path]:
    return [path for path in recorded() if isinstance(source_of(path), Documents) and path.suffix != ".parquet"]


def spoil_a_document(data: st.DataObject, folder: Path) -> None:
    path = data.draw(st.sampled_from(documents()))
    source, text = source_of(path), path.read_text("utf-8")
    lines = text.splitlines() if path.suffix == ".ndjson" else [text]
    values = [json.loads(line) for line in lines]
    for _ in range(data.draw(st.integers(1, 3))):
        put(values, data.draw(st.sampled_from(list(places(values)))), data.draw(JUNK))
    spoilt = folder / f"spoilt{path.suffix}"
    spoilt.write_text("\n".join(json.dumps(value) for value in values), "utf-8")
    read_whatever(spoilt, source)


def spoil_a_table(data: st.DataObject, folder: Path) -> None:
    path = data.draw(st.sampled_from([path for path in recorded() if isinstance(source_of(path), Table)]))
    lines = path.read_text("utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        line = data.draw(st.integers(1, len(lines) - 1))
        cells = lines[line].split(",")
        junk = data.draw(
            st.sampled_from(["", "x", "-5", "1e9", "NaN", '"', "99999999999999999999", "\0", "2024-13-01"])
        )
        cells[data.draw(st.integers(0, len(cells) - 1))] = junk
        lines[line] = ",".join(cells)
    spoilt = folder / "spoilt.csv"
    spoilt.write_text("\n".join(lines) + "\n", "utf-8")
    read_whatever(spoilt, source_of(path))


@settings(
    max_examples=60,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_stands_in_a_document_has_a_defined_answer(data: st.DataObject, tmp_path: Path) -> None:
    spoil_a_document(data, tmp_path)


@settings(
    max_examples=40,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_whatever_stands_in_a_table_has_a_defined_answer(data: st.DataObject, tmp_path: Path) -> None:
    spoil_a_table(data, tmp_path)


# -- the same at length --------------------------------------------------------------------------------------
MANY = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.long
@settings(max_examples=600, deadline=None, phases=(Phase.generate,), suppress_health_check=MANY)
@given(data=st.data())
def test_whatever_stands_in_many_documents_has_a_defined_answer(data: st.DataObject, tmp_path: Path) -> None:
    spoil_a_document(data, tmp_path)


@pytest.mark.long
@settings(max_examples=400, deadline=None, phases=(Phase.generate,), suppress_health_check=MANY)
@given(data=st.data())
def test_whatever_stands_in_many_tables_has_a_defined_answer(data: st.DataObject, tmp_path: Path) -> None:
    spoil_a_table(data, tmp_path)


@pytest.mark.long
@settings(max_examples=800, deadline=None, phases=(Phase.generate,), suppress_health_check=MANY)
@given(data=st.data())
def test_whatever_bytes_a_file_holds_it_is_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    path = data.draw(st.sampled_from(recorded()))
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content)))
    content[place : place + data.draw(st.integers(0, 50))] = data.draw(st.binary(max_size=60))
    spoilt = tmp_path / f"spoilt{path.suffix}"
    spoilt.write_bytes(bytes(content))
    for kind in exports():
        if kind().recognises(spoilt):
            read_whatever(spoilt, kind())
