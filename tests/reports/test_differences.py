"""Who explains the differences: readable sentences, and arithmetic that adds up to the last customer."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from html import unescape

import pytest

from stamm.answers import Answers
from stamm.answers.compare import Comparison, Gap, compare_family
from stamm.lang.language import Code, Language
from stamm.lang.window import Window
from stamm.reports.differences import MOST, Definition, families_of, sentence_of
from stamm.reports.figures import Figures
from stamm.reports.readers import READERS, Reader
from stamm.reports.wording import Words
from tests.reports import shops

#: a whole report takes seconds; quicker tests ask for its parts
pytestmark = pytest.mark.long

MAY = Window.parse("2024-05")


def weekly(customers: range, *stretches: tuple[date, date]) -> list[shops.Row]:
    """An order a week of each customer, from and until these days."""
    return [
        shops.order(customer, day + timedelta(weeks=week), 1000)
        for customer in customers
        for day, last in stretches
        for week in range((last - day).days // 7 + 1)
    ]


@cache
def moving() -> Answers:
    """A shop, gone after 28 days, in which in May 40 stay, 6 are lost, 3 come back, 5 are new, 2 pass through.

    One is gone for two weeks of it, and here at both ends.
    """
    first, end = date(2024, 1, 8), date(2024, 5, 31)
    rows = [
        *weekly(range(40), (first, end)),
        *weekly(range(40, 46), (first, date(2024, 4, 20))),
        *weekly(range(46, 49), (first, date(2024, 3, 1)), (date(2024, 5, 10), end)),
        *weekly(range(49, 54), (date(2024, 5, 6), end)),
        *weekly(range(54, 56), (date(2024, 5, 1), date(2024, 5, 1))),
        *weekly(range(56, 57), (first, date(2024, 4, 8)), (date(2024, 5, 20), end)),
    ]
    return Answers(shops.world({"orders": rows}, end, history="complete", name="Lindenhof Kaffee"))


@cache
def families(language: Code, *, all_of_them: bool) -> dict[str, dict[str, Definition]]:
    """Definitions of the shop by family and key."""
    figures = Figures(moving(), moving().world.organisation, None)
    assert figures.months is not None
    found = families_of(figures, figures.months, Words(Language(language), moving().world), all_of_them=all_of_them)
    return {family.key: {each.key: each for each in family.definitions} for family in found}


def compared(name: str, language: Code = "en") -> Comparison:
    return compare_family(moving(), name, MAY, Language(language))


@cache
def page(reader: Reader) -> str:
    return shops.report(moving(), reader=reader)


def numbers(text: str) -> list[int]:
    """Signed whole numbers of one side of a fraction: `2,164 − 186 + 4`."""
    return [
        int((sign.replace("−", "-").strip() or "+") + digits.replace(",", ""))
        for sign, digits in re.findall(r"([−+] )?([\d,]+)", text)
    ]


def sides(way: str) -> list[str]:
    """Numerators and denominators in the order in which they stand."""
    return [
        unescape(re.sub(r"<[^>]+>", "", side)).strip()
        for side in re.findall(r'<span class="terms">(.*?)</span></span>', way)
    ]


def test_the_way_adds_up_in_every_definition() -> None:
    """From the default's fraction, with each gap, exactly to the fraction that the answer has."""
    seen = 0
    for name, definitions in families("en", all_of_them=True).items():
        leader, *others = compared(name).members
        for member in others:
            way = str(definitions[member.metric.key].way)
            if not way:
                continue
            top, bottom, total, whole = sides(way)
            assert numbers(top)[0] / numbers(bottom)[0] == pytest.approx(leader.row.value)
            assert [sum(numbers(top))] == numbers(total)
            assert [sum(numbers(bottom))] == numbers(whole)
            assert sum(numbers(top)) / sum(numbers(bottom)) == pytest.approx(member.row.value)
            assert member.working.result in way
            seen += 1
    assert seen >= 5


def test_by_hand() -> None:
    """Of 47 at the start 41 are here at the end. By the formula the 3 who came back are added, and the 2 who passed
    through, who are new but not here at the end, are taken off."""
    formula = families("en", all_of_them=True)["retention"]["customer_retention_rate_formula"]
    assert sides(formula.way) == ["41 + 3 − 2", "47", "42", "47"]
    assert [(each.sentence, each.examples) for each in formula.counted] == [
        (
            "3 customers are added above the line: “here at the end”, but not “here at the start” or “new”.",
            "c46, c47, c48",
        ),
        ("2 customers are taken off above the line: “new”, but not “here at the end”.", "c54, c55"),
    ]
    assert formula.difference == "+2.13\xa0points"


