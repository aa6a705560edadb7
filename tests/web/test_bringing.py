"""Files brought in a browser: hostile ones do no harm, and the same rows never count twice."""

from __future__ import annotations

import asyncio
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from stamm.app.bringing import work
from stamm.app.bringing.bundles import DIRECTORY, bundle_named, bundles
from stamm.app.project import Project

#: a German till, which no source knows; its orders are new to the shop, before its first
TILL = (
    "Bon;Zeit;Kunde;Menge;Preis;Artikel\nT1;05.01.2023 10:00;c1;2;1.001,50;K\nT1;05.01.2023 10:00;c1;1;0,50;S\n"
    + "".join(f"T{number};{number:02}.02.2023 10:00;c{number};1;9,99;K\n" for number in range(2, 29))
)
BROKEN = "T99;31.02.2023 10:00;=HYPERLINK(1);1;9,99;K\n"


def waiting(project: Project) -> list[Path]:
    place = project.directory / DIRECTORY
    return [folder for folder in place.iterdir() if (folder / "files").is_dir()] if place.is_dir() else []


def send(browser: Any, *files: tuple[str, bytes]) -> Any:
    sent = [SimpleUploadedFile(name, content, content_type="text/html") for name, content in files]
    return browser.post("/bring/files/", {"files": sent})


def rows(project: Project) -> list[str]:
    return sorted(project.lake().snapshot().dataset("orders").to_table()["order_id"].to_pylist())


def text_of(browser: Any, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200
    return re.sub(r"<[^>]+>|\s+", " ", response.content.decode())


def taken_in(browser: Any, project: Project, address: str) -> str:
    """What its page tells after the import."""
    assert browser.post(f"{address}import/").headers["Location"] == address
    bundle = bundle_named(project.directory, address.split("/")[2])
    assert bundle is not None
    work.wait_for(bundle)
    return browser.get(address).content.decode()


def test_a_file_becomes_facts_and_is_taken_back(project: Project, signed_in: Callable[..., Any]) -> None:
    browser, there = signed_in("analyst"), rows(project)
    address = send(browser, ("..\\..\\Kasse 2023.csv", (TILL + BROKEN).encode("cp1252"))).headers["Location"]
    assert re.fullmatch(r"/bring/[0-9a-f]{16}/", address)
    (folder,) = waiting(project)
    assert [file.name for file in (folder / "files").iterdir()] == ["Kasse 2023.csv"]
    assert (folder / "files" / "Kasse 2023.csv").stat().st_mode & 0o077 == 0
    page = browser.get(f"{address}?looked").content.decode()
    assert "Rows with the same Bon are one of them." in page
    assert "T99" not in re.findall(r"<td>([^<]*)</td>", page)  # it is set aside
    assert "Kasse 2023.csv, line 31" in re.sub(r"</?span[^>]*>", "", page)
    # somebody says otherwise, and the first rows follow
    chosen = {"0.kind": "purchases", "0.orders.customer_id": "nothing"}
    asked = dict.fromkeys(re.findall(r'name="(0\.asked\.[^"]+)"', page), "1")
    asked |= {name.replace("asked", "take"): "yes" for name in asked}
    browser.post(f"{address}mapping/", {**asked, **chosen})
    assert "Customer number" not in text_of(browser, f"{address}?looked").partition("What would come in")[2]
    # of lines nothing is to be made, and a column that is not there is passed over
    del asked["0.take.order_lines"]
    browser.post(f"{address}mapping/", {**asked, "0.orders.customer_id": "column:no such column"})
    done = taken_in(browser, project, address)
    assert "Set aside: " in done
    new = set(rows(project)) - set(there)
    assert new == {f"T{number}" for number in range(1, 29)}
    assert waiting(project) == []
    assert project.lake().snapshot().rows("order_lines") == 0
    found = project.lake().snapshot().dataset("orders").to_table().to_pylist()
    assert next(row["amount_minor"] for row in found if row["order_id"] == "T1") == 200_350
    aside = browser.get(re.findall(r'href="(/settings/sources/rejects/[^"]+/download)"', done)[0])
    assert b"31.02.2023 10:00" in b"".join(aside)
    # the mapping stands in stamm.toml, as the command line would have written it: the next file needs no guess
    assert any(one.fits("kasse 2024.csv") for one in Project.open(project.directory).settings.mappings)
    again = send(browser, ("Kasse 2024.csv", (TILL + BROKEN).encode())).headers["Location"]
    assert "read by the mapping" in text_of(browser, f"{again}?looked")
    assert "was taken in before" in taken_in(browser, project, again)
    assert browser.post(f"{address}back/").status_code == 302
    assert rows(project) == there
    assert "all facts are as they were before" in text_of(browser, address)
    assert browser.post(f"{address}back/").status_code == 422


def through_server(browser: Any, path: str, pieces: list[bytes], *, cut: bool, seen: Callable[[], None]) -> list[Any]:
    """What the server's own way sends back for a body in pieces, or for none; `seen` looks between them."""
    from stamm.web.application import Web

    headers = {
        "host": "localhost",
        "cookie": "; ".join(f"{name}={each.value}" for name, each in browser.cookies.items()),
        "content-type": "multipart/form-data; boundary=x",
        "content-length": str(sum(map(len, pieces))),
    }
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST" if pieces else "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
    }

    async def asked() -> list[Any]:
        left, sent = list(pieces[:-2] if cut else pieces) or [b""], list[Any]()

        async def receive() -> Any:
            seen()
            if not left:
                if not cut:
                    await asyncio.Event().wait()
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left) or cut}

        async def send_back(message: Any) -> None:
            sent.append(message)

        await Web()(scope, receive, send_back)
        return sent

    return asyncio.run(asked())


