"""The script for pages, as browsers get it: without its comments, compressed, and known again by its ETag."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from stamm.ingest.place import SCRIPT

#: where it is fetched
PATH = "/stamm.js"
#: for so long a browser does not ask again; for so much longer it uses what it has while it asks
FRESH_SECONDS, STALE_SECONDS = 3_600, 86_400


@dataclass(frozen=True)
class Script:
    """The text, plain and compressed, each with a name of its own."""

    plain: bytes
    packed: bytes
    tag: str

    @classmethod
    def read(cls) -> Script:
        """As it was installed."""
        written = files("stamm.ingest").joinpath("stamm.js").read_text(encoding="utf-8")
        lines = (line.strip() for line in written.splitlines())
        plain = "\n".join(line for line in lines if line and not line.startswith("//")).encode()
        return cls(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:20])

    def answer(self, request: Request) -> Response:
        """The script, or that it is still the one which the browser has."""
        packed = "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{self.tag}-gzip"' if packed else f'"{self.tag}"'
        headers = {
            "ETag": tag,
            "Cache-Control": f"public, max-age={FRESH_SECONDS}, stale-while-revalidate={STALE_SECONDS}",
            "Vary": "Accept-Encoding",
            # whatever else the shop forbids its pages to load from elsewhere
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if _names(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["Content-Encoding"] = "gzip"
        return Response(self.packed if packed else self.plain, headers=headers, media_type=SCRIPT)


def _names(told: str, tag: str) -> bool:
    """Whether an If-None-Match names a tag; what a proxy has weakened is the same."""
    return told.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in told.split(","))
