"""A letter: what a mail says, as HTML laid out by MJML, as plain text, and with its pictures and files.

All that is written in it is data: MJML knows no code, and each text is escaped where it enters. The HTML asks no host
for anything; its pictures travel along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

import mjml
from jinja2 import Environment, StrictUndefined, Template


@dataclass(frozen=True)
class Number:
    """A number: its name, what it is, what else is said of it, and where it leads (empty: nowhere)."""

    name: str
    value: str
    about: Sequence[str] = ()
    address: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture (PNG) that stands in the letter, and what it says to somebody who does not see it."""

    name: str
    png: bytes
    words: str


@dataclass(frozen=True)
class File:
    """A file that goes along."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Scale:
    """Points to answer with by one click, each with its address, and what the lowest and the highest mean."""

    points: Sequence[tuple[str, str]]
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class Letter:
    """All of it. `over` stands above the title; `button` is a text and an address; `foot` are lines below all.

    Where there is a `scale`, its points take the place of the button; plain text has the button alone.
    """

    language: str
    subject: str
    over: str = ""
    title: str = ""
    paragraphs: Sequence[str] = ()
    numbers: Sequence[Number] = ()
    pictures: Sequence[Picture] = ()
    button: tuple[str, str] | None = None
    foot: Sequence[tuple[str, str]] = ()
    files: Sequence[File] = field(default=(), repr=False)
    scale: Scale | None = None

    def html(self) -> str:
        """As HTML, its pictures by `cid:` and their names."""
        return str(mjml.mjml2html(_template().render(letter=self), disable_comments=True, fonts={}))

    def text(self) -> str:
        """As plain text."""
        numbers = [
            "\n".join(text for text in (f"{one.name}: {one.value}", *one.about, one.address) if text)
            for one in self.numbers
        ]
        head = "\n".join(text for text in (self.over, self.title) if text)
        button = [f"{self.button[0]}: {self.button[1]}"] if self.button else []
        foot = "\n".join(f"{words}: {address}" if address else words for words, address in self.foot)
        return "\n\n".join(text for text in (head, *self.paragraphs, *numbers, *button, f"-- \n{foot}") if text) + "\n"


@lru_cache
def _template() -> Template:
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return made.from_string(files("stamm.delivery").joinpath("letter.mjml.j2").read_text(encoding="utf-8"))
