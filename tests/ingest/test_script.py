"""The script for pages as the server gives it: small, cached, and the same for every origin."""

from __future__ import annotations

import gzip
from importlib.resources import files

from tests.ingest.conftest import Shop

PLACE, ORIGIN = "/stamm.js", {"Origin": "https://shop.example"}


def test_it_is_small(shop: Shop) -> None:
    found = shop.client.get(PLACE)
    assert found.headers["Content-Encoding"] == "gzip"
    assert int(found.headers["Content-Length"]) < 3_000
    assert len(gzip.compress(found.content, 9)) < 3_000


def test_it_is_what_was_written_but_for_the_comments(shop: Shop) -> None:
    written = files("stamm.ingest").joinpath("stamm.js").read_text(encoding="utf-8")
    lines = [line.strip() for line in written.splitlines()]
    assert shop.client.get(PLACE).text.splitlines() == [line for line in lines if line and not line.startswith("//")]
    # a line that only looks like a comment, or a text of several lines, would be torn
    assert "`" not in "".join(line for line in lines if line.count("`") % 2)
    assert "/*" not in written


def test_every_origin_may_load_it(shop: Shop) -> None:
    found = shop.client.get(PLACE, headers=ORIGIN)
    assert found.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert found.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_a_browser_that_has_it_is_told_so(shop: Shop) -> None:
    packed = shop.client.get(PLACE)
    plain = shop.client.get(PLACE, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.content == packed.content
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["Cache-Control"] == "public, max-age=3600, stale-while-revalidate=86400"
    for known in (packed.headers["ETag"], f'"other", W/{packed.headers["ETag"]}', "*"):
        again = shop.client.get(PLACE, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", packed.headers["ETag"])
    assert shop.client.get(PLACE, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 200


def test_it_takes_no_message(shop: Shop) -> None:
    assert shop.send(PLACE, {}).status_code == 405
    assert shop.client.head(PLACE).status_code == 200
