"""Workbooks of all kinds, and those that are traps."""

import time
import zipfile
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from stamm.lang.errors import InputError
from stamm.sources.reading import Reading, open_rows, workbook_process
from tests.sources.reading.whole import read, refusal, written
from tests.sources.reading.workbooks import ods, xlsb, xlsx

ERROR = "holds an error of the workbook, such as #N/A; correct it or empty it"
UNCOMPUTED = "holds a formula that was never computed; open the workbook in Excel and save it again"
BROKEN = "The file is not a sound workbook. Open it in Excel and save it again, or save it as CSV."


def book(path: Path, *rows: tuple[object, ...], title: str = "Orders") -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.title = title
    for row in rows:
        made.active.append(row)
    made.save(path)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "any.xlsx"


def test_cells_come_in_canonical_writing(path: Path) -> None:
    moment = datetime(2024, 2, 10, 14, 30)  # noqa: DTZ001
    row = (1, 12.3, moment, date(2024, 2, 10), clock(14, 30, 5), timedelta(hours=26), True, "1.234,50", None)
    book(path, tuple("abcdefghi"), row)
    whole = read(path)
    assert whole.rows == [
        (
            2,
            {
                "a": "1",
                "b": "12.3",
                "c": "2024-02-10T14:30:00",
                "d": "2024-02-10",
                "e": "14:30:05",
                "f": "26:00:00",
                "g": "true",
                "h": "1.234,50",
            },
        )
    ]
    assert whole.native == {(2, name) for name in "abcdefg"}


