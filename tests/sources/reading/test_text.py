"""Text in any encoding."""

import codecs
from pathlib import Path

import pytest

from stamm.sources.reading import Reading
from stamm.sources.reading.delimited import Delimited
from stamm.sources.reading.packing import open_bytes
from tests.sources.reading.whole import read, refusal, take, written

WORDS = {
    "cp1252": "Müller – 5 €",
    "latin-1": "Müller, Größe",
    "iso-8859-15": "Žižek 5 €",
    "cp1250": "Žluťoučký kůň",
    "cp1251": "Москва",
    "cp437": "Müller ½",
    "mac_roman": "Müller – 5 €",
    "koi8-r": "Москва",
    "shift_jis": "東京都 表示",
    "gbk": "北京",
    "big5": "台北 功",
    "euc-kr": "서울",
    "iso2022_jp": "東京",
    "utf-8": "Müller 東京 😀",
    "utf-8-sig": "Müller",
    "utf-16": "Müller 😀",
    "utf-16-le": "Müller 😀",
    "utf-16-be": "Müller 😀",
    "utf-32": "Müller 😀",
    "utf-7": "Müller 😀",
}


@pytest.mark.parametrize("encoding", WORDS)
@pytest.mark.parametrize("block", [1, 7, 1 << 20])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_encoding(tmp_path: Path, encoding: str, block: int, ending: str) -> None:
    word = WORDS[encoding]
    content = ending.join(["a;b", f"1;{word}", "2;plain", f'3;"{word}"', ""]).encode(encoding)
    path = written(tmp_path, content, "any.csv")
    with open_bytes(path) as stream:
        whole = take(Delimited(stream, Reading(encoding=encoding, delimiter=";"), 0, block=block))
    assert whole.rows == [(2, {"a": "1", "b": word}), (3, {"a": "2", "b": "plain"}), (4, {"a": "3", "b": word})]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_mark_says_the_encoding(tmp_path: Path, mark: bytes, encoding: str) -> None:
    path = written(tmp_path, mark + "a,b\n1,Köln\n".encode(encoding), "any.csv")
    said = f"the file says that it is written in {encoding}"
    assert read(path).cells == [{"a": "1", "b": "Köln"}]
    assert read(path).told == (() if encoding == "utf-8" else (said,))
    assert read(path, Reading(encoding=encoding)).told == ()
    contradicted = read(path, Reading(encoding="cp1252"))
    assert contradicted.cells == [{"a": "1", "b": "Köln"}]
    assert contradicted.told == (f"{said}, so it is not read as cp1252",)


@pytest.mark.parametrize(("encoding", "asked"), [("utf-16-le", "utf-16"), ("utf-8", "utf-8-sig"), ("utf-8", "UTF8")])
def test_an_encoding_by_its_other_name_is_no_contradiction(tmp_path: Path, encoding: str, asked: str) -> None:
    path = written(tmp_path, "\ufeffa,b\n1,2\n".encode(encoding), "any.csv")
    assert read(path, Reading(encoding=asked)).told == ()


def test_bytes_that_do_not_fit_are_told_with_their_line(tmp_path: Path) -> None:
    content = "a;b\n1;ü\n2;ß\n".encode("cp1252") + b"3;\x81\n"
    assert refusal(written(tmp_path, content, "any.csv"), Reading(encoding="cp1252")) == (
        "any.csv, line 4: The text is not cp1252: a byte does not fit. "
        "Look in which encoding the file was written, and name that one."
    )
    content = "a;b\n1;ü\n".encode("utf-16-le") + b"\x00\xd8" + "\n2;3\n".encode("utf-16-le")
    assert refusal(written(tmp_path, content, "any.csv"), Reading(encoding="utf-16-le")).startswith("any.csv, line 3: ")


def test_text_that_breaks_off_in_a_character(tmp_path: Path) -> None:
    for content, encoding in (("a\nü\n".encode()[:-2], None), ("a\nü\n".encode("utf-16-le")[:-1], "utf-16-le")):
        told = refusal(written(tmp_path, content, "any.csv"), Reading(encoding=encoding))
        assert told.startswith("any.csv, line 2: The text is not ")


def test_another_encoding_late_in_the_file(tmp_path: Path) -> None:
    content = b"id,name\n" + b"1,web\n" * 50 + b"2,K\xf6ln\n"
    path = written(tmp_path, content, "any.csv")
    with open_bytes(path) as stream, pytest.raises(Exception, match=r"^any\.csv, line 52: .* at offset 311 "):
        take(Delimited(stream, Reading(), 0, block=100))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_named_and_can_be_asked_for(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "name,city\nMüller,Köln\n".encode(encoding), "any.csv")
    assert refusal(path) == (
        f"any.csv, line 1: The text is not UTF-8; it seems to be UTF-16 ({encoding}). "
        "Save it as UTF-8 (in Excel: 'CSV UTF-8'), or name this encoding in a mapping."
    )
    assert read(path, Reading(encoding=encoding)).cells == [{"name": "Müller", "city": "Köln"}]
