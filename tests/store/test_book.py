"""The book of customers: who is found by what, in which order, and that no word of a reader is anything but a word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stamm.lang.errors import LakeError
from stamm.store.book import Book, Line, Wanted, write

MARCH, APRIL = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
LINES = (
    Line("k-12", "Jürgen Müller", "j.mueller@example.org", "+49 151 / 23 45 67 89", orders=2, revenue_minor=900,
         last_order_at=APRIL, state="customer", segment=1, risk=0.2, order_ids=("2024-0077", "2024-0078")),
    Line("k-1", "Zoë Strauß", "zoe@sub.example.org", "040 1112223", orders=7, revenue_minor=None, last_order_at=MARCH,
         state="left", segment=9, risk=0.7, formers=("guest-5",)),
    Line("k-120", "Ann Mahler", None, None, "Kolb & Söhne", orders=0, state=""),
    Line("7", "Ben O'Hara; DROP TABLE line--", orders=1, revenue_minor=50, last_order_at=MARCH, state="left"),
)  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    path = tmp_path_factory.mktemp("book") / "one.sqlite"
    assert write(path, iter(LINES), lambda: {"snapshot": 3}) == 4
    opened = Book(path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mueller", ["k-12"]),
        ("MÜLL", ["k-12"]),
        ("muller", ["k-12"]),
        ("müller jürgen", ["k-12"]),
        ("j.mueller@example.org", ["k-12"]),
        ("J.Müller@exa", ["k-12"]),
        ("zoe @example", ["k-1"]),
        ("strauss", ["k-1"]),
        ("zoe", ["k-1"]),
        ("soehne", ["k-120"]),
        ("0151 23456789", ["k-12"]),
        ("+49 (151) 234567", ["k-12"]),
        ("0049 151234", ["k-12"]),
        ("40 111 222", ["k-1"]),
        ("2024-0078", ["k-12"]),
        ("guest-5", ["k-1"]),
        ("k-1", ["k-1"]),
        ("k-120", ["k-120"]),
        # a single letter is a word, and not the beginning of one
        ("o", ["7"]),
        ("m", []),
        ("org", []),
        ("müller strauß", []),
        ("...", []),
        # what would be a language elsewhere are words here
        ("ben OR mahler", []),
        ('" OR 1=1 --', []),
        ("drop table", ["7"]),
        ("name:ben", []),
        ("nothing*", []),
    ],
)
def test_somebody_is_found_however_they_are_called(book: Book, text: str, found: list[str]) -> None:
    told = book.find(Wanted(text))
    assert [line.customer_id for line in told.lines] == found
    assert (told.count, told.alike) == (len(found), ())


@pytest.mark.parametrize("text", ["mueler", "muelller", "meuller", "mueklers"[:7], "muelles"])
def test_one_slip_is_forgiven_and_told(book: Book, text: str) -> None:
    told = book.find(Wanted(text))
    assert [line.customer_id for line in told.lines] == ["k-12"]
    assert told.alike == ("mueller",)
    assert book.find(Wanted("mueler strauss")).lines == ()
    assert book.find(Wanted("neuller")).lines == (), "the first letter is right"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["k-12", "k-1", "k-120", "7"]),
        (Wanted(reverse=True), ["k-1", "7", "k-12", "k-120"]),
        (Wanted(sort="orders"), ["k-1", "k-12", "7", "k-120"]),
        # of whom it is not known come last, whichever way
        (Wanted(sort="revenue_minor"), ["k-12", "7", "k-120", "k-1"]),
        (Wanted(sort="revenue_minor", reverse=True), ["k-120", "7", "k-12", "k-1"]),
        (Wanted(sort="risk"), ["k-1", "k-12", "k-120", "7"]),
        (Wanted(sort="name"), ["k-120", "7", "k-12", "k-1"]),
        (Wanted(state="left"), ["k-1", "7"]),
        (Wanted(state="left", sort="name"), ["7", "k-1"]),
        (Wanted(segment=1), ["k-12"]),
        (Wanted("k", state="left"), ["k-1"]),
        (Wanted("k", state="left", segment=1), []),
        (Wanted("zoe", state="left", segment=9), ["k-1"]),
    ],
)
def test_lines_are_sorted_and_kept_to_some(book: Book, wanted: Wanted, found: list[str]) -> None:
    told = book.find(wanted)
    assert [line.customer_id for line in told.lines] == found
    assert told.count == len(found)
    assert [line.customer_id for line in book.find(wanted, first=1, most=1).lines] == found[1:2]


def test_a_line_is_what_was_written_and_is_found_by_its_former_number(book: Book) -> None:
    assert book.line("k-12") == LINES[0]._replace(order_ids=())
    assert book.line("guest-5") == book.line("k-1")
    assert (book.formers("k-1"), book.line("nobody"), book.about) == (("guest-5",), None, {"snapshot": 3})
    assert book.states() == {"customer": 1, "left": 2, "": 1}
    assert book.segments() == {1: 1, 9: 1}
    assert (book.alike(0.2, 0.7), book.alike(0.2, 0.71)) == (1, 2)


def test_whoever_is_erased_while_a_book_is_made_is_in_none(tmp_path: Path) -> None:
    def lines() -> Iterator[Line]:
        yield LINES[0]
        for draft in tmp_path.iterdir():  # as erasing removes all that is derived
            draft.unlink()
        yield LINES[1]

    with pytest.raises(LakeError, match="erased while"):
        write(tmp_path / "one.sqlite", lines(), dict)
    assert list(tmp_path.iterdir()) == []