@pytest.mark.parametrize(
    ("number", "cell"),
    [
        (0.1 + 0.2, "0.3"),
        (1.1 * 3, "3.3"),
        (-5.0, "-5"),
        (0.0, "0"),
        (123456789012345.0, "123456789012345"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (19.99, "19.99"),
        (4.35 * 100, "435"),
        (0.5, "0.5"),
    ],
)
def test_numbers_are_those_that_excel_shows(path: Path, number: float, cell: str) -> None:
    assert workbook_process.number(number) == cell
    book(path, ("n",), (number,))
    assert read(path).cells == [{"n": cell}]


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_both_calendars(path: Path, epoch_1904: bool) -> None:
    made = openpyxl.Workbook()
    if epoch_1904:
        made.epoch = CALENDAR_MAC_1904
    assert made.active is not None
    made.active.append(("at",))
    made.active.append((datetime(2024, 2, 10, 14, 30),))  # noqa: DTZ001
    made.save(path)
    assert read(path).cells == [{"at": "2024-02-10T14:30:00"}]


def test_rows_are_numbered_as_excel_does(path: Path) -> None:
    """Also where they begin further down and further right, with empty ones between."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for place, value in {"C3": "id", "D3": "n", "C4": 1, "D4": 2, "C7": 3, "E7": "x", "D9": 4}.items():
        sheet[place] = value
    made.save(path)
    whole = read(path)
    assert whole.names == ("id", "n", "column 3")
    assert whole.rows == [(4, {"id": "1", "n": "2"}), (7, {"id": "3", "column 3": "x"}), (9, {"n": "4"})]


def test_a_heading_further_down(path: Path) -> None:
    book(path, ("Report",), (), ("id", "n"), (1, 2))
    assert read(path, Reading(heading=3)).rows == [(4, {"id": "1", "n": "2"})]
    assert read(path).names == ("Report", "column 2")
    assert refusal(path, Reading(heading=9)) == (
        "any.xlsx: The sheet has no row 9 that could name the columns. Look in which row the heading stands."
    )


def test_no_heading(path: Path) -> None:
    book(path, (1, 2), (3, None))
    assert read(path, Reading(columns=("a", "b"))).rows == [(1, {"a": "1", "b": "2"}), (2, {"a": "3"})]
    assert refusal(path, Reading(columns=("a",))) == (
        "any.xlsx: The sheet has 2 columns, and `columns` names 1. Name all of them, in their order."
    )


def test_only_columns_asked_for_are_read(path: Path) -> None:
    book(path, ("a", "b", "c"), (1, 2, 3), (None, "x", None))
    assert read(path, columns=["c"]).rows == [(2, {"c": "3"}), (3, {})]
    assert read(path, columns=[]).rows == [(2, {}), (3, {})]


def test_pieces_are_bounded(path: Path) -> None:
    book(path, ("n",), *((number,) for number in range(workbook_process.ROWS + 10)))
    whole = read(path)
    assert whole.pieces == 2
    assert [line for line, _ in whole.rows] == list(range(2, workbook_process.ROWS + 12))


# -- sheets --------------------------------------------------------------------------------------------------
def test_the_first_sheet_with_something_in_it(path: Path) -> None:
    made = openpyxl.Workbook()
    assert made.active is not None
    made.active.title = "Empty"
    for title, state in (("Hidden", "hidden"), ("Orders", "visible"), ("More", "visible")):
        sheet = made.create_sheet(title)
        sheet.append((title,))
        sheet.append((1,))
        sheet.sheet_state = state
    made.save(path)
    whole = read(path)
    assert whole.names == ("Orders",)
    assert whole.told == ("read is the sheet Orders; there are others: More",)
    with open_rows(path) as rows:
        assert rows.reading == Reading(format="excel", sheet="Orders", heading=1)
    assert read(path, Reading(sheet="Hidden")).names == ("Hidden",)
    assert read(path, Reading(sheet="Hidden")).told == ()
    assert refusal(path, Reading(sheet="orders")) == (
        "any.xlsx: There is no sheet orders. Sheets in it: Empty, Hidden, Orders, More."
    )
    assert refusal(path, Reading(sheet="Empty")) == "any.xlsx: The sheet is empty. Its first row must name the columns."


def test_a_workbook_of_nothing(path: Path) -> None:
    book(path)
    assert refusal(path) == "any.xlsx: The sheet is empty. Its first row must name the columns."


# -- cells that would look empty -----------------------------------------------------------------------------
def test_errors_and_formulas_without_a_value_are_told(path: Path) -> None:
    rows = (
        '<row r="1"><c r="B1" t="str"><v>id</v></c><c r="C1" t="str"><v>n</v></c></row>'
        '<row r="2"><c r="B2"><v>1</v></c><c r="C2" t="e"><v>#N/A</v></c></row>'
        '<row r="3"><c r="B3"><v>2</v></c><c r="C3"><f>1+1</f></c></row>'
        '<row r="4"><c r="B4"><v>3</v></c><c r="C4"><f>1+1</f><v>2</v></c></row>'
        '<row r="5"><c r="B5"><v>4</v></c><c r="C5" t="str"><f>""</f><v></v></c></row>'
        "<row r=\"6\"><c r=\"B6\"><v>5</v></c><c t='e' r='C6'><f>1/0</f><v>#DIV/0!</v></c></row>"
        '<row r="7"><c r="C7" t="e"><v>#REF!</v></c></row>'
    )
    whole = read(xlsx(path, rows))
    assert whole.flaws == [(2, "n", ERROR), (6, "n", ERROR), (7, "n", ERROR), (3, "n", UNCOMPUTED)]
    assert whole.rows == [
        (2, {"id": "1"}),
        (3, {"id": "2"}),
        (4, {"id": "3", "n": "2"}),
        (5, {"id": "4"}),
        (6, {"id": "5"}),
        (7, {}),
    ]
    assert read(path, columns=["id"]).flaws == []


def test_a_formula_is_its_value_and_a_text_like_one_stays_text(path: Path) -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="inlineStr"><is><t>=HYPERLINK("http://x.example","y")</t></is></c></row>'
    )
    assert read(xlsx(path, rows)).cells == [{"a": "2"}, {"a": '=HYPERLINK("http://x.example","y")'}]


def test_merged_cells_count_for_every_row_they_cover(path: Path) -> None:
    made = book(path, ("order", "item"), ("A", "x"), (None, "y"), (None, "z"), ("B", "x"), (None, "w"))
    assert made.active is not None
    made.active.merge_cells("A2:A4")
    made.save(path)
    whole = read(path)
    assert [cells.get("order") for cells in whole.cells] == ["A", "A", "A", "B", None]
    assert whole.told == ("merged cells count for every row that they cover",)


# -- other kinds of workbooks --------------------------------------------------------------------------------
def test_old_workbooks() -> None:
    """Written by xlwt."""
    whole = read(Path(__file__).with_name("orders.xls"))
    assert whole.rows == [
        (4, {"id": "1", "when": "2024-02-10T14:30:00", "amount": "12.3", "paid": "true", "note": "Köln"}),
        (5, {"id": "2", "when": "2024-02-11", "amount": "-5", "paid": "false", "note": "1.234,50"}),
        (6, {"id": "A-3", "amount": "0.3", "note": "=HYPERLINK"}),
    ]
    assert whole.told == ("read is the sheet Aufträge; there are others: Zweites",)
    assert (6, "id") not in whole.native
    assert {(4, "id"), (5, "when"), (6, "amount"), (4, "paid")} <= whole.native


def test_binary_workbooks(tmp_path: Path) -> None:
    path = xlsb(tmp_path / "any.xlsb", [(1, [(2, "id"), (3, "Größe")]), (4, [(2, 12.5), (3, "x")]), (5, [(2, True)])])
    whole = read(path)
    assert whole.rows == [(5, {"id": "12.5", "Größe": "x"}), (6, {"id": "true"})]


def test_open_document_workbooks(tmp_path: Path) -> None:
    def cell(kind: str, value: str, shown: str) -> str:
        return (
            f'<table:table-cell office:value-type="{kind}" office:{value}><text:p>{shown}</text:p></table:table-cell>'
        )

    rows = "".join(
        f"<table:table-row>{cells}</table:table-row>"
        for cells in (
            cell("string", 'x=""', "id") + cell("string", 'x=""', "at") + cell("string", 'x=""', "paid"),
            cell("float", 'value="12.30"', "12,30 €")
            + cell("date", 'date-value="2024-02-10T14:30:00"', "10.02.24")
            + cell("boolean", 'boolean-value="true"', "WAHR"),
            cell("percentage", 'value="0.125"', "12,5 %") + cell("date", 'date-value="2024-02-11"', "11.02."),
        )
    )
    whole = read(ods(tmp_path / "any.ods", rows))
    assert whole.cells == [
        {"id": "12.3", "at": "2024-02-10T14:30:00", "paid": "true"},
        {"id": "0.125", "at": "2024-02-11"},
    ]


# -- traps ---------------------------------------------------------------------------------------------------
TOO_LARGE = (
    "any.xlsx: The sheet is too large: it needs more memory or time than a workbook may take. Save it as CSV, which "
    "may be of any size; or look for a stray cell far away from the others."
)


@pytest.mark.parametrize("row", [1_048_576, 8_192])
def test_a_stray_cell_far_away(path: Path, row: int) -> None:
    """A file of a thousand bytes whose rectangle would take half a terabyte, or just more than it may."""
    xlsx(path, f'<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="{row}"><c r="XFD{row}"><v>1</v></c></row>')
    assert path.stat().st_size < 2000
    assert refusal(path) == TOO_LARGE


def test_a_bomb_is_refused_by_what_it_declares(path: Path) -> None:
    xlsx(path, '<row r="1"><c r="A1"><v>1</v></c></row>')
    content = bytearray(path.read_bytes())
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = (0xFFFF0000).to_bytes(4, "little")
    another = content.rindex(b"PK\x01\x02", 0, entry)
    content[another + 24 : another + 28] = (0xFFFF0000).to_bytes(4, "little")
    path.write_bytes(content)
    assert refusal(path) == "any.xlsx: The workbook is too large when unpacked. Save the sheet as CSV, of any size."


@pytest.mark.long
def test_a_bomb_that_lies_meets_the_limits_of_its_process(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shared texts of gigabytes in a small file."""
    xlsx(path, '<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/sharedStrings.xml", "w") as stream,
    ):
        stream.write(b"<sst><si><t>")
        for _ in range(80):
            stream.write(b"x" * (1 << 24))
        stream.write(b"</t></si></sst>")
    assert refusal(path) == TOO_LARGE


def test_a_workbook_with_a_password(path: Path, tmp_path: Path) -> None:
    content = bytearray(Path(__file__).with_name("orders.xls").read_bytes())
    start = content.index(b"\x09\x08\x10\x00")  # the book's first record; a record that says it is encrypted behind it
    size = int.from_bytes(content[start + 2 : start + 4], "little") + 4
    content[start + size : start + size + 6] = b"\x2f\x00\x02\x00\x01\x00"
    assert refusal(written(tmp_path, bytes(content), "any.xls")) == (
        "any.xls: The workbook is protected by a password. Save it without one, or as CSV."
    )


@pytest.mark.parametrize("name", ["any.xlsx", "any.xls", "any.xlsb", "any.ods"])
@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)]
)
def test_what_is_no_workbook(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(written(tmp_path, content, name)) == f"{name}: {BROKEN}"


def test_other_archives_are_no_workbooks(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("any.csv", "a,b\n")
    assert refusal(path) == f"any.xlsx: {BROKEN}"


def test_the_other_process_ends_with_its_reader(path: Path) -> None:
    """Also where nobody reads to the end."""
    book(path, ("n",), *((number,) for number in range(100)))
    with open_rows(path) as rows:
        process = rows._process._process  # type: ignore[attr-defined]
        assert process.poll() is None
    started = time.monotonic()
    process.wait(10)
    assert time.monotonic() - started < 5


@settings(max_examples=20)
@given(st.binary(max_size=400), st.integers(0, 5000), st.sampled_from(["any.xls", "any.xlsb"]))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, content: bytes, place: int, name: str) -> None:
    """Damaged anywhere, it is read or refused."""
    folder = tmp_path_factory.getbasetemp()
    if name == "any.xls":
        whole = bytearray(Path(__file__).with_name("orders.xls").read_bytes())
        whole[place : place + len(content)] = content
    else:
        whole = bytearray(xlsb(folder / name, [(0, [(0, "id")]), (1, [(0, 12.5)])]).read_bytes())
        whole[place % len(whole) :] = content
    try:
        read(written(folder, bytes(whole), name))
    except InputError as error:
        refused = error.remedy
        assert refused
