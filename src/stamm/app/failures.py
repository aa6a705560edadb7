"""Messages that are no facts: what they are, why, and reading them again after a fix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import msgspec

from stamm.app.project import Project
from stamm.app.projecting.deliveries import MEANINGS, is_delivery, reason_of
from stamm.lang.errors import UsageError
from stamm.sources.segment import Arrival, read
from stamm.sources.segment.problem import sentence
from stamm.store.log import Counters, Entry, Failed, Log, Outcome

#: entries of one look into the log
PIECE = 1_000


@dataclass(frozen=True)
class Reread:
    """What came of reading failed messages again."""

    #: put back into the log; the worker makes facts of them
    put_back: int = 0
    #: their ids have come in the meantime with a message that is a fact
    duplicate: int = 0
    #: still no facts, by reason
    still: tuple[tuple[str, int], ...] = ()


def meaning(reason: str) -> tuple[str, str]:
    """The field that a reason is about, if it is about one, and what is wrong with it, in English."""
    code, _, field = reason.partition(":")
    return field, MEANINGS.get(code) or sentence(reason)[1]


class Failures:
    """What was set aside in a project's log."""

    def __init__(self, project: Project, log: Log) -> None:
        self.project, self.log = project, log

    def counters(self) -> dict[str, Counters]:
        """What has become of everything received, by source."""
        return self.log.counters()

    def all(self) -> Iterator[Failed]:
        """Every failed message, oldest first."""
        after = 0
        while found := self.log.failures(after, PIECE):
            yield from found
            after = found[-1].number

    def one(self, number: int) -> Failed:
        """A failed message by its number; raises UsageError where there is none."""
        found = self.log.failures(number - 1, 1)
        if not found or found[0].number != number:
            raise UsageError(f"There is no failed message {number}.", remedy="`stamm failed` lists them.")
        return found[0]

    def read_again(self, numbers: Collection[int] = ()) -> Reread:
        """Put back what is a fact by now; of these numbers, or all. What is none stays where it is."""
        chosen = [self.one(number) for number in numbers] if numbers else list(self.all())
        mended: dict[int, Entry] = {}
        still: Counter[str] = Counter()
        for failed in chosen:
            reason = self._reason(failed.entry)
            if reason:
                still[reason] += 1
            else:
                mended[failed.number] = msgspec.structs.replace(failed.entry, reason="")
        outcomes = Counter(self.log.replay(mended)) if mended else Counter()
        put_back = outcomes[Outcome.ACCEPTED]
        return Reread(put_back, outcomes.total() - put_back, tuple(still.most_common()))

    def _reason(self, entry: Entry) -> str:
        """Why a message is still none; empty where it is a fact."""
        if not entry.message_id:
            return entry.reason
        if is_delivery(entry):
            return reason_of(entry, self.project.organisation)
        arrival = Arrival(entry.source, entry.message_id, entry.received_at, entry.sent_at)
        problem = read(entry.body, arrival, self.project.organisation.currency).problem
        return problem.reason if problem else ""
