"""Every text of the report is there in both languages, whether it was said in this run or not."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import stamm
from stamm.answers import Answers
from stamm.lang.language import Language
from stamm.reports.readers import READERS
from tests.reports import shops
from tests.reports.page_reader import Page

SOURCE = Path(stamm.__file__).parent
#: the same in both languages
SAME = {"Auto", "Definition", "Wilson", "{cohort}, {unit} {number}", "{left} minus {right}", "{left} plus {right}"}


def written() -> set[str]:
    """Texts given to a language in the code and the pages of the report."""
    found = set()
    for file in [*(SOURCE / "reports").glob("*.py"), *(SOURCE / "charts").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in ("say", "language"):
                    found.add(str(node.args[0].value))
    for file in (SOURCE / "reports" / "pages").glob("*.j2"):
        text = file.read_text(encoding="utf-8")
        found |= {match[1] or match[2] for match in re.finditer(r"""\bsay\((?:"([^"]+)"|'([^']+)')""", text)}
        assert len(re.findall(r"\bsay\(", text)) == len(re.findall(r"""\bsay\(["']""", text))
    return found


def test_every_text_has_a_german_one() -> None:
    german = Language("de")
    assert len(written()) > 100
    assert sorted(text for text in written() - SAME if german(text) == text) == []


def test_pages_hold_no_text_of_their_own() -> None:
    """What stands between tags comes out of a language or out of the numbers."""
    for file in (SOURCE / "reports" / "pages").glob("*.j2"):
        text = re.sub(r"\{[{%#].*?[}%#]\}", "", file.read_text(encoding="utf-8"))
        between = re.findall(r">([^<]+)<", text)
        words = {word for piece in between for word in re.findall(r"[A-Za-z]{2,}", piece)}
        commands = {"stamm", "import", "orders", "csv", "report", "complete", "journey", "for", "analyst"}
        assert words <= {"Stamm", *commands}, file.name


@pytest.mark.parametrize("empty", [pytest.param(False, marks=pytest.mark.long), True])
def test_a_german_page_says_nothing_in_english(empty: bool) -> None:
    pages = [shops.report(Answers(shops.world({}, None)), "de")] if empty else [shops.page("de", r) for r in READERS]
    read = Page("".join(pages))
    words = Counter(re.findall(r"[a-z]+", " ".join(str(element["text"]) for element in read.all("main")).lower()))
    words -= Counter(re.findall(r"[a-z]+", " ".join(read.texts("code")).lower()))
    english = {"the", "of", "and", "customers", "than", "points", "value", "against", "this", "far", "no", "with", "is"}
    assert english.intersection(words) == set()
