"""Numbers of analyses on a page, held against what the API says to the same question.

Of an analysis a page marks `data-of="funnel rows of_first step=2&country=AT"`. What the page asked stands in the
addresses of its exports; the API is asked the same. Words are read as a person reads them, and have to be the exact
number, rounded to as many digits as they show.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest

from stamm.analyses import ANALYSES, Analysis
from stamm.lang.language import MINUS, NO_BREAK, Language
from stamm.lang.money import exponent
from stamm.lang.window import Window
from stamm.predictions import PREDICTIONS
from stamm.predictions.checked import Checked
from stamm.predictions.report import Report

#: names in the address of an export that the API has as they are; all others are settings
ASKED = ("from", "to", "by", "where")
#: by what a number may be multiplied to be written: of a share percent, of minutes hours and days
FACTORS = {
    "share": (100,), "difference": (100,), "minutes": (1, 60, 1 / 60, 1 / 1440),
    "number": (1, 100), "ratio": (1, 100),
}  # fmt: skip
SIDES = {"report": Report, "check": Checked}
Api = Callable[[str, list[tuple[str, str]]], str]
Question = tuple[tuple[str, str], ...]


def compare_analyses(
    api: Api,
    page: str,
    marked: Sequence[tuple[str, str, str]],
    say: Language,
    asked: Sequence[tuple[str, str]] | None = None,
) -> None:
    """Raises AssertionError naming the first number that differs; `asked` is what a page without exports asked."""
    answers: dict[tuple[str, Question], Any] = {}
    for value, of, words in marked:
        named, table, column, row = (*html.unescape(of).split(" ", 3), "")[:4]
        key, _, settings = named.partition("?")
        names = dict(parse_qsl(row, keep_blank_values=True))
        question = _asked(page, key, names) if asked is None else _question(asked)
        params = {text for name, text in question if name == "param"}
        own = {f"{name}={text}" for name, text in parse_qsl(settings, keep_blank_values=True)}
        assert own == params, (of, question)
        if (key, question) not in answers:
            answers[key, question] = json.loads(api(f"/analyses/{key}/rows", list(question)))
        answer = answers[key, question]
        by = dict(question).get("by", "")
        rows = [each for each in answer[table] if all(_is(each, name, text, by) for name, text in names.items())]
        assert rows, (of, question)
        number = sum(_of(each, column) for each in rows) if len(rows) > 1 else _of(rows[0], column)
        assert json.loads(value) == number, (of, value, number)
        unit = _unit(ANALYSES[key](**answer["settings"]), table, column.rpartition("-")[2], rows[0])
        assert _reads_as(html.unescape(re.sub(r"<[^>]+>", "", words)), number, unit, answer["currency"], say), (
            of, words, number, unit,
        )  # fmt: skip


def compare_predictions(api: Api, page: str, marked: Sequence[tuple[str, str, str]], say: Language) -> None:
    """The same of predictions, `value_at_risk rows value customer_id=c7`, and of what is told about one,
    `churn_risk/report rows auc way=...`; what the page asked stands in the addresses of its exports, too."""
    answers: dict[str, Any] = {}
    for value, of, words in marked:
        asked, table, column, row = (*html.unescape(of).split(" ", 3), "")[:4]
        key = asked.partition("?")[0]
        name, _, side = key.partition("/")
        if key not in answers:
            (query, *_) = re.findall(rf'href="/predictions/{key}\.json(?:\?([^"]*))?"', page)
            params = [("param", f"{name}={text}") for name, text in parse_qsl(html.unescape(query))]
            answers[key] = json.loads(api(f"/predictions/{name}/{side or 'rows'}", params))
        answer = answers[key]
        names = dict(parse_qsl(row, keep_blank_values=True))
        rows = [each for each in answer[table] if all(_is(each, name, text, "") for name, text in names.items())]
        assert len(rows) == 1, (of, len(rows))
        assert json.loads(value) == pytest.approx(_of(rows[0], column), rel=1e-9), (of, value)
        settings = {each: text for each, text in answer["settings"].items() if each != "prediction"}
        made = PREDICTIONS[name](**settings)
        unit = _unit(SIDES[side](made) if side else made, table, column, rows[0])
        text, number = html.unescape(re.sub(r"<[^>]+>", "", words)), _of(rows[0], column)
        assert _reads_as(text, number, unit, answer["currency"], say), (of, words, unit)


def _asked(page: str, key: str, names: dict[str, str]) -> Question:
    """What the page asked of an analysis: of the split one where the row names a group."""
    found = [
        parse_qsl(html.unescape(address), keep_blank_values=True)
        for address in re.findall(rf'href="/analyses/{key}\.(?:csv|json)\?([^"]*)"', page)
    ]
    assert found, (key, "gives nothing away")
    split = [pairs for pairs in found if dict(pairs).get("by") in names]
    return _question(split[0] if split else [pair for pair in found[0] if pair[0] != "by"])


def _question(pairs: Sequence[tuple[str, str]]) -> Question:
    """What an address asks, as the API is asked."""
    asked = [pair for pair in pairs if pair[0] in ASKED]
    return (*asked, *(("param", f"{name}={text}") for name, text in pairs if name not in (*ASKED, "table")))


def _is(row: Any, name: str, text: str, by: str) -> bool:
    if name == by:
        return (row[by] or "") == text
    if f"{name}_start" in row:  # a window
        window = Window.parse(text) if text else None
        return [row[f"{name}_start"], row[f"{name}_end"]] == (
            [str(window.start), str(window.end)] if window else [None] * 2
        )
    return ("" if row[name] is None else str(row[name])) == text


def _of(row: Any, column: str) -> Any:
    whole, less, part = column.partition("-")
    if not less:
        return row[whole]
    return (1 if whole == "1" else row[whole]) - row[part]


def _unit(analysis: Analysis, table: str, column: str, row: Any) -> str:
    """As it is declared; of some tables each row has its own."""
    unit = next(str(each.unit) for each in analysis.columns(table) if each.name == column)
    return str(row["unit"]) if unit == "own" else unit


def _reads_as(words: str, number: float, unit: str, currency: str, say: Language) -> bool:
    """Whether the one number in these words is this one, in some unit that people would name."""
    point = "." if say.code == "en" else ","
    plain = (
        words.replace(MINUS, "-").replace("-€", "-").replace(NO_BREAK, " ").replace("," if point == "." else ".", "")
    )
    (text,) = re.findall(rf"-?\d+(?:{re.escape(point)}\d+)?", plain)
    read = Decimal(text.replace(point, "."))
    half = Decimal(1).scaleb(read.as_tuple().exponent) / 2  # type: ignore[arg-type]
    minor = 10 ** -exponent(currency) if currency else 1
    factors = (minor, minor / 1e3, minor / 1e6) if unit == "money" else FACTORS.get(unit, (1,))
    return any(abs(float(read) - factor * number) <= float(half) * (1 + 1e-9) for factor in factors)
