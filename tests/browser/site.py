"""A shop's site of a few pages, on an origin of its own, that may stand before Stamm as a proxy."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: below it the site passes on what is asked for to Stamm
PROXIED = "/stats/"


@dataclass
class Site:
    """Every path is a page; the title is its first word."""

    #: what stands in the head of each
    head: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    #: path -> what stands there instead
    files: dict[str, str] = field(default_factory=dict)
    #: where Stamm is, whether nothing gets there, and how many of its answers are lost on the way back
    stamm: str = ""
    cut_off: bool = False
    losing: int = 0
    port: int = 0

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def page(self, path: str) -> str:
        title = path.partition("?")[0].strip("/") or "home"
        return (
            f'<!doctype html><html lang="en"><head><title>{title}</title>{self.head}</head><body>{title}</body></html>'
        )

    def passed_on(self, path: str, body: bytes | None) -> tuple[int, bytes, str] | None:
        """Stamm's answer; None where it got lost."""
        if body is not None and self.cut_off:
            return 502, b"", "text/plain"
        asked = urllib.request.Request(f"{self.stamm}/{path.removeprefix(PROXIED)}", body)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            found = answer.status, answer.read(), answer.headers["Content-Type"]
        if body is not None and self.losing:
            self.losing -= 1
            return None
        return found


@contextmanager
def open_site(site: Site) -> Iterator[Site]:
    """The site, as long as this lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith(PROXIED):
                self._pass_on(None)
            else:
                kind = "text/javascript" if self.path.endswith(".js") else "text/html"
                text = site.files.get(self.path) or site.page(self.path)
                self._answer(200, text.encode(), f"{kind}; charset=utf-8")

        def do_POST(self) -> None:
            self._pass_on(self.rfile.read(int(self.headers["Content-Length"])))

        def _pass_on(self, body: bytes | None) -> None:
            found = site.passed_on(self.path, body)
            if found is None:
                self.close_connection = True
            else:
                self._answer(*found)

        def _answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **site.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.port = server.server_address[1]
        running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        running.start()
        try:
            yield site
        finally:
            server.shutdown()
            running.join()
