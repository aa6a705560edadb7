"""Restraint towards customers: hours at which nobody is written to, and how many mails one of them may get.

What the owners chose stands beside the mails, each choice kept, so that every worker reads it in the transaction in
which it sends.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Literal

import msgspec

from stamm.jobs import Rhythm
from stamm.lang.errors import UsageError
from stamm.people.acts import Act, record
from stamm.people.database import Run

#: what a mail is to its customer; limits hold for each apart
Occasion = Literal["marketing", "feedback", "service"]
#: in English; the words of a language are looked up where they are shown
OCCASIONS: dict[Occasion, str] = {
    "marketing": "Advertising",
    "feedback": "Questions about their experience",
    "service": "News of what they asked for or bought",
}
#: of these no mail goes out unless the customer agreed; of all of them none goes to whoever objected
NEED_CONSENT: tuple[Occasion, ...] = ("marketing", "feedback")
DAY, WEEK = timedelta(days=1), timedelta(days=7)
#: mails to one customer in 24 hours, and in 7 days, unless the owners choose others
USUAL: dict[Occasion, tuple[int, int]] = {"marketing": (1, 3), "feedback": (1, 2), "service": (5, 15)}
#: the greatest numbers that somebody can choose
MOST = (50, 200)


class Restraint(msgspec.Struct, frozen=True):
    """Local hours of the customer between which nothing is sent (the same hour twice: none), and the limits."""

    quiet_from: str = "21:00"
    quiet_until: str = "08:00"
    limits: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)

    def checked(self) -> Restraint:
        """The same; raises UsageError for an hour that there is not, or a limit that is none."""
        for text in (self.quiet_from, self.quiet_until):
            _hour(text)
        for occasion, (day, week) in self.limits.items():
            if occasion not in OCCASIONS or not (1 <= day <= MOST[0] and 1 <= week <= MOST[1]):
                raise UsageError(
                    f"At most {day} mails a day and {week} a week cannot be held.",
                    remedy=f"Choose 1 to {MOST[0]} a day, and 1 to {MOST[1]} a week.",
                )
        return self

    def limit(self, occasion: Occasion) -> tuple[int, int]:
        """Mails in 24 hours and in 7 days."""
        return self.limits.get(occasion, USUAL[occasion])

    def quiet_ends(self, now: datetime, zone: str) -> datetime | None:
        """When the quiet hours end (UTC) that are now in a zone; None outside of them.

        They are on where they end before they begin again, whatever clocks do in between.
        """
        begins, ends = (
            Rhythm("day", hour.hour, hour.minute, zone).after(now)[0]
            for hour in (_hour(self.quiet_from), _hour(self.quiet_until))
        )
        return ends if ends < begins else None

    def room_from(self, sent: Collection[datetime], occasion: Occasion, now: datetime) -> datetime | None:
        """When one more mail is within the limits, after those at `sent`; None where it is now."""
        newest, waits = sorted(sent, reverse=True), []
        for most, span in zip(self.limit(occasion), (DAY, WEEK), strict=True):
            if len(newest) >= most and newest[most - 1] + span > now:
                waits.append(newest[most - 1] + span)
        return max(waits, default=None)


def restraint(run: Run) -> Restraint:
    """What holds now: what was chosen last, or what is usual."""
    rows = run("SELECT written FROM mail_restraint ORDER BY id DESC LIMIT 1", ())
    return msgspec.json.decode(rows[0][0], type=Restraint) if rows else Restraint()


def choose_restraint(run: Run, chosen: Restraint, *, who: str, now: datetime) -> None:
    """From now on this holds, also for what is planned already. Raises UsageError."""
    before, checked = restraint(run), chosen.checked()
    if before == checked:
        return
    run(
        "INSERT INTO mail_restraint (written, who, at) VALUES (?, ?, ?)",
        (msgspec.json.encode(checked).decode(), who, now),
    )
    record(run, Act(now, who, "restraint_changed", f"{_told(before)} -> {_told(checked)}"))


def _told(one: Restraint) -> str:
    limits: Mapping[str, tuple[int, int]] = {occasion: one.limit(occasion) for occasion in OCCASIONS}
    return ", ".join(
        (f"quiet {one.quiet_from}-{one.quiet_until}", *(f"{name} {day}/{week}" for name, (day, week) in limits.items()))
    )


def _hour(text: str) -> time:
    try:
        if len(text) != 5:
            raise ValueError
        return time.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"There is no hour {text!r}.", remedy="Write it as 21:00.") from error
