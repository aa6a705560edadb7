"""What `stamm identity` says: merges, devices, and what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from stamm.cli import printing
from stamm.cli.session import Session

if TYPE_CHECKING:
    from stamm.app.identifying import Changed, Identity, Span
    from stamm.app.projecting.persons import Merge

#: so many lines of a table are shown, the rest is counted
MOST = 50
#: so many people are named beside a device
NAMED = 5


def print_identity(identity: Identity, say: Session) -> None:
    """One customer or device."""
    if identity.customer is None:
        say.out.print(say("{name} is a device.", name=identity.asked), style="title")
    elif identity.customer != identity.asked:
        names = {"former": identity.asked, "customer": identity.customer}
        say.out.print(say("{former} is the customer {customer}.", **names), style="title")
    else:
        say.out.print(say("{name} is a customer.", name=identity.asked), style="title")
    if identity.merges:
        print_merges(identity.merges, say)
    if identity.is_circle:
        text = say(
            "These merges run in a circle: the oldest of it does not count, and {customer} stands for all.",
            customer=identity.customer,
        )
        say.out.print(text)
    if identity.spans:
        say.heading(say("Devices"))
        _print_spans(identity.spans, say)
    for device in identity.shared:
        text = say("{device} is used by several people; that makes nobody one person.", device=device)
        say.out.print(text)


def print_merges(merges: Sequence[Merge], say: Session) -> None:
    """Former ids and whose they are."""
    if not merges:
        say.out.print(say("No customers were merged."))
        return
    say.heading(say("Merged customers"))
    made = printing.table(say("former id"), say("customer"), say("since"))
    for merge in merges[:MOST]:
        made.add_row(merge.former, merge.customer, _moment(merge.linked_at, say))
    say.out.show(made)
    _print_more(len(merges), say)


def print_shared(spans: Sequence[Span], say: Session) -> None:
    """Devices of several people."""
    if not spans:
        say.out.print(say("No device is used by several people."))
        return
    say.heading(say("Devices of several people"))
    people: dict[str, dict[str, None]] = {}
    for span in spans:
        people.setdefault(span.device, {})[span.customer] = None
    made = printing.table(say("device"), say("people"), say("who"), right=(1,))
    for device, customers in list(people.items())[:MOST]:
        more = " ..." if len(customers) > NAMED else ""
        made.add_row(device, say.language.number(len(customers)), ", ".join(list(customers)[:NAMED]) + more)
    say.out.show(made)
    _print_more(len(people), say)
    say.out.print(say("Each has the device for a time; that makes nobody one person."), style="quiet")


def print_changed(changed: Changed, say: Session) -> None:
    """What a merge or its end has done."""
    number = say.language.number
    for device in changed.devices:
        say.out.print(say("What said whose the device {device} is was taken back.", device=device))
    rows = {"rows": number(changed.rows), "snapshot": number(changed.snapshot)}
    say.out.print(say("Rows that are somebody else's now: {rows}; snapshot {snapshot}.", **rows))


def _print_spans(spans: Sequence[Span], say: Session) -> None:
    made = printing.table(*(say(heading) for heading in ("device", "customer", "from", "until")))
    for span in spans[:MOST]:
        since = _moment(span.since_at, say) if span.since_at else say("the beginning")
        until = _moment(span.until_at, say) if span.until_at else ""
        made.add_row(span.device, span.customer, since, until)
    say.out.show(made)
    _print_more(len(spans), say)


def _print_more(count: int, say: Session) -> None:
    if count > MOST:
        say.out.print(say("and {more} more", more=say.language.number(count - MOST)), style="quiet")


def _moment(moment: datetime, say: Session) -> str:
    return say.language.moment(moment.astimezone(ZoneInfo(say.project.organisation.zone)))
