"""Canonical CSV and Parquet files on a real disk."""

import csv
import gzip
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.facts import imported
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources import SOURCES, Chunk, Reject
from stamm.sources.files import Csv, Parquet, fact_of, look_into
from stamm.sources.reading import Piece, Reading
from stamm.sources.reading.delimited import Delimited
from stamm.sources.reading.packing import open_bytes

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")
HEADING = "order_id,ordered_at,amount,channel\n"
MISSING = "is missing; the column must be filled in every row"


def read(path: Path, organisation: Organisation = BERLIN) -> list[Chunk]:
    source = Parquet() if path.suffix == ".parquet" else Csv()
    assert source.recognises(path)
    return list(source.read(path, organisation=organisation))


def rows(chunks: Sequence[Chunk]) -> list[dict[str, object]]:
    return [row for chunk in chunks for row in chunk.table.to_pylist()]


def rejects(chunks: Sequence[Chunk]) -> list[Reject]:
    return [reject for chunk in chunks for reject in chunk.rejects]


def written(folder: Path, content: str | bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def pieces(path: Path, block: int) -> list[Piece]:
    with open_bytes(path) as stream:
        return list(Delimited(stream, Reading(), 0, block=block).chunks())


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as told:
        read(path)
    return str(told.value)


# -- names ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["orders.csv", "orders-2024.csv", "orders.2024.csv.gz", "Orders.CSV", "orders-eu-2024.parquet"]
)
def test_the_name_says_the_fact_kind(name: str) -> None:
    assert fact_of(Path("somewhere") / name).key == "orders"


def test_the_longer_name_is_its_own_kind() -> None:
    assert fact_of(Path("order_lines-1.csv")).key == "order_lines"


def test_another_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as told:
        fact_of(Path("x/order.csv"))
    assert str(told.value) == (
        "order.csv: The file is not named after a fact kind. "
        f"Name it after one of {', '.join(imported())}; more may follow a hyphen (orders-2024.csv). "
        "Perhaps orders.csv?"
    )
    with pytest.raises(InputError, match=r"\(orders-2024\.csv\)\.$"):
        fact_of(Path("qqq.csv"))


def test_a_folder_is_its_canonical_files(tmp_path: Path) -> None:
    for name in ("orders.csv", "customers.parquet", "order.csv", "notes.txt", ".orders.csv", "orders-2.csv.gz"):
        (tmp_path / name).touch()
    (tmp_path / "returns.csv").mkdir()
    found = look_into(tmp_path)
    assert [path.name for path in found.files] == ["customers.parquet", "orders-2.csv.gz", "orders.csv"]
    assert [path.name for path in found.others] == ["notes.txt", "order.csv"]


