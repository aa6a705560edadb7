"""Files into the lake: all of one call together or nothing, each file once, bad rows set aside."""

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from stamm.app import importing
from stamm.app.importing import Importing, ImportReport, Known
from stamm.lang.errors import BusyError, InputError
from stamm.lang.organisation import Organisation
from stamm.store import Lake, Writer

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
ORDERS = "order_id,customer_id,ordered_at,amount\n1,a,2024-02-10,12.30\n2,b,2024-02-11,5\n"
BAD = "order_id,customer_id,ordered_at,amount\n1,a,2024-02-10,12.30\n2,b,soon,5\n,c,2024-02-11,5\n4,d,2024-02-12,x\n"
CUSTOMERS = "customer_id,valid_from,name\na,2024-01-01,Ada\n"
MISSING = "is missing; the column must be filled in every row"
NO_MOMENT = "is not a moment; write it as 2024-02-10T14:30:00, with +01:00 or Z at the end unless it is local time"
NO_AMOUNT = "is not an amount in major units; write it with a decimal point and without currency, such as 12.30"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake", BERLIN.zone)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    return place


def take(lake: Lake, *what: Path | str, strict: bool = False, now: datetime = NOW) -> ImportReport:
    return Importing(lake, BERLIN, lake.root.parent / "rejects").take(what, strict=strict, now=now)


def refusal(lake: Lake, *what: Path | str, strict: bool = False) -> InputError:
    """What a call is refused with; the lake must be as it was."""
    before = lake.snapshot().number
    with pytest.raises(InputError) as told:
        take(lake, *what, strict=strict)
    assert lake.snapshot().number == before
    return told.value


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def keys(lake: Lake, fact: str = "orders", column: str = "order_id") -> list[str]:
    return sorted(lake.state_at(fact, NOW + timedelta(days=999))[column].to_pylist())


def listed(lake: Lake) -> list[list[str]]:
    (path,) = (lake.root.parent / "rejects").iterdir()
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_a_folder_is_taken_in_at_once(lake: Lake, folder: Path) -> None:
    written(folder, "orders.csv", ORDERS)
    written(folder, "customers.csv", CUSTOMERS + "x,2024-01-01,Eve,Extra\n")
    written(folder, "order.csv", ORDERS)
    before = lake.snapshot().number
    report = take(lake, folder)
    assert [(row.file, row.fact, row.read, row.new, row.rejected) for row in report.rows] == [
        ("customers.csv", "customers", 2, 1, 1),
        ("orders.csv", "orders", 2, 2, 0),
    ]
    assert (report.read, report.rejected, report.known, report.others) == (4, 1, [], ["order.csv"])
    assert report.remarks == {
        "orders.csv": ["there is no column currency: amount_minor is taken as EUR, the organisation's currency"]
    }
    assert report.snapshot == lake.snapshot().number == before + 1
    assert all(row.seconds > 0 for row in report.rows)
    assert keys(lake) == ["1", "2"]


def test_rows_say_where_they_came_from_and_when(lake: Lake, folder: Path) -> None:
    take(lake, written(folder, "orders.csv", ORDERS))
    row = lake.state_at("orders", NOW).to_pylist()[0]
    assert (row["source"], row["received_at"], row["simulated"]) == ("orders.csv", NOW, False)


def test_the_same_file_twice_changes_nothing_and_says_so(lake: Lake, folder: Path) -> None:
    path = written(folder, "orders.csv", ORDERS)
    first = take(lake, path)
    again = take(lake, path, now=NOW + timedelta(days=1))
    assert again == ImportReport(known=[Known("orders.csv", "orders.csv", NOW.isoformat())])
    assert lake.snapshot().number == first.snapshot
    path.rename(folder / "orders-old.csv")
    assert take(lake, folder).known == [Known("orders-old.csv", "orders.csv", NOW.isoformat())]


def test_a_file_given_twice_in_one_call_is_read_once(lake: Lake, folder: Path) -> None:
    path = written(folder, "orders.csv", ORDERS)
    report = take(lake, path, path)
    assert (len(report.rows), [known.file for known in report.known]) == (1, ["orders.csv"])


def test_the_same_bytes_read_another_way_are_another_file(lake: Lake, folder: Path) -> None:
    text = "order_id,line_id,ordered_at,quantity,amount_minor\n1,1,2024-02-10,1,100\n"
    assert len(take(lake, written(folder, "orders.csv", text)).rows) == 1
    assert len(take(lake, written(folder, "order_lines.csv", text)).rows) == 1
    dollars = Organisation(zone=BERLIN.zone, currency="USD")
    report = Importing(lake, dollars, folder).take([folder / "orders.csv"], now=NOW)
    assert (report.known, report.rows[0].changed) == ([], 1)


