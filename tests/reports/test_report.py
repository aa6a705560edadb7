"""The report: what it says, that it needs nothing else, and that nothing makes it fall over."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from html import unescape

import pytest

from stamm.answers import Answers
from stamm.charts.points import Point, runs_of
from stamm.charts.sparkline import sparkline
from stamm.lang.errors import UsageError
from stamm.lang.language import Language
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS
from stamm.reports import cohort_curves, trends
from stamm.reports.cards import candidate_keys, headline_figures
from stamm.reports.figures import Figures
from stamm.reports.readers import READERS, Reader
from tests.reports import shops
from tests.reports.page_reader import Page, attribute, collapsed

#: a whole report takes seconds; quicker tests ask for its parts
pytestmark = pytest.mark.long

BOTH = pytest.mark.parametrize("reader", READERS)


@cache
def read(language: str, reader: Reader) -> Page:
    return Page(shops.page(language, reader))


def page(language: str = "en", reader: Reader = "analyst") -> Page:
    return read(language, reader)


# -- one file --------------------------------------------------------------------------------------------------
@BOTH
@pytest.mark.parametrize("language", ["en", "de"])
def test_it_names_no_other_file_and_no_host(language: str, reader: Reader) -> None:
    text = shops.page(language, reader)
    assert not re.search(r"https?:|//[a-z]|@import|src=|srcset=", text)
    assert set(re.findall(r"url\(([^)]*)\)", text)) == {"#hatch"}
    assert [attribute(link, "href") for link in page(language, reader).all("link")] == ["data:,"]
    assert all(attribute(link, "href").startswith("#") for link in page(language, reader).all("a"))


def test_it_forbids_itself_everything_else() -> None:
    (policy,) = page().all("meta", **{"http-equiv": "Content-Security-Policy"})
    said = attribute(policy, "content").split("; ")
    assert said[:3] == ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"]


@BOTH
def test_it_has_no_script_and_no_style_of_its_own(reader: Reader) -> None:
    assert page("en", reader).all("script") == []
    assert len(page("en", reader).all("style")) == 1
    for element in page("en", reader).elements:
        names = element["attrs"]
        assert isinstance(names, dict)
        assert not [name for name in names if name == "style" or name.startswith("on")]


def test_pictures_carry_no_colour() -> None:
    pictures = re.findall(r"<svg.*?</svg>", shops.page("en"), re.DOTALL)
    assert len(pictures) > 20
    assert not [picture for picture in pictures if re.search(r"#[0-9a-f]{3,8}\b(?<!#hatch)", picture)]


# -- sound markup ----------------------------------------------------------------------------------------------
@BOTH
@pytest.mark.parametrize("language", ["en", "de"])
def test_elements_are_closed_and_ids_are_unique(language: str, reader: Reader) -> None:
    seen = page(language, reader)
    assert seen.unclosed == []
    ids = [attribute(element, "id") for element in seen.elements if attribute(element, "id")]
    assert sorted(ids) == sorted(set(ids))
    (root,) = seen.all("html")
    assert attribute(root, "lang") == language


@BOTH
def test_every_link_leads_somewhere(reader: Reader) -> None:
    ids = {attribute(element, "id") for element in page("en", reader).elements}
    targets = {attribute(link, "href").removeprefix("#") for link in page("en", reader).all("a")}
    assert targets <= ids


@BOTH
def test_headings_and_regions(reader: Reader) -> None:
    seen = page("en", reader)
    assert len(seen.all("h1")) == 1
    assert len(seen.all("main")) == 1
    assert all(attribute(head, "scope") for head in seen.all("th"))
    regions = [element for element in seen.elements if attribute(element, "role") == "region"]
    assert all(attribute(region, "aria-label") and attribute(region, "tabindex") == "0" for region in regions)


@BOTH
def test_every_picture_is_named_or_hidden(reader: Reader) -> None:
    for svg in page("en", reader).all("svg"):
        assert attribute(svg, "aria-hidden") == "true" or (
            attribute(svg, "role") == "img" and attribute(svg, "aria-label")
        )


def test_every_chart_has_a_table_beside_it() -> None:
    chapters = re.findall(r'<section class="chapter".*?</section>', shops.page("en"), re.DOTALL)
    assert len(chapters) == len(page().all("article", cls="number"))
    for chapter in chapters:
        assert len(re.findall(r'<svg class="when-', chapter)) == 3
        assert "<table" in chapter


# -- the numbers are the answers' ------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_numbers_are_those_of_the_answers(language: str) -> None:
    say = Language("de" if language == "de" else "en")
    answers = shops.shop()
    cards = [*page(language).all("article", cls="number"), *page(language, "manager").all("article", cls="number")]
    assert len(cards) >= 6
    for chapter in page(language).all("section", cls="chapter"):
        key = attribute(chapter, "id")
        if key not in METRICS:
            continue
        (row,) = answers.ask(key, [Window.parse("2024-05")]).rows
        value = say.value(row.value, METRICS[key].unit, "EUR")
        text = collapsed(str(chapter["text"]))
        assert value in text
        if row.low is not None and row.high is not None:
            ends = [say.value(end, METRICS[key].unit, "EUR") for end in (row.low, row.high)]
            assert f"{ends[0]} {say('to')} {ends[1]}" in text
        assert [card for card in cards if value in collapsed(str(card["text"]))]
    for row in page(language, "manager").all("tr"):
        if key := attribute(row, "id"):
            (known,) = answers.ask(key, [Window.parse("2024-05")]).rows
            assert collapsed(str(row["text"])).endswith(say.value(known.value, METRICS[key].unit, "EUR"))


@pytest.mark.parametrize("language", ["en", "de"])
def test_analyses_stand_in_it_as_far_as_the_data_support_them(language: str) -> None:
    """Five of them from orders and answers: without events no ways, without costs no contribution."""
    say = Language("de" if language == "de" else "en")
    chapters = {attribute(each, "id"): each for each in page(language).all("section", cls="analysis")}
    assert list(chapters) == ["before_leaving", "drivers", "lifecycle", "reasons_for_leaving", "survival"]
    answers, span = shops.shop(), Window(date(2024, 3, 1), date(2024, 6, 1))
    shown = {key: collapsed(str(each["text"])) for key, each in chapters.items()}
    last = answers.analyse("lifecycle", Window(date(2024, 1, 1), span.end)).rows[-1]
    interval = f"{say.percent(last.low)} {say('to')} {say.percent(last.high)}"
    assert f"{last.active}{last.new}{last.returning}{last.resurrected}{last.dormant}" in shown["lifecycle"]
    assert f"{say.percent(last.kept)}{interval}" in shown["lifecycle"]
    stays = [row for row in answers.analyse("survival", span).rows if row.survival is not None]
    for row in stays:
        assert say.percent(row.survival) in shown["survival"]
    assert len(re.findall(r'<svg class="when-', shops.page(language).split('id="survival"')[1])) >= 3
    absent = [row for row in answers.analyse("drivers", span).rows if row.n is None]
    for row in absent:
        assert row.driver.of(say.code) in shown["drivers"]
    assert "0" not in shown["drivers"].partition(absent[0].driver.of(say.code))[2].partition(".")[0]


def test_the_curve_of_contribution_stands_in_it_where_costs_are_known(one_size: None) -> None:
    facts = {"orders": shops.orders(20, date(2024, 4, 30)), "returns": [], "messages": [], "costs": []}
    answers = Answers(shops.world(facts, date(2024, 4, 30)))
    read = Page(shops.report(answers, reader="analyst"))
    chapters = {attribute(each, "id"): collapsed(str(each["text"])) for each in read.all("section", cls="analysis")}
    assert {"concentration", "rfm"} <= chapters.keys()
    for row in answers.analyse("concentration", Window(date(2024, 2, 1), date(2024, 5, 1))).rows:
        assert Language("en").percent(row.value) in chapters["concentration"]


def test_pictures_are_drawn_from_the_answers() -> None:
    months = windows(date(2024, 1, 1), date(2024, 7, 1), "month")
    rows = shops.shop().ask("customer_retention_rate", months).rows
    points = [Point(row.value, row.low, row.high, row.complete) for row in rows]
    assert len(runs_of(points)) == 1
    for shape in re.findall(r'<path class="c-(?:line|band)" d="[^"]+"/>', sparkline(points, "")):
        assert shape in shops.page("en")


def test_a_table_shows_every_month() -> None:
    (chapter,) = page().all("section", id="customer_retention_rate")
    text = collapsed(str(chapter["text"]))
    for month in ("January", "February", "March", "April", "May", "June"):
        assert f"{month} 2024" in text
    assert "no value: too soon after the data begin to know who was a customer" in text
    assert "not over: 18 of 30 days" in text


def test_the_sentence_says_what_the_numbers_say() -> None:
    answers = shops.shop()
    april, may = answers.ask("customer_retention_rate", [Window.parse("2024-04"), Window.parse("2024-05")]).rows
    assert may.value is not None
    assert april.value is not None
    (sentence,) = page().texts("h1")
    points = f"{abs(may.value - april.value) * 100:.1f} points {'more' if may.value > april.value else 'fewer'}"
    assert sentence.startswith(f"In May {may.value:.1%} of customers stayed, {points} than in April: ")
    (row,) = answers.ask("customer_count", [Window.parse("2024-05")]).rows
    assert f"At the end of the month there were {row.value} customers, " in sentence
    (german,) = page("de").texts("h1")
    assert german.startswith("Im Mai blieben ")


def test_a_clear_fall_is_called_one(one_size: None) -> None:
    """Of 200 customers who order each week, half stop on 12 February: gone 28 days later, in March."""
    first = date(2024, 1, 8)
    rows = [
        shops.order(number, first + timedelta(weeks=week), 1000)
        for number in range(200)
        for week in range(12 if number % 2 else 6)
    ]
    made = shops.world({"orders": rows}, date(2024, 3, 31), history="complete")
    (sentence,) = Page(shops.report(Answers(made))).texts("h1")
    assert sentence.startswith("In March 50.0% of customers stayed, 50.0 points fewer than in February: a clear fall.")
    assert sentence.endswith("there were 100 customers, 100 fewer than a month before.")


# -- what is missing -------------------------------------------------------------------------------------------
def test_it_says_what_was_never_imported_and_what_that_costs() -> None:
    (section,) = page().all("section", id="data")
    text = collapsed(str(section["text"]))
    assert "Returnsstamm import returns.csv" in text
    assert METRICS["revenue"].title("en") in text
    assert "made, not measured: responses" in text


def test_only_numbers_from_made_facts_are_marked_as_made() -> None:
    """Answers are made up, orders are real: the manager's headlines come from orders and the score from answers."""
    for reader in READERS:
        shown = page("en", reader)
        (badge, *_) = shown.texts("span", cls="badge")
        assert badge == "Partly simulated data"
    cards = [str(card["text"]) for card in page().all("article", cls="number")]
    made = [card for card in cards if "Simulated" in card]
    assert made == [card for card in cards if METRICS["net_promoter_score"].title("en") in card]
    assert 0 < len(made) < len(cards)