def test_a_missing_file_and_a_folder_named_like_one(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    assert refusal(path) == f"{path}: There is no such file. Check the name and the folder."
    path.mkdir()
    assert refusal(path) == (
        f"{path}: It is a folder with the name of a file. "
        "Give the files in it, named after their fact kind (orders-1.parquet)."
    )


def test_the_registry_holds_the_sources() -> None:
    assert SOURCES.keys() == ("cdnow", "complete_journey", "csv", "parquet")
    for source in SOURCES:
        assert source.de
        assert source.sentence()
        assert source.sentence("de")
        assert all(one.reason and one.reason_de for one in source.assumes)


# -- CSV -----------------------------------------------------------------------------------------------------
SOUND = {
    "order_id": "1",
    "ordered_at": datetime(2024, 2, 9, 23, tzinfo=UTC),
    "amount_minor": 1230,
    "currency": "EUR",
    "channel": "web",
}


@pytest.mark.parametrize(
    "content",
    [
        HEADING + "1,2024-02-10,12.30,web\n",
        HEADING + "1,2024-02-10,12.30,web",
        "\ufeff" + HEADING + "1,2024-02-10,12.30,web\n",
        '\ufeff"order_id",ordered_at,amount,channel\n1,2024-02-10,12.30,web\n',
        (HEADING + "1,2024-02-10,12.30,web\n").replace("\n", "\r\n"),
        (HEADING + "1,2024-02-10,12.30,web\n").replace("\n", "\r"),
        HEADING + '"1","2024-02-10","12.30","web"\n',
        "order_id, ordered_at, amount, channel\n1, 2024-02-10, 12.30, web\n",
        "\n\n" + HEADING + "\n\n1,2024-02-10,12.30,web\n\n",
    ],
    ids=["plain", "no end", "mark", "mark and quotes", "crlf", "cr", "quotes", "blanks", "blank lines"],
)
def test_csv_is_read(tmp_path: Path, content: str) -> None:
    chunks = read(written(tmp_path, content))
    assert rows(chunks) == [SOUND]
    assert rejects(chunks) == []
    assert sum(chunk.rows_read for chunk in chunks) == 1
    assert chunks[-1].bytes_read == chunks[-1].bytes_total == len(content.encode())
    assert {chunk.fact for chunk in chunks} == {"orders"}


def test_packed_csv_is_read(tmp_path: Path) -> None:
    content = gzip.compress((HEADING + "1,2024-02-10,12.30,web\n").encode())
    chunks = read(written(tmp_path, content, "orders.csv.gz"))
    assert rows(chunks) == [SOUND]
    assert chunks[-1].bytes_read == chunks[-1].bytes_total == len(content)


def test_a_file_of_its_heading_alone(tmp_path: Path) -> None:
    (chunk,) = read(written(tmp_path, "order_id,ordered_at,amount,weather\n"))
    assert (chunk.fact, chunk.table.num_rows, chunk.rows_read) == ("orders", 0, 0)
    assert chunk.remarks[0] == "the column weather is ignored: orders has no such column"


def test_line_numbers_are_those_of_an_editor(tmp_path: Path) -> None:
    lines = [
        "order_id,ordered_at,amount,channel",  # 1
        "1,2024-02-10,12.30,web",
        ",2024-02-10,12.30,web",  # 3: no number
        '4,2024-02-10,12.30,"one',
        "two",
        'three"',
        ',2024-02-10,12.30,"a',  # 7: no number, over two lines
        'b"',
        "",
        "10,2024-02-10,12.30",  # 10: too short
        "11,2024-02-10,12.30,web,shop",  # 11: too long
        '12,2024-02-10,12.30,"we"b',  # 12: quotes
        '13,2024-02-10,12.30,"say ""hi"", web"',
        ",2024-02-10,12.30,web",  # 14: no number
    ]
    for ending in ("\n", "\r\n", "\r"):
        chunks = read(written(tmp_path, ending.join(lines)))
        cells = "; quote cells that hold ','"
        assert rejects(chunks) == [
            Reject("orders.csv", 3, "order_id", "", MISSING),
            Reject("orders.csv", 7, "order_id", "", MISSING),
            Reject("orders.csv", 10, "", "10,2024-02-10,12.30", f"the row has 3 cells, the heading 4{cells}"),
            Reject("orders.csv", 11, "", "11,2024-02-10,12.30,web,shop", f"the row has 5 cells, the heading 4{cells}"),
            Reject("orders.csv", 12, "", "", 'the quotes are wrong; inside quotes write a quote twice ("")'),
            Reject("orders.csv", 14, "order_id", "", MISSING),
        ]
        assert [row["order_id"] for row in rows(chunks)] == ["1", "4", "13"]
        assert rows(chunks)[1]["channel"] == f"one{ending}two{ending}three"
        assert rows(chunks)[2]["channel"] == 'say "hi", web'
        assert sum(chunk.rows_read for chunk in chunks) == 9


def test_line_numbers_in_a_plain_file(tmp_path: Path) -> None:
    content = HEADING + "1,2024-02-10,12.30,web\n,2024-02-10,12.30,web\n" * 3
    assert [reject.line for reject in rejects(read(written(tmp_path, content)))] == [3, 5, 7]


def test_another_encoding_is_refused_with_its_place(tmp_path: Path) -> None:
    content = (HEADING + "1,2024-02-10,12.30,web\n2,2024-02-10,12.30,Köln\n").encode("latin-1")
    place = content.index(b"\xf6")
    assert refusal(written(tmp_path, content)) == (
        f"orders.csv, line 3: The text is not UTF-8: byte 0xf6 at offset {place} does not fit. "
        "Save it as UTF-8 (in Excel: 'CSV UTF-8'), or name its encoding in a mapping."
    )


def test_another_encoding_behind_a_byte_order_mark(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + HEADING.encode() + b"1,2024-02-10,12.30,K\xf6ln\n"
    assert f"at offset {content.index(0xF6)} " in refusal(written(tmp_path, content))


def test_another_encoding_late_in_the_file(tmp_path: Path) -> None:
    content = HEADING.encode() + b"1,2024-02-10,12.30,web\n" * 50 + b"2,2024-02-10,12.30,K\xf6ln\n"
    path = written(tmp_path, content)
    with pytest.raises(InputError, match=r"^orders\.csv, line 52: .* at offset 1205 "):
        pieces(path, 100)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_mark_says_the_encoding(tmp_path: Path, encoding: str) -> None:
    content = ("\ufeff" + HEADING + "1,2024-02-10,12.30,Köln\n").encode(encoding)
    chunks = read(written(tmp_path, content))
    assert rows(chunks) == [{**SOUND, "channel": "Köln"}]
    assert chunks[0].remarks[0] == f"the file says that it is written in {encoding}"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_named(tmp_path: Path, encoding: str) -> None:
    assert refusal(written(tmp_path, (HEADING + "1,2024-02-10,12.30,web\n").encode(encoding))) == (
        f"orders.csv, line 1: The text is not UTF-8; it seems to be UTF-16 ({encoding}). "
        "Save it as UTF-8 (in Excel: 'CSV UTF-8'), or name this encoding in a mapping."
    )


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: str) -> None:
    told = refusal(written(tmp_path, content))
    assert told == "orders.csv: The file is empty. Its first line must name the columns."


@pytest.mark.parametrize(("sign", "word"), [(";", "';'"), ("\t", "tab"), ("|", "'|'")])
def test_other_separators_are_found_and_told(tmp_path: Path, sign: str, word: str) -> None:
    chunks = read(written(tmp_path, (HEADING + "1,2024-02-10,12.30,web\n").replace(",", sign)))
    assert rows(chunks) == [SOUND]
    assert chunks[0].remarks[0] == f"the columns are separated by {word}"


@pytest.mark.parametrize("rest", ["", "5,2024-02-10,12.30,web\n" * 3])
def test_a_quote_that_is_not_closed_is_refused(tmp_path: Path, rest: str) -> None:
    content = HEADING + '1,2024-02-10,12.30,web\n2,2024-02-10,12.30,"web\n3,2024-02-10,12.30,web\n' + rest
    assert refusal(written(tmp_path, content)) == (
        "orders.csv, line 3: The row that begins here does not end: a quote is opened and not closed. "
        'Close the quote; inside quotes write a quote twice ("").'
    )


def test_a_heading_with_wrong_quotes_is_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, '"order_id"x,ordered_at\n')) == (
        "orders.csv, line 1: The heading cannot be read: its quotes are wrong. "
        'Close every quote; inside quotes write a quote twice ("").'
    )


