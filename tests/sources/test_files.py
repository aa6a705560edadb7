"""Canonical files: their names, and CSV on a real disk."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.facts import imported
from stamm.lang.errors import InputError
from stamm.lang.organisation import Organisation
from stamm.sources import SOURCES, Reject
from stamm.sources.files import fact_of, look_into
from tests.sources.canonical import HEADING, MISSING, SOUND, read, refusal, rejects, rows, written


# -- names ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    [
        "orders.csv",
        "orders-2024.csv",
        "orders.2024.csv.gz",
        "Orders.CSV",
        "orders-eu-2024.parquet",
        "orders.xlsx.zst",
        "orders-1.jsonl",
    ],
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
        f"`stamm import --guess` proposes how to read it. Or name it after one of {', '.join(imported())}; "
        "more may follow a hyphen (orders-2024.csv). "
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
    assert {"cdnow", "complete_journey", "csv", "excel", "ndjson", "parquet"} <= set(SOURCES.keys())
    for source in SOURCES:
        assert source.de
        assert source.sentence()
        assert source.sentence("de")
        assert all(one.reason and one.reason_de for one in source.assumes)


# -- CSV -----------------------------------------------------------------------------------------------------
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


@pytest.mark.parametrize("cell", ["x" * 1_000_000, f'"{"x" * 1_000_000}"', f'"{"x" * 500_000}\n{"y" * 500_000}"'])
def test_a_long_cell_is_read(tmp_path: Path, cell: str) -> None:
    chunks = read(written(tmp_path, f"{HEADING}1,2024-02-10,12.30,{cell}\n"))
    assert rows(chunks)[0]["channel"] == cell.strip('"')


def test_zone_and_currency_of_the_organisation(tmp_path: Path) -> None:
    path = written(tmp_path, HEADING + "1,2024-02-10T10:00:00,500,web\n")
    (row,) = rows(read(path, Organisation(zone="Asia/Tokyo", currency="JPY")))
    assert row["ordered_at"] == datetime(2024, 2, 10, 1, tzinfo=UTC)
    assert (row["amount_minor"], row["currency"]) == (500, "JPY")
