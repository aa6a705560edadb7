"""Every number of the analyst's report is the one that the command beside it prints."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from stamm.cli.main import cli
from stamm.lang.language import Language
from stamm.metrics import METRICS
from tests.reports.page_reader import Page, attribute, collapsed

SAY = Language("en")


@pytest.fixture(scope="module")
def text(shop_once: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The analyst's report on the shop."""
    file = tmp_path_factory.mktemp("report") / "page.html"
    words = ["report", "--for", "analyst", "--project", str(shop_once), "-o", str(file), "--language", "en"]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    return re.sub(r"</?data\b[^>]*>", "", file.read_text(encoding="utf-8"))  # what machines read beside each number


def command(html: str) -> list[str]:
    """The first command in a piece of a page, without its first word."""
    (found, *_) = Page(html).all("pre", cls="command")
    program, *words = shlex.split(str(found["text"]).replace("\\", " "))
    assert program == "stamm"
    return words


def section(text: str, key: str) -> str:
    return text[text.index(f'id="{key}"') :].partition("</section>")[0]


def test_every_headline_number_by_month(run, shop_once: Path, text: str) -> None:
    chapters = [attribute(chapter, "id") for chapter in Page(text).all("section", cls="chapter")]
    keys = [key for key in chapters if key in {metric.key for metric in METRICS}]  # the others are analyses
    assert len(keys) == 8
    for key in keys:
        chapter = section(text, key)
        answer = json.loads(run(*command(chapter), "--format", "json", "--project", shop_once).stdout)
        values = [row["value"] for row in reversed(answer["rows"])]
        expected = [SAY.value(value, METRICS[key].unit, "EUR") for value in values]
        shown = re.findall(r'<tr><th scope="row">\w+ \d{4}.*?</th><td class="[^"]*"[^>]*>(.*?)(?::.*?)?</td>', chapter)
        assert [value.removesuffix(" so far") for value in shown] == expected, key


def test_the_ledger(run, shop_once: Path, text: str) -> None:
    found = section(text, "changed")
    answer = json.loads(run(*command(found), "--format", "json", "--project", shop_once).stdout)
    signs = {"start": 1, "lost": -1, "new": 1, "back": 1, "end": 1}
    expected = [[sign * row["parts"][name] for name, sign in signs.items()] for row in reversed(answer["rows"])]
    rows = re.findall(r'<tr><th scope="row">.*?</th>((?:<td class="n">[^<]*</td>){5})</tr>', found)
    assert [[int(n.replace("−", "-")) for n in re.findall(r'"n">([^<]*)<', row)] for row in rows] == expected


@pytest.mark.parametrize("place", [0, 1])
def test_the_cohorts(run, shop_once: Path, text: str, place: int) -> None:
    found = text.partition('id="cohorts"')[2].partition('id="definitions"')[0]
    table = found.split('<table class="heat')[place + 1].partition("</table>")[0]
    commands = [part for part in found.split("<pre") if "analyse retention_table" in part]
    words = command("<pre" + commands[place].partition("</pre>")[0] + "</pre>")
    answer = json.loads(run(*words, "--format", "json", "--project", shop_once).stdout)
    shown = re.findall(r'<td class="(?:h\d|none)"><span>(?:<span class="sr">.*?</span>)?(.*?)</span></td>', table)
    last = max(cell["period"] for cell in answer["rows"] if cell["value"] is not None)
    cells = [cell for cell in (*answer["rows"], *answer["pooled"]) if 1 <= cell["period"] <= last]
    factor, digits = ((100.0, 1), (0.01, 2))[place]
    assert shown == ["" if c["value"] is None else SAY.number(factor * c["value"], digits) for c in cells]
    assert len(shown) > 4


@pytest.mark.long
def test_the_definitions(run, shop_once: Path, text: str) -> None:
    found = section(text, "definitions")
    families = re.findall(r"<caption>.*?</pre>", found, re.DOTALL)
    assert len(families) >= 4
    for family in families:
        printed = run(*command(family), "--project", shop_once).stdout
        values = re.findall(r'<td role="cell" class="n number-of"><strong>(.*?)</strong>', family)
        assert values
        for value in values:
            assert value in printed.replace("\xa0", " ") or value in printed, (family[:60], value)
        for sentence in re.findall(r"<li>(.*?)[<.]", family):
            assert collapsed(sentence.partition(": ")[2]).rstrip(".") in printed
