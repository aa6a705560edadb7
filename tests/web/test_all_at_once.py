"""Two people who look, an importer, a stream of events and the worker, all at once: nobody is refused, and every number
of a page is of the snapshot that the page names."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from stamm.app.project import Project
from stamm.people import Scope, create_key
from tests.browser.served import Served, served

STAMM = (sys.executable, "-m", "stamm.cli.main")
IMPORTS, WINDOW = 4, "window=2024-05"
PAGES = (f"/?{WINDOW}", f"/metrics/order_count?{WINDOW}&by=country", f"/metrics/order_count.csv?{WINDOW}")
#: the numbers of orders in May that a page says, each of which is asked for by itself
SAYS = (
    r" Orders (\d+) ",
    r" n (\d+) Jan 2024 Jun so far Orders ",
    r"orders = (\d+) ",
    r"all together, (\d+)\.",
    r"\n2024-05-01,2024-06-01,\d+,(\d+),",
)
SNAPSHOT = re.compile(r"[Ss]napshot (\d+)|,(\d+),false,")


@dataclass
class Seen:
    """What was seen by everybody: pages with the snapshot that each names, and what went wrong."""

    pages: list[tuple[str, int, list[int]]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def until_over(self, once: Callable[[], None]) -> threading.Thread:
        def work() -> None:
            while not self.over.is_set():
                try:
                    once()
                except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
                    self.wrong.append(repr(error))
                    return

        thread = threading.Thread(target=work)
        thread.start()
        return thread


def text_of(answer: str) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", answer)) if answer.startswith("<!doctype") else answer


def look(seen: Seen, server: Served, role: str) -> Callable[[], None]:
    """Asks for one page after the other, and for one that is being counted until it is there."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)

    def once() -> None:
        for path in PAGES:
            connection.request("GET", path, headers={"Cookie": f"stamm_session={server.sessions[role]}"})
            answer = connection.getresponse()
            text = text_of(answer.read().decode())
            if answer.status != 200:
                seen.wrong.append(f"{path}: {answer.status}")
            elif named := SNAPSHOT.search(text):
                said = [int(number) for pattern in SAYS for number in re.findall(pattern, text)]
                split = [int(number) for number in re.findall(r" (?:DE|CH|AT) (\d+) ", text)]
                seen.pages.append((path, int(named[1] or named[2]), [*said, *([sum(split)] if split else [])]))

    return once


def send(server: Served, key: str) -> Callable[[], None]:
    """A program that tells of a visit every now and then."""
    connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)

    def once() -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        event = {
            "type": "page",
            "messageId": f"m{time.monotonic_ns()}",
            "userId": "c1",
            "name": "Tea",
            "timestamp": now,
        }
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        connection.request("POST", "/v1/batch", json.dumps({"batch": [event]}), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        time.sleep(0.3)

    return once


@contextmanager
def worker(shop: Path, log: Path) -> Iterator[None]:
    with log.open("w") as told:
        process = subprocess.Popen([*STAMM, "--project", str(shop), "work", "--every", "0.3"], stdout=told, stderr=told)
        try:
            yield
            assert process.poll() is None
            assert "Error" not in log.read_text()
        finally:
            process.terminate()
            process.wait(60)


def taken_in(shop: Path, number: int) -> Any:
    file = shop.parent / f"orders-{number}.csv"
    file.write_text(
        f"order_id,customer_id,ordered_at,amount_minor\nmore-{number},c1,2024-05-15,500\n", encoding="utf-8"
    )
    return subprocess.run(
        [*STAMM, "--project", str(shop), "import", str(file)], check=False, capture_output=True, text=True
    )


@pytest.mark.long
def test_all_at_once(tmp_path: Path) -> None:
    seen = Seen()
    with served(tmp_path) as server, worker(tmp_path / "shop", tmp_path / "worker.log"):
        project = Project.open(tmp_path / "shop")
        people = project.people()
        key, _ = create_key(people, "test", Scope.WRITE, who="test", now=datetime.now(UTC))
        people.close()
        before = project.lake().snapshot()
        threads = [seen.until_over(look(seen, server, role)) for role in ("owner", "viewer")]
        threads.append(seen.until_over(send(server, key)))
        try:
            imports = [taken_in(project.directory, number) for number in range(IMPORTS)]
            last = project.lake().snapshot()
            end = time.monotonic() + 300  # a renewal is followed by a rest, which is long where the machine is busy
            while time.monotonic() < end and not any(number >= last.number for _, number, _ in seen.pages):
                time.sleep(0.2)
        finally:
            seen.over.set()
            for thread in threads:
                thread.join()
        lake = project.lake()
    assert [done.stderr for done in imports if done.returncode] == []
    assert seen.wrong == []
    assert "rror" not in (tmp_path / "server.log").read_text()
    # 223 orders in May, by hand in test_pages; each import brings one more
    orders = {number: 223 + lake.snapshot(number).rows("orders") - before.rows("orders") for _, number, _ in seen.pages}
    mixed = [(path, number, said) for path, number, said in seen.pages if {*said} != {orders[number]}]
    assert mixed == []
    assert {223, 223 + IMPORTS} <= {*orders.values()}
    assert {path for path, _, said in seen.pages if said} == {*PAGES}
