"""What a refresh says: progress while it runs, and afterwards what was made and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from stamm.app.retelling import told
from stamm.cli import printing
from stamm.cli.session import Session
from stamm.cli.taking_in import print_report
from stamm.facts import FACTS

if TYPE_CHECKING:
    from stamm.app.doing import Stumbled, Unreachable
    from stamm.app.projecting import Projected
    from stamm.app.refreshing import Progress as Told
    from stamm.app.refreshing import Refreshed
    from stamm.app.rounds import Delayed
    from stamm.app.watching import Watched


@contextmanager
def progress(say: Session) -> Iterator[Told | None]:
    """One bar on a screen; nothing in a pipe."""
    if not say.err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=say.err, transient=True) as bars:
        task = bars.add_task("", total=None, visible=False)

        def told(fact: str, month: str | None, done: int, whole: int) -> None:
            name = " ".join(filter(None, (FACTS[fact].title(say.language.code), month)))
            bars.update(task, description=name, completed=done, total=whole, visible=done < whole)

        yield told


def waiting(say: Session) -> Callable[[int | None], None]:
    """Says, once, that another process keeps facts current just now."""

    def told(owner: int | None) -> None:
        who = say("process {number}", number=owner) if owner else say("another process")
        say.err.print(say("Waiting for {who}, which keeps facts current just now ...", who=who), style="quiet")

    return told


def print_refreshed(done: Refreshed, say: Session) -> None:
    """A line for each fact: files made whole, files of which only what changed was made, files left as they are.

    A fact of which nothing is known has no files, and no line.
    """
    number = say.language.number
    if not done.made:
        print_round(done, say)
        return
    headings = ("fact", "made whole", "made in part", "changed days", "left as it is")
    made = printing.table(*(say(heading) for heading in headings), right=range(1, 5))
    for fact, current in done.current.items():
        new = [each for each in done.made if each.fact == fact]
        days = [each.days for each in new if each.days is not None]
        part = len(days) + sum(each.customers is not None for each in new)
        counts = (len(new) - part, part, sum(days), current)
        if any(counts):
            made.add_row(FACTS[fact].title(say.language.code), *(number(count) for count in counts))
    say.out.show(made)
    print_round(done, say)


def print_round(done: Refreshed, say: Session) -> None:
    """One line on what is current now."""
    number = say.language.number
    text = say("Current as of snapshot {snapshot}.", snapshot=number(done.snapshot))
    if done.made:
        text = say.language.counted(
            len(done.made),
            "{count} file made; current as of snapshot {snapshot}.",
            "{count} files made; current as of snapshot {snapshot}.",
            snapshot=number(done.snapshot),
        )
    say.out.print(text)


def print_projected(done: Projected, say: Session) -> None:
    """One line on what was taken out of the log, and one on what of it is no fact."""
    number = say.language.number
    if done.messages:
        text = say(
            "Messages taken in: {messages}; facts: {rows}; snapshot {snapshot}.",
            messages=number(done.messages - done.failed),
            rows=number(done.rows.total()),
            snapshot=number(done.snapshot or 0),
        )
        say.out.print(text)
    if done.failed:
        say.out.print(
            say("Messages that are no facts: {messages}; `stamm failed` says why.", messages=number(done.failed))
        )


def print_stumbled(done: Stumbled, say: Session) -> None:
    """One line on a job that came to nothing."""
    text = say("Job {number} came to nothing ({why}); `stamm jobs` says more.", number=done.job, why=done.error)
    say.err.print(text, style="quiet")


def print_delayed(done: Delayed | Unreachable, say: Session) -> None:
    """One line on what has to pass before it goes on."""
    say.err.print(say("It is tried again shortly: {why}", why=told(done.error, say.language)))


def print_watched(done: Watched, say: Session) -> None:
    """What came in out of one file of the folder watched, or why it did not."""
    if done.report is not None:
        print_report(done.report, say)
    elif done.error is not None:
        say.err.print(say("Not taken in: {error}", error=told(done.error, say.language)), style="quiet")
