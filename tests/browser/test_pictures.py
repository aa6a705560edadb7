"""Pictures of every page, taken of a simulated shop; `make pictures` puts them into docs/pictures."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.chromium import Tab
from tests.browser.pictures import pictures, take
from tests.browser.served import served
from tests.thorough import one_in
from tests.web.shop import everything


@pytest.mark.long
def test_every_page_has_its_picture_taken(tab: Tab, tmp_path: Path) -> None:
    make = os.environ.get("PICTURES", "")
    folder = Path(make or tmp_path / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    with served(tmp_path, everything(tmp_path)) as server:
        for picture in pictures() if make else one_in(6, pictures()):
            for file in take(tab, server, picture, folder).values():
                content = file.read_bytes()
                assert content[8:12] == b"WEBP", picture
                assert len(content) > 4_000, picture  # less is an empty page
            assert tab.eval("document.querySelector('.state.error')") is None, picture