def test_a_changed_file_changes_just_its_rows(lake: Lake, folder: Path) -> None:
    path = written(folder, "orders.csv", ORDERS)
    take(lake, path)
    written(folder, "orders.csv", ORDERS.replace(",5\n", ",6\n") + "3,c,2024-02-12,1\n")
    (row,) = take(lake, path, now=NOW + timedelta(days=1)).rows
    assert (row.read, row.new, row.changed, row.unchanged, row.older) == (3, 1, 1, 1, 0)
    assert take(lake, written(folder, "orders-1.csv", ORDERS + "\n")).rows[0].older == 1


def test_a_later_row_of_the_same_key_is_the_newer_message(lake: Lake, folder: Path) -> None:
    take(lake, written(folder, "orders.csv", ORDERS + "1,a,2024-02-10,99\n"))
    amounts = {row["order_id"]: row["amount_minor"] for row in lake.state_at("orders", NOW).to_pylist()}
    assert amounts == {"1": 9900, "2": 500}


def test_a_pipe_is_refused_and_not_waited_for(lake: Lake, folder: Path) -> None:
    os.mkfifo(folder / "orders.csv")
    path = folder / "orders.csv"
    assert str(refusal(lake, path)) == f"{path}: It is no regular file. Save what it gives to a file first."


# -- rows set aside ------------------------------------------------------------------------------------------
def test_bad_rows_are_set_aside_and_counted(lake: Lake, folder: Path) -> None:
    report = take(lake, written(folder, "orders.csv", BAD))
    assert (report.read, report.rejected, report.rows[0].new) == (4, 3, 1)
    assert report.reasons == {
        f"ordered_at {NO_MOMENT}": 1,
        f"order_id {MISSING}": 1,
        f"amount {NO_AMOUNT}": 1,
    }
    assert report.rejects == lake.root.parent / "rejects" / "rejects-20240301T120000Z.csv"
    assert report.rejects.stat().st_mode & 0o777 == 0o600
    assert listed(lake) == [
        ["file", "line", "column", "value", "reason"],
        ["orders.csv", "3", "ordered_at", "soon", NO_MOMENT],
        ["orders.csv", "4", "order_id", "", MISSING],
        ["orders.csv", "5", "amount", "x", NO_AMOUNT],
    ]
    assert keys(lake) == ["1"]


def test_what_a_spreadsheet_would_run_is_text_in_the_list(lake: Lake, folder: Path) -> None:
    row = """=HYPERLINK("x"),2024-02-10,"=cmd|'/C calc'!A0"\n-1,2024-02-10,-x\n,2024-02-10,-5\n"""
    take(lake, written(folder, "orders.csv", "order_id,ordered_at,amount\n" + row.replace('("x")', "()")))
    assert [line[3] for line in listed(lake)[1:]] == ["'=cmd|'/C calc'!A0", "'-x", ""]


def test_without_bad_rows_there_is_no_list(lake: Lake, folder: Path) -> None:
    assert take(lake, written(folder, "orders.csv", ORDERS)).rejects is None
    assert not (lake.root.parent / "rejects").exists()


def test_two_lists_of_one_second_do_not_replace_each_other(lake: Lake, folder: Path) -> None:
    first = take(lake, written(folder, "orders.csv", BAD))
    second = take(lake, written(folder, "orders.csv", BAD + "5,,,\n"))
    assert first.rejects is not None
    assert second.rejects is not None
    assert second.rejects.name == "rejects-20240301T120000Z-2.csv"
    assert len(first.rejects.read_text().splitlines()) == 4
    assert len(second.rejects.read_text().splitlines()) == 5


def test_a_file_of_bad_rows_alone(lake: Lake, folder: Path) -> None:
    report = take(lake, written(folder, "orders.csv", "order_id,ordered_at,amount\n,,\n"))
    assert (report.read, report.rejected, report.rows[0].new) == (1, 1, 0)


def test_strict_refuses_the_whole_call(lake: Lake, folder: Path) -> None:
    sound = written(folder, "customers.csv", CUSTOMERS)
    error = refusal(lake, sound, written(folder, "orders.csv", BAD), strict=True)
    path = lake.root.parent / "rejects" / "rejects-20240301T120000Z.csv"
    assert error.exit_code == 3
    assert str(error) == (
        "3 rows are not sound, so nothing was taken in. "
        f"orders.csv, line 3: ordered_at {NO_MOMENT}; "
        f"orders.csv, line 4: order_id {MISSING}; "
        f"orders.csv, line 5: amount {NO_AMOUNT}. "
        f"All of them are listed in {path}. Correct them, or import without --strict."
    )
    assert "soon" not in str(error), "values may be personal"
    assert len(listed(lake)) == 4
    assert len(take(lake, sound, strict=True).rows) == 1, "nothing was remembered of the refused call"


