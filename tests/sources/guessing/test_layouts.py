"""How files are laid out: the sign between cells, quotes, the line of the heading, or none."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stamm.sources.guessing.layouts import layout_of, text_layout
from stamm.sources.reading import Reading

PLAIN = "order id,date,amount\n1,2024-01-05,3.00\n2,2024-01-06,4.00\n"


def reading(text: str) -> Reading:
    return text_layout(text).reading


@pytest.mark.parametrize(
    ("sign", "delimiter"), [(",", None), (";", ";"), ("\t", "\t"), ("|", "|")], ids=["comma", "semicolon", "tab", "bar"]
)
def test_the_sign_between_cells(sign: str, delimiter: str | None) -> None:
    assert reading(PLAIN.replace(",", sign)) == Reading(delimiter=delimiter)


def test_commas_in_numbers_and_texts_do_not_count() -> None:
    assert reading("Nr;Betrag\n1;3,00\n2;4,50\n3;1.000,00\n").delimiter == ";"
    assert reading('a;b;c\n1;"x, y, z";2\n2;"x, y";3\n').delimiter == ";"
    assert reading("a,b\n1;2;3,4\n5;6;7,8\n").delimiter is None


def test_quotes_that_stand_for_themselves() -> None:
    text = 'product;size\n"A" pipe;5"\n"B" tube;6"\n'
    assert reading(text) == Reading(delimiter=";", quote="")
    assert reading("a,b\n'x, y','2'\n'z','3'\n") == Reading(quote="'")
    assert reading('a;b\n"x\ny; z";2\n"w";3\n') == Reading(delimiter=";")


def test_the_heading_below_other_lines() -> None:
    text = (
        "Umsätze vom 01.01.2024\n\nKonto;DE00\n"
        "Buchungstag;Betrag;Währung;Text\n05.01.2024;3,00;EUR;x\n06.01.2024;4,00;EUR;y\n"
    )
    assert reading(text) == Reading(delimiter=";", heading=4)


def test_no_heading() -> None:
    found = text_layout("1,2024-01-05,3.00\n2,2024-01-06,4.00\n")
    assert found.reading == Reading(columns=("column 1", "column 2", "column 3"))
    assert found.reasons["columns"].doubtful
    assert reading("K1,anna,DE\nK2,ben,AT\n") == Reading()  # words above words may be names


def test_files_packed_and_named_otherwise(tmp_path: Path) -> None:
    packed = tmp_path / "export.csv.gz"
    packed.write_bytes(gzip.compress(PLAIN.replace(",", ";").encode("utf-16")))
    assert layout_of(packed).reading == Reading(delimiter=";")
    nameless = tmp_path / "export"
    nameless.write_text(PLAIN)
    assert layout_of(nameless).reading == Reading(format="csv")
    nameless.write_text('{"a": 1}\n')
    assert layout_of(nameless).reading == Reading(format="ndjson")
    latin = tmp_path / "a.csv"
    latin.write_bytes("Kunde;Ort\nMüller;Köln\n".encode("latin-1"))
    assert layout_of(latin).reading == Reading(delimiter=";", encoding="cp1252")


@pytest.mark.parametrize("text", ["", "\n\n", "only one column\n1\n2\n", '"', "\0\0\0\0", ";;;;\n;;;;\n"])
def test_what_has_no_layout_gets_none_and_no_error(text: str) -> None:
    assert text_layout(text).reading.heading is None
