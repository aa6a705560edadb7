"""Reviews that name only the order find its customer in the file of the orders, whatever its size."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pyarrow as pa
import pytest

from stamm.lang.errors import InputError, ProjectError, StammError
from stamm.sources.mapped import FileMapping, Mapped
from tests.sources.mapped.made import BERLIN, mapping_of

ITEMS = """\
Order;Person;When;Price
o1;anna;2024-01-05;1,00
o1;anna;2024-01-05;2,00
o2;ben;2024-01-06;3,00
o3;;2024-01-07;4,00
o4;dora;2024-01-07;not a price
"""
REVIEWS = """\
sheet,order,stars,asked,answered
r1,o2,5,2024-02-01,2024-02-02
r2,o1,4,2024-02-01,2024-02-03
r3,o3,3,2024-02-01,2024-02-03
r4,o4,2,2024-02-01,2024-02-03
r5,o9,1,2024-02-01,2024-02-03
r6,,1,2024-02-01,2024-02-03
r7,o1,x,2024-02-01,2024-02-03
"""
ORDERS = """
files = "items*.csv"
delimiter = ";"
decimal = ","
[orders]
each = "Order"
order_id = "Order"
customer_id = { column = "Person", words = { anna = "Anna" } }
ordered_at = "When"
amount = { column = "Price", take = "sum" }
channel = { column = "no such column" }
"""
ANSWERS = """
[responses]
response_id = "sheet"
question = { constant = "rating" }
kind = { constant = "rating" }
customer_id = { column = "order", through = "items" }
asked_at = "asked"
answered_at = "answered"
score = "stars"
"""


def items(text: str = ORDERS) -> FileMapping:
    return FileMapping.parse("items", tomllib.loads(text), file="stamm.toml")


def source(folder: Path, *others: FileMapping, answers: str = ANSWERS) -> Mapped:
    return Mapped(mapping_of(answers), folder, others)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "items-1.csv").write_text(ITEMS)
    (tmp_path / "reviews.csv").write_text(REVIEWS)
    return tmp_path


def customers(folder: Path, reader: Mapped) -> dict[str, str | None]:
    chunks = list(reader.read(folder / "reviews.csv", organisation=BERLIN))
    rows = pa.concat_tables([chunk.table for chunk in chunks if chunk.table.num_rows]).to_pylist()
    return {row["response_id"]: row["customer_id"] for row in rows}


def test_each_answer_belongs_to_the_customer_of_its_order(folder: Path) -> None:
    # o3 has no customer, o4 is no sound order, o9 is none at all, r6 names none, r7 has no score that is a number
    found = customers(folder, source(folder, items()))
    assert found == {"r1": "ben", "r2": "Anna", "r3": None, "r4": None, "r5": None, "r6": None}


def test_rows_set_aside_are_told_with_their_line(folder: Path) -> None:
    chunks = list(source(folder, items()).read(folder / "reviews.csv", organisation=BERLIN))
    assert [(one.line, one.column) for chunk in chunks for one in chunk.rejects] == [(8, "stars")]
    assert sum(chunk.rows_read for chunk in chunks) == 7


def test_numbered_rows_find_theirs_too(folder: Path) -> None:
    answers = ANSWERS.replace('response_id = "sheet"', 'response_id = { column = "order", row = "order" }')
    found = customers(folder, source(folder, items(), answers=answers))
    assert found == {"o2-1": "ben", "o1-1": "Anna", "o3-1": None, "o4-1": None, "o9-1": None}


def test_orders_of_several_files_count_and_the_last_of_the_same(folder: Path) -> None:
    (folder / "items-2.csv").write_text("Order;Person;When;Price\no9;emil;2024-01-05;1,00\no2;bob;2024-01-05;1,00\n")
    found = customers(folder, source(folder, items()))
    assert (found["r5"], found["r1"]) == ("emil", "bob")


def test_the_other_files_are_part_of_what_decides(folder: Path) -> None:
    reader = source(folder, items())
    assert reader.files(folder / "reviews.csv") == (folder / "reviews.csv", folder / "items-1.csv")
    assert reader.reads_as("reviews.csv") != source(folder, items(ORDERS.replace("Anna", "A"))).reads_as("reviews.csv")


OWNERLESS = "".join(line for line in ORDERS.splitlines(keepends=True) if not line.startswith("customer_id"))


@pytest.mark.parametrize("others", [(), (items(OWNERLESS),)], ids=["unknown", "without customers"])
def test_a_mapping_that_does_not_tell_customers_is_refused(folder: Path, others: tuple[FileMapping, ...]) -> None:
    with pytest.raises(ProjectError, match="No mapping named 'items' tells the customers of orders"):
        source(folder, *others).files(folder / "reviews.csv")


def test_a_file_that_is_not_there_is_told(folder: Path) -> None:
    (folder / "items-1.csv").unlink()
    with pytest.raises(InputError, match=r"Put a file named like items\*.csv into the same folder"):
        source(folder, items()).files(folder / "reviews.csv")


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ('asked_at = { column = "asked", through = "items" }', "through has no meaning for asked_at"),
        ('customer_id = { columns = ["a", "b"], through = "items" }', "through needs one column"),
        ('each = "sheet"\ncustomer_id = { column = "order", through = "items" }', "cannot be followed together"),
    ],
)
def test_where_it_has_no_meaning(rule: str, told: str) -> None:
    lines = [line for line in ANSWERS.splitlines() if line.split(" ")[0] not in rule]
    with pytest.raises(StammError, match=told):
        mapping_of("\n".join([*lines, rule]))