def test_strict_names_the_first_rejects_alone(lake: Lake, folder: Path) -> None:
    error = refusal(lake, written(folder, "orders.csv", ORDERS + ",,,\n" * 2000), strict=True)
    assert str(error).startswith("2,000 rows are not sound")
    assert str(error).count("line") == 5
    assert "; and 1,995 more. All" in str(error)
    one = refusal(lake, written(folder, "orders.csv", ORDERS + ",,,\n"), strict=True)
    assert str(one).startswith("1 row is not sound, so nothing was taken in. orders.csv, line 4: order_id is missing;")


# -- nothing half done ---------------------------------------------------------------------------------------
def test_a_refused_file_refuses_the_others(lake: Lake, folder: Path) -> None:
    written(folder, "customers.csv", CUSTOMERS)
    written(folder, "orders.csv", BAD)
    written(folder, "returns.csv", "return_id\n1\n")
    assert str(refusal(lake, folder)).startswith("returns.csv: The column returned_at is missing.")
    assert list((lake.root.parent / "rejects").iterdir()) == [], "no list of an import that did not happen"


def test_a_commit_that_fails_leaves_no_list(lake: Lake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Writer) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Writer, "commit", full)
    with pytest.raises(OSError, match="No space"):
        take(lake, written(folder, "orders.csv", BAD))
    assert list((lake.root.parent / "rejects").iterdir()) == []


def test_a_draft_left_by_a_killed_import_goes(lake: Lake, folder: Path) -> None:
    place = lake.root.parent / "rejects"
    place.mkdir()
    (place / ".rejects-20240101T000000Z.part").write_text("file,line,column,value,reason\n")
    (place / "rejects-20240101T000000Z.csv").write_text("")
    take(lake, written(folder, "orders.csv", ORDERS))
    assert [path.name for path in place.iterdir()] == ["rejects-20240101T000000Z.csv"]


def test_somebody_else_is_writing(lake: Lake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, told = written(folder, "orders.csv", ORDERS), []
    waiting = Lake.writing

    @contextmanager
    def impatient(self: Lake, on_wait: importing.OnWait | None) -> Iterator[Writer]:
        with waiting(self, 0.0, on_wait) as writer:
            yield writer

    with lake.writing():
        monkeypatch.setattr(Lake, "writing", impatient)
        with pytest.raises(BusyError):
            Importing(lake, BERLIN, folder, on_wait=told.append).take([path], now=NOW)
    assert told == [os.getpid()]


# -- what is read --------------------------------------------------------------------------------------------
def test_what_nobody_reads(lake: Lake, folder: Path) -> None:
    assert str(refusal(lake, "orders.pdf")) == (
        "orders.pdf: No source reads this. "
        "Give a .csv, .xlsx, .ndjson or .parquet file (also packed), a folder of them, "
        "one of cdnow, complete_journey, or any table of which [mapping] in stamm.toml says how it is to be read."
    )
    assert str(refusal(lake, folder)) == (
        f"{folder}: The folder holds no file named after a fact kind. "
        "Name the files orders.csv, customers.parquet and so on, or write mappings for them."
    )
    assert str(refusal(lake, folder / "orders.csv")).endswith("There is no such file. Check the name and the folder.")
    assert "not named after a fact kind" in str(refusal(lake, written(folder, "order.csv", ORDERS)))


def test_a_source_named_by_its_key_goes_before_a_folder(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("stamm.sources.cdnow.COVERED", (date(1996, 12, 1), date(1998, 7, 31)))
    (tmp_path / "cdnow").mkdir()
    (row,) = take(lake, "cdnow").rows
    assert (row.file, row.fact, row.read, row.new) == ("cdnow", "orders", 69_659, 69_659)
    assert lake.snapshot().coverage("orders") == (date(1996, 12, 1), date(1998, 7, 31)), "what the source states"
    assert [known.file for known in take(lake, "cdnow").known] == ["cdnow"]


def test_progress_tells_rows_and_bytes(lake: Lake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, int, int, int]] = []
    path = written(folder, "orders.csv", "order_id,ordered_at,amount\n" + "1,2024-02-10,1\n" * 1000)
    monkeypatch.setattr("stamm.sources.reading.text.BLOCK", 4000)
    Importing(lake, BERLIN, folder, progress=lambda *about: told.append(about)).take([path], now=NOW)
    size = path.stat().st_size
    assert len(told) >= 4
    assert told[-1] == ("orders.csv", 1000, size, size)
    assert [rows for _, rows, _, _ in told] == sorted(rows for _, rows, _, _ in told)
    assert 0 < told[0][2] < size