def test_gross_revenue_stands_in_where_returns_are_unknown() -> None:
    assert page().all("section", id="gross_revenue")
    assert not page().all("section", id="revenue")


def test_every_metric_is_in_the_last_table() -> None:
    (section,) = page().all("section", id="all")
    text = str(section["text"])
    assert [metric.key for metric in METRICS if metric.title("en") not in text] == []


def test_reasons_of_the_organisation_are_shown(one_size: None) -> None:
    reasons = {"en": "because of the gaps", "de": "wegen der Abstände"}
    organisation = replace(shops.shop().world.organisation, reasons=reasons)
    assert reasons["en"] in shops.report(shops.shop(), organisation=organisation)
    assert reasons["de"] in shops.report(shops.shop(), "de", organisation=organisation)


# -- nothing makes it fall over --------------------------------------------------------------------------------
@pytest.fixture
def one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """One picture a number instead of three, where pictures are not the question."""
    monkeypatch.setattr(trends, "SIZES", trends.SIZES[-1:])
    monkeypatch.setattr(cohort_curves, "SIZES", trends.SIZES[-1:])


def test_names_are_written_not_run(one_size: None) -> None:
    name = '<script>alert(1)</script> & "Söhne" <img src=x onerror=alert(1)>'
    reasons = {"en": "<i>because</i>"}
    organisation = replace(shops.shop().world.organisation, name=name, reasons=reasons)
    text = shops.report(shops.shop(), organisation=organisation, note="<b>you</b>")
    assert not re.search(r"<(script|img|b|i)\b", text)
    assert name in unescape(text)
    assert reasons["en"] in unescape(text)


