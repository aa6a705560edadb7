"""What a widget is made of, before it is a page, a PDF or a picture: words, tables, and pictures as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from markupsafe import Markup

from stamm.reports.cards import Card
from stamm.reports.cohort_words import Heads
from stamm.reports.heat import Heat


@dataclass(frozen=True)
class Figured:
    """A number with its change, its interval and n, and its last windows as a small line."""

    block: ClassVar[str] = "figured"
    card: Card


@dataclass(frozen=True)
class Pictured:
    """A picture for each width; `banded` with intervals, `hatched` with unfinished windows, `axis` where not from 0."""

    block: ClassVar[str] = "pictured"
    charts: tuple[Markup, ...]
    banded: bool = False
    hatched: bool = False
    axis: str = ""
    curves: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its text, whether it is a number, and a picture in its place."""

    text: str
    counted: bool = False
    drawn: Markup = field(default_factory=Markup)


@dataclass(frozen=True)
class Line:
    """A row of a table; `note` stands below its head, `why` in place of its cells."""

    head: str
    cells: tuple[Cell, ...] = ()
    note: str = ""
    why: str = ""


@dataclass(frozen=True)
class Tabled:
    """A table, and sentences below it. A head says whether numbers stand below it."""

    block: ClassVar[str] = "tabled"
    heads: tuple[tuple[str, bool], ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heated:
    """A table of cohorts, its cells coloured by a ramp."""

    block: ClassVar[str] = "heated"
    heat: Heat
    heads: Heads


@dataclass(frozen=True)
class Written:
    """Paragraphs, each of lines."""

    block: ClassVar[str] = "written"
    paragraphs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Aimed:
    """How far a goal is: in words, as a bar with the words at its ends, and whether it is ahead and will be reached."""

    block: ClassVar[str] = "aimed"
    line: str
    bar: Markup
    axis: tuple[str, str] | None
    pace: str
    looks: str
    forecast: str


@dataclass(frozen=True)
class Unknown:
    """Why there is nothing to show, in words."""

    block: ClassVar[str] = "unknown"
    why: str


Block = Figured | Pictured | Tabled | Heated | Written | Aimed | Unknown


@dataclass(frozen=True)
class Drawn:
    """One widget: its title, what it says of its windows, what it is made of, and where it leads.

    `metric` is the key of the metric whose page shows more, `analysis` that of the analysis, `goal` the number of the
    goal; all may be empty.
    """

    title: str
    about: str
    blocks: Sequence[Block]
    metric: str = ""
    #: what the address of the page of the metric or analysis says of the same question; empty where there is none
    address: str = ""
    analysis: str = ""
    goal: int = 0
    #: the window that it speaks of, as an address names it
    window: str = ""
    #: whether all of it, some of it, or nothing was made and not measured
    simulated: bool = False
