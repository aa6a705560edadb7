"""The book of customers grows: after whatever happens to a project it holds what one made from nothing holds."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stamm.app import booking
from stamm.app.booking import Booking, about_of
from stamm.app.identifying import Identifying
from stamm.app.leaving.erasing import Erasing
from stamm.app.project import Project
from stamm.facts import imported as kinds
from stamm.lang.errors import BusyError, LakeError, UsageError
from stamm.store.book import Book, Wanted, writing
from stamm.store.erasing.ledger import Ledger
from stamm.store.erasing.person import Finding
from stamm.store.taking_back import take_back
from tests.leaving import planted as p
from tests.store.grown import content

NOW = datetime(2024, 7, 1, tzinfo=UTC)
NAMES = ("Jürgen Müller", "Zoë Strauß", "Ann Mahler", "Édith Öz", None)


def imported(project: Project, chance: random.Random, step: int) -> int:
    """Orders, returns and customers by chance; the number of the snapshot that has them."""
    at = p.JANUARY + timedelta(days=step)
    who = [f"kunde-{number}" for number in chance.sample(range(12), 3)]
    orders = [
        {"order_id": f"{step}-{each}", "customer_id": each, "ordered_at": at, "amount_minor": chance.randint(1, 9)}
        for each in who
    ]
    said = [
        {"customer_id": each, "valid_from": at, "name": chance.choice(NAMES), "email": f"{each}.{step % 3}@example.org"}
        for each in who[:2]
    ]
    with project.lake().writing() as writer:
        for kind, rows in (("orders", orders), ("customers", said)):
            writer.put(kind, [p.table(kind, rows)], source=f"{step}", received_at=at)
        return int(writer.commit().number)


def compared(project: Project, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the book holds, which is what one made from nothing holds."""
    path = Booking(project).make()
    grown = content(path)
    path.unlink()
    with monkeypatch.context() as alone:
        alone.setattr(Booking, "_before", lambda _: None)
        assert content(Booking(project).make()) == grown
    return grown


@pytest.mark.long
def test_after_whatever_happens_the_book_is_the_one_made_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_GROWN", 1e9)
    project, chance = p.shop(tmp_path / "shop"), random.Random(5)
    grew = 0
    write = booking.write

    def counted(*arguments: Any) -> int:
        nonlocal grew
        grew += arguments[3] is not None
        return write(*arguments)

    monkeypatch.setattr(booking, "write", counted)
    last = imported(project, chance, 0)
    for step in range(1, 13):
        what = ("import", "import", "merge", "back", "split", "erase")[step % 6]
        if what == "import":
            last = imported(project, chance, step)
        elif what == "back":
            with project.lake().writing() as writer, suppress(UsageError):
                take_back(writer, last)
                writer.commit()
        else:
            known = [line.customer_id for line in Book(Booking(project).make()).find(Wanted()).lines]
            one, other = chance.sample([each for each in known if not each.startswith("erased")], 2)
            with suppress(UsageError):
                if what == "merge":
                    Identifying(project).merge(one, other, now=NOW)
                elif what == "split":
                    Identifying(project).unmerge(one, now=NOW)
                else:
                    Erasing(project).erase(one, now=NOW)
                    assert Booking(project).newest() is None, "out at once"
                    assert one not in {who for _, who in compared(project, monkeypatch)["words"]}
        compared(project, monkeypatch)
    assert grew >= 5


def test_whoever_was_taken_back_is_out_at_once_and_several_make_one(tmp_path: Path) -> None:
    project = p.shop(tmp_path / "shop")
    rows = [
        {"order_id": f"{each}", "customer_id": f"k-{each}", "ordered_at": p.JANUARY, "amount_minor": 100}
        for each in range(30)
    ]
    p.put(project, "orders", rows[:29])
    first = Booking(project).make()
    with project.lake().writing() as writer:
        writer.put("orders", [p.table("orders", rows[29:])], source="late", received_at=p.RECEIVED)
        number = writer.commit().number

    def made(_: int) -> Path | None:
        with suppress(BusyError):
            return Booking(project).make()
        return None

    with ThreadPoolExecutor(4) as threads:
        paths = {path for path in threads.map(made, range(4)) if path is not None}
    assert paths == {Booking(project).wanted()}
    assert first not in paths
    with closing(Book(*paths)) as book:
        assert (book.count, book.line("k-29") is not None) == (30, True)
    with project.lake().writing() as writer:
        take_back(writer, number)
        writer.commit()
    Booking(project).leave_out_gone()
    newest = Booking(project).newest()
    assert newest is not None
    assert list(Booking(project).root.glob("*.sqlite")) == [newest]
    with closing(Book(newest)) as book:
        assert (book.count, book.line("k-29"), book.find(Wanted("k-29")).lines) == (29, None, ())


def test_a_book_made_while_somebody_is_erased_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger says so even where erasing looked for books before this one had its name."""
    project = p.planted(tmp_path / "shop", ("customers",))
    Booking(project).make()
    p.put(project, "orders", [{"order_id": "late", "customer_id": "ben", "ordered_at": p.JANUARY, "amount_minor": 1}])
    told = booking.everybody

    def erased_meanwhile(world: Any) -> Any:
        ledger = Ledger.made(project.lake_directory)
        person = Finding(project.lake().snapshot(), kinds()).person([p.ID])
        ledger.but(person.erased(ledger, "ref", NOW)).write(project.lake_directory)
        return told(world)

    monkeypatch.setattr(booking, "everybody", erased_meanwhile)
    before = Booking(project).newest()
    with pytest.raises(LakeError, match="erased while"):
        Booking(project).make()
    assert list(Booking(project).root.glob("*.sqlite")) == [before]
    monkeypatch.undo()
    path = Booking(project).make()
    assert before is not None
    assert about_of(path)["erased"] != about_of(before)["erased"]
