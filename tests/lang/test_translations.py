"""Every text a reader meets is there in German, and nothing is translated that nobody says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

import stamm

SOURCE = Path(stamm.__file__).parent
FORM = "{0}"
SPEAKERS = {"language", "say", "speak"}
PACKAGES = sorted(path.name for path in SOURCE.iterdir() if (path / "__init__.py").is_file())
#: words that are the same in both languages
SAME = {"Code", "Wilson", "Name", "Details", "Links"}


def messages() -> list[Message]:
    found = []
    for file in sorted((SOURCE / "lang" / "locale" / "de").glob("*.po")):
        with file.open("rb") as handle:
            found += [message for message in read_po(handle, locale="de") if message.id]
    return found


def trees(package: str = "") -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted((SOURCE / package).rglob("*.py")):
        yield file, ast.parse(file.read_text(encoding="utf-8"))


def texts_in(call: ast.Call, file: Path) -> list[ast.expr]:
    """What a call says: its first argument, or of something counted the text for one and that for several."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "counted":
        return call.args[1:3]
    return call.args[:1] if speaks(call, file) else []


def speaks(call: ast.Call, file: Path) -> bool:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    return name in SPEAKERS or (name == "self" and file.name == "language.py")


def said(package: str) -> dict[str, str]:
    """Literal texts given to a language, with the place of one call."""
    found = {}
    for file, tree in trees(package):
        for node in ast.walk(tree):
            for text in texts_in(node, file) if isinstance(node, ast.Call) else ():
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found[text.value] = f"{file.relative_to(SOURCE)}:{node.lineno}"
    return found


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_the_scan_finds_calls() -> None:
    assert "no value" in said("lang")
    assert {"{count} row", "{count} rows"} <= said("cli").keys()
    assert "a longer silence would leave too little of the data to measure" in said("app")


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_is_translated(package: str) -> None:
    known = {str(message.id) for message in messages() if message.string and not message.fuzzy} | SAME
    missing = {text: place for text, place in said(package).items() if text not in known}
    assert missing == {}


def test_no_translation_is_unused() -> None:
    """Texts with `{0}` are those of errors, recognised by their form; the others stand somewhere as they are."""
    literals = [
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    pages = [file.read_text(encoding="utf-8") for file in (*SOURCE.rglob("*.j2"), *SOURCE.rglob("*.html"))]
    said_somewhere = " ".join(" | ".join((*literals, *pages)).split())
    plain = [str(message.id) for message in messages() if FORM not in str(message.id)]
    assert sorted(text for text in plain if " ".join(text.split()) not in said_somewhere) == []


def test_no_translation_is_fuzzy_empty_or_given_twice_differently() -> None:
    assert [str(message.id) for message in messages() if message.fuzzy or not message.string] == []
    found: dict[str, str] = {}
    twice = [m for m in messages() if found.setdefault(str(m.id), str(m.string)) != str(m.string)]
    assert [str(message.id) for message in twice] == []


def test_placeholders_are_the_same_in_both() -> None:
    """The text of an error may do without one of its words, but none has a word that the other does not."""
    plain = [m for m in messages() if FORM not in str(m.id)]
    assert {str(m.id): str(m.string) for m in plain if places(str(m.id)) != places(str(m.string))} == {}
    forms = [m for m in messages() if FORM in str(m.id)]
    assert {str(m.id): str(m.string) for m in forms if not set(places(str(m.string))) <= set(places(str(m.id)))} == {}