def test_each_gap_is_a_sentence_with_its_customers() -> None:
    seen = 0
    for name, definitions in families("en", all_of_them=True).items():
        for member in compared(name).members:
            counted = definitions[member.metric.key].counted
            assert len(counted) == len(member.gaps or ())
            for each, gap in zip(counted, member.gaps or (), strict=True):
                assert each.sentence.startswith(f"{gap.customers} customer")
                assert gap.words in each.sentence
                assert each.examples.startswith(", ".join(gap.examples))
                seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    ("gap", "language", "sentence"),
    [
        (Gap(78, 1, 0, "“a”", ()), "en", "78 customers are added above the line: “a”."),
        (Gap(1, -1, 0, "“a”", ()), "en", "1 customer is taken off above the line: “a”."),
        (Gap(1200, 0, 1, "„a“", ()), "de", "1.200 Kunden kommen unter dem Bruchstrich hinzu: „a“."),
        (Gap(2, 0, -1, "„a“", ()), "de", "2 Kunden fallen unter dem Bruchstrich weg: „a“."),
        (Gap(1, 1, 1, "„a“", ()), "de", "1 Kunde kommt über und unter dem Bruchstrich hinzu: „a“."),
        (Gap(3, -1, -1, "“a”", ()), "en", "3 customers are taken off above and below the line: “a”."),
        (Gap(3, 2, 0, "“a”", ()), "en", "3 customers count +2 above and 0 below the line: “a”."),
        (Gap(1, 1, -1, "“a”", ()), "en", "1 customer counts +1 above and −1 below the line: “a”."),
    ],
)
def test_sentences(gap: Gap, language: Code, sentence: str) -> None:
    assert sentence_of(gap, Language(language)) == sentence


def test_a_manager_is_told_of_nobody_by_key() -> None:
    customers = re.compile(r"\bc\d+\b")
    assert len(customers.findall(re.sub(r"<[^>]+>|<style>.*?</style>", " ", page("analyst"), flags=re.DOTALL))) > 10
    assert not customers.search(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page("manager"), flags=re.DOTALL))


def test_a_manager_is_told_of_two_words_and_what_differs() -> None:
    found = families("en", all_of_them=False)
    assert list(found) == ["retention", "churn"]
    values = [(each.value, each.default) for each in found["churn"].values()]
    assert len({value for value, _ in values}) == len(values)
    assert set(families("en", all_of_them=True)) > {"retention", "churn", "repeat_purchase"}


def test_what_is_left_out_of_a_long_list_is_counted() -> None:
    (ratio,) = [f for k, f in families("en", all_of_them=False)["retention"].items() if k.startswith("returning")]
    full = families("en", all_of_them=True)["retention"]["returning_over_new_customers"]
    assert len(full.counted) > MOST + 1
    *_, last = ratio.counted
    left = (compared("retention").members[2].gaps or ())[MOST:]
    assert last.sentence == f"And {len(left)} smaller groups, {sum(gap.customers for gap in left)} customers."


def test_nobody_is_named_where_customers_are_not_counted() -> None:
    interval = families("de", all_of_them=True)["purchase_interval"]["gap_between_orders"]
    assert interval.unnamed == "Sie zählt Kunden nicht einzeln, daher wird niemand genannt."
    days = families("en", all_of_them=True)["churn"]["churn_rate_daily_sum"]
    assert days.way == ""
    if days.counted:
        assert "no single fraction" in days.unnamed


def test_the_ledger_adds_up_in_every_row() -> None:
    table = page("analyst").partition('class="table ledger"')[2].partition("</table>")[0]
    rows = re.findall(r'<th scope="row">(\w+ 2024)</th>((?:<td class="n">.*?</td>)+)', table)
    cells = {
        month: [int(cell.replace("−", "-")) for cell in re.findall(r'"n">(?:<data[^>]*>)?(.*?)<', row)]
        for month, row in rows
    }
    assert list(cells) == ["May 2024", "Apr 2024", "Mar 2024", "Feb 2024", "Jan 2024"]
    assert cells["May 2024"] == [47, -6, 5, 3, 49]
    for start, lost, new, back, end in cells.values():
        assert start + lost + new + back == end
    for reader in READERS:
        assert "47 − 6 lost + 5 new + 3 back" in re.sub(r"</?data[^>]*>", "", page(reader))
