"""A shop's site that measures itself, in a real browser, and what Stamm has been told of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from stamm.people import Scope, create_key
from tests.browser.chromium import Tab
from tests.browser.site import Site, open_site
from tests.ingest.server import Server

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
SOURCES = count(1)
#: seconds within which everything has arrived
PATIENCE = 20.0


@dataclass
class Shop:
    """A site that measures itself, a browser on it, and what Stamm has been told."""

    tab: Tab
    stamm: Server
    site: Site
    source: str
    key: str

    def tag(self, place: str = "", more: str = "") -> str:
        return f'<script async src="{place or self.stamm.address}/stamm.js" data-key="{self.key}" {more}></script>'

    def visit(self, path: str = "/") -> None:
        self.tab.visit(self.site.origin + path)
        # until a page is complete, a change of its address may take the place of an entry of its history
        ready = "document.readyState === 'complete' && window.stamm?.track"
        there = f"{ready} ? done(true) : setTimeout(look, 10)"
        assert self.tab.eval(f"new Promise(done => {{ const look = () => {there}; look() }})")

    def agree(self, path: str = "/") -> None:
        self.visit(path)
        self.tab.eval("stamm.consent(true)")

    def calls(self, path: str) -> list[str]:
        """What the page has asked for below that path."""
        self.tab.eval("0")
        return [url for url in self.tab.requests if path in url]

    def stored(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.tab.eval("JSON.stringify({...localStorage})"))
        return found

    def told(self) -> list[dict[str, Any]]:
        """The messages in the log, in the order in which they happened."""
        log = self.stamm.project.log()
        entries = [each.entry for each in log.read(limit=10_000) if each.entry.source == self.source]
        log.close()
        return sorted((json.loads(entry.body) for entry in entries), key=lambda said: said["timestamp"])

    def wait_for(self, *names: str) -> list[dict[str, Any]]:
        """Wait until these pages and events have been told, in this order; all that was told."""
        self.wait_until(lambda: len(self.told()) >= len(names))
        told = self.told()
        assert [name_of(said) for said in told] == list(names)
        return told

    def wait_until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, [name_of(said) for said in self.told()]
            self.wait(0.05)

    def show(self, target: str) -> None:
        """Bring a tab to the front, the site's or another."""
        self.tab.call("Target.activateTarget", targetId=target)
        state = "visible" if target == self.tab.target else "hidden"
        self.wait_until(lambda: bool(self.tab.eval("document.visibilityState") == state))

    def wait(self, seconds: float) -> None:
        self.tab.eval(f"new Promise(done => setTimeout(done, {1000 * seconds}))")


def name_of(said: dict[str, Any]) -> str:
    return str(said["context"]["page"]["path"] if said["type"] == "page" else said.get("event") or said["type"])


@contextmanager
def open_shop(tab: Tab, stamm: Server) -> Iterator[Shop]:
    source = f"site-{next(SOURCES)}"
    people = stamm.project.people()
    key, _ = create_key(people, source, Scope.WRITE, who="test", now=datetime.now(UTC))
    people.close()
    with open_site(Site(stamm=stamm.address)) as site:
        found = Shop(tab, stamm, site, source, key)
        site.head = found.tag()
        tab.visit("about:blank")
        # of the fifty pages that a browser keeps, those go first that came without a click, as all do here
        tab.call("Page.resetNavigationHistory")
        tab.call("Emulation.setUserAgentOverride", userAgent=PERSON)
        yield found
        tab.visit("about:blank")
