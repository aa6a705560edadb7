"""Several surfaces behind one port: each is given its own addresses, and events do not pass by the pages."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from stamm.app.project import Project
from stamm.app.settings import read_settings
from stamm.cli.demo import wants_pages
from stamm.cli.surfaces import Surface, Surfaces
from stamm.ingest import Door, application, takes
from stamm.ingest.application import places
from stamm.lang.errors import ProjectError
from stamm.store.log import open_log


@pytest.fixture
def server(project: Project, tmp_path: Path) -> Iterator[TestClient]:
    from stamm.web.application import Web

    door = Door(lambda: open_log(tmp_path / "log.sqlite"), project.people())
    together = Surfaces(Surface(takes, application(door)), others=Web())
    with TestClient(together, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("route", ["/v1/track", "/batch", "/capture/", "/hooks/shop"])
def test_events_do_not_pass_by_the_pages(server: TestClient, route: str) -> None:
    answer = server.post(route, content=b"{}", headers={"host": "anything.example"})
    assert answer.headers["content-type"] == "application/json"
    assert "stamm_csrf" not in answer.cookies
    assert "content-security-policy" not in answer.headers


def test_every_address_of_the_door_is_its_own() -> None:
    paths = [place.path.replace("{hook}", "shop") for place in places({})]
    assert [path for path in paths if not takes(path)] == []
    assert not takes("/")
    assert not takes("/batches")


def test_how_the_server_is_asks_no_page(server: TestClient) -> None:
    assert server.get("/healthz").text == "alive\n"
    assert server.get("/readyz").text == "ready\n"
    assert server.get("/metrics").status_code == 401


def test_pages_are_for_who_signs_in(server: TestClient) -> None:
    answer = server.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "/sign-in/?next=/")
    assert "Sign in" in server.get("/").text


def test_files_are_sent_packed_and_for_ever(server: TestClient) -> None:
    from stamm.web.assets import assets

    for asset in assets().values():
        answer = server.get(asset.path)
        assert answer.content == asset.plain
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]
        plain = server.get(asset.path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert gzip.decompress(asset.packed) == plain.content
    assert server.get("/static/other.css").status_code == 404


def test_a_page_holds_no_style_no_script_and_no_other_host(server: TestClient) -> None:
    text = server.get("/sign-in/").text
    assert " style=" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count('<script src="/static/')
    assert "http://" not in text
    assert "https://" not in text


def test_a_form_that_is_too_large_is_not_read(server: TestClient) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    answer: Any = server.post("/sign-in/", content=pieces())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("environment", "terminal", "pages"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"CI": "true"}, True, False),
        ({"SERVE": "0"}, True, False),
        ({"SERVE": "1", "CI": "true"}, False, True),
    ],
)
def test_the_demo_ends_with_pages_where_somebody_looks(
    environment: dict[str, str], *, terminal: bool, pages: bool
) -> None:
    assert wants_pages(environment, terminal=terminal) is pages


@pytest.mark.parametrize(
    ("peer", "told", "from_where"),
    [
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        # what stands before what a proxy has added was written by whoever asks
        ("127.0.0.1", "192.0.2.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "198.51.100.7, 10.8.3.3", "198.51.100.7"),
        ("10.8.3.3", "198.51.100.7", "198.51.100.7"),
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("127.0.0.1", "", "127.0.0.1"),
    ],
)
def test_a_proxy_that_is_named_is_believed_where_a_request_came_from(
    project: Project, monkeypatch: pytest.MonkeyPatch, peer: str, told: str, from_where: str
) -> None:
    from django.conf import settings

    from stamm.web.application import Web

    monkeypatch.setattr(settings, "STAMM_PROXIES", ("127.0.0.1", "10.8.0.0/16"))
    monkeypatch.setattr(settings, "STAMM_ADDRESS", "https://stamm.example.com")
    web, heard = Web(), []

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        heard.append((scope["client"][0], scope["scheme"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    web._django = answer
    headers = {"X-Forwarded-For": told, "X-Forwarded-Proto": "http"} if told else {}
    TestClient(web, client=(peer, 5000)).get("/", headers=headers)
    assert heard == [(from_where, "https")]


def test_behind_https_cookies_and_browsers_stay_with_it(project: Project) -> None:
    from dataclasses import replace

    from stamm.app.framework import settings_of

    safe = replace(project, settings=replace(project.settings, address="https://stamm.example.com"))
    made, here = settings_of(safe), settings_of(project)
    for name in ("SESSION_COOKIE", "CSRF_COOKIE"):
        assert (made[f"{name}_SECURE"], made[f"{name}_NAME"][:7]) == (True, "__Host-")
        assert here[f"{name}_SECURE"] is False
    assert made["SECURE_HSTS_SECONDS"] >= 365 * 86_400
    assert made["CSRF_TRUSTED_ORIGINS"] == ["https://stamm.example.com"]
    assert made["ALLOWED_HOSTS"][0] == "stamm.example.com"


@pytest.mark.parametrize("proxies", ['["proxy.example.com"]', "[1, 2.5]", '["10.0.0.1/8"]'])
def test_a_proxy_is_named_by_its_address(project: Project, proxies: str) -> None:
    text = f"[server]\nproxies = {proxies}\n"
    with pytest.raises(ProjectError) as refused:
        read_settings(text, project.directory / "stamm.toml")
    assert "proxies in [server] cannot hold" in str(refused.value)
