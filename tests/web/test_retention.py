"""The pages about retention: every cell is the analysis, each is explained, and leads to its customers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote_plus, unquote, urlencode

import pytest

from stamm.analyses.retention_table import RetentionTable
from stamm.answers import Answers
from stamm.app.project import Project
from stamm.lang.language import Language
from stamm.lang.window import Window
from stamm.reports import analysis_curves, cohort_curves, trends
from tests.web.marks import unmarked

Make = Callable[..., Any]
EN = Language("en")
SPAN = Window(date(2024, 1, 1), date(2024, 6, 1))
DAYS = "from=2024-01-01&to=2024-06-01"
CELL = re.compile(r'<td class="h\d(?: open)?"><a href="([^"]+)"( aria-current="true")?>(.*?)</a></td>')


@pytest.fixture(autouse=True)
def one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures for one width: others are the same."""
    for module in (cohort_curves, analysis_curves):
        monkeypatch.setattr(module, "SIZES", trends.SIZES[-1:])


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def get(browser: Any, path: str) -> str:
    response = browser.get(path)
    assert response.status_code == 200, response.status_code
    return unmarked(response.content.decode())


def test_every_cell_is_the_analysis_and_leads_to_its_explanation(signed_in: Make, project: Project) -> None:
    answer = Answers(project.world()).analyse("retention_table", SPAN)
    known = [c for c in (*answer.rows, *answer.tables["pooled"]) if 1 <= c.period <= 4 and c.value is not None]
    page = get(signed_in("viewer"), f"/retention/?{DAYS}")
    cells = CELL.findall(page)
    assert [text for _, _, text in cells] == [EN.number(100 * cell.value, 1) for cell in known]
    places = [unquote(html.unescape(href).rpartition("cell=")[2]) for href, _, _ in cells]
    assert places == [f"{c.cohort.name if c.cohort else '*'}.{c.period}" for c in known]
    assert [place for place, (_, chosen, _) in zip(places, cells, strict=True) if chosen] == ["2024-01.3"]


def test_a_cell_is_worked_out_with_its_customers(signed_in: Make, project: Project) -> None:
    answers = Answers(project.world())
    answer = answers.analyse("retention_table", SPAN)
    (cell,) = (c for c in answer.rows if c.cohort == Window.parse("2024-01") and c.period == 4)
    assert 0 < cell.returned < cell.size == 120
    analyst = signed_in("analyst")
    page = get(analyst, f"/retention/?{DAYS}&cell=2024-01.4")
    said = text_of(page)
    assert "January 2024, month 4" in said
    assert f"= {cell.returned} 120 = {EN.percent(cell.value)}" in said
    assert f"{EN.percent(cell.low)} to {EN.percent(cell.high)}, Wilson" in said
    links = re.findall(r'href="([^"]*analyses/[^"]*/customers[^"]*)"', page)
    behind = answers.customers(answer, cell)
    for link, who in zip(links, behind[:2], strict=True):
        assert re.findall(r"<li>(?:<a [^>]+>)?(c\d+)<", get(analyst, html.unescape(link))) == list(who[:50])
    assert "who=" not in get(signed_in("viewer"), f"/retention/?{DAYS}&cell=2024-01.4").partition("<main")[2]
    # what is no cell is passed over, and the table is explained by one that is
    assert "January 2024, month 3" in text_of(get(analyst, f"/retention/?{DAYS}&cell=nonsense.4"))


def test_settings_stand_in_the_address_and_do_what_they_say(signed_in: Make, project: Project) -> None:
    browser, answers = signed_in("viewer"), Answers(project.world())
    settings = {"rule": "bracket", "brackets": "1-2,3-4"}
    answer = answers.analyse("retention_table", SPAN, settings=settings)
    page = get(browser, f"/retention/?{DAYS}&rule=bracket&brackets=1-2,3-4")
    cells = [c for c in (*answer.rows, *answer.tables["pooled"]) if c.period and c.value is not None]
    assert [text for _, _, text in CELL.findall(page)] == [EN.number(100 * cell.value, 1) for cell in cells]
    assert '<span class="sr">month </span>1\N{EN DASH}2</th>' in page
    assert "--param rule=bracket" in text_of(page)
    money = get(browser, f"/retention/?{DAYS}&of=gross_revenue&denominator=customers&cell=2024-01.1")
    answer = answers.analyse("retention_table", SPAN, settings={"of": "gross_revenue", "denominator": "customers"})
    (cell,) = (c for c in answer.rows if c.cohort == Window.parse("2024-01") and c.period == 1)
    assert f"= {EN.money(cell.amount, 'EUR')} 120 = {EN.money(cell.value, 'EUR')}" in text_of(money)
    assert "none: only a share of the cohort’s customers has one" in text_of(money)
    for days in (DAYS, ""):
        wrong = text_of(get(browser, f"/retention/?{days}&rule=bracket&brackets=4-1&minimum=0"))
        assert "Write a whole number from 1 to 1,000." in wrong
    assert "The parameter brackets cannot be" in text_of(get(browser, f"/retention/?{DAYS}&rule=bracket&brackets=4-1"))


