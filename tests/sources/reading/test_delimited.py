"""Delimited text: any sign between the cells, any quote, any place of the heading."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamm.lang.errors import UsageError
from stamm.sources import Reject
from stamm.sources.reading import Reading, delimited, text
from stamm.sources.reading.delimited import Delimited
from stamm.sources.reading.flaws import NUL
from stamm.sources.reading.packing import open_bytes
from tests.sources.reading.whole import Whole, read, refusal, take, written

ROWS = [{"id": "1", "name": "Köln, Dom", "amount": "12.30"}, {"id": "2", "name": 'say "hi"', "amount": ""}]


def in_blocks(path: Path, block: int, reading: Reading | None = None) -> Whole:
    with open_bytes(path) as stream:
        return take(Delimited(stream, reading or Reading(), 0, block=block))


@pytest.mark.parametrize("sign", [",", ";", "\t", "|", " ", "~", "\x01", "¦", "§"])
@pytest.mark.parametrize("quote", ['"', "'", "»"])
def test_any_delimiter_and_any_quote(tmp_path: Path, sign: str, quote: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sign, quotechar=quote)
    writer.writerows([ROWS[0].keys(), *(row.values() for row in ROWS)])
    path = written(tmp_path, out.getvalue(), "any.csv")
    assert read(path, Reading(delimiter=sign, quote=quote)).rows == [(2, ROWS[0]), (3, ROWS[1])]


def test_without_quotes_every_quote_is_a_sign_like_others(tmp_path: Path) -> None:
    path = written(tmp_path, 'id|size\n1|5" pipe\n2|"\n', "any.csv")
    assert read(path, Reading(quote="")).cells == [{"id": "1", "size": '5" pipe'}, {"id": "2", "size": '"'}]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a;b\n1;2\n", "';'"),
        ("a\tb\n1\t2\n", "tab"),
        ("a|b\n1|2\n", "'|'"),
        ('"a,x";b\n1;2\n', "';'"),
        ("a;b,c;d\n1;2,5;3\n2;3;4\n", "';'"),
    ],
)
def test_the_delimiter_is_found_out_and_told(tmp_path: Path, content: str, told: str) -> None:
    assert read(written(tmp_path, content, "any.csv")).told == (f"the columns are separated by {told}",)


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "a,b;c,d\n1,2,3\n", "one\n1\n", "a;b,c\n1;2,3\n", "a\n1;2\n"])
def test_where_it_is_not_clear_it_is_a_comma(tmp_path: Path, content: str) -> None:
    assert read(written(tmp_path, content, "any.csv")).told == ()


def test_what_was_found_out_can_be_read_off(tmp_path: Path) -> None:
    path = written(tmp_path, "a;b\n1;2\n", "any.csv")
    with open_bytes(path) as stream:
        assert Delimited(stream, Reading(), 0).reading == Reading(format="csv", delimiter=";", encoding="utf-8")


# -- the heading ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_heading_further_down(tmp_path: Path, ending: str) -> None:
    content = ending.join(['# Bericht; "offen', "", "erstellt am 1.2.", "id;amount", "1;2", "", "2;3"])
    path = written(tmp_path, content, "any.csv")
    assert read(path, Reading(heading=4)).rows == [(5, {"id": "1", "amount": "2"}), (7, {"id": "2", "amount": "3"})]


def test_no_heading(tmp_path: Path) -> None:
    path = written(tmp_path, "1;2\n2;3\n4\n", "any.csv")
    whole = read(path, Reading(columns=("id", "amount")))
    assert whole.rows == [(1, {"id": "1", "amount": "2"}), (2, {"id": "2", "amount": "3"})]
    assert [reject.line for reject in whole.rejects] == [3]


def test_a_file_of_nothing_but_no_heading(tmp_path: Path) -> None:
    whole = read(written(tmp_path, "", "any.csv"), Reading(columns=("id",)))
    assert (whole.rows, whole.pieces) == ([], 1)


def test_a_heading_over_several_lines(tmp_path: Path) -> None:
    whole = read(written(tmp_path, '"id\nof order",b\n1,2\n', "any.csv"))
    assert whole.rows == [(3, {"id\nof order": "1", "b": "2"})]


def test_a_heading_beyond_the_end(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n", "any.csv")
    for heading in (3, 99):
        assert refusal(path, Reading(heading=heading)) == (
            f"any.csv: The file has no line {heading} that could name the columns. "
            "Look on which line the heading stands."
        )


def test_nul_in_the_heading(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "order,am\0ount\n1,2\n", "any.csv")) == (
        "any.csv, line 1: The heading holds a NUL character, which no text has. "
        "Look whether the file is damaged or in another encoding, such as UTF-16."
    )


# -- names ---------------------------------------------------------------------------------------------------
def test_names_are_made_distinct_and_told(tmp_path: Path) -> None:
    whole = read(written(tmp_path, "Price,, Price ,id,Price (1),\n1,2,3,4,5,6\n", "any.csv"))
    assert whole.names == ("Price (1)'", "column 2", "Price (2)", "id", "Price (1)", "column 6")
    assert whole.told == (
        "without a name, called by their place here: column 2, column 6",
        "named alike in the heading, numbered here: Price (1)', Price (2)",
    )
    assert whole.cells == [dict(zip(whole.names, "123456", strict=True))]


def test_a_name_that_stands_twice_names_no_column(tmp_path: Path) -> None:
    path = written(tmp_path, "Price,Price\n1,2\n", "any.csv")
    with pytest.raises(Exception, match=r"^any\.csv: There is no column Price\. Columns found: Price \(1\), Price \(2"):
        read(path, columns=["Price"])


def test_many_names_are_not_all_told(tmp_path: Path) -> None:
    whole = read(written(tmp_path, "a" + "," * 9_999 + "\n", "any.csv"))
    assert whole.told == (
        "without a name, called by their place here: column 2, column 3, column 4, column 5, column 6 and 9,994 more",
    )


# -- columns asked for ---------------------------------------------------------------------------------------
def test_only_columns_asked_for_are_read(tmp_path: Path) -> None:
    plain = "a,b,c\n1,2,3\n4,5,6"
    for content in (plain, plain + "\n\n7,8,9"):
        path = written(tmp_path, content, "any.csv")
        assert read(path, columns=["c"]).cells[:2] == [{"c": "3"}, {"c": "6"}]
        assert read(path, columns=["c", "a"]).cells[0] == {"a": "1", "c": "3"}
        assert [line for line, _ in read(path, columns=[]).rows][:2] == [2, 3]


def test_ten_thousand_columns(tmp_path: Path) -> None:
    heading = ",".join(f"c{place}" for place in range(10_000))
    path = written(tmp_path, heading + ("\n" + "12345," * 9_999 + "x") * 100, "any.csv")
    whole = read(path, columns=["c9999", "c0"])
    assert whole.cells == [{"c0": "12345", "c9999": "x"}] * 100


def test_more_columns_than_anybody_has(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, "," * 20_000, "any.csv")) == (
        "any.csv: There are 20,001 columns; at most 16,384 can be read. "
        "Look whether the delimiter is right, or leave columns out of the export."
    )


# -- odd rows ------------------------------------------------------------------------------------------------
def test_nul_is_a_flaw_of_its_cell(tmp_path: Path) -> None:
    whole = read(written(tmp_path, "a,b\n1,2\n\0,3\n4,x\0y\n", "any.csv"))
    assert whole.rows == [(2, {"a": "1", "b": "2"}), (3, {"b": "3"}), (4, {"a": "4"})]
    assert whole.flaws == [(3, "a", NUL), (4, "b", NUL)]
    assert read(written(tmp_path, "a,b\n\0,3\n", "any.csv"), columns=["b"]).flaws == []


def test_ragged_rows_are_set_aside(tmp_path: Path) -> None:
    whole = read(written(tmp_path, "a;b\n1\n1;2;3\n;\n", "any.csv"))
    assert whole.rows == [(4, {"a": "", "b": ""})]
    more = "; quote cells that hold ';'"
    assert whole.rejects == [
        Reject("any.csv", 2, "", "1", f"the row has 1 cells, the heading 2{more}"),
        Reject("any.csv", 3, "", "1;2;3", f"the row has 3 cells, the heading 2{more}"),
    ]


def test_quotes_gone_wrong_are_told_with_the_quote_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,'2'x\n", "any.csv")
    (reject,) = read(path, Reading(quote="'")).rejects
    assert reject.reason == "the quotes are wrong; inside quotes write a quote twice ('')"


def test_a_quote_left_open_over_many_pieces(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n" + "1,2\n" * 50 + '3,"4\n' + "1,2\n" * 500, "any.csv")
    with pytest.raises(Exception, match=r"^any\.csv, line 52: The row that begins here does not end"):
        in_blocks(path, 64)


def test_line_ends_of_all_kinds_in_one_file(tmp_path: Path) -> None:
    whole = read(written(tmp_path, b"a,b\r\n1,2\n3,4\r5,6\r\n\r\n7,8", "any.csv"))
    assert [line for line, _ in whole.rows] == [2, 3, 4, 6]


def test_rows_over_several_lines_take_the_quick_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = "a,b\n" + '1,"x\n\n, ""y"""\n2,z\n' * 40
    path = written(tmp_path, content, "any.csv")
    expected = [(2 + row * 4 + (row_ > 0) * 3, row_) for row in range(40) for row_ in (0, 1)]
    monkeypatch.setattr(Delimited, "_any", None)
    whole = in_blocks(path, 50)
    assert whole.pieces > 10
    assert [line for line, _ in whole.rows] == [line for line, _ in expected]
    assert whole.cells == [{"a": "1", "b": 'x\n\n, "y"'}, {"a": "2", "b": "z"}] * 40