def test_a_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress((HEADING + "1,2024-02-10,12.30,web\n" * 999).encode())
    for content in (b"no gzip at all", packed[:-20], packed[:40] + b"\xff\xff" + packed[42:]):
        assert refusal(written(tmp_path, content, "orders.csv.gz")) == (
            "orders.csv.gz: The file is not a whole gzip file. Copy or pack it again; it seems cut off or damaged."
        )


@pytest.mark.parametrize("cell", ["x" * 1_000_000, f'"{"x" * 1_000_000}"', f'"{"x" * 500_000}\n{"y" * 500_000}"'])
def test_a_long_cell_is_read(tmp_path: Path, cell: str) -> None:
    chunks = read(written(tmp_path, f"{HEADING}1,2024-02-10,12.30,{cell}\n"))
    assert rows(chunks)[0]["channel"] == cell.strip('"')


def test_zone_and_currency_of_the_organisation(tmp_path: Path) -> None:
    path = written(tmp_path, HEADING + "1,2024-02-10T10:00:00,500,web\n")
    (row,) = rows(read(path, Organisation(zone="Asia/Tokyo", currency="JPY")))
    assert row["ordered_at"] == datetime(2024, 2, 10, 1, tzinfo=UTC)
    assert (row["amount_minor"], row["currency"]) == (500, "JPY")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_memory_is_bounded_by_reading_in_pieces(tmp_path: Path, ending: str) -> None:
    path = written(tmp_path, (HEADING + "1,2024-02-10,12.30,web\n" * 1000).replace("\n", ending))
    chunks = pieces(path, 1000)
    assert len(chunks) > 20
    assert [line for piece in chunks for line in piece.raw.lines.tolist()] == list(range(2, 1002))


def test_a_line_without_an_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stamm.sources.reading.text.LONGEST", 5000)
    path = written(tmp_path, HEADING + "x" * 20_000)
    with pytest.raises(InputError, match=r"^orders\.csv, line 2: The row that begins here does not end"):
        pieces(path, 1000)


