"""One Chromium for all tests of pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stamm.answers import Answers
from stamm.lang.language import CODES
from stamm.reports.readers import READERS
from tests.browser import chromium
from tests.reports import shops


@pytest.fixture(scope="session")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[chromium.Tab]:
    path = chromium.found()
    if path is None:
        pytest.skip("there is no Chromium; `make system` installs it")
    with chromium.browser(path, tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report for both readers in both languages, and the page that says there is nothing yet."""
    folder = tmp_path_factory.mktemp("pages")
    made = {f"{reader}-{code}": shops.page(code, reader) for reader in READERS for code in CODES}
    made["empty"] = shops.report(Answers(shops.world({}, None)), "de")
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}
