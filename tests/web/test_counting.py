"""What takes longer than a moment: the page says so at once, and comes by itself, whole or not at all."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from stamm.app.project import Project

Make = Callable[..., Any]
PAGE = "/metrics/customer_retention_rate/customers?window=2024-04"


@pytest.fixture(autouse=True)
def hurried(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is there yet, and no page waits."""
    from stamm.web import desk

    desk.desk().close()
    monkeypatch.setattr(desk, "WITHIN_SECONDS", 0.0)
    yield
    desk.desk().close()


def waited(browser: Any, url: str, waiting: str) -> Any:
    """The first answer that is not "not yet", as htmx asks for it."""
    end = time.monotonic() + 60
    while (answer := browser.get(url, headers=asked(waiting))).status_code == 204:
        assert not answer.content
        assert time.monotonic() < end
        time.sleep(0.02)
    return answer


def asked(waiting: str = "") -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": "page", **({"Stamm-Waiting": waiting} if waiting else {})}


def test_a_page_says_that_it_is_counted_and_is_loaded_anew_when_it_is(signed_in: Make) -> None:
    browser = signed_in()
    first = browser.get(PAGE)
    assert first.status_code == 200
    assert 'class="counting whole"' in first.content.decode()
    assert "<title>Metrics" in first.content.decode()
    assert waited(browser, PAGE, "document").headers["HX-Refresh"] == "true"
    whole = browser.get(PAGE).content.decode()
    assert 'class="counting' not in whole
    assert "Stamm-Snapshot" in whole


def test_a_filter_brings_its_numbers_when_they_are_counted(signed_in: Make) -> None:
    browser = signed_in()
    assert 'class="counting whole"' in browser.get(PAGE, headers=asked()).content.decode()
    later = waited(browser, PAGE, "page")
    assert "HX-Refresh" not in later.headers
    assert re.sub("<[^>]+>", "", later.content.decode()) == re.sub("<[^>]+>", "", browser.get(PAGE).content.decode())


def test_what_cannot_be_made_is_told_and_not_asked_for_for_ever(signed_in: Make) -> None:
    browser = signed_in()
    answer = waited(browser, "/metrics/customer_retention_rate/customers?window=1999-01", "page")
    assert answer.status_code == 422
    assert 'class="state' in answer.content.decode()
    # whichever part was asked for, it is the whole page that says so
    assert [answer.headers[f"HX-{name}"] for name in ("Retarget", "Reselect", "Reswap")] == [
        "#page",
        "#page",
        "outerHTML",
    ]


def test_a_file_is_waited_for(signed_in: Make) -> None:
    answer = signed_in().get("/metrics/order_count.csv?grain=quarter")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content.count(b"\n") > 2


def test_a_part_of_a_snapshot_that_is_gone_loads_the_page_anew(signed_in: Make) -> None:
    part = {"HX-Request": "true", "HX-Target": "trend", "Stamm-Snapshot": "0123456789abcdef"}
    assert signed_in().get(PAGE, headers=part).headers["HX-Refresh"] == "true"
