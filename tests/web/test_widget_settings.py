"""Settings of what a widget shows: told in its form, kept with the board, and told wherever the widget stands."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from stamm.boards import printed
from stamm.lang.language import Language
from stamm.metrics import METRICS
from stamm.web.settings_form import TAKEN
from tests.web.numbers import Ways, walk_widget
from tests.web.test_boards import shared_link, words_of
from tests.web.test_every_number import small, ways

__all__ = ("small", "ways")  # fixtures
Make = Callable[..., Any]
LOYAL = {"kind": "number", "metric": "loyal_customers", "days": "60", "orders": "5", "title": "Regulars"}
#: a widget of each kind that shows numbers, set otherwise than it comes
FORMS: tuple[dict[str, str], ...] = (
    LOYAL,
    {"kind": "trend", "metric": "loyal_customers", "days": "90", "orders": "2"},
    {"kind": "bars", "metric": "loyal_customers", "by": "country", "days": "90", "orders": "2"},
    {"kind": "windows", "metric": "customer_lifetime_value", "days": "90"},
    {"kind": "table", "analysis": "survival", "horizon_years": "0.5", "near_days": "10"},
    {"kind": "heatmap", "rule": "on_or_after", "minimum": "2"},
    {"kind": "funnel", "steps": "order > order", "within_hours": "1000", "people": "customers"},
)
MARKED = re.compile(r'<data value="[^"]*" data-of="[^"]*">.*?</data>')


def added(browser: Any, place: str, form: dict[str, str]) -> None:
    done = browser.post(f"{place}widgets/new", {"revision": 9, "title": "", **form})
    assert done.status_code == 302, words_of_form(done)


def words_of_form(response: Any) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_form_has_the_settings_of_the_metric_in_words(signed_in: Make, board: Make) -> None:
    place, browser = f"/boards/{board().pk}/", signed_in("owner")
    form = browser.get(f"{place}widgets/new?kind=number&metric=loyal_customers", HTTP_ACCEPT_LANGUAGE="de")
    text = form.content.decode()
    assert re.search(r'name="orders" value="3"[^>]*type="number" min="1"', text)
    assert "Bestellungen mindestens" in text
    assert 'name="days"' not in browser.get(f"{place}widgets/new?kind=number&metric=order_count").content.decode()
    for settings, why in (({"days": "0"}, "from 1 to 36,500"), ({"orders": "many"}, "Write a whole number")):
        refused = browser.post(f"{place}widgets/new", {**LOYAL, **settings, "revision": 2})
        assert refused.status_code == 422
        assert why in words_of_form(refused)


def test_settings_stay_with_the_board_and_are_told_with_the_number(signed_in: Make, board: Make, client: Any) -> None:
    place, browser = f"/boards/{board('viewer').pk}/", signed_in("owner")
    added(browser, place, LOYAL)
    told = words_of(browser.get(f"{place}widgets/2"))
    assert "Regulars" in told
    assert "Orders at least: 5 · In days: 60" in told
    widget = browser.get(f"{place}widgets/2").content.decode()
    assert "loyal_customers?orders=5&amp;days=60 2024-05 value" in widget
    number = re.search(r'<data value="(\d+)" data-of="loyal', widget)
    assert number is not None
    alike = browser.get(f"{place}widgets/2.csv").content.decode()
    assert f",{number[1]}," in alike.splitlines()[-2]
    # another value by its form, and back to the version before
    form = browser.get(f"{place}widgets/2/settings").content.decode()
    assert re.search(r'name="days" value="60"', form)
    again = {"metric": "loyal_customers", "days": "365", "orders": "1", "title": "", "revision": 3}
    assert browser.post(f"{place}widgets/2/settings", again).status_code == 302
    assert "Orders at least: 1" in words_of(browser.get(f"{place}widgets/2"))
    assert browser.post(f"{place}edit", {"action": "undo", "revision": 4}).status_code == 302
    assert "In days: 60" in words_of(browser.get(f"{place}widgets/2"))
    # a copy, a link, paper
    copy = browser.post(f"{place}duplicate").headers["Location"].removesuffix("edit")
    assert "In days: 60" in words_of(browser.get(f"{copy}widgets/2"))
    assert "In days: 60" in words_of(client.get(f"{shared_link(browser, place)}widgets/2"))


def test_another_metric_has_no_settings_of_the_one_before(signed_in: Make, board: Make) -> None:
    place, browser = f"/boards/{board().pk}/", signed_in("owner")
    added(browser, place, LOYAL)
    other = {**LOYAL, "metric": "order_count", "revision": 3}
    assert browser.post(f"{place}widgets/2/settings", other).status_code == 302
    assert "Nothing to show" not in words_of(browser.get(f"{place}widgets/2"))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["kind"])
def test_a_widget_is_the_api_the_csv_and_the_command_line(
    form: dict[str, str], ways: Ways, signed_in: Make, board: Make, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so are its link and its paper."""
    place, browser = f"/boards/{board('analyst').pk}/", signed_in("analyst")
    added(browser, place, form)
    walked = walk_widget(ways, f"{place}widgets/2", Language("en"))
    assert walked.numbers >= {"number": 1, "trend": 0, "bars": 2}.get(form["kind"], 5)
    page = browser.get(f"{place}widgets/2").content.decode()
    marks = MARKED.findall(page)
    shared = client.get(f"{shared_link(browser, place)}widgets/2").content.decode()
    assert MARKED.findall(shared) == marks
    sheets: list[str] = []
    whole = printed.typst.compile

    def compiled(*given: Any, **more: Any) -> Any:
        sheets.append(more["sys_inputs"]["board"])
        return whole(*given, **more)

    monkeypatch.setattr(printed.typst, "compile", compiled)
    assert browser.get(f"{place.removesuffix('/')}.pdf").content.startswith(b"%PDF-")
    paper = json.dumps(json.loads(sheets[0]), ensure_ascii=False)
    assert [mark for mark in marks if words_in(mark) not in paper] == []


def words_in(mark: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", mark))


@pytest.mark.usefixtures("signed_in")
def test_every_setting_of_a_metric_is_told_in_words() -> None:
    """And none has the name of something else in the form or address of a widget."""
    from stamm.web.metric_question import OURS

    taken = {*TAKEN, *OURS, "title", "kind", "revision"}
    for kind in METRICS:
        for name, setting in kind.settings_declared().items():
            assert name not in taken, kind.key
            assert setting.title is not None, (kind.key, name)
            named = {choice for choice in setting.choices or () if isinstance(choice, str)}
            assert named <= setting.words.keys(), (kind.key, name)
