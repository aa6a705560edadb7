"""Every number on every page is the number of the API, of the CSV and of the command line, to the last digit.

A page joins by one row in PAGES: its address, and how many numbers are marked on it and answers given away at least.
"""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.lang.language import CODES, Language
from stamm.metrics import METRICS
from stamm.people import Scope, create_key
from tests.api.conftest import client_of
from tests.browser.served import served
from tests.thorough import one_in
from tests.web.conftest import NOON
from tests.web.numbers import Ways, walk
from tests.web.shop import everything

#: on the small shop; the first at every run
SMALL = (
    ("/metrics/customer_retention_rate?by=country&window=2024-04", 25, 1),
    ("/", 40, 0),
    ("/?window=2024-04&against=year", 30, 0),
    ("/metrics/gross_revenue?grain=week&where=country%3DAT", 40, 1),
    ("/metrics/loyal_customers?days=60&orders=5", 4, 1),
)
#: on the shop that has facts of every kind
PAGES = (
    ("/", 40, 0),
    ("/?against=year", 40, 0),
    ("/metrics/?values", 150, 0),
    ("/funnel/?by=country", 60, 2),
    ("/lifecycle/?by=country", 120, 2),
    ("/paths/?by=country", 250, 7),
    ("/drivers/?by=country", 200, 2),
    ("/themes/?from=2023-10-01&to=2024-11-01", 10, 0),
    ("/reasons-for-leaving/?by=country", 20, 0),
    ("/before-leaving/", 20, 0),
    ("/rfm/?by=country&earlier=2024-03-01&from=2024-03-01&to=2024-06-01", 250, 4),
    ("/retention/?by=country", 60, 1),
    ("/retention/?of=gross_revenue&denominator=customers", 100, 1),
    ("/retention/how-long/?by=country", 100, 2),
    ("/retention/concentration/?by=country", 50, 2),
    ("/worth/", 150, 3),
    ("/recommendations/", 40, 2),
    ("/segments/personas/", 20, 0),
    ("/customers/", 150, 0),
    ("/leaving/?by=no_order_risk", 75, 0),
    ("/predictions/no_order_risk/", 50, 0),
    ("/predictions/came-out/", 2, 0),
    ("/customers/of/sim-c64", 2, 0),
    ("/segments/", 38, 0),
    ("/segments/lapsed/", 60, 0),
    ("/segments/?rule=who+ordered+at+least+once+and+whose+country+is+DE&day=2024-06-10", 40, 0),
    ("/segments/best_tenth/overlaps/", 20, 0),
)
GRAINS = ("day", "week", "month", "quarter", "year")


def command_of(folder: Path) -> Callable[..., str]:
    def command(*words: str) -> str:
        done = CliRunner().invoke(cli, [*words, "--project", str(folder)])
        assert done.exit_code == 0, done.output
        return done.stdout

    return command


@pytest.fixture(scope="module")
def small(project: Project) -> Iterator[Any]:
    """The API over the same shop as the pages."""
    yield from client_of(project.directory)


@pytest.fixture
def ways(signed_in: Callable[..., Any], small: Any, project: Project) -> Ways:
    browser = signed_in("owner")

    def page(path: str) -> str:
        response = browser.get(path)
        assert response.status_code == 200, (path, response.status_code)
        return str(response.content.decode())

    def api(place: str, params: list[tuple[str, str]]) -> str:
        response = small.get(place, Scope.READ, params=params)
        assert response.status_code == 200, response.text
        return str(response.text)

    return Ways(page, api, command_of(project.directory))


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=pytest.mark.long if place else ()) for place, row in enumerate(SMALL)]
)
def test_a_page_says_what_the_api_and_the_command_line_say(ways: Ways, row: tuple[str, int, int]) -> None:
    path, numbers, exports = row
    walked = walk(ways, path, Language("en"))
    assert walked.numbers >= numbers
    assert walked.exports >= exports


# -- a shop with facts of every kind, served -----------------------------------------------------------------
@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Ways]]:
    """The ways to ask it in a language; what has none is asked once."""
    folder = tmp_path_factory.mktemp("every")
    with served(folder, everything(folder)) as running:
        people = Project.open(folder / "shop").people()
        token = create_key(people, "walk", Scope.CUSTOMERS, who="anna", now=NOON, per_second=10_000)[0]
        people.close()
        command = cache(command_of(folder / "shop"))
        session = {"Cookie": f"stamm_session={running.sessions['analyst']}"}
        taken = cache(lambda address: fetched(address, session))
        asked = cache(lambda place: fetched(f"/api/v1{place}", {"Authorization": f"Bearer {token}"}))

        def fetched(path: str, headers: dict[str, str]) -> str:
            with urllib.request.urlopen(urllib.request.Request(running.address + path, headers=headers)) as response:
                return str(response.read().decode())

        def api(place: str, params: list[tuple[str, str]]) -> str:
            return asked(f"{place}?{urllib.parse.urlencode(params)}")

        def ways(code: str) -> Ways:
            def page(path: str) -> str:
                """As soon as all of it is counted; what is taken away is the same in all languages."""
                if path.partition("?")[0].endswith((".csv", ".json")):
                    return taken(path)
                while 'aria-busy="true"' in (text := fetched(path, {**session, "Accept-Language": code})):
                    pass
                return text

            return Ways(page, api, command)

        yield ways


@pytest.mark.long
@pytest.mark.parametrize("code", CODES)
def test_every_page_of_a_large_shop(large: Callable[[str], Ways], code: str) -> None:
    ways = large(code)
    for path, numbers, exports in one_in(2, PAGES):
        walked = walk(ways, path, Language(code))
        assert walked.numbers >= numbers, path
        assert walked.exports >= exports, path


@pytest.mark.long
def test_every_metric_in_every_grain_split_by_what_it_can_be(large: Callable[[str], Ways]) -> None:
    ways = large("en")
    numbers = 0
    chosen = one_in(6, list(enumerate(METRICS.keys())))
    for place, key in chosen:
        by = json.loads(ways.api(f"/metrics/{key}", []))["splits_by"]
        split = f"&by={by[place % len(by)]}" if by else ""
        walked = walk(ways, f"/metrics/{key}?grain={GRAINS[place % len(GRAINS)]}{split}", Language("en"))
        assert walked.exports == 1, key
        numbers += walked.numbers
    assert numbers > 10 * len(chosen)