# -- Parquet -------------------------------------------------------------------------------------------------
def test_parquet_is_read_whatever_the_types(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    moment = datetime(2024, 2, 9, 23, tzinfo=UTC)
    for ids, moments, amounts in (
        (pa.array([1, 2]), pa.array([moment] * 2, pa.timestamp("ns", tz="UTC")), pa.array([12.3, 12.3])),
        (pa.array(["1", "2"]), pa.array(["2024-02-10"] * 2), pa.array([Decimal("12.30")] * 2)),
        (
            pa.array(["1", "2"]).dictionary_encode(),
            pa.array([moment.date().replace(day=10)] * 2, pa.date32()),
            pa.array(["12.30"] * 2),
        ),
    ):
        columns = {"order_id": ids, "ordered_at": moments, "amount": amounts, "channel": ["web"] * 2, "x": [1, 2]}
        pq.write_table(pa.table(columns), path)
        chunks = read(path)
        assert rows(chunks) == [SOUND, {**SOUND, "order_id": "2"}]
        assert chunks[-1].remarks[0] == "the column x is ignored: orders has no such column"
        assert chunks[-1].bytes_read == chunks[-1].bytes_total == path.stat().st_size


def test_rejects_of_parquet_name_the_row(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    columns = {
        "order_id": ["1", None, "3"],
        "ordered_at": ["2024-02-10", "2024-02-10", "no"],
        "amount_minor": [1, 2, 3],
    }
    pq.write_table(pa.table(columns), path, row_group_size=1)
    chunks = read(path)
    assert [(reject.line, reject.column, reject.value) for reject in rejects(chunks)] == [
        (2, "order_id", ""),
        (3, "ordered_at", "no"),
    ]
    assert [row["order_id"] for row in rows(chunks)] == ["1"]


def test_an_empty_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"order_id": pa.array([], pa.string()), "ordered_at": [], "amount_minor": []}), path)
    (chunk,) = read(path)
    assert (chunk.fact, chunk.rows_read, chunk.table.num_rows) == ("orders", 0, 0)


def test_text_in_parquet_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    ids = pa.array([b"\xff"]).view(pa.string())
    pq.write_table(pa.table({"order_id": ids, "ordered_at": ["2024-02-10"], "amount_minor": [1]}), path)
    assert refusal(path).startswith("orders.parquet: The file is not sound Parquet.")


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"order_id": ["1"] * 9, "ordered_at": ["2024-02-10"] * 9, "amount_minor": [1] * 9}), path)
    whole = path.read_bytes()
    for content in (b"", b"PAR1", whole[:-9], whole[:20] + b"\xff" * 40 + whole[60:]):
        path.write_bytes(content)
        assert refusal(path) == (
            "orders.parquet: The file is not sound Parquet. Write or copy it again; it seems damaged."
        )


# -- round trips ---------------------------------------------------------------------------------------------
WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12).map(
    lambda text: text.strip(" \t\n\r\v\f")
)
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "event_id": WORDS.filter(bool),
            "customer_id": WORDS.filter(bool),
            "happened_at": MOMENTS,
            "kind": st.sampled_from(["page", "screen", "track"]),
            "title": WORDS.map(lambda text: text or None),
            "value_minor": st.integers(-(10**15), 10**15) | st.none(),
            "currency": st.sampled_from(["EUR", "JPY", "KWD"]),
            "properties": st.sampled_from([None, "{}", '{"a": "b,\\"c\\""}']),
        }
    ),
    max_size=30,
)


def as_csv(events: Sequence[dict[str, object]], ending: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO(newline="")
    names = ["event_id", "customer_id", "happened_at", "kind", "title", "value_minor", "currency", "properties"]
    writer = csv.DictWriter(text, names, lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]
    writer.writeheader()
    for event in events:
        happened = event["happened_at"]
        assert isinstance(happened, datetime)
        writer.writerow({**event, "happened_at": happened.isoformat()})
    return text.getvalue()


# the csv module quotes a lone carriage return only where lines end with one
@given(
    EVENTS,
    st.sampled_from([("\r\n", csv.QUOTE_MINIMAL), ("\r\n", csv.QUOTE_ALL), ("\n", csv.QUOTE_ALL)]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, object]], style: tuple[str, int]
) -> None:
    path = written(tmp_path_factory.getbasetemp(), as_csv(events, *style), "events.csv")
    chunks = read(path)
    assert rejects(chunks) == []
    assert rows(chunks) == events


@given(EVENTS.filter(bool))
def test_what_is_written_as_parquet_is_read(
    tmp_path_factory: pytest.TempPathFactory, events: list[dict[str, object]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "events.parquet"
    pq.write_table(pa.Table.from_pylist(events), path)
    assert rows(read(path)) == events