@pytest.mark.parametrize("language", ["en", "de"])
def test_without_facts_it_says_what_to_do(language: str) -> None:
    text = shops.report(Answers(shops.world({}, None)), language, reader="analyst")
    assert "stamm import orders.csv" in text
    assert Page(text).unclosed == []
    assert len(Page(text).all("h1")) == 1


CASES = {
    "one customer, in yen": (
        {"orders": [shops.order(1, date(2024, 1, 5), 990), shops.order(1, date(2024, 2, 2), 990)]},
        {"currency": "JPY"},
    ),
    "only answers": ({"responses": shops.responses()}, {}),
    "only subscriptions": ({"subscriptions": shops.subscriptions()}, {"spell_rule": "subscriptions"}),
    "no rows at all, nothing before": ({"orders": []}, {"history": "complete"}),
    "two currencies, by activity": (
        {"orders": [shops.order(1, date(2024, 2, 5), 990, currency="USD"), *shops.orders(5)], "events": []},
        {"spell_rule": "activity", "name": "Donaudampfschifffahrtsgesellschaft" * 20},
    ),
}


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=() if "one" in case or "no rows" in case else pytest.mark.long) for case in CASES]
)
def test_no_data_make_it_fall_over(case: str, one_size: None) -> None:
    facts, settings = CASES[case]
    answers = Answers(shops.world(facts, date(2024, 4, 18), **settings))  # type: ignore[arg-type]
    for language, reader in (("en", "manager"), ("de", "analyst")):
        seen = Page(shops.report(answers, language, reader=reader))
        assert seen.unclosed == []
        assert seen.texts("h1")[0]
        assert "None" not in "".join(str(element["text"]) for element in seen.all("main"))


