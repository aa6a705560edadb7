"""Every page stands in docs/pages.md with its pictures."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.pictures import FOLDER, PAGE, pictures

#: all pictures together, in bytes; a repository keeps each version of each
MOST = 3_700_000
#: pages that are no place in the navigation, and are shown, too
BESIDE = {"metric", "metric_customers", "search_page", "board", "customer"}


@pytest.mark.usefixtures("project")
def test_every_page_of_the_navigation_has_its_pictures() -> None:
    from django.urls import resolve

    from stamm.web.access import pages

    shown = {resolve(urlsplit(picture.path).path).url_name for picture in pictures()}
    assert {page.name for page in pages() if page.entry} | BESIDE <= shown


def test_the_pictures_are_there_and_shown_with_a_sentence() -> None:
    text = PAGE.read_text(encoding="utf-8")
    linked = re.findall(r"!\[[^\]]{10,}\]\(pictures/([\w-]+\.webp)\)", text)
    wanted = [file.name for picture in pictures() for file in picture.files().values()]
    assert sorted(linked) == sorted(wanted)
    assert sorted(file.name for file in FOLDER.iterdir()) == sorted(wanted)
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST
