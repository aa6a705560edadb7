"""What becomes of messages that were sent, told event by event: gathered over a file, the earliest moment counts.

One message is kept for each that a file tells of, so memory grows with their number and not with that of the events.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from stamm.facts.faults import MISSING
from stamm.sources.exports.kind import Recall, Row
from stamm.sources.exports.values import FaultError, text
from stamm.sources.moments import NO_MOMENT

MOMENTS = ("sent_at", "delivered_at", "opened_at", "machine_opened_at", "clicked_at", "unsubscribed_at", "bounced_at")
_ABOUT = ("customer_id", "channel", "campaign")
_COLUMNS = (*_ABOUT, *MOMENTS)
#: messages looked up at once
_TOGETHER = 10_000

Sent = dict[str, Any]


class Sending:
    """The messages that a file tells of."""

    def __init__(self) -> None:
        self._sent: dict[str, Sent] = {}
        self.lines: dict[str, int] = {}

    def tell(self, message: str, line: int, **what: Any) -> None:
        """Something about a message: whose it is, or a moment (with a zone) at which something became of it."""
        known = self._sent.setdefault(message, {})
        self.lines.setdefault(message, line)
        for name, value in what.items():
            if value is not None and (name not in known or (name in MOMENTS and value < known[name])):
                known[name] = value

    def rows(self, recall: Recall) -> Iterator[tuple[int, Row]]:
        """Each message with the line that told of it first, together with what is known of it already.

        One of which nobody says when it was sent was sent at the first thing that is known of it.
        """
        names = list(self._sent)
        for start in range(0, len(names), _TOGETHER):
            some = names[start : start + _TOGETHER]
            for row in recall("messages", "message_id", some).to_pylist():
                told = {name: row[name] for name in _COLUMNS if row[name] is not None}
                self.tell(row["message_id"], 0, **told)
            for name in some:
                sent = self._sent.pop(name)
                moments = [sent[column] for column in MOMENTS if column in sent]
                sent.setdefault("sent_at", min(moments, default=None))
                yield self.lines[name], {"message_id": name, **{column: _written(sent, column) for column in _COLUMNS}}


def _written(sent: Sent, column: str) -> Any:
    value = sent.get(column)
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def moment_of(value: Any, name: str) -> datetime:
    """A moment with its zone (UTC where none is written); raises FaultError for what is none."""
    written = text(value)
    if written is None:
        raise FaultError(name, MISSING)
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise FaultError(name, NO_MOMENT, written) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