#: every setting of the table: what it is set to, and what it is set beside
SET = {
    "of": ("gross_revenue", {}),
    "entry": ("recurring", {}),
    "begins_with": ("visit", {"returns_with": "order"}),
    "returns_with": ("visit", {}),
    "least_minor": ("2500", {}),
    "rule": ("on_or_after", {}),
    "brackets": ("1-2,3-4", {"rule": "bracket"}),
    "minimum": ("3", {}),
    "period": ("week", {}),
    "step_days": ("10", {"period": "step"}),
    "periods": ("3", {}),
    "cohort": ("quarter", {}),
    "denominator": ("before", {}),
}
#: of these the shop has no facts: the page says what is lacking, and there is nothing to take away
LACKING = {"begins_with", "returns_with"}


@pytest.mark.long
def test_each_setting_changes_the_table_and_is_kept_by_the_export(
    signed_in: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stamm.web.pages import retention

    monkeypatch.setattr(retention, "_drawn", lambda *_: None)  # curves are another test's
    browser, known = signed_in("analyst"), dict[str, tuple[str, str]]()

    def shown(**settings: str) -> tuple[str, str]:
        query = urlencode(settings)
        if query not in known:
            page = get(browser, f"/retention/?{DAYS}&{query}")
            link = re.search(r'href="(/analyses/retention_table\.csv[^"]*)"', page)
            export = browser.get(html.unescape(link[1])).content.decode() if link else ""
            known[query] = page[page.index('id="page"') :], export
        return known[query]

    assert RetentionTable.settings_declared().keys() == SET.keys()
    for name, (value, beside) in SET.items():
        (page, export), (before, exported) = shown(**beside, **{name: value}), shown(**beside)
        if name in LACKING:
            assert "stamm import events.csv" in page, name
            assert export == "", name
        else:
            assert f"{name}={quote_plus(value)}" in page, name
            assert page.partition('<table class="heat')[2] != before.partition('<table class="heat')[2], name
            assert len(export.splitlines()) > 2, name
            assert export != exported, name


def test_groups_stand_below_each_other_and_curves_are_chosen(signed_in: Make, project: Project) -> None:
    browser = signed_in("viewer")
    answer = Answers(project.world()).analyse("retention_table", SPAN, by="country")
    page = get(browser, f"/retention/?{DAYS}&by=country")
    table = page[page.index('<table class="heat') :].partition("</table>")[0]
    rows = dict(re.findall(r'aria-label="Only (\w+)".*?class="size"><span>(\d+)<', table))
    sizes = {c.group: str(c.size) for c in answer.tables["pooled"] if c.period == 0}
    assert rows == sizes
    assert list(rows)[-1] == "AT"
    assert "where=country%3DAT" in table
    alone = get(browser, f"/retention/?{DAYS}&line=2024-01&line=nonsense")
    assert alone.count("its curve is drawn") == 1


def test_how_long_they_stay_is_the_curve_of_the_analysis(signed_in: Make, project: Project) -> None:
    answer = Answers(project.world()).analyse("survival", SPAN)
    (whole,) = answer.tables["summary"]
    page = get(signed_in("analyst"), f"/retention/how-long/?{DAYS}&by=country")
    said = text_of(page)
    assert f"{whole.ended} of {whole.spells} customer times have ended. The other {whole.spells - whole.ended}" in said
    assert all(EN.percent(point.survival) in said for point in answer.rows)
    at_risk = re.search(r"At risk \(n\)</th>(.*?)</tr>", page)
    assert at_risk
    assert re.findall(r">(\d+)<", at_risk[1]) == [str(point.at_risk) for point in answer.rows]
    left = [point for point in answer.rows if point.ended]
    assert re.findall(r"who=step%3D(\d+)", page) == [str(point.step) for point in left]
    assert "stamm import returns.csv" in text_of(get(signed_in("viewer"), "/retention/concentration/?of=revenue"))