def test_files_that_are_none_are_told_and_do_no_harm(project: Project, signed_in: Callable[..., Any]) -> None:
    browser, packed = signed_in(), BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../orders.csv", b"0" * 30_000_000)
    address = send(
        browser,
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        ("page.html", b"<script>alert(1)</script>\n" * 5),
        ("bomb.zip", packed.getvalue()),
        ("empty.csv", b""),
        ("cut.csv.gz", b"\x1f\x8b\x08\x00broken"),
    ).headers["Location"]
    page = browser.get(f"{address}?looked").content.decode()
    assert "<script>alert" not in page
    assert page.count('class="state error"') >= 3
    assert "Take it in" not in page
    german = browser.get(f"{address}?looked", headers={"Accept-Language": "de"}).content.decode()
    assert "picture.png, Zeile 1" in german
    assert browser.post(f"{address}import/").status_code == 302
    bundle = bundle_named(project.directory, address.split("/")[2])
    assert bundle is not None
    work.wait_for(bundle)
    assert bundle.state().phase == "failed"
    assert browser.post(f"{address}away/").headers["Location"] == "/bring/"
    assert browser.get(address).status_code == 404
    assert waiting(project) == []


def test_two_at_once_take_in_one(project: Project, signed_in: Callable[..., Any]) -> None:
    browser, there = signed_in(), rows(project)
    content = b"order_id,customer_id,ordered_at,amount\nX1,c1,2023-03-05 10:00,5.00\n"
    both = [send(browser, (name, content)).headers["Location"] for name in ("orders.csv", "orders-2.csv")]
    bundles = [bundle_named(project.directory, address.split("/")[2]) for address in both]
    for address in both:
        browser.post(f"{address}import/")
        browser.post(f"{address}import/")  # pressed twice
    for bundle in bundles:
        assert bundle is not None
        work.wait_for(bundle)
    reports = [bundle.state().report for bundle in bundles if bundle]
    assert sorted(len(report["rows"]) for report in reports) == [0, 1]
    assert rows(project) == sorted([*there, "X1"])
    first = next(address for address, report in zip(both, reports, strict=True) if report["rows"])
    assert browser.post(f"{first}back/").status_code == 302
    assert rows(project) == there


def test_who_sends_no_token_or_too_much_leaves_nothing(
    project: Project, person: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.test import Client

    from stamm.web import uploading

    there = bundles(project.directory)
    strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    strict.force_login(person("owner"))
    assert send(strict, ("orders.csv", b"order_id\n")).status_code == 403
    loose = Client(SERVER_NAME="localhost")
    loose.force_login(person("analyst"))
    monkeypatch.setattr(uploading, "MOST_BYTES", 1000)
    assert send(loose, ("orders.csv", b"x" * 1001)).status_code == 422
    assert loose.post("/bring/files/", {}).status_code == 422
    assert bundles(project.directory) == there


@pytest.mark.parametrize("cut", [False, True])
def test_a_body_is_written_while_it_comes(project: Project, signed_in: Callable[..., Any], *, cut: bool) -> None:
    """Through the server's own way: pieces of a body go to the disk one by one; what is cut off leaves nothing."""
    browser, there = signed_in(), bundles(project.directory)
    content = b"order_id,customer_id,ordered_at,amount\n" + b"1,a,2024-01-01,5.00\n" * 40_000
    token = re.findall(r'csrfmiddlewaretoken" value="([^"]+)', browser.get("/bring/").content.decode())[0]
    body = (
        b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n' + token.encode() + b"\r\n"
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="big.csv"\r\n\r\n' + content + b"\r\n--x--\r\n"
    )
    pieces = [body[place : place + 65_536] for place in range(0, len(body), 65_536)]
    sizes: list[int] = []

    def seen() -> None:
        sizes.extend(file.stat().st_size for folder in waiting(project) for file in (folder / "files").iterdir())

    sent = through_server(browser, "/bring/files/", pieces, cut=cut, seen=seen)
    assert len(set(sizes)) > 3  # it grew
    if cut:
        assert bundles(project.directory) == there
        return
    location = dict(sent[0]["headers"])[b"Location"].decode()
    (folder,) = waiting(project)
    assert (folder / "files" / "big.csv").read_bytes() == content
    browser.post(f"{location}away/")
