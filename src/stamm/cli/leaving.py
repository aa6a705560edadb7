"""What is said of people who leave: what would go, what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn

from stamm.cli import printing
from stamm.cli.session import Session
from stamm.facts import FACTS

if TYPE_CHECKING:
    from pathlib import Path

    from stamm.app.leaving.backing_up import BackedUp
    from stamm.app.leaving.erasing import Progress as Done
    from stamm.app.leaving.erasing import Told
    from stamm.app.leaving.exporting import Held
    from stamm.app.leaving.restoring import Restored


#: places where somebody has to look, each in a line
MOST_PLACES = 50


@contextmanager
def progress(say: Session) -> Iterator[Done | None]:
    """One bar on a screen; nothing in a pipe."""
    if not say.err.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TextColumn("{task.completed}/{task.total}"))
    with Progress(*columns, console=say.err, transient=True) as bars:
        task = bars.add_task("", total=None, visible=False)

        def told(what: str, done: int, whole: int) -> None:
            key = what.removesuffix("_history")
            name = _title(key, say) if key in FACTS else say("Looking through the data")
            bars.update(task, description=name, completed=done, total=whole, visible=done < whole)

        yield told


def _title(kind: str, say: Session) -> str:
    """A fact's name; events have a column `title`, so the class is not asked for its own."""
    return FACTS[kind].de if say.language.code == "de" else FACTS[kind].en


def print_would_go(told: Told, say: Session) -> None:
    """What an erasure would take away."""
    _print_rows(told, say)
    if told.cells:
        text = say("Cells in any row that name the customer: {count}", count=say.language.number(told.cells))
        say.out.print(text)
    if told.care:
        say.out.print(say("Notes, tasks and owners: {count}", count=say.language.number(told.care)))
    if told.sheets:
        say.out.print(say("Sheets of surveys: {count}", count=say.language.number(told.sheets)))
    if told.submissions:
        say.out.print(say("Sent by forms: {count}", count=say.language.number(told.submissions)))
    if told.ideas:
        text = say(
            "Links, ideas, votes and comments on boards of ideas: {count}", count=say.language.number(told.ideas)
        )
        say.out.print(text)
    if told.mails:
        say.out.print(say("Mails to them: {count}", count=say.language.number(told.mails)))
    if told.texts:
        text = say("Texts of boards and acts that name the customer: {count}", count=say.language.number(told.texts))
        say.out.print(text)
    if told.ambiguous:
        names = ", ".join(told.ambiguous)
        say.out.print(say("Too short, or somebody else's too, to be sought in rows of others: {names}", names=names))
    say.out.print(say("Older snapshots, what was derived, and answers given before would go, too."))
    _print_limits(told, say)


def print_gone(told: Told, say: Session) -> None:
    """What is gone: a record that names nobody."""
    assert told.at is not None  # it has been done
    number = say.language.number
    title = say(
        "Erased on {day}, reference {reference}", day=say.language.day(told.at.date()), reference=told.reference
    )
    say.out.print(title, style="title")
    _print_rows(told, say)
    counts = (
        (say("Cells in any row that named the customer"), told.cells),
        (say("Rows of the truth of a simulated world"), told.truth),
        (say("Messages that had arrived and were no facts yet"), told.arrived),
        (say("Rejected rows that named the customer"), told.rejects),
        (say("Exports of the customer's data"), told.exports),
        (say("Reports that named the customer"), told.reports),
        (say("Notes, tasks and owners"), told.care),
        (say("Sheets of surveys"), told.sheets),
        (say("Sent by forms"), told.submissions),
        (say("Links, ideas, votes and comments on boards of ideas"), told.ideas),
        (say("Mails to them"), told.mails),
        (say("Texts of boards and acts that named the customer"), told.texts),
        (say("Older snapshots"), told.snapshots),
        (say("Files of rows"), told.files),
        (say("Entries of tables' logs"), told.entries),
        (say("Files of what was derived, and answers"), told.kept),
    )
    gone = printing.table(say("gone"), say("how many"), right=(1,))
    for name, count in counts:
        if count:
            gone.add_row(name, number(count))
    say.out.print()
    say.out.show(gone)
    _print_limits(told, say)
    say.out.print()
    text = say(
        "Keep {file} with your backups: it knows again, and names to nobody, who was erased.", file="lake/erased.json"
    )
    say.out.print(text)


def _print_rows(told: Told, say: Session) -> None:
    rows = printing.table(say("fact"), say("rows that become nobody's"), say("superseded rows"), right=(1, 2))
    for kind in sorted({*told.rows, *told.superseded}):
        counts = (told.rows.get(kind, 0), told.superseded.get(kind, 0))
        rows.add_row(_title(kind, say), *(say.language.number(count) for count in counts))
    say.out.show(rows)


def _print_limits(told: Told, say: Session) -> None:
    """What erasing does not reach, by name."""
    for path in told.foreign:
        say.out.print(say("Not made by Stamm and left as it is, though it names the customer: {file}", file=path))
    for path in told.brought:
        text = say("Brought and not taken in, and names the customer or is no text: {file}", file=path)
        say.out.print(text)
    for place in told.standing[:MOST_PLACES]:
        where = place.told(say.language.code)
        say.out.print(say("May mean the customer or somebody else, and stays; look there: {place}", place=where))
    if len(told.standing) > MOST_PLACES:
        say.out.print(
            say("… and {count} more such places", count=say.language.number(len(told.standing) - MOST_PLACES))
        )
    for path in told.backups:
        say.out.print(say("A backup that still holds the customer: {file}", file=path))


def print_held(found: Held, place: Path, say: Session) -> None:
    """How much is held of a person, and where it was written."""
    rows = printing.table(say("fact"), say("rows"), say("superseded rows"), right=(1, 2))
    for kind in sorted({*found.rows, *found.superseded}):
        counts = (len(found.rows.get(kind, [])), len(found.superseded.get(kind, [])))
        rows.add_row(_title(kind, say), *(say.language.number(count) for count in counts))
    say.out.show(rows)
    say.out.plain(say("All that is held: {place}", place=place.resolve()))


def print_backed_up(done: BackedUp, say: Session) -> None:
    """What a backup holds, and what it does not."""
    number = say.language.number
    counts = {"snapshot": number(done.snapshot), "files": number(done.files), "size": number(done.size / 1e6, 1)}
    say.out.print(say("Snapshot {snapshot}: {files} files, {size} MB, written and read once more.", **counts))
    say.out.plain(say("The backup: {place}", place=done.place))
    if done.elsewhere:
        say.out.print(say("The log and the keys are in a database of their own and not in here; back it up as well."))


def print_restored(done: Restored, say: Session) -> None:
    """What came back, and what is still to be done."""
    number = say.language.number
    day = say.language.moment(done.made_at)
    text = say("Restored as of {day} (UTC): snapshot {snapshot}.", day=day, snapshot=number(done.snapshot))
    say.out.print(text, style="title")
    say.out.print(say("{files} files, each as it was written.", files=number(done.files)))
    if done.known:
        again = number(done.erased_again)
        say.out.print(
            say("Known as erased: {known}; of these taken out again: {again}.", known=number(done.known), again=again)
        )
    if not done.listed:
        say.out.print(
            say("Whoever was erased later is in here again: erase them once more, or give the list with --erased.")
        )
    say.out.print(say("This project sends nothing until `stamm release`."))
