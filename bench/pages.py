"""Pages over a large world: what the server takes, what a filter costs, what a page weighs, how soon Today is read.

`stamm serve` runs over a copy of the world. A browser without a picture walks every page that a link of another page
leads to, and each filter that a page offers: the first time, when nothing was counted before; again, when it was; and
the first time after an import. What a page says is being counted is asked for until it is there, as htmx does. Then
Chromium, its processor slowed to a quarter, opens Today. In brackets, and in lines of their own, stand seconds of
processor of the server: on a machine that does other things as well, they say what the clock cannot.

`python -m bench.pages` takes `--folder` and `--customers` as `make bench` does.
"""

from __future__ import annotations

import gzip
import http.client
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import click
from rich.console import Console
from rich.table import Table

from bench.visible import Served, serving
from bench.world import STAMM, YEARS, Made
from stamm.app.project import Project
from tests.browser.chromium import browser as chromium
from tests.browser.chromium import found as found_browser

#: seconds: a page that is warm; a filter that a rollup answers; what says that it counts; and what it counted
PAGE, FILTER, PROGRESS, ANSWER = 0.2, 0.5, 0.2, 5.0
#: bytes that come packed, sheet and script included, and seconds until Today is read on a slow processor
WEIGHT, READ, SLOWED = 500_000, 1.0, 4
#: how often a page is asked when it is warm, and when something that is being counted is asked for again
AGAIN, POLL_SECONDS, PATIENCE_SECONDS = 5, 0.4, 120.0
#: a server that takes no more of a processor for so many seconds has nothing left to make, and does not rest
QUIET_SECONDS, IDLE = 120, 0.1
#: choices of one filter that are tried, and pages of one kind
CHOICES, ALIKE = 3, 2
COUNTING = b'class="counting '
PART = re.compile(rb'class="counting [^>]* id="([^"]+)"')
WAITING, SNAPSHOT = re.compile(rb'"Stamm-Waiting": "(\w+)"'), re.compile(rb'"Stamm-Snapshot": "(\w+)"')
OWNER = "owner@example.com"


