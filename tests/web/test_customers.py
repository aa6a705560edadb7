"""Customers in the browser: found, listed, one of them whole, and what people write about them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from stamm.app.project import Project
from stamm.people.acts import acts

Make = Callable[..., Any]
BUSY = 'aria-busy="true"'


def opened(browser: Any, address: str) -> str:
    """A page once all of it is there."""
    for _ in range(200):
        told = browser.get(address)
        assert told.status_code == 200, address
        if BUSY not in (text := told.content.decode()):
            return str(text)
    raise AssertionError(address)


def act(browser: Any, does: str, **said: str) -> str:
    told = browser.post("/customers/care/", {"do": does, **said})
    assert told.status_code == 302, told.content.decode()
    return str(told.headers["Location"])


def done(project: Project) -> list[str]:
    with closing(project.people()) as database:
        return [each.what for each in acts(database)]


def test_customers_are_found_sorted_and_taken_away(project: Project, signed_in: Make) -> None:
    support, analyst = signed_in("support"), signed_in("analyst")
    text = opened(support, "/customers/")
    assert "120 customers, as known at the end of 17 June 2024." in text
    assert "/customers.csv" not in text
    left = opened(support, "/customers/?state=left&sort=orders")
    assert "1 to 18 of 18" in left
    one = opened(support, "/customers/?q=Dorf")
    assert "Nobody was found" in one, "a town is not what somebody is called"
    assert "1 to 1 of 1" in opened(support, "/customers/?q=c77")
    assert 'href="/customers/of/c77"' in opened(support, "/search?q=c77")
    for wrong in ("sort=email", "state=gone", "segment=99", "first=-1"):
        assert support.get(f"/customers/?{wrong}").status_code == 422
    rows = list(csv.DictReader(analyst.get("/customers.csv?state=left").content.decode().splitlines()))
    assert {row["state"] for row in rows} == {"left"}
    assert len(rows) == 18
    lines = csv.DictReader((project.directory.parent / "orders.csv").read_text().splitlines())
    ordered = [line for line in lines if line["customer_id"] == "c7"]
    (seven,) = [row for row in rows if row["customer_id"] == "c7"]
    assert int(seven["orders"]) == len(ordered)
    assert int(seven["revenue_minor"]) == sum(int(line["amount_minor"]) for line in ordered)
    assert done(project)[0] == "customers_read"


def test_while_the_book_is_made_the_page_says_how_far_it_is(
    project: Project, signed_in: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stamm.web import customers as shared
    from stamm.web.pages import customer, customers

    support = signed_in("support")
    opened(support, "/customers/")
    part = {"HX-Request": "true", "HX-Target": "book"}
    with monkeypatch.context() as making:
        for module in (customer, customers):
            making.setattr(module, "book", lambda: None)
        shared._tell(10_000, 120_000)
        for address in ("/customers/", "/customers/of/c7"):
            text = support.get(address, headers=part).content.decode()
            assert "The book of customers is being made … 10,000 of 120,000 customers are in it." in text
            assert BUSY in text
        shared._tell(120_000, 120_000)
        assert "are in it" not in support.get("/customers/").content.decode()
    for address in ("/customers/", "/customers/of/c7"):  # heading and badge are outside the part
        assert support.get(address, headers=part).headers["HX-Refresh"] == "true"


def test_a_customer_has_a_page_of_their_own(signed_in: Make) -> None:
    owner, support = signed_in("owner"), signed_in("support")
    text = opened(owner, "/customers/of/c7")
    assert "82 days without an order. Mean gap 16 days, longest so far 16." in text
    assert "5.1 times the mean gap" in text
    assert text.count('<li class="did">') == 6
    assert "left since 25 April 2024" in text
    assert "/customers/erase/?customer=c7" in text
    theirs = opened(support, "/customers/of/c7?kind=visits")
    assert "Nothing of this kind happened." in theirs
    assert "/customers/erase/" not in theirs
    assert "/customers/export/" not in theirs
    assert support.get("/customers/of/nobody").status_code == 404
    assert support.get("/customers/of/c7?kind=secrets").status_code == 422
    assert support.post("/customers/export/", {"customer": "c7"}).status_code == 403


def test_notes_tasks_and_an_owner_are_written_and_taken_back(project: Project, signed_in: Make) -> None:
    support, viewer = signed_in("support"), signed_in("viewer")
    page = act(support, "note", customer="c7", told="  <b>Late</b> twice\r\nin a row ")
    text = opened(support, page)
    assert "&lt;b&gt;Late&lt;/b&gt; twice\nin a row" in text
    number = text.partition('name="number" value="')[2].partition('"')[0]
    page = act(support, "note_remove", number=number)
    removed = opened(support, page)
    assert "The note is removed." in removed
    assert "twice" not in removed
    assert support.post("/customers/care/", {"do": "note_remove", "number": number}).status_code == 422
    act(support, "note_restore", number=number)
    act(support, "task", customer="c7", told="Call about the parcels", due="2024-01-02", whose="support@example.com")
    act(support, "owner", customer="c7", whose="support@example.com")
    text = opened(support, "/customers/of/c7")
    assert "twice" in text
    assert "due 2 Jan 2024, overdue" in text
    tasks = opened(support, "/tasks/")
    assert "Call about the parcels" in tasks
    assert "1 is open." in tasks
    number = tasks.partition('name="number" value="')[2].partition('"')[0]
    finished = opened(support, act(support, "task_done", number=number, back="tasks"))
    assert "Nothing is open." in finished
    assert "Undo" in finished
    assert "1 is open." in opened(support, act(support, "task_reopen", number=number, back="tasks"))
    for wrong in (
        {"do": "note", "told": " "},
        {"do": "note", "told": "x" * 4001},
        {"do": "task", "told": "x", "due": "soon"},
        {"do": "task", "told": "x", "whose": "viewer@example.com"},
        {"do": "owner", "whose": "nobody@example.com"},
        {"do": "else"},
    ):
        assert support.post("/customers/care/", {"customer": "c7", **wrong}).status_code == 422, wrong
    assert support.post("/customers/care/", {"do": "note", "told": "x", "customer": "nobody"}).status_code == 404
    told = ["owner_set", "task_made", "note_restored", "note_removed", "note_written"]
    assert [what for what in done(project) if what in told] == told
    assert viewer.post("/customers/care/", {"do": "note", "customer": "c7", "told": "x"}).status_code == 403


@pytest.mark.long
def test_an_owner_gives_a_customer_their_data_and_erases_them(project: Project, signed_in: Make) -> None:
    from datetime import UTC, datetime

    from stamm.web.pages import customer_leaving
    from tests.leaving.planted import put

    new = {"customer_id": "kundin-9", "valid_from": datetime(2024, 1, 1, tzinfo=UTC), "name": "Annegret Quastenflosser"}
    put(project, "customers", [new])
    owner = signed_in("owner")
    while "kundin-9" not in opened(owner, "/customers/?q=quastenfl"):
        pass
    act(owner, "note", customer="kundin-9", told="Quastenflosser mag Tee")
    given = owner.post("/customers/export/", {"customer": "kundin-9"})
    assert given.headers["Content-Type"] == "application/zip"
    assert b"notes.csv" in given.content
    owner.post("/account/again/", {"password": "drei Kannen Tee"})
    assert "To erase, write the customer’s number" in opened(owner, "/customers/erase/?customer=kundin-9")
    wrong = owner.post("/customers/erase/", {"customer": "kundin-9", "again": "kundin"})
    assert wrong.status_code == 422
    assert "Nothing was erased." in wrong.content.decode()
    told = [owner.post("/customers/erase/", {"customer": "kundin-9", "again": "kundin-9"}) for _ in range(2)]
    (there,) = {each.headers["Location"] for each in told}  # sent twice, it leads to what the first one did
    for _ in range(2):
        assert "Nothing here names the person any more." in opened(owner, there)
    customer_leaving._told.clear()  # as after a restart
    assert "the record of acts says how much went" in opened(owner, there)
    assert owner.get("/customers/erase/?reference=0").status_code == 404
    assert owner.get("/customers/of/kundin-9").status_code == 404
    assert "Nobody was found" in opened(owner, "/customers/?q=quastenfl")
    assert not any(b"uastenflosser" in path.read_bytes() for path in project.directory.rglob("*") if path.is_file())
