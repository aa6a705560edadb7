"""Files taken in by a mapping; and a try that says what taking them in would do, and does nothing."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from stamm.app.importing import Importing, ImportReport
from stamm.lang.errors import InputError, UsageError
from stamm.lang.organisation import Organisation
from stamm.sources.mapped import FileMapping
from stamm.store import Lake

BERLIN = Organisation(zone="Europe/Berlin", currency="EUR")
NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)
TILL = """
files = "till*.csv"
delimiter = ";"
decimal = ","
dates = "%d.%m.%Y %H:%M"
[orders]
each = "Bon"
where = [{ column = "Menge", above = 0 }]
order_id = "Bon"
ordered_at = "Zeit"
amount = { product = ["Menge", "Preis"], take = "sum" }
[returns]
where = [{ column = "Menge", below = 0 }]
return_id = { column = "Bon", row = true }
returned_at = "Zeit"
quantity = { column = "Menge", negate = true }
"""
SOLD = """\
Bon;Zeit;Menge;Preis
1;05.01.2024 10:00;2;1,50
2;06.01.2024 10:00;1;9,99
1;05.01.2024 10:00;1;0,50
3;07.01.2024 10:00;1;x
2;08.01.2024 10:00;-1;9,99
4;32.01.2024 10:00;1;1
"""
ORDERS = "order_id,customer_id,ordered_at,amount\n1,a,2024-01-05 10:00,3.50\n9,b,2024-02-11,5\n,c,2024-02-11,5\n"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake", BERLIN.zone)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    return place


def mapping(text: str = TILL, name: str = "till") -> FileMapping:
    return FileMapping.parse(name, tomllib.loads(text), file="stamm.toml")


def importing(lake: Lake, *mappings: FileMapping) -> Importing:
    return Importing(lake, BERLIN, lake.root.parent / "rejects", mappings or (mapping(),))


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def counts(report: ImportReport) -> list[tuple[str | int, ...]]:
    return [
        (row.file, row.fact, row.read, row.left_out, row.new, row.changed, row.unchanged, row.rejected)
        for row in report.rows
    ]


def test_a_file_is_read_by_the_mapping_that_is_for_it(lake: Lake, folder: Path) -> None:
    report = importing(lake).take([written(folder, "till-1.csv", SOLD)], now=NOW)
    assert counts(report) == [
        ("till-1.csv", "orders", 6, 1, 2, 0, 0, 2),
        ("till-1.csv", "returns", 6, 5, 1, 0, 0, 0),
    ]
    assert [row.together for row in report.rows] == [1, 0]
    amounts = {row["order_id"]: row["amount_minor"] for row in lake.state_at("orders", NOW).to_pylist()}
    assert amounts == {"1": 350, "2": 999}
    assert report.reasons == {
        "Menge, Preis is not a number written with ',' before the decimals and nothing between thousands": 1,
        "Zeit is not in the calendar: check month, day, hour, minute and second": 1,
    }
    assert report.rejects is not None
    assert report.rejects.read_text(encoding="utf-8").splitlines()[1].startswith('till-1.csv,5,"Menge, Preis","1, x",')


def test_a_row_that_several_facts_are_made_of_is_set_aside_once(lake: Lake, folder: Path) -> None:
    """Line 4 becomes no order and no line of one, for its day; line 5 none of both for its price."""
    lines = """
[order_lines]
order_id = "Bon"
line_id = { row = "Bon" }
ordered_at = "Zeit"
quantity = "Menge"
amount = { product = ["Menge", "Preis"] }
"""
    sold = [*SOLD.splitlines(keepends=True)[:3], "3;32.01.2024 10:00;1;1\n", "4;07.01.2024 10:00;1;x\n"]
    both = importing(lake, mapping(TILL.partition("[returns]")[0] + lines))
    path = written(folder, "till-1.csv", "".join(sold))
    with pytest.raises(InputError, match="2 rows are not sound"):
        both.take([path], now=NOW, strict=True)
    report = both.take([path], now=NOW)
    assert [(row.fact, row.rejected) for row in report.rows] == [("orders", 2), ("order_lines", 2)]
    assert (report.rejected, [one.line for one in report.first_rejects]) == (2, [4, 5])
    assert set(report.reasons.values()) == {1}
    assert report.rejects is not None
    assert len(report.rejects.read_text("utf-8").splitlines()) == 1 + len(report.reasons)


def test_a_mapping_goes_before_the_name_of_a_fact_and_can_be_named(lake: Lake, folder: Path) -> None:
    named = mapping(TILL.replace("till*.csv", "orders*.csv"))
    path = written(folder, "orders-till.csv", SOLD)
    assert len(importing(lake, named).take([path], now=NOW).rows) == 2
    other = written(folder, "whatever.txt", SOLD + "5;05.01.2024 10:00;1;1\n")
    report = importing(lake).take([other], now=NOW, mapping="till")
    assert [row.fact for row in report.rows] == ["orders", "returns"]
    with pytest.raises(UsageError) as caught:
        importing(lake).take([other], now=NOW, mapping="tell")
    assert str(caught.value) == "There is no mapping named 'tell'. Did you mean till?"


def test_two_mappings_for_one_file_are_refused(lake: Lake, folder: Path) -> None:
    path = written(folder, "till-1.csv", SOLD)
    both = importing(lake, mapping(), mapping(TILL.replace("till*", "*"), "all"))
    with pytest.raises(UsageError) as caught:
        both.take([path], now=NOW)
    assert caught.value.what == "The mappings till and all are both for this file."
    assert "--mapping till" in caught.value.remedy
    assert len(both.take([path], now=NOW, mapping="all").rows) == 2


def test_files_of_a_folder_are_read_by_mappings_and_names(lake: Lake, folder: Path) -> None:
    written(folder, "till-1.csv", SOLD)
    written(folder, "orders.csv", ORDERS)
    written(folder, "notes.txt", "hello")
    report = importing(lake).take([folder], now=NOW)
    assert [(row.file, row.fact) for row in report.rows] == [
        ("orders.csv", "orders"),
        ("till-1.csv", "orders"),
        ("till-1.csv", "returns"),
    ]
    assert report.others == ["notes.txt"]


def test_a_file_is_new_where_its_mapping_reads_it_another_way(lake: Lake, folder: Path) -> None:
    path = written(folder, "till-1.csv", SOLD)
    importing(lake).take([path], now=NOW)
    assert [known.file for known in importing(lake).take([path], now=NOW).known] == ["till-1.csv"]
    # which files it is for and what it is called do not matter to how it reads them
    elsewhere = mapping(TILL.replace("till*", "t*"), "cash")
    assert len(importing(lake, elsewhere).take([path], now=NOW).known) == 1
    net = mapping(TILL.replace('"Preis"], take', '"Preis"], round = true, take'))
    again = importing(lake, net).take([path], now=NOW + timedelta(days=1))
    assert (again.known, [(row.new, row.changed, row.unchanged) for row in again.rows]) == ([], [(0, 0, 2), (0, 0, 1)])


def tree(folder: Path) -> dict[str, str]:
    """Every file and folder below, with what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in folder.rglob("*")
    }


