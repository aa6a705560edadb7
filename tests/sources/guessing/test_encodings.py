"""The encoding of a text by where its letters make sense."""

from __future__ import annotations

import codecs

import pytest

from stamm.sources.guessing.encodings import encoding_of

GERMAN = "Bestellung;Kunde;Ort\n" + "1001;Jürgen Müller;Köln\n1002;Bärbel Groß;Düsseldorf\n" * 20
POLISH = "Zamówienie;Klient\n" + "1001;Łukasz Żółć\n1002;Świętosława Ćwik\n" * 20
FRENCH = "Numéro;Client\n" + "1001;Hélène Lefèvre\n1002;François Noël\n" * 20
EUROS = "a;Preis\n" + "1;5,00 €\n" * 50


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        (GERMAN, "latin-1", "cp1252"),
        (GERMAN, "cp1252", "cp1252"),
        (GERMAN, "cp850", "cp850"),
        (GERMAN, "mac_roman", "mac_roman"),
        (FRENCH, "latin-1", "cp1252"),
        (POLISH, "cp1250", "cp1250"),
        (EUROS, "cp1252", "cp1252"),
        (GERMAN, "utf-8", None),
        ("a,b\n1,2\n", "ascii", None),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
    ],
)
def test_it_is_told(text: str, encoding: str, told: str | None) -> None:
    found, reason = encoding_of(text.encode(encoding))
    assert found == told
    assert (reason is None) == (told is None)


def test_a_mark_says_enough() -> None:
    assert encoding_of(codecs.BOM_UTF16_LE + "a,ü".encode("utf-16-le")) == (None, None)
    assert encoding_of(codecs.BOM_UTF8 + "a,ü".encode()) == (None, None)


def test_a_letter_cut_in_two_at_the_end_is_no_other_encoding() -> None:
    assert encoding_of("a,Müller".encode()[:4]) == (None, None)


def test_the_line_is_told_and_other_alphabets_are_doubtful() -> None:
    _, reason = encoding_of(GERMAN.encode("latin-1"))
    assert reason is not None
    assert (reason.values["line"], reason.doubtful) == (2, False)
    name, reason = encoding_of(("Номер;Клиент\n" + "1;Иван Петров\n" * 30).encode("cp1251"))
    assert (name, reason is not None and reason.doubtful) == ("cp1251", True)
