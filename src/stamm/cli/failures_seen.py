"""What `stamm failed` says: counts, reasons, a message as it came."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stamm.app.failures import Reread, meaning
from stamm.cli import printing
from stamm.cli.session import Session

if TYPE_CHECKING:
    from stamm.app.failures import Failures
    from stamm.store.log import Failed

#: so many messages are listed
LISTED = 20


def print_failures(failures: Failures, say: Session) -> None:
    """Counts by source, reasons, and the first messages; no word of what is in them."""
    number = say.language.number
    made = printing.table(*map(say, ("source", "received", "accepted", "duplicate", "failed")), right=range(1, 5))
    for source, seen in sorted(failures.counters().items()):
        counts = (seen.received, seen.accepted, seen.duplicate, seen.failed)
        made.add_row(source, *(number(count) for count in counts))
    if not made.row_count:
        say.out.print(say("Nothing was received so far."))
        return
    say.out.show(made)
    reasons: Counter[str] = Counter()
    first: list[Failed] = []
    for failed in failures.all():
        reasons[failed.entry.reason] += 1
        if len(first) < LISTED:
            first.append(failed)
    if not reasons:
        return
    say.heading(say("Why"))
    made = printing.table(say("reason"), say("messages"), right=(1,))
    for reason, count in reasons.most_common():
        made.add_row(_why(reason, say), number(count))
    say.out.show(made)
    say.heading(say("The first of them"))
    made = printing.table(*map(say, ("number", "source", "received", "reason")), right=(0,))
    for failed in first:
        made.add_row(str(failed.number), failed.entry.source, _received(failed, say), _why(failed.entry.reason, say))
    say.out.show(made)


def print_message(failed: Failed, say: Session) -> None:
    """One message, byte for byte where it is text."""
    say.out.print(f"{failed.entry.source}, {_received(failed, say)}: {_why(failed.entry.reason, say)}", style="quiet")
    say.out.plain(failed.entry.body.decode("utf-8", "backslashreplace"))


def print_reread(done: Reread, say: Session) -> None:
    """What is a fact by now, and what is not."""
    number = say.language.number
    if done == Reread():
        say.out.print(say("No message has failed, so there is nothing to read again."))
    if done.put_back:
        say.out.print(say("Put back: {messages}; `stamm work` takes them in.", messages=number(done.put_back)))
    if done.duplicate:
        text = say("Came again in the meantime, so they are left out: {messages}.", messages=number(done.duplicate))
        say.out.print(text)
    for reason, count in done.still:
        say.out.print(say("Still no facts: {messages} ({reason}).", messages=number(count), reason=_why(reason, say)))


def _why(reason: str, say: Session) -> str:
    field, wrong = meaning(reason)
    return f"{field} {say(wrong)}".strip()


def _received(failed: Failed, say: Session) -> str:
    return say.language.moment(failed.entry.received_at.astimezone(ZoneInfo(say.project.organisation.zone)))