def test_a_line_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LONGEST", 1 << 20)
    path = written(tmp_path, "a,b\n1,2\n" + "x" * (1 << 21), "any.csv")
    with pytest.raises(Exception, match=r"^any\.csv, line 3: The line that begins here is longer than 1 MB\. Look"):
        in_blocks(path, 1 << 16)


def test_a_cell_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "LONGEST", 1 << 20)
    path = written(tmp_path, 'a,b\n1,2\n3,"' + "x\n" * (1 << 20), "any.csv")
    with pytest.raises(Exception, match=r"^any\.csv, line 3: The row that begins here does not end"):
        in_blocks(path, 1 << 16)


def test_a_formula_is_text_like_any_other(tmp_path: Path) -> None:
    cell = '=HYPERLINK("http://x.example","y")'
    path = written(tmp_path, 'a,b\n1,"=HYPERLINK(""http://x.example"",""y"")"\n', "any.csv")
    assert read(path).cells == [{"a": "1", "b": cell}]


# -- settings that no file can have --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"delimiter": ";;"}, "The delimiter must be a single character, not ';;'."),
        ({"delimiter": ""}, "The delimiter must be a single character, not ''."),
        ({"delimiter": "\n"}, "The delimiter must be a single character, not '\\n'."),
        ({"quote": "''"}, "The quote must be a single character, not \"''\"."),
        ({"delimiter": '"'}, "Delimiter and quote are the same character."),
        ({"encoding": "latin-99"}, "There is no encoding 'latin-99'."),
        ({"encoding": "base64"}, "There is no encoding 'base64'."),
        ({"encoding": "unicode-escape"}, "There is no encoding 'unicode-escape'."),
        ({"heading": 0}, "The heading cannot stand on line 0."),
        ({"heading": 1, "columns": ("a",)}, "A file with a heading needs no `columns`."),
        ({"format": "xml"}, "There is no format 'xml'."),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError) as error:
        Reading(**settings)  # type: ignore[arg-type]
    assert error.value.what == told
    assert error.value.remedy


# -- what is written is read ---------------------------------------------------------------------------------
CELLS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=6)
TABLES = st.lists(st.tuples(CELLS, CELLS), max_size=20)


@given(
    TABLES,
    st.sampled_from([",", ";", "\t", "|", "§"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([1, 16, 1 << 20]),
    st.sampled_from(["utf-8", "utf-16", "utf-16-be", "utf-32", "utf-7", "gb18030"]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    table: list[tuple[str, str]],
    sign: str,
    ending: str,
    block: int,
    encoding: str,
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sign, lineterminator=ending, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *table])
    path = written(tmp_path_factory.getbasetemp(), out.getvalue().encode(encoding), "any.csv")
    whole = in_blocks(path, block, Reading(delimiter=sign, encoding=encoding))
    assert whole.cells == [{"a": left, "b": right} for left, right in table]
    assert whole.rejects == []
