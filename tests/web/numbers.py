"""Walks a page: every number that it marks, and every answer that it offers to take away, asked again on other ways.

A number says what it is of (`stamm.reports.exact`): `data-of="customer_retention_rate 2024-05 value country=AT"`. It is
asked of /api/v1 and compared to the last digit, and its words with what the language writes for that number. What a
page exports as CSV is compared with the API, and with what the command line prints. A number of an analysis is looked
up in the tables of the analysis that the page exports (`told.py`). No cell that is a number may be unmarked.
"""

from __future__ import annotations

import csv
import html
import io
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isclose
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from stamm.analyses import ANALYSES
from stamm.answers.working import unit_of
from stamm.lang.language import Language
from stamm.lang.window import Window, windows
from stamm.metrics import METRICS
from stamm.predictions import PREDICTIONS
from tests.web.marks import check_all_marked
from tests.web.sizes import compare_segments
from tests.web.told import compare_analyses, compare_predictions

_MARKED = re.compile(r'<data value="([^"]*)" data-of="([^"]*)">(.*?)</data>')
_EXPORT = re.compile(r'href="(/(metrics|analyses)/(\w+)\.csv(?:\?([^"]*))?)"')
#: names in an address that are no settings and no filter
OURS = {"grain", "window", "against", "by", "where", "more", "part", "first", "name", "offset", "who", "table"}
#: floats that are added up once more, with other windows beside them or on other threads, differ in the last digit
ROUNDING = 1e-12
GRAINS = {1: "day", 7: "week"}
#: a number that is no whole one
_REAL = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?")


@dataclass(frozen=True)
class Ways:
    """The ways to ask one project: a page by its path, /api/v1 by place and parameters, the command line by words."""

    page: Callable[[str], str]
    api: Callable[[str, list[tuple[str, str]]], str]
    command: Callable[..., str]


@dataclass(frozen=True)
class Marked:
    """A number of a page: its exact value, what it is of, and its words."""

    value: str
    metric: str
    settings: str
    window: Window
    column: str
    group: str
    words: str


@dataclass(frozen=True)
class Walked:
    """How many numbers and exports of a page were compared."""

    numbers: int
    exports: int


def walk(ways: Ways, path: str, say: Language) -> Walked:
    """Compares all of a page; raises AssertionError naming the first number that differs."""
    page = ways.page(path)
    check_all_marked(page, path)
    found = _MARKED.findall(page)
    kinds = _by_kind(found)
    asked = parse_qsl(urlsplit(path).query, keep_blank_values=True)
    _compare(ways, asked, [_read(*each) for each in kinds["metric"]], say)
    compare_analyses(ways.api, page, kinds["analysis"], say)
    compare_predictions(ways.api, page, kinds["prediction"], say)
    _compare_customers(ways, kinds["customers"])
    _compare_personas(ways, kinds["personas"])
    compare_segments(ways.api, ways.command, kinds["segments"], say)
    exports = {
        html.unescape(address): kind for address, kind, _, _ in _EXPORT.findall(page) if "/customers" not in address
    }
    for address, kind in exports.items():
        _export(ways, address, kind)
    return Walked(len(found), len(exports))


def walk_widget(ways: Ways, path: str, say: Language) -> Walked:
    """The same of a widget of a board: what it asks stands in the address of the page that its title leads to."""
    page = ways.page(path)
    check_all_marked(page, path)
    found = _MARKED.findall(page)
    kinds = _by_kind(found)
    leads = re.search(r'<h2><a href="(?:/metrics/)?([^"?]*)\?([^"]*)"', page)
    assert leads is not None, (path, "leads nowhere")
    asked = parse_qsl(html.unescape(leads[2]), keep_blank_values=True)
    if kinds["analysis"]:
        key = kinds["analysis"][0][1].partition(" ")[0].partition("?")[0]
        _same_rows(ways, f"{path}.csv", "analyses", key, asked)
        compare_analyses(ways.api, page, kinds["analysis"], say, asked)
    else:
        _same_rows(ways, f"{path}.csv", "metrics", leads[1], asked)
        _compare(ways, asked, [_read(*each) for each in kinds["metric"]], say)
    return Walked(len(found), 1)


def _by_kind(found: list[tuple[str, str, str]]) -> dict[str, list[tuple[str, str, str]]]:
    """What is marked, told apart by what it is of: a metric, an analysis, or one of the customers."""
    names = ("metric", "analysis", "customers", "personas", "prediction", "segments")
    kinds: dict[str, list[tuple[str, str, str]]] = {name: [] for name in names}
    for value, of, words in found:
        key = re.split(r"[ ?]", of, maxsplit=1)[0]
        if key.partition("/")[0] in PREDICTIONS:
            kinds["prediction"].append((value, of, words))
            continue
        kinds["analysis" if key in ANALYSES else key if key in kinds else "metric"].append((value, of, words))
    return kinds


# -- what a page marks ---------------------------------------------------------------------------------------
def _read(value: str, of: str, words: str) -> Marked:
    asked, window, column, *group = html.unescape(of).split(" ", 3)
    metric, _, settings = asked.partition("?")
    plain = html.unescape(re.sub(r"<[^>]+>", "", words)).strip()
    return Marked(html.unescape(value), metric, settings, Window.parse(window), column, "".join(group), plain)


