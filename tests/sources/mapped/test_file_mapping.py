"""Which files a mapping is for, and how it says that they are laid out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from stamm.lang.errors import ProjectError
from stamm.sources.mapped import FileMapping
from stamm.sources.reading import Reading

FACT = '[orders]\norder_id = "Nr"\nordered_at = "Datum"\namount = "Summe"\n'


def parsed(text: str, fact: str = FACT) -> FileMapping:
    return FileMapping.parse("shop", tomllib.loads(text + fact), file="stamm.toml")


def test_the_layout_of_a_file_is_read_and_written_back() -> None:
    text = 'files = "o*.csv"\nformat = "csv"\ndelimiter = ";"\nencoding = "cp1252"\nquote = ""\ndecimal = ","\n'
    mapping = parsed(text)
    assert mapping.reading == Reading(format="csv", delimiter=";", encoding="cp1252", quote="")
    assert FileMapping.parse("shop", mapping.table(), file="x") == mapping
    headless = parsed('columns = ["Nr", "Datum", "Summe"]\n')
    assert headless.reading.columns == ("Nr", "Datum", "Summe")
    assert FileMapping.parse("shop", headless.table(), file="x") == headless
    assert headless.table()["orders"] == {"order_id": "Nr", "ordered_at": "Datum", "amount": "Summe"}


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("orders*.csv", "orders-2024.csv", True),
        ("orders*.csv", "Orders-2024.CSV", True),
        ("orders*.csv", "orders.csv.gz", True),
        ("orders*.csv", "my orders.csv", False),
        ("orders-????.csv", "orders-2024.csv", True),
        ("orders-????.csv", "orders-24.csv", False),
        ("orders[1].csv", "orders[1].csv", True),
        ("orders[1].csv", "orders1.csv", False),
        ("", "orders.csv", False),
    ],
)
def test_a_mapping_is_for_files_by_their_name(pattern: str, name: str, fits: bool) -> None:
    assert parsed(f'files = "{pattern}"\n').fits(name) is fits


def test_from_names_a_sheet_or_a_file_of_an_archive() -> None:
    mapping = parsed("", FACT.replace("[orders]", '[orders]\nfrom = "Blatt 2"'))
    (orders,) = mapping.facts
    assert mapping.reading_of(orders, Path("a.xlsx")).sheet == "Blatt 2"
    assert mapping.reading_of(orders, Path("a.zip")).member == "Blatt 2"


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("heading = true\n", "[mapping.shop] heading", "heading must be a whole number."),
        ("files = 1\n", "[mapping.shop] files", "files must be a text in quotation marks."),
        ('columns = ["a", ""]\n', "[mapping.shop] columns", "columns must be a list of names."),
        ('format = "xml"\n', "[mapping.shop]", "There is no format 'xml'."),
        ('delimeter = ";"\n', "[mapping.shop]", "There is no setting or fact kind 'delimeter'."),
    ],
)
def test_a_mistake_in_the_layout_is_told_with_its_place(text: str, where: str, what: str) -> None:
    with pytest.raises(ProjectError) as caught:
        parsed(text)
    assert (caught.value.where, caught.value.what) == (f"stamm.toml, {where}", what)
    assert caught.value.remedy
