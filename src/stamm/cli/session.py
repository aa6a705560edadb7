"""One call of the command line: who reads it, where the project lies, what is printed on."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.theme import Theme

from stamm.lang.language import CODES, Language

if TYPE_CHECKING:
    from stamm.app.project import Project
    from stamm.lang.registry import Registry
    from stamm.metrics import Metric

#: wide enough that nothing is folded where no person looks at a screen
PLAIN_WIDTH = 20_000
#: controls steer a terminal, so what stands in a file or its name shows them as a sign of their own
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")
_THEME = Theme(
    {
        "title": "bold",
        "name": "cyan",
        "quiet": "dim",
        "strong": "bold",
        "unfinished": "italic dim",
        "error": "bold red",
        "good": "green",
        "bad": "red",
        "progress.percentage": "default",
        "progress.remaining": "default",
        "progress.data.speed": "default",
        "bar.complete": "cyan",
        "bar.finished": "cyan",
    },
)


class Screen(Console):
    """A console that prints texts as they are: no markup, no guessing of numbers, no folding in a pipe."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, highlight=False, emoji=False, theme=_THEME)
        if not self.is_terminal:
            # In a pipe nobody sees colours, and a line is a line.
            self.no_color = True
            self._color_system = None
            self.width = int(os.environ["COLUMNS"]) if os.environ.get("COLUMNS", "").isdigit() else PLAIN_WIDTH

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is to be written; only the console itself may steer the terminal, no text."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else text.translate(_CONTROLS), style, control)

    def on_broken_pipe(self) -> None:
        """Whoever read the pipe has had enough; that is no error of ours."""
        raise BrokenPipeError

    def show(self, table: Table) -> None:
        """A table; in a pipe without the blanks that fill its last column."""
        if self.is_terminal:
            self.print(table)
            return
        with self.capture() as captured:
            self.print(table)
        for line in captured.get().splitlines():
            self.plain(line.rstrip())

    def plain(self, text: str = "", style: str = "") -> None:
        """One line exactly as it is, however narrow the screen."""
        self.print(text, style=style or None, soft_wrap=True)


@dataclass
class Session:
    """What every command is given."""

    directory: Path
    language: Language
    debug: bool = False
    #: the language asked for with --language, or nothing
    asked_language: str = ""

    def __post_init__(self) -> None:
        self.out, self.err = Screen(), Screen(stderr=True)

    def __call__(self, text: str, **values: object) -> str:
        """The text in the reader's language."""
        return self.language(text, **values)

    @property
    def project(self) -> Project:
        """The project named; raises ProjectError where there is none."""
        from stamm.app.project import Project

        project = Project.open(self.directory)
        if project.has_erased:
            from stamm.app.leaving.erasing import finish_begun

            finish_begun(project)
        return project

    @property
    def metrics(self) -> Registry[Metric]:
        """What can be asked by its key: in a project its own metrics, too."""
        from stamm.metrics import METRICS

        return self.project.metrics if (self.directory / "stamm.toml").is_file() else METRICS

    def heading(self, text: str) -> None:
        """The title of a block, set off by an empty line."""
        self.out.print()
        self.out.print(text, style="title")


def begin(arguments: Sequence[str]) -> Session:
    """The session that the arguments ask for, wherever among them its options stand.

    Help and errors are in the reader's language too, so this is known before anything is parsed.
    """
    directory = Path(_value(arguments, "--project") or ".")
    wish = _value(arguments, "--language")
    language = Language.chosen(wish if wish in CODES else None, _language_of(directory))
    asked = wish if wish in CODES else ""
    return Session(directory, language, debug="--debug" in arguments, asked_language=asked or "")


def current() -> Session:
    """The session of the command that is running."""
    session = click.get_current_context().find_object(Session)
    assert session is not None  # the group makes one before anything else
    return session


def _value(arguments: Sequence[str], option: str) -> str | None:
    """The last value given to an option, before anything was parsed."""
    found = None
    for place, word in enumerate(arguments):
        if word == "--":
            break
        if word.startswith(option + "="):
            found = word.partition("=")[2]
        elif word == option and place + 1 < len(arguments):
            found = arguments[place + 1]
    return found


def _language_of(directory: Path) -> str | None:
    """The language in stamm.toml, where there is one to be read; what is wrong with the file is said later."""
    try:
        settings: dict[str, Any] = tomllib.loads((directory / "stamm.toml").read_text(encoding="utf-8"))
        language = settings["organisation"]["language"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return language if language in CODES else None
