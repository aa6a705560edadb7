"""The how-to pages do what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.docs.reading import Block, agrees, blocks, converse, perform

PAGES = sorted((Path(__file__).parent.parent.parent / "docs" / "how-to").glob("*.md"))
#: need a package, an engine or a server of their own: see test_added_metric.py; in tests/engines, test_spark_page.py
#: and postgres/test_how_to.py; in tests/ingest, test_how_to.py
ELSEWHERE = {
    "add-a-metric",
    "ask-over-http",
    "ask-with-an-assistant",
    "collect-events",
    "from-a-file-to-the-first-number",
    "postgresql",
    "sign-in",
    "spark",
}
#: tell of pages and of other programs' settings; nothing in them is typed
NOTHING_TYPED = {"behind-a-proxy", "boards", "ideas", "mail-to-customers", "remind-of-tickets"}
#: tried at every run, the others in the long one
FIRST = {"first-numbers", "import-your-orders", "when-rows-are-rejected", "erase-a-person"}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=() if page.stem in FIRST else pytest.mark.long, id=page.stem)
        for page in PAGES
        if page.stem not in ELSEWHERE | NOTHING_TYPED
    ],
)
def test_what_the_page_shows_is_what_is_printed(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES", "COLUMNS", "FORCE_COLOR", "TZ"):
        monkeypatch.delenv(name, raising=False)
    ran, names = 0, dict[str, Any]()
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.file:
            (tmp_path / block.file).parent.mkdir(exist_ok=True)
            (tmp_path / block.file).write_text(block.text, encoding=block.encoding)
        if block.is_session:
            ran += 1
            assert converse(block.text, names) == ""
        for step in block.steps:
            printed = perform(step.command, tmp_path)
            ran += 1
            assert agrees(step.shown, printed), f"{step.command} prints:\n" + "\n".join(printed)
    assert ran


def test_a_page_that_shows_something_else_is_found() -> None:
    page = "<!-- file: a.csv -->\n```csv\nx\n```\n\n```console\n$ cat a.csv\ny\n$ cat a.csv\n...\n```\n"
    write, run = blocks(page)
    assert (write.file, write.text, write.steps) == ("a.csv", "x\n", [])
    assert isinstance(run, Block)
    assert [step.command for step in run.steps] == ["cat a.csv", "cat a.csv"]
    assert not agrees(run.steps[0].shown, ["x"])
    assert agrees(run.steps[1].shown, ["x"])
    assert agrees(["a", "...", "c"], ["a", "b", "b", "c"])
    assert agrees(["on ...: done"], ["on Monday: done"])
    assert not agrees(["a", "..."], ["b"])
    assert converse(">>> 1 + 1\n2\n", {}) == ""
    assert "Got:" in converse(">>> 1 + 1\n3\n", {})


@pytest.mark.parametrize("name", sorted(NOTHING_TYPED))
def test_a_page_in_which_nothing_is_typed_has_no_session(name: str) -> None:
    (page,) = (page for page in PAGES if page.stem == name)
    assert list(blocks(page.read_text(encoding="utf-8"))) == []
