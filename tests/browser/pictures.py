"""The pictures of the pages in docs/pictures: which there are, and how they are taken."""

from __future__ import annotations

import base64
import csv
import time
from dataclasses import dataclass
from pathlib import Path

from tests.browser.chromium import Tab
from tests.browser.served import Served

TABLE = Path(__file__).with_name("pictures.csv")
DOCS = Path(__file__).parents[2] / "docs"
FOLDER, PAGE = DOCS / "pictures", DOCS / "pages.md"
#: a desk in English by day, a telephone in German by night: language, theme, width, most height
LOOKS = {"wide": ("en", "light", 1440, 1400), "narrow": ("de", "dark", 390, 1200)}
#: nothing is being counted, and nothing is still to come
WHOLE = "!document.querySelector('[aria-busy=true], .htmx-request') && document.readyState === 'complete'"
QUALITY = 70
#: fifths of a second that a page may take, and that it has to be whole
PATIENCE, STILL = 900, 4


@dataclass(frozen=True)
class Picture:
    """A page that has its pictures, and who looks at it."""

    name: str
    role: str
    path: str

    def files(self, folder: Path = FOLDER) -> dict[str, Path]:
        """Where its pictures lie, by how they look."""
        return {look: folder / f"{self.name}-{look}.webp" for look in LOOKS}


def pictures() -> list[Picture]:
    """One a line of the table."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return [Picture(**row) for row in csv.DictReader(file)]


def whole(tab: Tab) -> None:
    """Waits until the page is, and stays so for a moment; a busy machine takes its time to count all of it."""
    still = 0
    for _ in range(PATIENCE):
        still = still + 1 if tab.eval(WHOLE) else 0
        if still == STILL:
            return
        time.sleep(0.2)
    raise AssertionError("a page is still being counted")


def take(tab: Tab, server: Served, picture: Picture, folder: Path) -> dict[str, Path]:
    """Writes the pictures of a page, each as soon as the page is whole."""
    files = picture.files(folder)
    for look, (language, theme, width, most) in LOOKS.items():
        server.sign_in(tab, picture.role, language)
        tab.open(server.address + picture.path, width, theme=theme)
        whole(tab)
        tab.resize(width, min(int(tab.eval("document.documentElement.scrollHeight")), most))
        whole(tab)
        taken = tab.call("Page.captureScreenshot", format="webp", quality=QUALITY)["data"]
        files[look].write_bytes(base64.b64decode(taken))
    return files