def _compare(ways: Ways, asked: list[tuple[str, str]], marked: list[Marked], say: Language) -> None:
    where = [(name, text) for name, text in asked if name == "where"]
    answers: dict[tuple[str, str, str, str], Any] = {}
    for each in marked:
        by = each.group.partition("=")[0]
        key = (each.metric, each.settings, by, _grain(each.window))
        if key not in answers:
            same = [m for m in marked if (m.metric, m.settings, m.group.partition("=")[0], _grain(m.window)) == key]
            span = [
                ("from", str(min(m.window.start for m in same))),
                ("to", str(max(m.window.end for m in same))),
                ("grain", key[3]),
            ]
            own = [("param", f"{name}={text}") for name, text in parse_qsl(each.settings, keep_blank_values=True)]
            more = [*span, *where, *own, *([("by", by)] if by else [])]
            answers[key] = json.loads(ways.api(f"/metrics/{each.metric}/rows", more))
        _agree(each, answers[key], by, say)


def _grain(window: Window) -> str:
    found = GRAINS.get(window.length)
    return found or next(
        grain for grain in ("month", "quarter", "year") if windows(window.start, window.end, grain) == (window,)
    )


def _agree(each: Marked, answer: Any, by: str, say: Language) -> None:
    rows = [
        row
        for row in answer["rows"]
        if row["window_start"] == str(each.window.start) and (not by or (row[by] or "") == each.group.partition("=")[2])
    ]
    if by and not rows:  # a group of the window before alone
        assert float(each.value) == 0, each
        return
    assert len(rows) == 1, (each, len(rows))
    name, _, part = each.column.partition(".")
    number = rows[0]["parts"][part] if name == "parts" else rows[0][name]
    told = json.loads(each.value)
    assert told == number or (isinstance(number, float) and isclose(told, number, rel_tol=ROUNDING)), (each, number)
    if name in ("value", "low", "high"):
        spellings = [say.value(number, answer["unit"], answer["currency"], digits) for digits in (None, 2)]
        assert any(spelling in each.words for spelling in spellings), (each, spellings)
    elif name == "n":
        assert say.number(number) in each.words, each
    else:  # a part has a unit of its own, and may stand there with its sign
        unit = unit_of(METRICS[each.metric](), part)
        spellings = [say.value(number, unit, answer["currency"]), say.number(-number, signed=True)]
        assert any(spelling in each.words for spelling in spellings), (each, spellings)


def _compare_customers(ways: Ways, marked: list[tuple[str, str, str]]) -> None:
    """Of one customer a page says what stands in the CSV of all of them."""
    if not marked:
        return
    rows = {row["customer_id"]: row for row in csv.DictReader(io.StringIO(ways.page("/customers.csv")))}
    for value, of, _ in marked:
        _, column, customer = html.unescape(of).split(" ", 2)
        assert json.loads(value) == json.loads(rows[customer][column]), (of, value, rows[customer][column])


def _compare_personas(ways: Ways, marked: list[tuple[str, str, str]]) -> None:
    """Of personas a page says what HTTP tells, and the command line."""
    if not marked:
        return
    told = json.loads(ways.api("/segments/personas", []))
    del told["snapshot"]
    assert json.loads(ways.command("segment", "personas", "--format", "json")) == told
    known = {**told, "tried": {str(each["groups"]): each for each in told["tried"]}}
    for each in told["personas"]:
        known[str(each["number"])] = {**each, **{trait["metric"]: trait for trait in each["traits"]}}
    for value, of, _ in marked:
        number = known
        for name in of.removeprefix("personas ").split("."):
            number = number[name]
        assert json.loads(value) == number, (of, value, number)


# -- what a page gives away ----------------------------------------------------------------------------------
def _export(ways: Ways, address: str, kind: str) -> None:
    parts = urlsplit(address)
    key = parts.path.rpartition("/")[2].removesuffix(".csv")
    _same_rows(ways, address, kind, key, parse_qsl(parts.query, keep_blank_values=True))


def _same_rows(ways: Ways, address: str, kind: str, key: str, asked: list[tuple[str, str]]) -> None:
    """The CSV of an address, and what the API and the command line say to what was asked."""
    given = ways.page(address)
    lines = given.splitlines()
    head, first, last = lines[0].split(","), lines[1].split(","), lines[-1].split(",")
    if kind == "metrics":
        grain = dict(asked).get("grain", "month")
        span = [("from", first[head.index("window_start")]), ("to", last[head.index("window_end")]), ("grain", grain)]
    else:
        span = [(name, text) for name, text in asked if name in ("from", "to", "window", "table")]
    kept = [(name, text) for name, text in asked if name in ("where", "by")]
    own = [(name, text) for name, text in asked if name not in OURS | {"from", "to"}]
    params = [("param", f"{name}={text}") for name, text in own]
    place = f"/{kind}/{key}/rows"
    _same(address, given, ways.api(place, [*span, *kept, *params, ("format", "csv")]))
    words = [word for name, text in (*span, *kept, *params) if name != "table" for word in (f"--{name}", text)]
    verb, form = "metric" if kind == "metrics" else "analyse", "csv"
    if "table" in dict(span):  # the command line prints one table as CSV, and all of them as JSON
        form, given = "json", ways.page(f"/{kind}/{key}.json?{urlencode([*span, *kept, *own])}")
    _same(address, given, ways.command(verb, key, *words, "--format", form))


def _same(address: str, given: str, other: str) -> None:
    """To the last sign, but for real numbers that were computed once more: to twelve digits.

    An engine adds them on several threads, in another order each time, and so the sixteenth digit may differ.
    """
    ours, theirs = (text.rstrip("\n").splitlines() for text in (given, other))
    assert len(ours) == len(theirs), address
    for line, again in zip(ours, theirs, strict=True):
        assert _REAL.sub("", line) == _REAL.sub("", again), (address, line, again)
        for one, two in zip(_REAL.findall(line), _REAL.findall(again), strict=True):
            assert math.isclose(float(one), float(two), rel_tol=ROUNDING, abs_tol=ROUNDING), (address, line, again)
