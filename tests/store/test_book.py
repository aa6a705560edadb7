"""The book of customers: who is found by what, in which order, and that no word of a reader is anything but a word."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from stamm.lang.errors import LakeError
from stamm.store.book import Book, Line, Wanted, table_of, write, writing
from tests.store.grown import content

MARCH, APRIL = datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 4, 1, tzinfo=UTC)
LINES = (
    Line("k-12", "Jürgen Müller", "j.mueller@example.org", "+49 151 / 23 45 67 89", orders=2, revenue_minor=900,
         last_order_at=APRIL, state="customer", segment=1, risk=0.2, order_ids=("2024-0077", "2024-0078")),
    Line("7", "Ben O'Hara; DROP TABLE line--", orders=1, revenue_minor=50, last_order_at=MARCH, state="left"),
    Line("k-1", "Zoë Strauß", "zoe@sub.example.org", "040 1112223", orders=7, revenue_minor=None, last_order_at=MARCH,
         state="left", segment=9, risk=0.7, formers=("guest-5",)),
    Line("k-120", "Ann Mahler", None, None, "Kolb & Söhne", orders=0, state=""),
)  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    path = tmp_path_factory.mktemp("book") / "one.sqlite"
    assert write(path, lambda: table_of(LINES), lambda: {"snapshot": 3}) == 4
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
        (Wanted(), ["k-12", "7", "k-1", "k-120"]),
        (Wanted(reverse=True), ["7", "k-1", "k-12", "k-120"]),
        (Wanted(sort="orders"), ["k-1", "k-12", "7", "k-120"]),
        # of whom it is not known come last, whichever way
        (Wanted(sort="revenue_minor"), ["k-12", "7", "k-120", "k-1"]),
        (Wanted(sort="revenue_minor", reverse=True), ["k-120", "7", "k-12", "k-1"]),
        (Wanted(sort="risk"), ["k-1", "k-12", "7", "k-120"]),
        (Wanted(sort="name"), ["k-120", "7", "k-12", "k-1"]),
        (Wanted(state="left"), ["7", "k-1"]),
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
    def told() -> pa.Table:
        for draft in tmp_path.glob(".*"):  # as erasing removes all that is derived
            draft.unlink()
        return table_of(LINES)

    with pytest.raises(LakeError, match="erased while"):
        write(tmp_path / "one.sqlite", told, dict)
    assert list(tmp_path.iterdir()) == []


# -- growing -------------------------------------------------------------------------------------------------
FIRSTS, LASTS = ("Zoë", "Jürgen", "Ann", "Ben", "Édith"), ("Müller", "Strauß", "Mahler", "O'Hara", "Öz")


def _somebody(chance: random.Random, number: int) -> Line:
    """A customer by chance, alike enough to others that words and former numbers are shared and move."""
    return Line(
        f"k-{number}",
        chance.choice([None, f"{chance.choice(FIRSTS)} {chance.choice(LASTS)}"]),
        chance.choice([None, f"{chance.choice(FIRSTS)}{number}@example.org"]),
        chance.choice([None, f"+49 151 {chance.randint(10**6, 10**7)}"]),
        chance.choice([None, "Kolb & Söhne"]),
        orders=chance.randint(0, 3),
        revenue_minor=chance.choice([None, 0, 900]),
        last_order_at=chance.choice([None, MARCH, APRIL]),
        state=chance.choice(["", "left", "customer"]),
        segment=chance.choice([None, 1, 2]),
        risk=chance.choice([None, 0.2, 0.7]),
        order_ids=tuple(f"2024-{number}{each}" for each in range(chance.randint(0, 3))),
    )


def _changed(chance: random.Random, lines: dict[str, Line]) -> dict[str, Line]:
    """Some are new, some say something else, some are gone, and some turn out to be, or to have been, one."""
    lines = dict(lines)
    for number in chance.sample(range(40), 8):
        who = f"k-{number}"
        if who not in lines or chance.random() < 0.4:
            lines[who] = _somebody(chance, number)
        elif chance.random() < 0.3:
            del lines[who]
        elif chance.random() < 0.5 and len(lines) > 1:
            merged = lines.pop(who)
            into = chance.choice(sorted(lines))
            lines[into] = lines[into]._replace(formers=tuple(sorted({*lines[into].formers, *merged.formers, who})))
        else:
            for former in lines[who].formers:
                lines[former] = _somebody(chance, int(former[2:]))
            lines[who] = lines[who]._replace(formers=(), state="left")
    return lines


@pytest.mark.parametrize("indexed", [0.0, 1.0])
def test_a_book_that_grows_is_the_one_made_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indexed: float
) -> None:
    monkeypatch.setattr(writing, "MOST_GROWN", 1e9)
    monkeypatch.setattr(writing, "MOST_INDEXED", indexed)
    chance, lines, before = random.Random(11), dict[str, Line](), None
    for step in range(60):
        lines = _changed(chance, lines)
        told = table_of(chance.sample(list(lines.values()), len(lines)))
        grown, whole = tmp_path / f"{step}.sqlite", tmp_path / "whole.sqlite"
        write(grown, lambda told=told: told, lambda step=step: {"snapshot": step}, before)
        if step % 6 == 5:
            write(whole, lambda told=told: told, lambda step=step: {"snapshot": step})
            assert content(grown) == content(whole), step
            with closing(Book(grown)) as one, closing(Book(whole)) as other:
                for wanted in (*map(Wanted, ("mueller", "jürgn", "k-7", "0151 2", "2024-7")), Wanted(sort="orders")):
                    assert one.find(wanted) == other.find(wanted)
                assert one.about == other.about
        before = grown


def test_a_book_is_written_from_nothing_once_much_of_it_has_changed(tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.sqlite" for name in "abc")
    lines = [_somebody(random.Random(number), number) for number in range(20)]
    write(first, lambda: table_of(lines), dict)

    def grown(path: Path) -> int:
        with closing(sqlite3.connect(path)) as book:
            return int(book.execute("SELECT coalesce(sum(lines), 0) FROM grown").fetchone()[0])

    lines[:3] = [line._replace(name="Nina Neu") for line in lines[:3]]
    lines[10:] = [line._replace(orders=9) for line in lines[10:]]
    write(second, lambda: table_of(lines), dict, first)
    assert (grown(first), grown(second)) == (0, 3), "words alone count"
    lines[5:7] = [line._replace(name="Nina Neu") for line in lines[5:7]]
    write(third, lambda: table_of(lines), dict, second)
    assert grown(third) == 0
    write(first, lambda: table_of(lines), dict, tmp_path / "gone.sqlite")
    assert content(first) == content(third)
