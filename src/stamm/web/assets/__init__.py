"""Files that a browser is sent: ours and those of installed packages, each under a name that changes with it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

#: where they are served
PLACE = "/static/"
#: the sheet of reports comes first, since it holds the tokens and parts; then what all served pages have
FIRST = (("stamm.reports", "stamm.css"), ("stamm.web.assets", "web.css"))
#: what installed packages bring
BROUGHT = {"htmx.js": ("django_htmx", "static/django_htmx/htmx-2.min.js")}
TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """A file as it is sent, plain and compressed."""

    path: str
    type: str
    plain: bytes
    packed: bytes


def sources() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """What each asset is made of: one sheet of all sheets here, every script and picture by its own name."""
    own = sorted(file.name for file in files("stamm.web.assets").iterdir())
    sheets = tuple(("stamm.web.assets", name) for name in own if name.endswith(".css") and name != "web.css")
    alone = {name: (("stamm.web.assets", name),) for name in own if name.endswith((".js", ".svg"))}
    return {"stamm.css": FIRST + sheets, **{name: (place,) for name, place in BROUGHT.items()}, **alone}


@lru_cache
def assets() -> Mapping[str, Asset]:
    """All of them by the name that templates use."""
    made = {}
    for name, parts in sources().items():
        content = b"\n".join(_file(package, place).read_bytes() for package, place in parts)
        stem, _, suffix = name.rpartition(".")
        path = f"{PLACE}{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
        made[name] = Asset(path, TYPES[suffix], content, gzip.compress(content, 9, mtime=0))
    return made


@lru_cache
def by_path() -> Mapping[str, Asset]:
    """All of them by their address."""
    return {asset.path: asset for asset in assets().values()}


def _file(package: str, place: str) -> Traversable:
    return files(package).joinpath(*place.split("/"))
