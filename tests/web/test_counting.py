"""What takes longer than a moment: the page says so at once, and comes by itself, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from stamm.app.desk import Opened
from stamm.app.project import Project
from stamm.lang.errors import UsageError
from stamm.lang.language import Language

Make = Callable[..., Any]
PAGE = "/metrics/order_count"


@pytest.fixture(autouse=True)
def hurried(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is there yet, and no page waits."""
    from stamm.web import desk

    desk.desk().close()
    monkeypatch.setattr(desk, "WITHIN_SECONDS", 0.0)
    yield
    desk.desk().close()


def answer(person: Any, make: Callable[[Opened], str], **headers: str) -> Any:
    """What a page of one thing answers."""
    from django.http import HttpResponse
    from django.test import RequestFactory
    from django_htmx.middleware import HtmxDetails

    from stamm.web.desk import desk, of_one_snapshot

    request: Any = RequestFactory(SERVER_NAME="localhost").get("/", headers=headers)
    request.user, request.say, request.htmx = person, Language("en"), HtmxDetails(request)
    page = of_one_snapshot(lambda _: HttpResponse(desk().kept("it", make)), waits=False)
    return page(request)


def waited(person: Any, make: Callable[[Opened], str], waiting: str) -> Any:
    """The first answer that is not "not yet", as htmx asks for it."""
    end = time.monotonic() + 60
    while (found := answer(person, make, **asked(waiting))).status_code == 204:
        assert not found.content
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def asked(waiting: str = "") -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": "page", **({"Stamm-Waiting": waiting} if waiting else {})}


def slow(opened: Opened) -> str:
    time.sleep(0.3)
    return opened.name


def test_a_page_says_that_it_is_counted_and_is_loaded_anew_when_it_is(person: Make) -> None:
    viewer = person("viewer")
    first = answer(viewer, slow)
    assert first.status_code == 200
    assert 'class="counting whole"' in first.content.decode()
    assert "<title>Today" in first.content.decode()
    assert waited(viewer, slow, "document").headers["HX-Refresh"] == "true"
    assert len(answer(viewer, slow).content) == 16


def test_a_filter_brings_its_numbers_when_they_are_counted(person: Make) -> None:
    viewer = person("viewer")
    assert 'class="counting whole"' in answer(viewer, slow, **asked()).content.decode()
    later = waited(viewer, slow, "page")
    assert "HX-Refresh" not in later.headers
    assert later.content == answer(viewer, slow).content


def test_what_cannot_be_made_is_told_and_not_asked_for_for_ever(person: Make, signed_in: Make) -> None:
    def impossible(opened: Opened) -> str:
        raise UsageError("No.", remedy="Yes.")

    with pytest.raises(UsageError):
        waited(person("viewer"), impossible, "page")
    # whichever part was asked for, it is the whole page that says so
    told = signed_in("analyst").get("/?window=nonsense", headers=asked())
    assert told.status_code == 422
    assert [told.headers[f"HX-{name}"] for name in ("Retarget", "Reselect", "Reswap")] == [
        "#page",
        "#page",
        "outerHTML",
    ]


def test_a_file_is_waited_for(signed_in: Make) -> None:
    file = signed_in().get("/metrics/order_count.csv?grain=quarter")
    assert file.headers["Content-Type"].startswith("text/csv")
    assert file.content.count(b"\n") > 2


def test_a_part_is_waited_for_since_a_page_that_says_it_is_counted_has_no_such_part(person: Make) -> None:
    from stamm.web.desk import desk

    with desk().one() as _:
        name = desk().opened().name
    part = {"HX-Request": "true", "HX-Target": "people", "Stamm-Snapshot": name}
    assert answer(person("viewer"), slow, **part).content.decode() == name


def test_a_part_of_a_snapshot_that_is_gone_loads_the_page_anew(signed_in: Make) -> None:
    part = {"HX-Request": "true", "HX-Target": "trend", "Stamm-Snapshot": "0123456789abcdef"}
    assert signed_in().get(PAGE, headers=part).headers["HX-Refresh"] == "true"
