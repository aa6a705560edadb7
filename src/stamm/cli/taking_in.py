"""What an import says and settles: assumptions of a data set, progress, the summary, the lapse it suggests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from stamm.app.project import Project
from stamm.app.retelling import retell
from stamm.app.settings import SETTINGS
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.facts import imported
from stamm.sources import SOURCES, Source

if TYPE_CHECKING:
    from rich.progress import Task
    from rich.table import Table

    from stamm.app.importing import ImportReport
    from stamm.app.importing import Progress as Told


# -- what a data set assumes ---------------------------------------------------------------------------------
def assume(project: Project, what: Sequence[str], say: Session, *, dry: bool = False) -> Project:
    """The project with the settings that fit a data set, where no facts are there yet; what is set is told.

    In a `dry` run nothing is written.
    """
    found = [source for word in what for source in _recognising(word) if source.assumes]
    if not found or project.lake().snapshot().kinds():
        return project
    organisation = project.organisation
    for source in found:
        text = say("{name} fits these settings, so they are set:", name=source.title(say.language.code))
        if dry:
            text = say("{name} fits these settings, so they would be set:", name=source.title(say.language.code))
        say.out.print(text)
        for assumption in source.assumes:
            setting: dict[str, Any] = {assumption.setting: assumption.value}
            organisation = replace(organisation, **setting)
            reason = assumption.reason_de if say.language.code == "de" else assumption.reason
            say.out.print(f"- {say(_SETTING_NAMES[assumption.setting])}: {assumption.value} ({reason})")
    if organisation == project.organisation:
        return project
    return project.with_settings(organisation) if dry else project.rewrite(organisation)


_SETTING_NAMES = {"zone": "time zone", "currency": "currency", "history": "history"}


def _recognising(word: str) -> Iterator[Source]:
    yield from (source for source in (kind() for kind in SOURCES) if source.recognises(word))


# -- while it runs -------------------------------------------------------------------------------------------
class _Rate(ProgressColumn):
    """Rows a second."""

    def __init__(self, say: Session) -> None:
        super().__init__()
        self._say = say

    def render(self, task: Task) -> Text:
        rows = int(task.fields.get("rows", 0))
        count = self._say.language.counted(rows, "{count} row", "{count} rows")
        if not task.elapsed:
            return Text(count)
        rate = self._say.language.number(rows / task.elapsed)
        return Text(f"{count}, {self._say('{rate} a second', rate=rate)}")


@contextmanager
def progress(say: Session) -> Iterator[Told | None]:
    """A bar for each file on a screen; nothing in a pipe."""
    if not say.err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f}%"),
        _Rate(say),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=say.err, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def told(name: str, rows: int, done: int, whole: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=whole or None)
            bars.update(tasks[name], completed=done, total=whole or None, rows=rows)

        yield told


def waiting(say: Session) -> Callable[[int | None], None]:
    """Says, once, that another process is writing."""

    def told(owner: int | None) -> None:
        who = say("process {number}", number=owner) if owner else say("another process")
        say.err.print(say("Waiting for {who}, which is writing just now ...", who=who), style="quiet")

    return told


# -- afterwards ----------------------------------------------------------------------------------------------
def print_report(report: ImportReport, say: Session) -> None:
    """What came in, what was set aside and why, and where that lies."""
    print_counts(report, say)
    if report.rejected:
        print_reasons(report, say)
        say.out.plain(say("Each with its file, line and column: {place}", place=report.rejects))
        say.out.print(
            say("Correct them and import the file again; what came in already stays as it is."), style="quiet"
        )


def print_counts(report: ImportReport, say: Session) -> None:
    """A line for each file and fact, and what is to be said about the files."""
    number = say.language.number
    if report.rows:
        say.out.show(_counts(report, say))
    for known in report.known:
        day = say.language.day(datetime.fromisoformat(known.at).date())
        text = say("{file} was taken in before, on {day}: nothing to do.", file=known.file, day=day)
        say.out.print(text)
    for row in report.rows:
        if row.together:
            rows, made = row.read - row.left_out, row.read - row.left_out - row.together
            text = say.language.counted(
                rows,
                "{file}: {count} row became {made} {fact}.",
                "{file}: {count} rows became {made} {fact}.",
                file=row.file,
                fact=fact_in_words(row.fact, say),
                made=number(made),
            )
            say.out.print(text)
    for file, remarks in report.remarks.items():
        for remark in remarks:
            say.out.print(f"{file}: {retell(remark, say.language)}", style="quiet")
    for row in report.rows:
        if row.waiting:
            text = say.language.counted(
                row.waiting,
                "{file}: {count} row waits for the rest of its columns.",
                "{file}: {count} rows wait for the rest of their columns.",
                file=row.file,
            )
            say.out.print(text)
    if report.others:
        say.out.print(say("Not taken for facts: {files}", files=", ".join(report.others)), style="quiet")


def fact_in_words(kind: str, say: Session) -> str:
    """A fact kind within a sentence: order lines, in German Bestellzeilen."""
    return imported()[kind].de if say.language.code == "de" else kind.replace("_", " ")


def _counts(report: ImportReport, say: Session) -> Table:
    """The table of counts; rows left out have their column where there are some."""
    left_out = any(row.left_out for row in report.rows)
    headings = ["file", "fact", "read", *["left out"] * left_out, "new", "changed", "unchanged", "rejected"]
    made = printing.table(*(say(heading) for heading in headings), right=range(2, len(headings)))
    for row in report.rows:
        counts = [row.read, *[row.left_out] * left_out, row.new, row.changed, row.unchanged + row.older, row.rejected]
        made.add_row(row.file, fact_in_words(row.fact, say), *(say.language.number(count) for count in counts))
    return made


def print_reasons(report: ImportReport, say: Session) -> None:
    """How many rows were set aside for which reason."""
    number = say.language.number
    say.heading(say.language.counted(report.rejected, "Set aside: {count} row", "Set aside: {count} rows"))
    made = printing.table(say("reason"), say("rows"), right=(1,))
    for reason, count in report.reasons.items():
        made.add_row(retell(reason, say.language), number(count))
    say.out.show(made)
    if sum(row.rejected for row in report.rows) > report.rejected:
        text = say("A row of which several facts are made is counted once here, and above with each of them.")
        say.out.print(text, style="quiet")


def has_any(project: Project, kind: str) -> bool:
    """Whether any facts of a kind were taken in so far."""
    return project.lake().snapshot().rows(kind) > 0


def _gone_after(days: int, reason: str, say: Session) -> str:
    return say.language.counted(
        days,
        "After {count} day without an order: {reason}.",
        "After {count} days without an order: {reason}.",
        reason=reason,
    )


def choose_rule(project: Project, say: Session) -> Project:
    """Write that who pays for a subscription is a customer, where there is nothing else and nobody has chosen; told."""
    from stamm.app.settling import settle_rule

    chosen, changed = settle_rule(project)
    if changed:
        say.heading(say("Who is a customer?"))
        say.out.print(say("Whoever pays for a subscription: there are subscriptions, and no orders."))
        say.out.print(say("This is now in {file}; change it there if you know better.", file=SETTINGS), style="quiet")
    return chosen


def choose_lapse(project: Project, say: Session, *, first: bool) -> Project:
    """Write the lapse that the gaps between orders suggest, where nobody has chosen one yet; told.

    That they suggest nothing is said after the first orders only.
    """
    from stamm.app.proposal import ENOUGH
    from stamm.app.settling import settle_lapse

    with say.err.status(say("Looking at the time between orders ...")):
        chosen, proposal = settle_lapse(project)
    if proposal is None or (proposal.gaps < ENOUGH and not first):
        return project
    say.heading(say("When is a customer gone?"))
    say.out.print(_gone_after(proposal.lapse_days, proposal.reasons[say.language.code], say))
    if chosen is not project:
        say.out.print(say("This is now in {file}; change it there if you know better.", file=SETTINGS), style="quiet")
    return chosen


def print_next(project: Project, say: Session) -> None:
    """What one does after an import."""
    say.heading(say("Next"))
    there = "" if str(project.directory) == "." else f" --project {project.directory}"
    say.out.plain(f"stamm{there} check")
    say.out.plain(f"stamm{there} metric customer_retention_rate")
    say.out.plain(f"stamm{there} report")
