"""Reads a page the way a browser would, as far as the tests need it."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "path", "circle", "line"}


class Page(HTMLParser):
    """Elements in order: tag, attributes, text inside, and the tags and ids they lie in."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[dict[str, object]] = []
        self._open: list[dict[str, object]] = []
        self.unclosed: list[str] = []
        self.feed(html)
        self.close()
        self.unclosed += [str(element["tag"]) for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = [str(element["tag"]) for element in self._open]
        element: dict[str, object] = {"tag": tag, "attrs": dict(attrs), "text": "", "inside": inside}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1]["tag"] != tag:
            self.unclosed.append(tag)
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element["text"] = str(element["text"]) + data

    def all(self, tag: str, **wanted: str) -> list[dict[str, object]]:
        """Elements of a tag with these attributes; `cls` is one of the classes."""
        return [element for element in self.elements if element["tag"] == tag and _has(element, wanted)]

    def texts(self, tag: str, **wanted: str) -> list[str]:
        """Their texts, white space collapsed (no-break spaces kept)."""
        return [collapsed(str(element["text"])) for element in self.all(tag, **wanted)]


def collapsed(text: str) -> str:
    return " ".join(part for part in text.replace("\n", " ").split(" ") if part)


def attribute(element: dict[str, object], name: str) -> str:
    attributes = element["attrs"]
    assert isinstance(attributes, dict)
    return str(attributes.get(name) or "")


def _has(element: dict[str, object], wanted: dict[str, str]) -> bool:
    for name, value in wanted.items():
        if name == "cls":
            if value not in attribute(element, "class").split():
                return False
        elif attribute(element, name) != value:
            return False
    return True
