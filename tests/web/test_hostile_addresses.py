"""Whatever somebody writes into an address, the answer is a page that says so: none breaks, and nothing is logged.

What a page reads of its address is found by looking on while it is opened, so that a new page, and a new name on an old
one, are asked, too.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.thorough import turns
from tests.web.test_access import GAPS, filled, rows

Make = Callable[..., Any]
#: huge, negative, a text, nothing, no sign, 10 kB, the ends of time, and what only looks like a number
HOSTILE = ("9" * 300, "-5", "zz", "", "a\0b", "x" * 10_000, "0001-01-01", "9999-12-31", "1e309", "²", "\u202e'<%=")
#: one in so many stands in each name
SHARE = turns(3, 6)
#: names that pages look for among all there are, and do not ask for one by one
LOOKED_FOR = {"boards/<int:pk>/": ("grain", "window", "where", "dimension", "value")}
#: addresses of signing in and of codes are allauth's; the preview reads the form of the settings, and counts for long
OTHERS = ("sign-", "account/again", "account/codes", "settings/preview/")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/boards/{pk}/?dimension=zz&value=q", "Nothing can be told apart by"),
        ("/boards/{pk}/?where=contry%3DDE", "Did you mean country?"),
        ("/funnel/?by=zz", "Nothing can be told apart by"),
        ("/analyses/funnel/customers?who=zzz", "names no row"),
        ("/metrics/customer_retention_rate/customers?first=100000", "There are no more than"),
        ("/metrics/order_count?against=zz", "There is nothing called"),
        ("/?against=zz", "There is nothing called"),
        ("/customers/of/c1?first=-5", "is no number"),
        ("/customers/?first=-5", "is no number"),
        ("/customers/?first=" + "9" * 300, "is no number"),
        ("/settings/acts/?before=zz", "is no number"),
        ("/search?q=a%00b", "a sign that is none"),
    ],
)
def test_an_odd_address_is_told_as_one(address: str, told: str, signed_in: Make, board: Make) -> None:
    response = signed_in("owner").get(address.format(pk=board("viewer").pk))
    assert response.status_code == 422
    assert told in response.content.decode()


def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_counted(signed_in: Make) -> None:
    browser = signed_in("viewer")
    page = browser.get("/retention/?periods=1000000&period=day").content.decode()
    assert 'aria-invalid="true"' in page
    assert 'class="heat' not in page
    assert "This table has no cell zz.1; another is explained." in browser.get("/retention/?cell=zz.1").content.decode()


@pytest.mark.long
def test_no_page_breaks_whatever_its_address_says(
    signed_in: Make, board: Make, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each name that a page reads, with a share of these in turn, and twice at once; files answer as their pages do."""
    browser = signed_in("owner")
    gaps = {**GAPS, "<int:pk>": str(board("viewer").pk)}
    routes = [row["route"] for row in rows() if not row["route"].startswith(OTHERS)]
    names = {route: _read(browser, filled(route, gaps), monkeypatch) | {*LOOKED_FOR.get(route, ())} for route in routes}
    assert {"first", "q"} <= names["customers/"]
    assert "window" in names[""]
    broken, slow = [], []
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        for route in (each for each in routes if not each.endswith((".json", ".parquet", ".csv"))):
            for place, name in enumerate(sorted(names[route])):
                for query in (
                    *([(name, text)] for text in HOSTILE[place % SHARE :: SHARE]),
                    [(name, "zz"), (name, "-5")],
                ):
                    begun = time.perf_counter()
                    response = browser.get(f"{filled(route, gaps)}?{urlencode(query)}")
                    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
                    if response.status_code >= 500 or logged:
                        broken.append((route, query, response.status_code, logged))
                    caplog.clear()
                    if time.perf_counter() - begun > 30:
                        slow.append((route, query))
    assert (broken, slow) == ([], [])


def _read(browser: Any, address: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that a page asks its address for."""
    from django.http import QueryDict

    found: set[str] = set()

    def watched(method: str) -> Callable[..., Any]:
        real = getattr(QueryDict, method)

        def asked(query: Any, name: Any, *more: Any) -> Any:
            found.add(str(name))
            return real(query, name, *more)

        return asked

    with monkeypatch.context() as patch:
        for method in ("get", "getlist", "__contains__", "__getitem__"):
            patch.setattr(QueryDict, method, watched(method))
        browser.get(address)
    return found
