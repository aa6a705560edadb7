"""stamm report: one page for a manager."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from stamm.cli.asking import day_named
from stamm.cli.session import current
from stamm.cli.speaking import command, option


@command(
    "report",
    step=8,
    about=(
        "Write the report: one HTML file that needs nothing else.",
        (
            "Headline numbers with their change and interval, trends, definitions side by side, how each number "
            "came about, and what the data lack. It opens in any browser, prints well, and asks no other host for "
            "anything."
        ),
    ),
    examples=(
        ("stamm report", "The report as report.html, in this folder"),
        ("stamm report -o november.html --until 2017-12-01 --language de", "Up to November, in German"),
    ),
)
@option("-o", "--output", default="report.html", metavar="FILE", help="The file to write (report.html).")
@option("--until", metavar="DAY", help="First day that no longer belongs to it; without it, as far as the data reach.")
@option("--for", "for_whom", default="", metavar="TEXT", help="Whom it is for; written at its head.")
def report(output: str, *, until: str | None, for_whom: str) -> None:
    """Write the page."""
    from stamm.answers import Answers
    from stamm.app.settings import write_whole
    from stamm.reports.retention_report import write_report

    say = current()
    file = Path(output)
    if not file.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(file.parent))
    last = day_named(until, "--until", say)
    project = say.project
    with say.err.status(say("Writing the report ...")):
        text = write_report(
            Answers(project.world()),
            organisation=project.organisation,
            language=say.language,
            until=last,
            for_whom=for_whom,
        )
        write_whole(file, text)
    say.out.plain(say("The report: {file}", file=file.resolve()))
