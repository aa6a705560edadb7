"""The sites that may show a survey, as browsers name them; and the places of answers from there."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from stamm.lang.errors import UsageError
from stamm.people import Database
from stamm.surveys import asking, keeping
from stamm.surveys.origins import MOST_ORIGINS, checked_origins
from stamm.surveys.ready import ready
from stamm.surveys.widget import WIDGET, link_at, widget_link
from tests.surveys.asked import NOON, opened


@pytest.mark.parametrize(
    ("told", "origin"),
    [
        ("https://shop.example.com", "https://shop.example.com"),
        (" HTTPS://Shop.Example.com/ ", "https://shop.example.com"),
        ("https://shop.example.com:443", "https://shop.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://localhost:80", "http://localhost"),
        ("https://müller.example", "https://xn--mller-kva.example"),
        ("https://MÜLLER.example:8443", "https://xn--mller-kva.example:8443"),
        ("https://mu\u0308ller.example", "https://xn--mller-kva.example"),
        ("https://日本.example", "https://xn--wgv71a.example"),
        ("https://xn--strae-oqa.de", "https://xn--strae-oqa.de"),
        ("https://a-b.c--d.example", "https://a-b.c--d.example"),
    ],
)
def test_a_site_is_written_as_browsers_name_it(told: str, origin: str) -> None:
    assert checked_origins([told, told]) == (origin,)


@pytest.mark.parametrize(
    "text",
    [
        "", "*", "null", "shop.example.com", "https://", "https://*.example.com", "https://shop.example.com/tea", "ftp://a.b",
        "https://a.b?x", "https://u@a.b", "https://a.b:0x1", "https://a.b:65536", "https://a..b\nhttps://c", "https://-a",
        "javascript:alert(1)", "https://a.b\r\nSet-Cookie: a=b", "https://" + "ü" * 300, "https://.ü",
        "https://a..b", "https://a.-b", "https://a-.b", "https://a.b-", "https://a.b.", "https://a..ü",
        "https://" + "a" * 64 + ".de", "https://" + "a." * 127 + "de",
    ],
)  # fmt: skip
def test_what_is_no_site_is_refused_wherever_a_survey_is_written(database: Database, text: str) -> None:
    with pytest.raises(UsageError, match="is no site"), database.transaction() as run:
        keeping.make_survey(run, replace(ready("nps", "Spring"), origins=(text,)), who="i", now=NOON)


@pytest.mark.parametrize("host", ["straße.de", "STRAẞE.de", "ςs.gr", "a\u200db.de", "a\u200cb.de", "ab\u2064.de"])
def test_letters_that_browsers_write_otherwise_than_python_are_no_other_shop(host: str) -> None:
    """To a browser straße.de is xn--strae-oqa.de; by the rules that Python follows it is strasse.de, a stranger's."""
    with pytest.raises(UsageError, match="Not every browser") as told:
        checked_origins([f"https://{host}"])
    assert "xn--" in told.value.remedy


def test_so_many_sites_and_not_one_more() -> None:
    many = [f"https://shop{number}.example" for number in range(MOST_ORIGINS)]
    assert checked_origins(many) == tuple(many)
    with pytest.raises(UsageError, match="at most 20 sites"):
        checked_origins([*many, "https://one.more"])


def test_a_place_is_one_of_this_survey_or_none_is_made_up(database: Database) -> None:
    survey, other = opened(database), opened(database)
    with database.transaction() as run:
        link = widget_link(run, survey, who="i", now=NOON)
        assert widget_link(run, survey, who="i", now=NOON) == link
        basket = asking.make_open_link(run, survey, "Basket", who="i", now=NOON)
        asking.make_open_link(run, other, "Elsewhere", who="i", now=NOON)
        places = {name: link_at(run, link, name).touchpoint for name in ("Basket", "", "basket", "Elsewhere")}
        assert len(asking.open_links(run, survey)) == 2
    assert places == {"Basket": basket.touchpoint, "": WIDGET, "basket": WIDGET, "Elsewhere": WIDGET}


@pytest.mark.parametrize("name", ["link", "mail", " Mail ", "LINK"])
def test_no_open_link_hangs_where_personal_answers_come_from(database: Database, name: str) -> None:
    survey = opened(database)
    with pytest.raises(UsageError, match="is the place of personal links"), database.transaction() as run:
        asking.make_open_link(run, survey, name, who="i", now=NOON)
    with database.transaction() as run:
        assert asking.open_links(run, survey) == []
        assert asking.make_open_link(run, survey, "linked", who="i", now=NOON).touchpoint == "linked"
