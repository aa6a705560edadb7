"""The surroundings of a project as people read them in a terminal."""

from __future__ import annotations

import sys

from rich.text import Text

from stamm.app.surroundings import Finding, Looking, blocks
from stamm.cli import printing
from stamm.cli.session import Session


def print_surroundings(say: Session) -> int:
    """All findings in blocks; how many of them need something done."""
    ill = 0
    for place, (title, findings) in enumerate(blocks(Looking(say.directory, say.language))):
        say.heading(title)
        made = printing.table("", "", "")
        made.show_header = False
        for finding in [*findings, *([_terminal(say)] if place == 0 else [])]:
            text = Text(finding.remedy or finding.meaning, style="bad" if finding.remedy else "quiet")
            made.add_row(finding.what, finding.value, text)
            ill += bool(finding.remedy)
        say.out.show(made)
    say.out.print()
    if ill:
        say.out.print(say("To be done: {count}", count=ill), style="bad")
    else:
        say.out.print(say("Nothing is wrong."), style="good")
    return ill


def _terminal(say: Session) -> Finding:
    encoding = sys.stdout.encoding or ""
    wrong = encoding.lower().replace("-", "") != "utf8"
    remedy = say("Set the environment variable PYTHONUTF8=1, else trends and umlauts may not show.")
    return Finding(say("terminal"), encoding, remedy=remedy if wrong else "")
