"""Cohorts in the report: a real table whose every cell is the analysis's, and what stands where nothing is known."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import pytest

from stamm.answers import Answers
from stamm.lang.language import NO_BREAK, Code, Language
from stamm.lang.window import Window
from stamm.reports import cohort_curves, trends
from stamm.reports.cohorts import Cohorts, cohorts_of
from stamm.reports.figures import Figures
from stamm.reports.heat import RAMP, Heat, ramp_of, step_of
from stamm.reports.readers import READERS, Reader
from stamm.reports.wording import Words
from tests.reports import shops
from tests.reports.page_reader import Page, collapsed
from tests.web.marks import unmarked

EN, DE = Language("en"), Language("de")
#: 1 to 4 begin in January, of whom 1 and 2 are back in February, 1 in March; 5 and 6 in February, of whom 5 is back in
#: March; nobody begins in March, 7 in April. All orders are of 10.00, but that of 1 in February: 30.00
FEW = [
    shops.order(who, date(2024, month, 10), amount)
    for who, month, amount in (
        (1, 1, 1000), (2, 1, 1000), (3, 1, 1000), (4, 1, 1000), (1, 2, 3000), (2, 2, 1000), (1, 3, 1000),
        (5, 2, 1000), (6, 2, 1000), (5, 3, 1000), (7, 4, 1000),
    )
]  # fmt: skip


def made(facts: dict[str, list[shops.Row]], last: date, **settings: object) -> Answers:
    return Answers(shops.world(facts, last, **{"history": "complete", **settings}))  # type: ignore[arg-type]


@cache
def of_few(language: Code = "en", until: date | None = None, *, money: bool = True) -> Cohorts:
    answers = made({"orders": FEW}, date(2024, 4, 30))
    figures = Figures(answers, answers.world.organisation, until)
    assert figures.months is not None
    return cohorts_of(figures, figures.months, Words(Language(language), answers.world), money=money)


@pytest.fixture(autouse=True)
def one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """One picture instead of three; the sizes are tested in the browser."""
    monkeypatch.setattr(trends, "SIZES", trends.SIZES[-1:])
    monkeypatch.setattr(cohort_curves, "SIZES", trends.SIZES[-1:])


def heat(found: Heat | None) -> Heat:
    assert found is not None
    return found


# -- by hand -----------------------------------------------------------------------------------------------------
def test_the_cells_by_hand() -> None:
    table = heat(of_few().heat)
    rows = [(row.name, row.size, row.base, *(cell.text for cell in row.cells)) for row in table.rows]
    assert rows == [
        ("Jan 2024", "4", "100", "50.0", "25.0", "0.0"),
        ("Feb 2024", "2", "100", "50.0", "0.0", ""),
        ("Mar 2024", "0", "", "", "", ""),
        ("Apr 2024", "1", "100", "", "", ""),
    ]
    # (2 + 1) of (4 + 2), (1 + 0) of (4 + 2), 0 of 4
    assert [cell.text for cell in table.pooled.cells] == ["50.0", "16.7", "0.0"]
    assert table.counted == ("6", "6", "4")
    assert table.pooled.size == "7"


def test_an_empty_cell_says_why() -> None:
    table = heat(of_few().heat)
    april, march = table.rows[3], table.rows[2]
    assert {cell.heard for cell in april.cells} == {"month not over for the whole cohort, so not known"}
    assert {cell.heard for cell in march.cells} == {"nobody began in this month"}
    assert all(cell.looks == "none" for cell in (*april.cells, *march.cells))
    assert table.empty == "month not over for the whole cohort, so not known; nobody began in this month"
    assert table.open_ == ""


def test_what_they_brought_by_hand() -> None:
    table = heat(of_few().money)
    # January: (30 + 10) / 4, 10 / 4, 0; February: 10 / 2, 0
    assert [[cell.text for cell in row.cells] for row in table.rows[:2]] == [
        ["10.00", "2.50", "0.00"],
        ["5.00", "0.00", ""],
    ]
    assert [row.base for row in table.rows[:2]] == ["10.00", "10.00"]
    assert table.unit == "EUR"


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Of all who ordered for the first time, 50.0% ordered again in month 1 and 0.0% in month 3."),
        ("de", "Von allen, die zum ersten Mal bestellten, bestellten 50,0 % in Monat 1 wieder und 0,0 % in Monat 3."),
    ],
)  # fmt: skip
def test_the_sentence(language: Code, sentence: str) -> None:
    assert of_few(language).sentence.replace(NO_BREAK, " ") == sentence


def test_one_cell_is_worked_out() -> None:
    worked = of_few().worked
    assert worked is not None
    assert worked.title == "January 2024, month 3"
    text = collapsed(re.sub(r"<[^>]+>", " ", worked.formula))
    assert text == "ordered in April 2024 first order in January 2024 = 0 4 = 0.0%"
    pairs = dict(worked.pairs)
    assert pairs["All cohorts"] == ("0.0% in month 3, pooled over 4 customers",)
    assert pairs["Difference"] == (f"0.0{NO_BREAK}points, which chance alone may have made",)


@pytest.mark.long
def test_a_report_that_ends_earlier_knows_what_was_known_then() -> None:
    found = of_few(until=date(2024, 4, 15), money=False)
    table = heat(found.heat)
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["50.0", "25.0"], ["50.0", ""], ["", ""]]
    assert found.commands == (
        ("stamm analyse retention_table", "--from 2024-01-01 --to 2024-04-01", "--as-of 2024-04-01"),
    )


def test_commands_name_what_was_asked() -> None:
    assert of_few().commands[1] == (
        "stamm analyse retention_table",
        "--from 2024-01-01 --to 2024-05-01",
        "--param of=gross_revenue",
        "--param denominator=customers",
    )


# -- in other organisations --------------------------------------------------------------------------------------
def report_on(answers: Answers, reader: Reader = "manager") -> str:
    text = shops.report(answers, reader=reader)
    assert Page(text).unclosed == []
    return text


@pytest.mark.long
def test_visits_where_there_are_no_orders() -> None:
    visits = [
        {"event_id": f"e{n}", "customer_id": f"c{n % 3}", "happened_at": day, "kind": "page", "name": "home"}
        for n, day in enumerate(("2024-01-03", "2024-01-04", "2024-01-05", "2024-02-03", "2024-02-09"))
    ]
    text = report_on(made({"events": visits}, date(2024, 3, 31), spell_rule="activity"), "analyst")
    assert "Of all who came for the first time, 66.7% came again in month 1" in text
    assert "--param begins_with=visit" in text


def test_without_orders_and_visits_it_says_so() -> None:
    text = report_on(made({"responses": shops.responses()}, date(2024, 3, 31)))
    assert "Cohorts are made of orders or visits, and neither was imported." in text
    assert '<table class="heat' not in text


def test_one_month_is_too_short() -> None:
    text = report_on(made({"orders": FEW}, date(2024, 1, 31)))
    assert "No month after a first order is over yet." in text


@pytest.mark.long
def test_what_lies_before_the_data_is_told() -> None:
    text = shops.page("en", "manager")
    assert "The data begin on 1 January 2024, in mid-life" in text
    assert "above all in the cohort of January 2024" in text


# -- in the page --------------------------------------------------------------------------------------------------
def cohort_table(text: str) -> str:
    """The first cohort table of a page, as it is written."""
    return text[text.index('<table class="heat') :].partition("</table>")[0]


@pytest.mark.long
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_cell_is_the_analysis(language: str, reader: Reader) -> None:
    say = DE if language == "de" else EN
    answer = shops.shop().analyse("retention_table", Window(date(2024, 1, 1), date(2024, 6, 1)))
    cells = [cell for cell in (*answer.rows, *answer.tables["pooled"]) if 1 <= cell.period <= 4]
    shown = re.findall(
        r'<td class="(?:h\d|none)"><span>(.*?)</span></td>', cohort_table(unmarked(shops.page(language, reader)))
    )
    expected = ["" if cell.value is None else say.number(100 * cell.value, 1) for cell in cells]
    assert len(expected) == 24
    assert [re.sub(r"<span.*", "", text) for text in shown] == expected


@pytest.mark.long
def test_the_table_has_heads_for_rows_and_columns() -> None:
    table = cohort_table(report_on(made({"orders": FEW}, date(2024, 4, 30))))
    assert '<caption class="sr">Of those whose first order fell in a month, the share who ordered again' in table
    assert re.findall(r'scope="col">(?:<span class="sr">month </span>)?(.*?)</th>', table) == [
        *("First order", "Customers", "0", "1", "2", "3")
    ]
    assert 'colspan="3" scope="colgroup">Months after the first order' in table
    rows = re.findall(r'<tr[^>]*><th scope="row">(.*?)</tr>', table, re.DOTALL)
    assert len(rows) == 4 + 2
    assert all(row.count("<td") == 2 + 3 for row in rows)
    assert table.count('"none"><span><span class="sr">month not over for the whole cohort') == 1 + 3
    assert table.count('"none"><span><span class="sr">nobody began in this month') == 3


def test_each_cohort_leads_to_its_words() -> None:
    text = shops.page("en", "manager")
    assert re.findall(r'<th scope="row"><a href="#(.*?)">(.*?)</a>', text) == [
        (f"cohort-2024-{number:02}", f"{month} 2024")
        for number, month in enumerate(("Jan", "Feb", "Mar", "Apr", "May"), start=1)
    ]
    words = text[text.index('<section id="cohort-2024-01"') :].partition("</section>")[0]
    shown = re.findall(r'"row">(\d) <span class="quiet">(.*?)</span></th>(.*?)</tr>', words)
    cells = [cell for cell in shops.shop().analyse("retention_table", Window.parse("2024-01")).rows if cell.period]
    assert [(number, month, re.findall(r'"n">(.*?)<', rest)) for number, month, rest in shown] == [
        (str(c.period), month, [str(c.returned), f"{c.value:.1%}", f"{c.low:.1%} to {c.high:.1%}"])
        for c, month in zip(cells, ("Feb 2024", "Mar 2024", "Apr 2024", "May 2024"), strict=False)
    ]


# -- the ramp -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("low", "high"),
    [(20.3, 50.0), (0.0, 0.0), (100.0, 100.0), (0.0, 100.0), (43.1, 43.4), (13.0, 196.0), (-5.0, 60.0), (9.99, 10.01)],
)
def test_steps_of_the_ramp_hold_all_values_in_order(low: float, high: float) -> None:
    first, step = ramp_of(low, high)
    places = [step_of(low + (high - low) * part / 20, first, step) for part in range(21)]
    assert places == sorted(places)
    assert first <= low
    assert places[-1] == min(RAMP - 1, int((high - first) / step + 1e-9))
    assert first + RAMP * step > high


@pytest.mark.long
def test_large_amounts_are_shown_in_thousands() -> None:
    rich = [{**row, "amount_minor": row["amount_minor"] * 100_000} for row in FEW]  # type: ignore[operator]
    text = report_on(made({"orders": rich}, date(2024, 4, 30)), "analyst")
    assert "thousand EUR a customer, from" in text
    assert ">1,000<" in text
