"""Pages about analyses: what they say is what the answers say, to those who may see it."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from stamm.answers import Answers
from stamm.app.project import Project
from stamm.cli.main import cli
from stamm.lang.language import Language
from stamm.lang.window import Window

Make = Callable[..., Any]
SPRING = Window(date(2024, 3, 1), date(2024, 6, 1))
DAYS = "from=2024-03-01&to=2024-06-01"
#: who buys twice within two weeks
AGAIN = {"steps": "order > order", "within_hours": "336"}
FUNNEL = f"{DAYS}&steps=order+%3E+order&within_hours=336"


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.mark.parametrize(
    ("key", "asked", "table"),
    [
        ("funnel", AGAIN, "rows"),
        pytest.param("lifecycle", {}, "rows", marks=pytest.mark.long),
        pytest.param("rfm", {"money": "gross_revenue"}, "map", marks=pytest.mark.long),
        pytest.param("retention_table", {"rule": "on_or_after", "periods": "2"}, "pooled", marks=pytest.mark.long),
        pytest.param("survival", {"grid": "week"}, "summary", marks=pytest.mark.long),
    ],
)
def test_an_export_is_what_the_command_line_gives(
    signed_in: Make, project: Project, key: str, asked: dict[str, str], table: str
) -> None:
    params = [word for name, value in asked.items() for word in ("--param", f"{name}={value}")]
    line = ["--project", str(project.directory), "analyse", key, "--from", str(SPRING.start), "--to", str(SPRING.end)]
    browser, query = signed_in("viewer"), {"from": SPRING.start, "to": SPRING.end, "by": "country", **asked}
    for form in ("csv", "json"):
        told = CliRunner().invoke(cli, [*line, *params, "--by", "country", "--format", form])
        assert told.exit_code == 0, told.output
        assert browser.get(f"/analyses/{key}.{form}", query).content.decode() == told.stdout
    packed = pq.read_table(io.BytesIO(browser.get(f"/analyses/{key}.parquet", {**query, "table": table}).content))
    rows = json.loads(browser.get(f"/analyses/{key}.json", query).content)[table]
    assert json.loads(json.dumps(packed.to_pylist(), default=str)) == rows
    assert len(rows) > 1


def test_a_funnel_says_what_the_answers_say(signed_in: Make, project: Project) -> None:
    answers, say = Answers(project.world()), Language("en")
    answer = answers.analyse("funnel", SPRING, settings=AGAIN)
    first, second = answer.rows
    assert 0 < second.reached < first.reached == 120
    page = text_of(signed_in("viewer").get(f"/funnel/?{FUNNEL}"))
    assert f"Of 120 who began, {second.reached} got to the end." in page
    assert f"{second.dropped} stopped here, {say.percent(1 - second.of_before)}" in page
    assert f"{say.percent(second.of_first_low)} to {say.percent(second.of_first_high)}" in page
    by_country = answers.analyse("funnel", SPRING, by="country", settings=AGAIN)
    split = text_of(signed_in("analyst").get(f"/funnel/?{FUNNEL}&by=country"))
    for row in by_country.rows[1::2]:
        assert f" {row.group} " in split
        assert say.percent(row.of_first) in split


def test_the_customers_behind_a_step_are_named_to_those_who_may_know_them(signed_in: Make, project: Project) -> None:
    answers = Answers(project.world())
    answer = answers.analyse("funnel", SPRING, settings=AGAIN)
    behind = answers.customers(answer, answer.rows[1])
    assert min(map(len, behind[:2])) > 2
    analyst = signed_in("analyst")
    links = re.findall(r'href="([^"]*/customers[?][^"]*)"', analyst.get(f"/funnel/?{FUNNEL}").content.decode())
    assert len(links) == 3  # of both steps, and who stopped before the second
    for part, who in enumerate(behind[:2]):
        (link,) = (each for each in links if "who=step%3D2" in each and ("part=1" in each) is bool(part))
        listed = re.findall(r"<li><a [^>]+>(c\d+)</a></li>", analyst.get(html.unescape(link)).content.decode())
        assert listed == list(who[:50])
        taken = analyst.get(html.unescape(link).replace("customers?", "customers.csv?")).content.decode()
        assert taken.split() == ["customer_id", *who]
    query = links[0].partition("?")[2].replace("&amp;", "&")
    support, viewer = signed_in("support"), signed_in("viewer")
    assert support.get(f"/analyses/funnel/customers?{query}").status_code == 200
    assert support.get(f"/analyses/funnel/customers.csv?{query}").status_code == 403
    assert viewer.get(f"/analyses/funnel/customers?{query}").status_code == 403
    assert "who=" not in viewer.get(f"/funnel/?{FUNNEL}").content.decode()
    for asked in ("by=city", "where=city%3DDorf+1"):
        assert viewer.get(f"/funnel/?{FUNNEL}&{asked}").status_code == 422
        assert viewer.get(f"/analyses/funnel.csv?{FUNNEL}&{asked}").status_code == 422


def test_a_lifecycle_is_a_ledger_that_adds_up_and_names_the_customers_of_each_state(
    signed_in: Make, project: Project
) -> None:
    answers = Answers(project.world())
    answer = answers.analyse("lifecycle", SPRING)
    page = signed_in("support").get(f"/lifecycle/?{DAYS}").content.decode()
    (ledger,) = re.findall(r'<table class="table broad ledger">(.*?)</table>', page, re.DOTALL)
    told = [re.findall(r"<td class=\"n\">(.*?)</td>", line) for line in re.findall(r"<tr>(.*?)</tr>", ledger)[1:]]
    lines = [[int(re.sub(r"<[^>]+>", "", cell).replace(",", "")) for cell in cells[:5]] for cells in told]
    assert lines == [[r.before, r.new, r.resurrected, r.dormant, r.active] for r in reversed(answer.rows)]
    assert all(before + new + back - quiet == active for before, new, back, quiet, active in lines)
    last = answer.rows[-1]
    assert last.dormant > 0
    (link,) = set(re.findall(r'href="([^"]*who=period%3D2024-05&amp;part=3)"', page))
    listed = signed_in("analyst").get(html.unescape(link)).content.decode()
    expected = {words.en: who for words, who in answers.customers(answer, last).parts}["went quiet"]
    assert re.findall(r"<li><a [^>]+>(c\d+)</a></li>", listed) == list(expected[:50])
    assert len(expected) == last.dormant


def test_the_editor_writes_one_address_and_counts_nothing_before_it_is_asked(signed_in: Make) -> None:
    browser = signed_in("viewer")
    fields = "kind=order&what=&kind=page&what=/cart&within_hours=336"
    sent = browser.get(f"/funnel/?{DAYS}&{fields}")
    assert sent.status_code == 302
    assert sent.headers["Location"] == f"/funnel/?{DAYS}&within_hours=336&steps=order+%3E+page%3A%2Fcart"
    draft = browser.get(f"/funnel/?{DAYS}&{fields}&do=up-1").content.decode()
    assert re.findall(r'name="what" value="([^"]*)"', draft) == ["/cart", ""]
    assert "Not counted yet" in draft
    assert 'class="funnel"' not in draft
    # what imports Django's models can be imported once Django is set up
    from stamm.web.pages.funnel import changed

    lines = [("order", ""), ("page", "/cart"), ("visit", "")]
    assert changed(lines, "down-0") == [lines[1], lines[0], lines[2]]
    assert changed(lines, "up-0") == changed(lines, "down-2") == changed(lines, "down-x") == lines
    assert changed(lines, "remove-1") == [lines[0], lines[2]]
    assert changed(lines, "add") == [*lines, ("page", "")]


def test_a_page_says_which_facts_are_missing_and_what_does_not_fit(signed_in: Make) -> None:
    browser = signed_in("viewer")
    assert "stamm import events.csv" in text_of(browser.get("/funnel/"))
    assert "The parameter steps cannot be" in text_of(browser.get(f"/funnel/?{DAYS}&steps=order+%3E+nonsense"))
    for wrong in ("from=nonsense", "from=2024-05-01&to=2024-04-01", "where=nonsense", "window=2024-05&to=2024-06-01"):
        assert browser.get(f"/funnel/?steps=order+%3E+order&{wrong}").status_code == 422
    assert browser.get("/analyses/nonsense.csv").status_code == 404
    assert browser.get(f"/analyses/funnel.csv?{FUNNEL}&table=nonsense").status_code == 422
