"""What Zendesk's JSON export, its interface and its webhooks say of tickets.

- **Times.** The first reply is told as minutes (by the calendar) after the opening, so to the minute. A ticket that
  is open although it was solved was opened again when its status last changed.
- **Events** of webhooks tell one thing at a time: a reply by the staff, a solution, a reopening. What they do not
  tell is left as it is known. They know the customer by Zendesk's number only, so whose a ticket is comes with the
  export.
- **Customers** are known by their e-mail address; of the interface's lists ask for `include=users,metric_sets`.
- The topic is the ticket's type. Deleted tickets are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from stamm.sources.exports import Documents, FaultError, Known, Row, Rows
from stamm.sources.exports.kind import Thing
from stamm.sources.exports.values import Object, amount, at, customer_of, first, part, text

SOLVED = frozenset({"solved", "closed"})
#: a first reply after more minutes than these is none
_MOST_MINUTES = 60 * 24 * 366 * 50
_EVENT = "zen:event-type:ticket."


class Zendesk(Documents):
    """Zendesk's tickets, as JSON of its exports, its interface or its webhooks."""

    en = "Zendesk"
    de = "Zendesk"
    sentence_de = "Tickets von Zendesk, als JSON seiner Exporte, seiner Schnittstelle oder seiner Webhooks."
    cited = "https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/"
    makes = ("tickets",)
    envelopes = ("tickets", "ticket")
    called: ClassVar[Mapping[str, str]] = {"ticket_id": "id", "opened_at": "created_at", "resolved_at": "solved_at"}

    def ours(self, value: Object) -> bool:
        return _is_event(value) or (("requester_id" in value or "requester" in value) and "via" in value)

    def opened(self, value: Any) -> list[Any]:
        """Tickets with what is listed beside them: who asked, and how long it took."""
        tickets = super().opened(value)
        if not isinstance(value, Mapping) or not ("users" in value or "metric_sets" in value):
            return tickets
        users = _by(value.get("users"), "id")
        measured = _by(value.get("metric_sets"), "ticket_id")
        return [
            {
                **ticket,
                "requester": ticket.get("requester") or users.get(text(ticket.get("requester_id"))),
                "metric_set": ticket.get("metric_set") or measured.get(text(ticket.get("id"))),
            }
            if isinstance(ticket, Mapping)
            else ticket
            for ticket in tickets
        ]

    def gathered(self, fact: str, things: Iterator[Thing[Object]]) -> Iterator[Thing[Object]]:
        """The tickets as they come; none was answered yet as far as the file tells."""
        self._answered: set[str | None] = set()
        return super().gathered(fact, things)

    def tickets(self, thing: Known[Object]) -> Rows:
        """A ticket, or what an event tells of one."""
        value = thing.content
        if _is_event(value):
            yield self._told(value)
        elif text(value.get("status")) == "deleted":
            yield None
        else:
            yield _ticket(value)

    def _told(self, value: Object) -> Row | None:
        """What an event tells; nothing where it is about something else."""
        detail, event = part(value, "detail"), part(value, "event")
        now, after = (text(event.get(name)) or "" for name in ("current", "previous"))
        row = {
            "ticket_id": detail.get("id"),
            "opened_at": detail.get("created_at"),
            "channel": at(detail, "via", "channel"),
            "topic": _lower(detail.get("type")),
        }
        what = (text(value.get("type")) or "").removeprefix(_EVENT)
        if what == "created":
            return row
        if what == "status_changed" and now.lower() in SOLVED and after.lower() not in SOLVED:
            return row | {"resolved_at": value.get("time")}
        if what == "status_changed" and now.lower() not in SOLVED and after.lower() in SOLVED:
            return row | {"reopened_at": value.get("time")}
        if what == "comment_added" and _is_reply(event) and not self._replied(text(detail.get("id"))):
            self._answered.add(text(detail.get("id")))
            return row | {"first_reply_at": value.get("time")}
        return None

    def _replied(self, number: str | None) -> bool:
        """Whether a first reply to a ticket is known."""
        if number in self._answered:
            return True
        known = self.recall("tickets", "ticket_id", [number]).column("first_reply_at") if number else ()
        return any(cell.is_valid for cell in known)


def _is_event(value: Object) -> bool:
    return (text(value.get("type")) or "").startswith(_EVENT) and "detail" in value


def _is_reply(event: Object) -> bool:
    comment = part(event, "comment")
    return comment.get("is_public") is True and at(comment, "author", "is_staff") is True


def _ticket(ticket: Object) -> Row:
    measured, requester = part(ticket, "metric_set"), part(ticket, "requester")
    status, solved = text(ticket.get("status")), text(measured.get("solved_at"))
    changed = first(measured.get("status_updated_at"), ticket.get("updated_at"))
    done = status in SOLVED
    return {
        "ticket_id": ticket.get("id"),
        "customer_id": customer_of(requester.get("email"), requester.get("phone"), ticket.get("requester_id")),
        "channel": at(ticket, "via", "channel"),
        "opened_at": ticket.get("created_at"),
        "first_reply_at": _replied_at(ticket, measured),
        "resolved_at": solved or (changed if done else None),
        "reopened_at": changed if solved and not done else None,
        "topic": ticket.get("type"),
        "received_at": ticket.get("updated_at"),
    }


def _replied_at(ticket: Object, measured: Object) -> str | None:
    """The opening and the minutes until the first reply."""
    opened, minutes = text(ticket.get("created_at")), part(measured, "reply_time_in_minutes")
    if opened is None or minutes.get("calendar") is None:
        return None
    after = amount(minutes, "calendar")
    if not 0 <= after <= _MOST_MINUTES:
        raise FaultError("reply_time_in_minutes", "is no number of minutes", after)
    try:
        begun = datetime.fromisoformat(opened)
    except ValueError:  # it is told as what it is: no moment
        return None
    zoned = begun if begun.tzinfo else begun.replace(tzinfo=UTC)
    try:
        return (zoned + timedelta(minutes=float(after))).isoformat()
    except OverflowError:  # so late that the opening itself is refused
        return None


def _by(found: Any, name: str) -> dict[str | None, Object]:
    inside = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return {text(one.get(name)): one for one in inside}


def _lower(value: Any) -> str | None:
    found = text(value)
    return found.lower() if found else None
