"""The script that shows a survey in a box on the shop's pages: sent without its comments, compressed once."""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib.resources import files

from stamm.web.assets import Asset

#: where it is fetched
PATH = "/survey.js"
#: for so long a browser does not ask again; for so much longer it uses what it has while it asks
FRESH_SECONDS, STALE_SECONDS = 3_600, 86_400
HEADERS = {
    "Cache-Control": f"public, max-age={FRESH_SECONDS}, stale-while-revalidate={STALE_SECONDS}",
    # whatever else the shop forbids its pages to load from elsewhere
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@lru_cache
def script() -> Asset:
    """As it was installed."""
    written = files("stamm.web").joinpath("survey_widget.js").read_text(encoding="utf-8")
    lines = (line.strip() for line in written.splitlines())
    plain = "\n".join(line for line in lines if line and not line.startswith("//")).encode()
    return Asset(PATH, "text/javascript; charset=utf-8", plain, gzip.compress(plain, 9, mtime=0))


def snippet(address: str, token: str) -> str:
    """What a page needs for it; `address` is where Stamm is, `token` what the link of the box says."""
    return f'<script defer src="{address}{PATH}" data-survey="{token}"></script>'
