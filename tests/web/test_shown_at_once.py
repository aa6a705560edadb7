"""Who has brought data, or taken them out, sees that on the next page, however long the newest takes to be ready."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stamm.app import desk as app_desk
from stamm.app.bringing import work
from stamm.app.bringing.bundles import bundle_named
from stamm.app.desk import Desk
from stamm.app.project import Project
from stamm.cli.main import cli
from tests.web.test_bringing import send
from tests.web.test_desk import ORDER

COUNT = "/metrics/order_count.json?grain=year"
#: pages of every sort, each made of what the snapshot gives
PAGES = (
    "/", "/metrics/", "/metrics/order_count", "/metrics/customer_retention_rate?by=country", "/retention/", "/rfm/",
    "/lifecycle/", "/retention/how-long/", "/retention/concentration/", "/metrics/customer_retention_rate/customers",
)  # fmt: skip


@pytest.fixture
def made_up(project: Project, tmp_path: Path) -> Path:
    """The shop without its rows, and a few made ones in their place."""
    from click.testing import CliRunner

    place = tmp_path / "made-up"
    (simulated,) = (("simulate", "--customers", "25", "--from", "2024-01-01", "--to", "2024-06-30", "--seed", "3"),)
    for words in (("init", str(place)), (*simulated, "--project", str(place))):
        done = CliRunner().invoke(cli, list(words))
        assert done.exit_code == 0, done.output
    shutil.copy(project.directory / "stamm.sqlite", place / "stamm.sqlite")
    return place


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Desk]]:
    """Serves a project as `stamm serve` does, with a keeper that does not look again while a test lasts."""
    from django.conf import settings

    from stamm.web.desk import desk

    monkeypatch.setattr(app_desk, "LOOK_SECONDS", 600)
    kept = []

    def serve(place: Path) -> Desk:
        monkeypatch.setattr(settings, "STAMM_PROJECT", place)
        kept.append(desk().kept_current(first=lambda: None))
        kept[-1].__enter__()
        return desk()

    yield serve
    for each in kept:
        each.__exit__(None, None, None)


def orders(browser: Any) -> float:
    """Orders of all years together, as a page tells them."""
    told = json.loads(browser.get(COUNT).content)
    return sum(row["value"] or 0 for row in told.get("rows", ()))


def test_an_import_and_its_taking_back_are_seen_at_once(
    project: Project, signed_in: Callable[..., Any], served: Callable[[Path], Desk]
) -> None:
    served(project.directory)
    browser = signed_in("analyst")
    before = orders(browser)
    address = send(browser, ("orders-new.csv", ORDER.format("new").encode())).headers["Location"]
    browser.post(f"{address}import/")
    bundle = bundle_named(project.directory, address.split("/")[2])
    assert bundle is not None
    work.wait_for(bundle)
    assert orders(browser) == before, "nobody was told of it yet"
    browser.get(address)
    assert orders(browser) == before + 1
    browser.post(f"{address}back/")
    assert orders(browser) == before


@pytest.mark.long
def test_a_made_up_shop_that_is_out_is_nowhere_and_leaves_no_error(
    made_up: Path, signed_in: Callable[..., Any], served: Callable[[Path], Desk], caplog: pytest.LogCaptureFixture
) -> None:
    """What was looked at is made of the newest snapshot, too, as the keeper makes it, where now nothing is."""
    desk, browser = served(made_up), signed_in("owner")
    answers = {path: browser.get(path).status_code for path in PAGES}
    assert set(answers.values()) == {200}, answers
    for path in ("/", "/metrics/order_count", "/rfm/"):  # where one sees it, one is led to where it goes out
        assert 'href="/bring/#made"' in browser.get(path).content.decode(), path
    for path in ("/bring/", "/start/", "/start/?data"):
        assert 'action="/bring/demo/remove/"' in browser.get(path).content.decode(), path
    assert orders(browser) > 0
    looked_at = desk.opened().looked_at()
    browser.post("/bring/demo/remove/")
    assert orders(browser) == 0
    for path in ("/", "/bring/", "/start/", "/start/?data"):  # nothing is there: one click makes a shop
        assert 'action="/bring/demo/"' in browser.get(path).content.decode(), path
    with caplog.at_level(logging.WARNING, "django.stamm"):
        for what, make in looked_at:
            desk._make_ready(desk.opened(), what, make)
        assert {browser.get(path).status_code for path in PAGES} <= {200, 422}
    told = [(record.message, record.exc_info) for record in caplog.records if record.name != "django.request"]
    assert told == []
