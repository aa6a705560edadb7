"""stamm report: one file, for a manager or an analyst."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stamm.cli.asking import day_named, where_option
from stamm.cli.session import current
from stamm.cli.speaking import command, option
from stamm.reports.readers import READERS, Reader

if TYPE_CHECKING:
    from stamm.facts.filter import Filter


@command(
    "report",
    step=8,
    about=(
        "Write the report: one HTML file that needs nothing else.",
        (
            "For a manager: what changed, whether customers stay, who explains the differences between definitions, "
            "and what the data lack, on two or three printed pages. For an analyst everything: all metrics with "
            "workings, tables and intervals, cohorts in customers and revenue, and the command for each number. It "
            "opens in any browser, prints well, and asks no other host for anything."
        ),
    ),
    examples=(
        ("stamm report", "The report as report.html, in this folder"),
        ("stamm report --for analyst -o all.html", "Everything, and how to get each number again"),
        ("stamm report --where country=DE -o de.html", "Germany alone"),
        ("stamm report -o november.html --until 2017-12-01 --language de", "Up to November, in German"),
    ),
)
@option("-o", "--output", default="report.html", metavar="FILE", help="The file to write (report.html).")
@option("--until", metavar="DAY", help="First day that no longer belongs to it; without it, as far as the data reach.")
@option("--for", "reader", type=click.Choice(READERS), default="manager", help="Who reads it (manager).")
@where_option
@option("--note", default="", metavar="TEXT", help="A few words at its head, such as the occasion.")
def report(output: str, *, until: str | None, reader: Reader, where: Filter, note: str) -> None:
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
            reader=reader,
            until=last,
            note=note,
            where=where,
        )
        write_whole(file, text)
    say.out.plain(say("The report: {file}", file=file.resolve()))
