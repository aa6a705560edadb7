"""How-to pages as something that runs: files to write, commands to run, output to compare.

A fence marked `console` holds commands (lines that begin with `$ `) and what they print; a line `...` in the output
stands for any lines, `...` within a line for anything. A fence right after the line `<!-- file: NAME -->` is written
to that file first, in UTF-8 or as `<!-- file: NAME in ENCODING -->` says. A fence marked `pycon` is a Python session;
all of a page's share their names.
"""

from __future__ import annotations

import doctest
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from stamm.cli.main import cli

FENCE = re.compile(
    r"(?:<!-- file: (?P<file>\S+)(?: in (?P<encoding>\S+))? -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)```\n",
    re.DOTALL,
)


@dataclass
class Step:
    """One command and what the page says it prints."""

    command: str
    shown: list[str] = field(default_factory=list)


@dataclass
class Block:
    """One fence: a file to write, commands, or a Python session."""

    file: str | None
    text: str
    steps: list[Step]
    is_session: bool = False
    encoding: str = "utf-8"


def blocks(page: str) -> Iterator[Block]:
    """The fences of a page that do something, in order."""
    for match in FENCE.finditer(page):
        if match["file"]:
            yield Block(match["file"], match["text"], [], encoding=match["encoding"] or "utf-8")
        elif match["kind"] == "console":
            yield Block(None, match["text"], list(_steps(match["text"])))
        elif match["kind"] == "pycon":
            yield Block(None, match["text"], [], is_session=True)


def _steps(text: str) -> Iterator[Step]:
    step: Step | None = None
    for line in text.splitlines():
        if line.startswith("$ "):
            if step:
                yield step
            step = Step(line[2:])
        elif step:
            step.shown.append(line)
    if step:
        yield step


def perform(command: str, folder: Path) -> list[str]:
    """What a command prints, its errors included, run in a folder."""
    words = shlex.split(command)
    if words[0] == "cat":
        return (folder / words[1]).read_text(encoding="utf-8").rstrip("\n").splitlines()
    assert words[0] == "stamm", command
    result = CliRunner().invoke(cli, words[1:], prog_name="stamm")
    return result.output.replace(str(folder), "~").rstrip("\n").splitlines()


def converse(session: str, names: dict[str, Any]) -> str:
    """What a Python session prints otherwise than the page says; nothing where it agrees. It adds to `names`."""
    test = doctest.DocTestParser().get_doctest(session, names, "page", None, 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    runner.run(test, out=told.append, clear_globs=False)
    names.update(test.globs)
    return "".join(told)


def agrees(shown: list[str], printed: list[str]) -> bool:
    """Whether the page shows what was printed; `...` stands for any lines."""
    parts = [re.escape(line).replace(r"\.\.\.", ".*") if line != "..." else None for line in shown]
    pattern = "".join("(?:.*\n)*?" if part is None else f"{part}\n" for part in parts)
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None