def test_a_few_days_of_data_make_a_report(one_size: None) -> None:
    made = shops.world({"responses": shops.responses()}, date(2024, 1, 9))
    (sentence,) = Page(shops.report(Answers(made))).texts("h1")
    assert sentence.startswith(f"{METRICS['net_promoter_score'].title('en')} in January so far: ")


def test_only_answers_lead_with_the_answers(one_size: None) -> None:
    made = shops.world({"responses": shops.responses()}, date(2024, 6, 18))
    (sentence,) = Page(shops.report(Answers(made))).texts("h1")
    assert sentence.startswith(f"{METRICS['net_promoter_score'].title('en')} in May: ")
    assert sentence.endswith("against April, no clear change).")


def test_until_cuts_at_whole_months(one_size: None) -> None:
    seen = Page(shops.report(shops.shop(), until=date(2024, 4, 15), reader="analyst"))
    assert seen.texts("h1")[0].startswith("In March ")
    months = seen.texts("th", scope="row")
    assert "March 2024" in months
    assert "April 2024" not in months


def test_until_before_the_data_is_refused() -> None:
    with pytest.raises(UsageError, match="No month of data ends by 2023-12-01"):
        shops.report(shops.shop(), until=date(2023, 12, 1))


# -- within a filter -------------------------------------------------------------------------------------------
def test_it_can_be_kept_to_some_facts() -> None:
    """Numbers, cohorts and commands are those within it; what cannot be told apart by it says so."""
    rows = [{**row, "channel": ("web", "app")[n % 2]} for n, row in enumerate(shops.orders(30, date(2024, 4, 30)))]
    answers = Answers(shops.world({"orders": rows}, date(2024, 4, 30)))
    read = Page(shops.report(answers, reader="analyst", where="channel=web"))
    text = collapsed(str(read.all("body")[0]["text"]))
    assert "Only where channel is web." in text
    april = [Window.parse("2024-04")]
    within, all_of_it = (answers.ask("gross_revenue", april, where=where) for where in ("channel=web", ()))
    said = Language("en").value(within.rows[0].value, "money", "EUR")
    assert said in text
    assert Language("en").value(all_of_it.rows[0].value, "money", "EUR") not in text
    commands = [attribute(each, "aria-label") for each in read.all("pre", cls="command")]
    for asked in ("stamm metric gross_revenue", "stamm analyse retention_table"):
        command = next(each for each in commands if asked in each)
        assert command.endswith("--where channel=web"), command
    assert "not told apart by what this report is kept to" in text


def test_a_filter_that_fits_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="colour"):
        shops.report(shops.shop(), where="colour=red")


def test_where_there_are_subscriptions_alone_the_first_numbers_are_theirs() -> None:
    """Of the sixty all but six pay at the end of March: 54 x 20.00."""
    made = shops.world({"subscriptions": shops.subscriptions()}, date(2024, 3, 31), spell_rule="subscriptions")
    figures = Figures(Answers(made), made.organisation, None, keys=candidate_keys(made))
    shown = {figure.metric.key: figure.value for figure in headline_figures(figures, 6)}
    assert shown == {
        "customer_retention_rate": 0.9,
        "customer_count": 54,
        "monthly_recurring_revenue": 108_000,
        "customer_churn_rate": pytest.approx(0.1),
        "gross_mrr_churn_rate": pytest.approx(0.1),
        "net_revenue_retention": pytest.approx(0.9),
    }