class Found(HTMLParser):
    """Where a page leads: its links, and what its forms ask for when one filter is changed."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.links: list[str] = []
        self.filters: list[str] = []
        self.assets: list[str] = []
        self._form: str | None = None
        self._fields: dict[str, str] = {}
        self._options: dict[str, list[str]] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self._url, given["href"]))
        elif tag in ("script", "link") and given.get("src", given.get("href", "")).startswith("/static/"):
            self.assets.append(given.get("src", given.get("href", "")))
        elif tag == "form":
            asks = given.get("method", "get") == "get"
            self._form = urljoin(self._url, given.get("action") or self._url) if asks else None
            self._fields, self._options = {}, {}
        elif self._form is None:
            return
        elif tag == "input" and given.get("type") not in ("radio", "checkbox", "search", "text") and "name" in given:
            self._fields[given["name"]] = given.get("value", "")
        elif tag == "input" and given.get("type") in ("radio", "checkbox") and "name" in given:
            self._options.setdefault(given["name"], []).append(given.get("value", ""))
            if "checked" in given:
                self._fields[given["name"]] = given.get("value", "")
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select:
            self._options.setdefault(self._select, []).append(given.get("value", ""))
            if "selected" in given:
                self._fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """A form that ends is asked once for each other choice of each of its filters."""
        if tag == "select":
            self._select = ""
        if tag != "form" or self._form is None:
            return
        for name, values in self._options.items():
            others = [value for value in dict.fromkeys(values) if value != self._fields.get(name)]
            for value in others[:CHOICES]:
                asked = {key: each for key, each in {**self._fields, name: value}.items() if each}
                self.filters.append(urlsplit(self._form)._replace(query=urlencode(asked)).geturl())
        self._form = None


@dataclass
class Visit:
    """One address: seconds until it answered, until all of it was there, and when it was asked again."""

    url: str
    first: float = 0.0
    whole: float = 0.0
    counted: bool = False
    #: seconds of processor that the server took until all of it was there
    worked: float = 0.0
    warm: list[float] = field(default_factory=list)
    warm_worked: list[float] = field(default_factory=list)
    weight: int = 0

    @property
    def well(self) -> bool:
        """Whether the first answer is within the limits of a filter that changes."""
        return self.whole <= FILTER or (self.counted and self.first <= PROGRESS and self.whole <= ANSWER)


class Browser:
    """Somebody who is signed in, on one connection."""

    def __init__(self, served: Served, session: str) -> None:
        self._served = served
        self._connection = http.client.HTTPConnection("localhost", served.port, timeout=PATIENCE_SECONDS)
        self._headers = {"Cookie": f"stamm_session={session}", "Accept-Encoding": "gzip"}
        self._weights: dict[str, int] = {}

    def get(self, url: str, **headers: str) -> tuple[int, bytes, float, http.client.HTTPMessage]:
        """Status, body, seconds, and headers."""
        begun = time.perf_counter()
        self._connection.request("GET", url, headers={**self._headers, **headers})
        answer = self._connection.getresponse()
        body = answer.read()
        seconds = time.perf_counter() - begun
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return answer.status, gzip.decompress(body) if packed else body, seconds, answer.headers

    def visit(self, url: str, *, again: int) -> tuple[Visit, Found] | None:
        """A page, asked for until all of it is there or patience ends; None for what is no page."""
        worked = self._served.worked()
        status, body, seconds, headers = self.get(url)
        if status in (301, 302, 403, 404, 422) or not headers.get("Content-Type", "").startswith("text/html"):
            return None
        if status != 200:
            raise RuntimeError(f"{url}: {status}")
        visit = Visit(url, first=seconds, whole=seconds, counted=COUNTING in body)
        begun = time.perf_counter() - seconds
        while COUNTING in body and visit.whole < PATIENCE_SECONDS:
            time.sleep(POLL_SECONDS)
            body = self._asked_again(url, body)
            visit.whole = time.perf_counter() - begun
        found = Found(url)
        found.feed(body.decode())
        visit.worked = self._served.worked() - worked
        for _ in range(again):
            worked = self._served.worked()
            visit.warm.append(self.get(url)[2])
            visit.warm_worked.append(self._served.worked() - worked)
        visit.weight = len(gzip.compress(body)) + sum(self._weight(asset) for asset in set(found.assets))
        return visit, found

    def _asked_again(self, url: str, body: bytes) -> bytes:
        """The page as it is now, asked for as htmx does: a part of it, or all."""
        headers = {"HX-Request": "true", "HX-Target": "page"}
        if waiting := WAITING.search(body):
            headers["Stamm-Waiting"] = waiting[1].decode()
        elif part := PART.search(body):
            headers["HX-Target"] = part[1].decode()
        if snapshot := SNAPSHOT.search(body):
            headers["Stamm-Snapshot"] = snapshot[1].decode()
        status, later, _, told = self.get(url, **headers)
        if told.get("HX-Refresh"):
            return self.get(url)[1]
        return body if status == 204 else later

    def _weight(self, asset: str) -> int:
        if asset not in self._weights:
            self._connection.request("GET", asset, headers=self._headers)
            self._weights[asset] = len(self._connection.getresponse().read())
        return self._weights[asset]


@dataclass
class Walk:
    """What was visited: pages by their links, and pages by a filter of theirs that was changed."""

    pages: list[Visit] = field(default_factory=list)
    filters: list[Visit] = field(default_factory=list)


def walk(browser: Browser, most: int, told: Callable[[Visit], None], minutes: float = math.inf) -> Walk:
    """The pages that can be reached, at most so many, of those that differ in a name or a number alone some."""
    end = time.monotonic() + 60 * minutes
    walked, seen, alike = Walk(), set(), dict[tuple[str, tuple[str, ...]], int]()
    waiting = [("/", False)]
    while waiting and len(walked.pages) + len(walked.filters) < most and time.monotonic() < end:
        url, changed = waiting.pop(0)
        place = urlsplit(url)
        kind = _kind(place.path), tuple(sorted(name for name, _ in parse_qsl(place.query)))
        if place.netloc or url in seen or place.path.startswith(("/static/", "/sign-", "/in/")):
            continue
        if not changed and alike.get(kind, 0) >= ALIKE:
            continue
        seen.add(url)
        alike[kind] = alike.get(kind, 0) + 1
        found = browser.visit(url, again=AGAIN)
        if found is None:
            continue
        visit, leads = found
        (walked.filters if changed else walked.pages).append(visit)
        told(visit)
        waiting += [(urlsplit(each)._replace(fragment="").geturl(), False) for each in leads.links]
        if not changed:
            waiting += [(each, True) for each in leads.filters]
    return walked


def _kind(path: str) -> str:
    """A path without what is the name of one among many."""
    pieces = path.strip("/").split("/")
    return "/".join(pieces[:1] + ["*" if place == 1 else piece for place, piece in enumerate(pieces[1:], 1)])


def after_import(shop: Path, browser: Browser, visits: list[Visit], told: Callable[[Visit], None]) -> list[Visit]:
    """The same addresses once more, the first time after one more order has come in and is shown."""
    before = _snapshot(browser)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.csv"
        rows = f"order_id,customer_id,ordered_at,amount_minor\none more,c1,{YEARS[1] - timedelta(days=1)},500\n"
        file.write_text(rows, encoding="utf-8")
        subprocess.run([*STAMM, "--project", shop, "import", file], check=True, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 10 * PATIENCE_SECONDS
    while _snapshot(browser) == before:
        if time.monotonic() > end:
            raise RuntimeError("What was imported is not shown.")
        time.sleep(POLL_SECONDS)
    found = []
    for visit in visits:
        if (later := browser.visit(visit.url, again=0)) is not None:
            found.append(later[0])
            told(later[0])
    return found


def beforehand(served: Served) -> float:
    """Wait until the server has made what is usually asked, and rests; the seconds of processor that it took."""
    before = last = served.worked()
    quiet = 0
    while quiet < QUIET_SECONDS:
        time.sleep(1)
        quiet = quiet + 1 if served.worked() - last < IDLE else 0
        last = served.worked()
    return last - before


def _snapshot(browser: Browser) -> bytes:
    named = SNAPSHOT.search(browser.get("/")[1])
    return named[1] if named else b""


def read(address: str, session: str) -> list[float]:
    """Seconds until the largest thing on Today is drawn, on a processor that is slowed."""
    program = found_browser()
    if program is None:
        raise RuntimeError("There is no Chromium; `make system` installs it.")
    drawn = """new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
      .observe({type: 'largest-contentful-paint', buffered: true}))"""
    found = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, chromium(program, Path(folder)) as tab:
        tab.visit("about:blank")
        tab.call("Network.setCookie", name="stamm_session", value=session, url=address)
        tab.call("Emulation.setCPUThrottlingRate", rate=SLOWED)
        for _ in range(AGAIN):
            tab.visit(address)
            found.append(tab.eval(drawn) / 1000)
    return found


# -- a shop with somebody in it --------------------------------------------------------------------------------------
def sign_in(shop: Path) -> str:
    """A session of an owner; in a process of its own, for one process serves one project."""
    from stamm.app.framework import set_up  # noqa: PLC0415 - Django is set up here, and the rest after it

    set_up(Project.open(shop))
    from django.test import Client  # noqa: PLC0415

    from stamm.people.accounts import invite  # noqa: PLC0415
    from stamm.people.roles import Role  # noqa: PLC0415

    browser = Client()
    browser.force_login(invite(OWNER, Role.OWNER, who="bench", now=datetime.now(UTC)))
    return str(browser.cookies["stamm_session"].value)


def copied(made: Made, folder: str) -> Path:
    """The world in another folder, without what was answered before: its files are never written to."""
    shop = Path(folder) / "shop"
    shutil.copytree(made.shop, shop, copy_function=os.link, ignore=shutil.ignore_patterns("answers", "*.lock"))
    subprocess.run([*STAMM, "--project", shop, "refresh"], check=True, stdout=subprocess.DEVNULL)
    return shop


def rows(walked: Walk, later: list[Visit], shown: list[float]) -> Iterator[tuple[str, ...]]:
    """What was measured beside its limit."""
    warm = [seconds for visit in (*walked.pages, *walked.filters) for seconds in visit.warm]
    worked = [seconds for visit in (*walked.pages, *walked.filters) for seconds in visit.warm_worked]
    yield _row(f"{len(walked.pages)} pages and {len(walked.filters)} filters, warm", warm, PAGE)
    yield _row("the same: processor of the server", worked, PAGE)
    for what, visits in (("the first time", [*walked.pages, *walked.filters]), ("after an import", later)):
        yield _row(f"{what}: until it says something", [visit.first for visit in visits], PROGRESS)
        yield _row(f"{what}: what is there at once", [visit.whole for visit in visits if not visit.counted], FILTER)
        yield _row(f"{what}: what is counted", [visit.whole for visit in visits if visit.counted], ANSWER)
        yield _row(f"{what}: the same, processor", [visit.worked for visit in visits if visit.counted], ANSWER)
    yield _row("kilobytes, packed", [visit.weight / 1000 for visit in walked.pages], WEIGHT / 1000)
    yield _row(f"Today is read, processor slowed {SLOWED} times", shown, READ)


def _row(what: str, found: list[float], limit: float) -> tuple[str, ...]:
    if not found:
        return (what, "-", "-", "-", f"{limit:g}", "-")
    ordered = sorted(found)
    middle, most = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95))
    return (what, f"{middle:.3g}", f"{most:.3g}", f"{ordered[-1]:.3g}", f"{limit:g}", f"{most / limit:.2f}")


@click.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path("bench/made"))
@click.option("--customers", default=500_000, type=click.IntRange(1_000), help="How many; some 100 events each.")
@click.option("--most", default=1_000, type=click.IntRange(1), help="How many pages and filters are walked.")
@click.option("--beforehand", "waits", is_flag=True, help="Begin once the server has made what is usually asked.")
@click.option("--minutes", type=click.FloatRange(0), help="Walk for so long, and not again after an import.")
def main(folder: Path, customers: int, most: int, waits: bool, minutes: float | None) -> None:
    """Serve the world, walk, and print what it took."""
    console = Console(width=150)

    def told(visit: Visit) -> None:
        """Each as it is visited: what takes minutes shows where it is."""
        warm = f"{max(visit.warm):.3f} ({max(visit.warm_worked):.3f})" if visit.warm else "-"
        told = f"first {visit.first:.3f}, whole {visit.whole:.3f} ({visit.worked:.3f}), warm {warm}"
        console.print(f"{told}{', counted' if visit.counted else ''}  {visit.url}", soft_wrap=True, markup=False)

    made = Made(folder / str(customers))
    made.folder.mkdir(parents=True, exist_ok=True)
    made.make(customers, console)
    with tempfile.TemporaryDirectory(dir=made.folder) as place:
        shop = copied(made, place)
        line = [sys.executable, "-m", "bench.pages", "sign-in", shop]
        session = subprocess.run(list(map(str, line)), stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
        with serving(Project.open(shop)) as served:
            browser = Browser(served, session)
            if waits:
                console.print(f"made beforehand in {beforehand(served):.0f} CPU s")
            walked = walk(browser, most, told, math.inf if minutes is None else minutes)
            visits = [*walked.pages, *walked.filters]
            later = after_import(shop, browser, visits, told) if minutes is None else []
            shown = read(f"http://localhost:{served.port}/", session)
    table = Table(
        "what", "p50", "p95", "most", "limit", "p95 / limit", title=f"Pages, {made.events():,} events; seconds"
    )
    for row in rows(walked, later, shown):
        table.add_row(*row)
    console.print(table)
    slow = Table("slowest", "warm", "first", "whole", "processor", "counted", "after an import", title="Beyond a limit")
    again = {visit.url: visit for visit in later}
    for visit in sorted((*walked.pages, *walked.filters), key=lambda visit: -max(visit.warm)):
        late = again.get(visit.url)
        if max(visit.warm) > PAGE or not visit.well or (late is not None and not late.well):
            figures = (max(visit.warm), visit.first, visit.whole, visit.worked)
            after = f"{late.first:.2f} {late.whole:.2f} ({late.worked:.2f})" if late else "-"
            slow.add_row(visit.url, *(f"{figure:.2f}" for figure in figures), str(visit.counted), after)
    console.print(slow)


if __name__ == "__main__":
    if sys.argv[1:2] == ["sign-in"]:
        sys.stdout.write(json.dumps(sign_in(Path(sys.argv[2])))[1:-1] + "\n")
    else:
        main()
