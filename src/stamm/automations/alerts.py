"""Alerts: which metric is watched, when somebody is told, and who. Each change is written into the record of acts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec

from stamm.automations.expected import SEASON
from stamm.delivery.mail_server import checked_address
from stamm.delivery.webhooks import webhook_of
from stamm.facts.filter import SEGMENT, Filter, filter_of
from stamm.goals.aim import check_impersonal, meant
from stamm.jobs import enqueue
from stamm.lang.errors import UsageError
from stamm.lang.language import CODES
from stamm.lang.registry import Registry
from stamm.metrics import Metric
from stamm.people.acts import Act, record
from stamm.people.database import Run, as_moment
from stamm.segments.named import Saved

#: the kinds of its jobs: looking at what is new, and one letter
LOOK, LETTER = "alert", "alert_letter"
GRAINS = tuple(SEASON)
#: alerts of one organisation, and addresses of one alert
MOST, MOST_TO = 50, 100
#: of how many windows one may be told without a cause
LEAST_ONE_IN, MOST_ONE_IN = 10, 1_000
Side = Literal["above", "below", "both"]
SIDES: tuple[Side, ...] = ("below", "above", "both")


class About(msgspec.Struct, frozen=True):
    """What is watched, and who is told.

    With a `line` a window is told that lies above or below it, and none after it until one lies at `back` or beyond
    (without it, at the line). Without a line one is told that lies outside of what was expected, of which one in
    `one_in` is told without a cause. `language` is the one of webhooks and of addresses without an account.
    """

    name: str
    metric: str
    grain: str = "day"
    side: Side = "both"
    line: float | None = None
    back: float | None = None
    one_in: int = 100
    where: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    to: tuple[str, ...] = ()
    webhooks: tuple[int, ...] = ()
    language: str = "en"

    @property
    def filter(self) -> Filter:
        """What the metric is kept to."""
        return filter_of(self.where)

    def of(self, metrics: Registry[Metric]) -> Metric:
        """The metric under its settings; raises UsageError where there is none of that name any more."""
        return metrics[self.metric](**dict(self.settings))

    def checked(self, metrics: Registry[Metric], saved: Callable[[], Saved] = dict) -> About:
        """The same in its one written form; raises UsageError for what cannot be watched, or tells who somebody is."""
        made, found = self.watched(metrics, saved), tuple(dict.fromkeys(checked_address(each) for each in self.to))
        if not (found or self.webhooks) or len(found) > MOST_TO:
            raise UsageError(
                f"An alert goes to a webhook, or to 1 to {MOST_TO} addresses.", remedy="Choose who is told."
            )
        if self.language not in CODES:
            raise UsageError("An alert is written in en or de.", remedy="Choose one of them.")
        return msgspec.structs.replace(made, to=found, webhooks=tuple(dict.fromkeys(self.webhooks)))

    def watched(self, metrics: Registry[Metric], saved: Callable[[], Saved] = dict) -> About:
        """The same without looking at who is told."""
        name = " ".join("".join(sign for sign in self.name if sign.isprintable()).split())
        if not name or len(name) > 120:
            raise UsageError("An alert needs a name of at most 120 letters.", remedy="Name it after what it watches.")
        made = self.of(metrics)
        for condition in self.filter:
            if condition.dimension != SEGMENT:
                check_impersonal(made, condition.dimension)
        meant(self.filter, saved)
        if self.grain not in GRAINS:
            raise UsageError(f"Nothing is watched by {self.grain}.", remedy=f"Choose one of {', '.join(GRAINS)}.")
        if self.side not in SIDES:
            raise UsageError(f"There is no side {self.side!r}.", remedy=f"Choose one of {', '.join(SIDES)}.")
        if self.line is None and self.back is not None:
            raise UsageError(
                "There is no line to be back at.", remedy="Say where the line is, or leave out the number."
            )
        if self.line is not None and made.unit == "share" and not 0 <= self.line <= 1:
            raise UsageError(
                "A share never crosses this line.", remedy="Choose a number from 0 to 100: it is read in percent."
            )
        if self.line is None:
            if not LEAST_ONE_IN <= self.one_in <= MOST_ONE_IN:
                raise UsageError(
                    f"One false alarm in {self.one_in:,} windows cannot be had.",
                    remedy=f"Choose {LEAST_ONE_IN} to {MOST_ONE_IN:,}.",
                )
        elif self.side == "both":
            raise UsageError("A line is crossed upwards or downwards.", remedy="Choose above or below.")
        elif self.back is not None and (self.back > self.line if self.side == "above" else self.back < self.line):
            raise UsageError(
                "What counts as back lies on the other side of the line.",
                remedy="Choose a number on the good side, or leave it out.",
            )
        where = tuple(str(condition) for condition in self.filter)
        own = made.settings_declared()
        texts = {each: _text(made.settings[each]) for each, _ in self.settings}
        settings = tuple(
            sorted((each, text) for each, text in texts.items() if made.settings[each] != own[each].default)
        )
        return msgspec.structs.replace(self, name=name, where=where, settings=settings)


@dataclass(frozen=True)
class Alert:
    """An alert as it stands: `until` is the day after the last window that was judged, `state` the side it was on.

    `turn` grows with each time that it begins anew; `problem` says why it could not be judged the last time.
    """

    id: int
    about: About
    who: str
    turn: int
    paused_at: datetime | None
    until: date | None
    state: str
    problem: str

    @property
    def last(self) -> date | None:
        """The last day that was judged."""
        return self.until - timedelta(days=1) if self.until else None


class Finding(msgspec.Struct, frozen=True):
    """A window of which somebody is told: what it brought, on which side, and the ends that it lies beyond.

    Of a line `low` and `high` are the line, and nothing was expected.
    """

    window: str
    value: float
    side: str
    low: float
    high: float
    unit: str
    currency: str = ""
    expected: float | None = None


@dataclass(frozen=True)
class Told:
    """A finding of which somebody was told at one look, and when (UTC)."""

    alert: int
    look: str
    found: Finding
    at: datetime


@dataclass(frozen=True)
class Sent:
    """What became of one letter; an empty outcome is that it went."""

    look: str
    address: str
    outcome: str
    at: datetime


# -- changing ------------------------------------------------------------------------------------------------
def make_alert(run: Run, about: About, *, who: str, now: datetime) -> int:
    """A new alert, whose about is checked; its number. It tells of windows that end from now on. Raises UsageError."""
    for number in about.webhooks:
        webhook_of(run, number)
    if len(alerts(run)) >= MOST:
        raise UsageError(f"There are {MOST} alerts already.", remedy="Remove one that nobody needs.")
    ((number,),) = run(
        "INSERT INTO alert (about, who, made_at, turn, judged_until, state, problem) VALUES (?, ?, ?, 1, '', '', '') "
        "RETURNING id",
        (msgspec.json.encode(about).decode(), who, now),
    )
    look_at(run, int(number), 1, now, now=now)
    record(run, Act(now, who, "alert_made", f"alert {number} for {len(about.to) + len(about.webhooks)}"))
    return int(number)


def pause_alert(run: Run, number: int, *, who: str, now: datetime) -> None:
    """Nobody is told until it is resumed. Raises UsageError where there is none."""
    alert_of(run, number)
    if run("UPDATE alert SET paused_at = ? WHERE id = ? AND paused_at IS NULL RETURNING id", (now, number)):
        record(run, Act(now, who, "alert_paused", f"alert {number}"))


def resume_alert(run: Run, number: int, *, who: str, now: datetime) -> None:
    """It begins anew: what came meanwhile is told to nobody. Raises UsageError where there is none."""
    alert_of(run, number)
    for (turn,) in run(
        "UPDATE alert SET paused_at = NULL, turn = turn + 1, judged_until = '', state = '', problem = '' "
        "WHERE id = ? AND paused_at IS NOT NULL RETURNING turn",
        (number,),
    ):
        look_at(run, number, turn, now, now=now)
        record(run, Act(now, who, "alert_resumed", f"alert {number}"))


def remove_alert(run: Run, number: int, *, who: str, now: datetime) -> None:
    """It tells nobody any more; what it told stays written down. Raises UsageError where there is none."""
    if not run("UPDATE alert SET removed_at = ? WHERE id = ? AND removed_at IS NULL RETURNING id", (now, number)):
        raise _gone(number)
    record(run, Act(now, who, "alert_removed", f"alert {number}"))


def look_at(run: Run, number: int, turn: int, due: datetime, *, now: datetime) -> bool:
    """Have it look at that moment, as long as its turn holds."""
    given = {"alert": number, "turn": turn}
    return enqueue(run, LOOK, f"alert:{number}:{turn}:{due:%Y-%m-%dT%H:%M}", given, due_at=due, now=now)


def note_judged(run: Run, alert: Alert, until: date | None, state: str, problem: str) -> bool:
    """Write down how far it has judged; False where somebody else did, or it was paused or removed meanwhile."""
    return bool(
        run(
            "UPDATE alert SET judged_until = ?, state = ?, problem = ? WHERE id = ? AND turn = ? AND judged_until = ? "
            "AND paused_at IS NULL AND removed_at IS NULL RETURNING id",
            (_day(until), state, problem[:300], alert.id, alert.turn, _day(alert.until)),
        )
    )


def note_told(run: Run, alert: Alert, found: Sequence[Finding], look: str, *, now: datetime) -> list[Finding]:
    """Note findings, each window once for an alert; which of them are new."""
    return [
        each
        for each in found
        if run(
            "INSERT INTO alert_told (alert_id, period, look, found, at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (alert_id, period) DO NOTHING RETURNING id",
            (alert.id, each.window, look, msgspec.json.encode(each).decode(), now),
        )
    ]


def note_sent(run: Run, number: int, look: str, address: str, outcome: str, *, now: datetime) -> None:
    """Write down that a letter went, or why not; the last word counts."""
    run(
        "INSERT INTO alert_sent (alert_id, look, address, outcome, at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (alert_id, look, address) DO UPDATE SET outcome = excluded.outcome, at = excluded.at",
        (number, look, address, outcome[:300], now),
    )


# -- asking --------------------------------------------------------------------------------------------------
def alerts(run: Run) -> list[Alert]:
    """All that were not removed, in the order in which they were made."""
    return _select(run, "removed_at IS NULL ORDER BY id", ())


def alert_of(run: Run, number: int) -> Alert:
    """One of them; raises UsageError where there is none."""
    found = _select(run, "removed_at IS NULL AND id = ?", (number,))
    if not found:
        raise _gone(number)
    return found[0]


def told_of(run: Run, number: int, *, look: str = "", most: int = 50) -> list[Told]:
    """What an alert told (at one look), the newest window first."""
    only, values = ("AND look = ?", (number, look, most)) if look else ("", (number, most))
    rows = run(
        f"SELECT alert_id, look, found, at FROM alert_told WHERE alert_id = ? {only} ORDER BY id DESC LIMIT ?",  # noqa: S608 - ours
        values,
    )
    return [
        Told(alert, seen, msgspec.json.decode(found, type=Finding), as_moment(at)) for alert, seen, found, at in rows
    ]


def sent_of(run: Run, number: int, *, most: int = 50) -> list[Sent]:
    """What became of its letters, the last first."""
    rows = run(
        "SELECT look, address, outcome, at FROM alert_sent WHERE alert_id = ? ORDER BY id DESC LIMIT ?", (number, most)
    )
    return [Sent(look, address, outcome, as_moment(at)) for look, address, outcome, at in rows]


def _select(run: Run, condition: str, values: tuple[Any, ...]) -> list[Alert]:
    rows = run(
        f"SELECT id, about, who, turn, paused_at, judged_until, state, problem FROM alert WHERE {condition}",  # noqa: S608 - ours
        values,
    )
    return [
        Alert(
            number,
            msgspec.json.decode(about, type=About),
            who,
            turn,
            as_moment(paused) if paused else None,
            date.fromisoformat(until) if until else None,
            state,
            problem,
        )
        for number, about, who, turn, paused, until, state, problem in rows
    ]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _gone(number: int) -> UsageError:
    return UsageError(f"There is no alert {number}.", remedy="`stamm alert` lists them.")