def test_a_try_says_what_taking_in_would_do_and_does_nothing(lake: Lake, folder: Path, tmp_path: Path) -> None:
    first = written(folder, "till-1.csv", SOLD)
    importing(lake).take([written(folder, "orders.csv", ORDERS)], now=NOW)
    # the second file changes what the first brings, and one order that was there
    second = written(folder, "till-2.csv", SOLD.replace("1,50", "2,50").replace("2;06", "9;06"))
    what = [first, second, folder / "orders.csv"]
    before, number = tree(tmp_path), lake.snapshot().number
    later = NOW + timedelta(days=1)
    tried = importing(lake).rehearse(what, now=later)
    assert tree(tmp_path) == before
    assert lake.snapshot().number == number
    done = importing(lake).take(what, now=later)
    assert counts(tried) == counts(done)
    assert counts(done)[:2] == [
        ("till-1.csv", "orders", 6, 1, 1, 0, 1, 2),
        ("till-1.csv", "returns", 6, 5, 1, 0, 0, 0),
    ]
    assert counts(done)[2][4:7] == (0, 2, 0)
    assert (tried.known, tried.reasons, tried.remarks, tried.first_rejects) == (
        done.known,
        done.reasons,
        done.remarks,
        done.first_rejects,
    )
    assert (tried.rejects, tried.snapshot) == (None, None)
    assert done.rejects is not None
    assert tried.rows[0].first is not None
    assert tried.rows[0].first.column_names == ["order_id", "ordered_at", "amount_minor", "currency"]
    assert sorted(tried.rows[0].first.column("order_id").to_pylist()) == ["1", "2"]


def test_a_try_that_fails_leaves_everything_as_it_was(lake: Lake, folder: Path, tmp_path: Path) -> None:
    good = written(folder, "till-1.csv", SOLD)
    bad = written(folder, "till-2.csv", SOLD.replace("Preis", "Prais"))
    before = tree(tmp_path)
    with pytest.raises(InputError, match="There is no column Preis, which the mapping till reads for orders"):
        importing(lake).rehearse([good, bad], now=NOW)
    assert tree(tmp_path) == before


def test_only_the_first_rows_are_kept_to_be_looked_at(lake: Lake, folder: Path) -> None:
    rows = "".join(f"{number};05.01.2024 10:00;1;1\n" for number in range(1000))
    report = importing(lake).rehearse([written(folder, "till.csv", "Bon;Zeit;Menge;Preis\n" + rows)], now=NOW)
    assert report.rows[0].first is not None
    assert (report.rows[0].new, report.rows[0].first.num_rows) == (1000, 10)
    assert report.rows[1].first is None


@pytest.mark.parametrize(
    ("last", "known"),
    [("8;20.03.2024 10:00;1;2,00", (date(2024, 1, 5), date(2024, 3, 20))), ("", (date(2024, 1, 5), date(2024, 1, 8)))],
    ids=["orders go on", "the return is the last"],
)
def test_a_file_that_tells_orders_and_returns_knows_of_returns_as_long_as_of_orders(
    lake: Lake, folder: Path, last: str, known: tuple[date, date]
) -> None:
    """After 8 January nothing came back, which is known; a return after the last order is known, too."""
    importing(lake).take([written(folder, "till-1.csv", f"{SOLD}{last}\n")], now=NOW)
    assert lake.snapshot().coverage("returns") == known
