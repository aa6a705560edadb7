"""Sources and data: what came from where, what was set aside and why, what failed at the door; nothing is lost."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stamm.app.consistency import all_checks
from stamm.app.project import Project
from stamm.app.unread import UnreadFile
from stamm.lang.errors import InputError
from stamm.sources import Reject
from stamm.sources.rejected import RejectsFile
from stamm.store.erasing.ledger import FILE, Erased, Ledger, State
from stamm.store.log import Entry
from tests.web.conftest import NOON
from tests.web.test_pages import text_of
from tests.web.test_settings import noted

Make = Callable[..., Any]
LIST = "rejects-20260302T120000Z.csv"
LOST = InputError(
    "The folder that is watched cannot be read: no such thing.",
    where="/in",
    remedy="Make it, or name another one in [watch] of stamm.toml.",
)
WRONG = "is not a moment; write it as 2024-02-10T14:30:00, with +01:00 or Z at the end unless it is local time"


@pytest.fixture
def rejects(project: Project) -> Iterator[bytes]:
    """120 rows set aside of two files, as an import leaves them."""
    with RejectsFile(project.rejects_directory, NOON) as file:
        file.write([Reject("orders.csv", line, "ordered_at", f"<i>{line}</i>", WRONG) for line in range(2, 112)])
        # of one of them a second fact was to be made, which failed in the same way and in another
        file.write([Reject("orders.csv", 111, "ordered_at", "<i>111</i>", WRONG)])
        file.write([Reject("orders.csv", 111, "amount", "x", "is no number")])
        file.write([Reject("late.csv", line, "", "", "has another number of columns") for line in range(2, 12)])
        path = file.put_in_place()
        file.keep()
    assert path is not None
    yield path.read_bytes()
    shutil.rmtree(project.rejects_directory)


@pytest.fixture
def log(project: Project) -> Iterator[None]:
    """Three messages of a website: one waits, one is no fact, one was none until something was mended."""
    track = b'{"type": "track", "event": "Viewed", "userId": "c1"}'
    with closing(project.log()) as log:
        log.append(
            [
                Entry("website", "m1", track, NOON),
                Entry("website", "m2", b"<script>alert(1)</script>", NOON, reason="no_json"),
                Entry("website", "m3", track, NOON + timedelta(hours=1), reason="no_customer:userId"),
            ]
        )
    yield
    shutil.rmtree(project.log_file.parent)


@pytest.mark.usefixtures("rejects", "log")
def test_every_source_says_what_it_brought(signed_in: Make, project: Project) -> None:
    browser = signed_in("analyst")
    page, end = "", time.monotonic() + 30
    while "What they brought" not in page:  # the page is there before everything on it is counted
        assert time.monotonic() < end
        page = text_of(browser.get("/settings/sources/"))
    for name, fact, aside in (("orders.csv", "Orders", 110), ("customers.csv", "Customers", 0)):
        rows = len((project.directory.parent / name).read_text("utf-8").splitlines()) - 1
        assert f"{name} file {fact}: {rows:,} " in page
        line = page[page.index(f"{name} file") :]
        assert f" {aside} " in line[:200]
    assert "late.csv file nothing never 10 " in page
    assert "website 3 1 0 2 " in page
    assert "Not yet taken in: 1, the oldest of 2 March 2026, 12:00." in page


def test_what_could_not_be_taken_in_says_why_and_what_to_do(signed_in: Make, project: Project) -> None:
    file, browser = UnreadFile(project), signed_in("analyst")
    file.keep({"<b>.csv": InputError("The file is empty.", where="/in/<b>.csv"), "in": LOST}, NOON)
    try:
        for code, words in (("en", "Could not be taken in"), ("de", "Konnte nicht eingelesen werden")):
            browser.post("/preferences/", {"language": code})
            page = browser.get("/settings/sources/").content.decode()
            assert words in page
            assert "&lt;b&gt;.csv" in page
        file.keep({"in": LOST}, NOON + timedelta(days=1))
        german = text_of(browser.get("/settings/sources/"))
    finally:
        file.keep({}, NOON)
    assert (
        "in 2. März 2026, 12:00 Der beobachtete Ordner kann nicht gelesen werden: no such thing. /in · "
        "Legen Sie ihn an oder nennen Sie in stamm.toml unter [watch] einen anderen." in german
    )
    assert "Konnte nicht" not in text_of(browser.get("/settings/sources/"))


def test_rows_set_aside_are_shown_taken_away_and_done_with(signed_in: Make, project: Project, rejects: bytes) -> None:
    analyst, owner, place = signed_in("analyst"), signed_in("owner"), f"/settings/sources/rejects/{LIST}"
    first = analyst.get(f"{place}/").content.decode()
    assert "<i>" not in first
    assert first.count("<code>&lt;i&gt;") == 50
    assert "1 to 50 of 121" in first
    assert "Rows set aside: 120" in first
    last = text_of(analyst.get(f"{place}/?first=100"))
    assert "late.csv 11 empty has another number of columns" in last
    analyst.post("/preferences/", {"language": "de"})
    assert "ordered_at: kein Zeitpunkt" in text_of(analyst.get(f"{place}/"))
    assert analyst.get(f"{place}/download").content == rejects
    assert noted(project)[0] == ("analyst@example.com", "rejects_read", LIST)
    assert analyst.post(f"{place}/remove").status_code == 403
    for name in ("stamm.toml", "..", ".rejects.part", "rejects-20240101T000000Z.csv"):
        assert owner.get(f"/settings/sources/rejects/{name}/download").status_code == 404
    assert owner.post(f"{place}/remove").status_code == 302
    assert not (project.rejects_directory / LIST).exists()
    assert noted(project)[0] == ("owner@example.com", "rejects_removed", f"{LIST} rows 120")
    assert owner.post(f"{place}/remove").status_code == 404


@pytest.mark.usefixtures("log")
def test_failed_messages_are_looked_at_and_read_again(signed_in: Make, project: Project) -> None:
    analyst, owner, place = signed_in("analyst"), signed_in("owner"), "/settings/sources/failed/"
    assert "is not JSON as RFC 8259 writes it" in text_of(analyst.get(place))
    message = analyst.get(f"{place}1/").content.decode()
    assert "<script>alert" not in message
    assert "&lt;script&gt;alert(1)" in message
    assert noted(project)[0] == ("analyst@example.com", "customers_read", "failed message 1")
    assert analyst.get(f"{place}9/").status_code == 404
    assert analyst.post(place).status_code == 403
    done = text_of(owner.post(place))
    assert "Put back: 1; stamm work takes them in." in done
    assert "Still no facts: 1 (is not JSON" in done
    assert noted(project)[0] == ("owner@example.com", "messages_replayed", "all; put back 1")
    with closing(project.log()) as log:
        assert [one.entry.message_id for one in log.failures()] == ["m2"]


# -- data ----------------------------------------------------------------------------------------------------
def test_the_data_page_says_how_the_data_are(
    signed_in: Make, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(b"k" * 32, (Erased("E-2026-1", NOON, frozenset({"digest-of-anna"}), state=State.DONE, who="zoe"),))
    ledger.write(project.lake_directory)
    analyst, owner = signed_in("analyst"), signed_in("owner")
    page, end = "", time.monotonic() + 60
    while "The lines of an order" not in page and "No two rows of orders" not in page:
        assert time.monotonic() < end
        page = text_of(analyst.get("/settings/data/"))
    (project.lake_directory / FILE).unlink()
    allowed = [check for check in all_checks() if {*check.needs} <= {"orders", "customers"}]
    assert page.count(" agrees ") == len(allowed)
    assert "E-2026-1 2 March 2026, 12:00 zoe done" in page
    assert "digest-of-anna" not in page
    assert "There is no backup yet." in page
    project.note("backup_made", "snapshot 3", now=datetime.now(UTC), who="ben")
    later = text_of(analyst.get("/settings/data/"))
    assert "There is no backup yet." not in later
    assert re.search(r"Last backup \d+ \w+ \d{4}, \d\d:\d\d ben", later)
    assert "Nothing is wrong." in text_of(owner.get("/settings/data/surroundings/"))
    # of very many facts that takes minutes, so it waits until somebody asks
    monkeypatch.setattr("stamm.web.pages.settings_data.CHECKED_UNASKED", 1)
    unasked = text_of(analyst.get("/settings/data/"))
    assert (unasked.count(" agrees "), "facts this takes some minutes. Check them" in unasked) == (0, True)
    assert text_of(analyst.get("/settings/data/?check=1")).count(" agrees ") == len(allowed)
